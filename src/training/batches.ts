import type { Kernels, Matrix, Rows, SparseRows } from '../kernels/kernels.js';
import { denseRows } from '../kernels/rows.js';
import { rowsOf } from '../numbers/matrix.js';

/** 0, 1, …, n−1 */
export const identityOrder = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

/** Past this many non-zeros (1 GiB of them) a data set is left where it is. */
const MOST_COMPRESSED = 2 ** 27;

/** How many entries go through the kernels' memory at a time: they stay in a core's caches. */
const CHUNK = 2 ** 18;
const chunkOf = ({ rows, cols }: Matrix) => Math.min(rows, Math.max(1, Math.floor(CHUNK / cols)));

/**
 * A data set that hands out minibatches in the kernels' memory. One that is mostly zeros is compressed
 * once, and a batch of it is a choice of rows; a dense one stays in the caller's array, and a batch is
 * copied out as it is needed.
 */
export class DataSet {
  readonly rows: number;
  readonly cols: number;
  readonly sparse: boolean;
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
    const nonZeros = countAll(k, source);
    const sparse = nonZeros < k.sparseBelow * source.data.length && nonZeros <= MOST_COMPRESSED;
    this.compressed = sparse ? compressAll(k, source, nonZeros) : null;
    this.sparse = sparse;
    this.staged = denseRows(k, sparse ? 0 : capacity, source.cols);
    this.batchStart = k.integers(capacity);
    this.batchEnd = k.integers(capacity);
  }

  /** The largest |entry|. */
  get largest(): number {
    return Math.max(...this.range.map(Math.abs));
  }

  /** The smallest and the largest entry. */
  get range(): readonly [number, number] {
    const { data } = this.source;
    let [smallest, largest] = [data[0], data[0]];
    for (let i = 1; i < data.length; i++) {
      if (data[i] < smallest) smallest = data[i];
      if (data[i] > largest) largest = data[i];
    }
    return [smallest, largest];
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

/** Calls `visit` for all rows of `source`, a chunk of them at a time in the kernels' memory, the first being row `from`. */
function forEachChunk(k: Kernels, source: Matrix, visit: (rows: Matrix, from: number) => void): void {
  const room = denseRows(k, chunkOf(source), source.cols);
  for (let from = 0; from < source.rows; from += room.rows) {
    const part = rowsOf(source, from, Math.min(from + room.rows, source.rows));
    const rows = rowsOf(room, 0, part.rows);
    rows.data.set(part.data);
    visit(rows, from);
  }
}

function countAll(k: Kernels, source: Matrix): number {
  let count = 0;
  k.scoped(() =>
    forEachChunk(k, source, ({ data }) => {
      count += k.countNonZeros(data);
    }),
  );
  return count;
}

/** The whole of `source`, its rows end to end: a chunk is compressed behind what is there, then its rows move together. */
function compressAll(k: Kernels, source: Matrix, nonZeros: number): SparseRows {
  const { rows, cols } = source;
  const start = new Int32Array(rows);
  const end = new Int32Array(rows);
  const chunk = chunkOf(source);
  const room = nonZeros + chunk * cols;
  const index = k.integers(room);
  const value = k.floats(room);
  k.scoped(() => {
    const [starts, ends] = [k.integers(chunk), k.integers(chunk)];
    let to = 0;
    forEachChunk(k, source, (part, from) => {
      const behind = { ...part, start: starts, end: ends, index: index.subarray(to), value: value.subarray(to) };
      k.compress(behind, part);
      const first = to;
      for (let i = 0; i < part.rows; i++) {
        start[from + i] = to;
        index.copyWithin(to, first + starts[i], first + ends[i]);
        value.copyWithin(to, first + starts[i], first + ends[i]);
        to += ends[i] - starts[i];
        end[from + i] = to;
      }
    });
  });
  return { rows, cols, start, end, index, value };
}
