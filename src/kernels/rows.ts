import { rowsOf } from '../numbers/matrix.js';
import type { Kernels, Matrix, Rows, SparseRows } from './kernels.js';

/** A matrix of zeros in the kernels' memory. */
export const denseRows = (k: Kernels, rows: number, cols: number): Matrix => ({ data: k.floats(rows * cols), rows, cols });

/** Room for the non-zeros of a rows × cols matrix, or for none where it will not be `used`. */
export function sparseRows(k: Kernels, rows: number, cols: number, used = true): SparseRows {
  const size = used ? rows * cols : 0;
  return { rows, cols, start: k.integers(rows), end: k.integers(rows), index: k.integers(size), value: k.floats(size) };
}

/** Rows from … to−1. Copies nothing. */
export const sparseRowsOf = (s: SparseRows, from: number, to: number): SparseRows => ({
  ...s,
  rows: to - from,
  start: s.start.subarray(from, to),
  end: s.end.subarray(from, to),
});

/** Whether the sparse forms are the faster ones for `a`. */
const mostlyZeros = (k: Kernels, a: Matrix): boolean => k.countNonZeros(a.data) < k.sparseBelow * a.data.length;

/** `a` in the form that multiplies faster. */
export function asRows(k: Kernels, a: Matrix): Rows {
  if (!mostlyZeros(k, a)) return a;
  const s = sparseRows(k, a.rows, a.cols);
  k.compress(s, a);
  return s;
}

/**
 * Room for chunk after chunk of a longer matrix. Each is handed on in the form that suited the first:
 * whichever form it is, the numbers are the same.
 */
export class ChunkBuffer {
  private readonly k: Kernels;
  private readonly room: Matrix;
  private sparse: SparseRows | null | undefined;

  constructor(k: Kernels, capacity: number, cols: number) {
    this.k = k;
    this.room = denseRows(k, capacity, cols);
  }

  /** How many rows there is room for. */
  get capacity(): number {
    return this.room.rows;
  }

  /** The first n rows, to be written to. */
  dense(n: number): Matrix {
    return rowsOf(this.room, 0, n);
  }

  /** What has been written there: dense also if an entry is NaN or ±Infinity. */
  rows(n: number): Rows {
    const a = this.dense(n);
    if (this.sparse === undefined) {
      this.sparse = mostlyZeros(this.k, a) ? sparseRows(this.k, this.room.rows, this.room.cols) : null;
    }
    if (this.sparse === null) return a;
    const s = { ...this.sparse, rows: n };
    return this.k.compress(s, a) < 0 ? a : s;
  }
}
