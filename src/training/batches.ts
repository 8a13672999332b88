import type { Kernels, Matrix, Rows, SparseRows } from '../kernels/kernels.js';
import { denseRows } from '../kernels/rows.js';
import { checkFinite, rowsOf, type Where } from '../numbers/matrix.js';

/** 0, 1, …, n−1 */
export function identityOrder(n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return order;
}

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

  /**
   * Batches may have up to `capacity` rows.
   * @throws RangeError naming the first entry that is not finite: `fit: X[12, 3] is NaN`.
   */
  constructor(k: Kernels, where: Where, source: Matrix, capacity: number) {
    this.source = source;
    this.rows = source.rows;
    this.cols = source.cols;
    this.compressed = compressed(k, where, source);
    this.sparse = this.compressed !== null;
    this.staged = denseRows(k, this.sparse ? 0 : capacity, source.cols);
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

/** `source` by its non-zeros, or null if it is not mostly zeros. Goes through it once, if a few of its rows are like the rest. */
function compressed(k: Kernels, where: Where, source: Matrix): SparseRows | null {
  const most = Math.min(Math.ceil(k.sparseBelow * source.data.length) - 1, MOST_COMPRESSED);
  const expected = Math.ceil(1.125 * nonZerosOfFew(k, source));
  const made = expected <= most && compressAll(k, where, source, expected);
  if (made) return made;
  const nonZeros = countAll(k, where, source);
  return nonZeros <= most ? compressAll(k, where, source, nonZeros) : null;
}

/** How many non-zeros a chunk of rows from all over `source` leads to expect in it. */
function nonZerosOfFew(k: Kernels, source: Matrix): number {
  const { rows, cols } = source;
  const few = chunkOf(source);
  return k.scoped(() => {
    const room = denseRows(k, few, cols);
    for (let i = 0; i < few; i++) {
      const from = Math.floor((i * rows) / few);
      room.data.set(rowsOf(source, from, from + 1).data, i * cols);
    }
    return (k.countNonZeros(room.data) * rows) / few;
  });
}

/** Copies into `room` the rows of `source` from row `from` on, as many as there is room for. */
function copied(room: Matrix, source: Matrix, from: number): Matrix {
  const part = rowsOf(source, from, Math.min(from + room.rows, source.rows));
  const rows = rowsOf(room, 0, part.rows);
  rows.data.set(part.data);
  return rows;
}

/** How many non-zeros `source` has; its entries are finite. */
function countAll(k: Kernels, where: Where, source: Matrix): number {
  return k.scoped(() => {
    const room = denseRows(k, chunkOf(source), source.cols);
    let count = 0;
    for (let from = 0; from < source.rows; from += room.rows) {
      const { data } = copied(room, source, from);
      const at = k.findNonFinite(data);
      checkFinite(where, source, at, data[at], from);
      count += k.countNonZeros(data);
    }
    return count;
  });
}

/**
 * The whole of `source`, its rows end to end, or null if it has more than `most` non-zeros: a chunk is compressed behind what
 * is there while this thread fetches the next.
 */
function compressAll(k: Kernels, where: Where, source: Matrix, most: number): SparseRows | null {
  const { rows, cols } = source;
  const chunk = chunkOf(source);
  const room = most + chunk * cols;
  const [start, end] = [new Int32Array(rows), new Int32Array(rows)];
  const [index, value] = [k.integers(room), k.floats(room)];
  let to = 0;
  k.scoped(() => {
    const [starts, ends] = [k.integers(chunk), k.integers(chunk)];
    let [here, there] = [denseRows(k, chunk, cols), denseRows(k, chunk, cols)];
    let part = copied(here, source, 0);
    for (let from = 0; from < rows && to <= most; from += chunk) {
      const base = to;
      let next = part;
      k.overlap(
        () => k.compress({ ...part, start: starts, end: ends, index: index.subarray(base), value: value.subarray(base) }, part),
        () => {
          if (from + chunk < rows) next = copied(there, source, from + chunk);
        },
      );
      for (let i = 0; i < part.rows; i++) {
        start[from + i] = base + starts[i];
        end[from + i] = base + ends[i];
        to += ends[i] - starts[i];
      }
      part = next;
      [here, there] = [there, here];
    }
  });
  if (to > most) return null;
  if (k.findNonFinite(value.subarray(0, to)) >= 0) refuseFirst(where, source, { rows, cols, start, end, index, value });
  return { rows, cols, start, end, index, value };
}

/** Of what is known to have an entry that is not finite, rows lying in whatever order. */
function refuseFirst(where: Where, source: Matrix, { rows, start, end, index, value }: SparseRows): void {
  for (let i = 0; i < rows; i++) {
    const row = value.subarray(start[i], end[i]);
    const at = row.findIndex((x: number) => !Number.isFinite(x));
    if (at >= 0) checkFinite(where, source, index[start[i] + at], row[at], i);
  }
}
