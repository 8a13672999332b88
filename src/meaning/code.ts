import type { Matrix } from '../kernels/kernels.js';
import type { Csr } from '../numbers/csr.js';

/**
 * What a row's code says: r = Σ_j f_j·w_j, w_j being row j of W_dec. It is x̂ − b_dec before σ_o, in prepared units: b_dec, which
 * all rows share, says nothing of one of them.
 */
export interface RowCode {
  /** The units that are active, ascending, and f of each. */
  readonly units: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** The code of row i. */
export function codeAt({ data, indices, indptr }: Csr, i: number): RowCode {
  return { units: indices.subarray(indptr[i], indptr[i + 1]), values: data.subarray(indptr[i], indptr[i + 1]) };
}

/** r = Σ_j f_j·w_j   d′ */
export function sumOf({ units, values }: RowCode, { data, cols }: Matrix): Float64Array {
  const r = new Float64Array(cols);
  for (let p = 0; p < units.length; p++) {
    for (let q = 0, at = units[p] * cols; q < cols; q++, at++) r[q] += values[p] * data[at];
  }
  return r;
}

/** w_j·v */
export function rowDot({ data, cols }: Matrix, j: number, v: ArrayLike<number>): number {
  let sum = 0;
  for (let q = 0, at = j * cols; q < cols; q++, at++) sum += data[at] * v[q];
  return sum;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let q = 0; q < a.length; q++) sum += a[q] * b[q];
  return sum;
}
