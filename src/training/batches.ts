import type { FloatArray, Kernels, Matrix, Rows, SparseRows } from '../kernels/kernels.js';
import { denseRows } from '../kernels/rows.js';
import { rowsOf } from '../numbers/matrix.js';

/** 0, 1, …, n−1 */
export const identityOrder = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

/** Past this many non-zeros (1 GiB of them) a data set is left where it is. */
const MOST_COMPRESSED = 2 ** 27;

/**
 * A data set that hands out minibatches in the kernels' memory. One that is mostly zeros is compressed
 * once, and a batch of it is a choice of rows; a dense one stays in the caller's array, and a batch is
 * copied out as it is needed.
 */
export class DataSet {
  readonly rows: number;
  readonly cols: number;
  readonly sparse: boolean;
  /** The largest |entry|. */
  readonly largest: number;
  /** The smallest and the largest entry. */
  readonly range: readonly [number, number];
  private readonly source: Matrix;
  private readonly compressed: SparseRows | null;
  private readonly batchStart: Int32Array;
  private readonly batchEnd: Int32Array;
  private readonly staged: Matrix;

  /** Batches may have up to `capacity` rows. */
  constructor(k: Kernels, source: Matrix, capacity: number) {
    this.source = source;
    this.rows = source.rows;
    this.cols = source.cols;
    const { nonZeros, largest, range } = survey(source.data);
    const sparse = nonZeros < k.sparseBelow * source.data.length && nonZeros <= MOST_COMPRESSED;
    this.largest = largest;
    this.range = range;
    this.compressed = sparse ? compressAll(k, source, nonZeros) : null;
    this.sparse = sparse;
    this.staged = denseRows(k, sparse ? 0 : capacity, source.cols);
    this.batchStart = k.integers(capacity);
    this.batchEnd = k.integers(capacity);
  }

  /** Rows order[from … to−1], in the form the data is held in. Good until the next call. */
  batch(order: Int32Array, from: number, to: number): Rows {
    if (!this.compressed) return this.stage(order, from, to);
    for (let i = from; i < to; i++) {
      this.batchStart[i - from] = this.compressed.start[order[i]];
      this.batchEnd[i - from] = this.compressed.end[order[i]];
    }
    return { ...this.compressed, rows: to - from, start: this.batchStart, end: this.batchEnd };
  }

  /** Copies rows of the caller's array into the kernels' memory. */
  private stage(order: Int32Array, from: number, to: number): Matrix {
    const { cols, source } = this;
    const out = rowsOf(this.staged, 0, to - from);
    for (let i = from; i < to; i++) {
      out.data.set(source.data.subarray(order[i] * cols, (order[i] + 1) * cols), (i - from) * cols);
    }
    return out;
  }
}

/** The whole of `source`, its rows end to end. */
function compressAll(k: Kernels, { rows, cols, data }: Matrix, nonZeros: number): SparseRows {
  const start = new Int32Array(rows);
  const end = new Int32Array(rows);
  const index = k.integers(nonZeros);
  const value = k.floats(nonZeros);
  for (let i = 0, at = 0, to = 0; i < rows; i++) {
    start[i] = to;
    for (let j = 0; j < cols; j++, at++) {
      if (data[at] !== 0) {
        index[to] = j;
        value[to++] = data[at];
      }
    }
    end[i] = to;
  }
  return { rows, cols, start, end, index, value };
}

function survey(data: FloatArray): { nonZeros: number; largest: number; range: [number, number] } {
  let nonZeros = 0;
  let largest = 0;
  const range: [number, number] = [data[0], data[0]];
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]);
    if (size !== 0) nonZeros++;
    if (size > largest) largest = size;
    if (data[i] < range[0]) range[0] = data[i];
    if (data[i] > range[1]) range[1] = data[i];
  }
  return { nonZeros, largest, range };
}
