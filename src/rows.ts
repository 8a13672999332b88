import type { Kernels, Matrix, SparseRows } from './kernels/kernels.js';

/** A batch, one sample a row: dense, or held by its non-zeros. */
export type Rows = Matrix | SparseRows;

export const isSparse = (x: Rows): x is SparseRows => 'index' in x;

/** Room for the non-zeros of a rows × cols matrix, or for none where it will not be `used`. */
export function sparseRows(k: Kernels, rows: number, cols: number, used = true): SparseRows {
  const size = used ? rows * cols : 0;
  return { rows, cols, start: k.integers(rows), end: k.integers(rows), index: k.integers(size), value: k.floats(size) };
}

/** `a` in whichever form multiplies faster. */
export function asRows(k: Kernels, a: Matrix): Rows {
  if (k.countNonZeros(a.data) >= k.sparseBelow * a.data.length) return a;
  const s = sparseRows(k, a.rows, a.cols);
  k.compress(s, a);
  return s;
}
