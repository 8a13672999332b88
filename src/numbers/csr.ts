import type { FloatArray } from './matrix.js';

/** A sparse matrix, as SciPy's csr_matrix: row i holds data[p] in column indices[p] for p = indptr[i] … indptr[i+1]−1. */
export interface Csr {
  readonly data: FloatArray;
  readonly indices: Int32Array;
  readonly indptr: Int32Array;
  readonly shape: readonly [number, number];
}
