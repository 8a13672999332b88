import type { Matrix } from './matrix.js';

/** A = Σ_i λ_i·v_i·v_iᵀ */
export interface Eigen {
  /** λ, the largest first. */
  readonly values: Float64Array;
  /** n × n: row i is v_i, of length 1, its entry of greatest magnitude positive. */
  readonly vectors: Matrix;
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, n × n, of which the lower triangle is read.
 *
 * Householder's reflections H_k = I − β·v·vᵀ make it tridiagonal, T = QᵀAQ, Q = H_0·H_1⋯; then T ← GᵀTG, G a chain of
 * rotations that begins with the shifted first column of T, again and again until what lies beside the diagonal is nothing
 * next to it. (Golub & Van Loan, Matrix Computations, algorithms 8.3.1 to 8.3.3.) 9·n³ operations, about.
 */
export function symmetricEigen({ data, rows: n }: Matrix): Eigen {
  const a = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return data[Math.max(i, j) * n + Math.min(i, j)];
  });
  const { diagonal, beside, vectors } = tridiagonal(a, n);
  diagonalize(diagonal, beside, vectors, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  const sorted = new Float64Array(n * n);
  order.forEach((i, place) => {
    const row = vectors.subarray(i * n, (i + 1) * n);
    const greatest = row.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
    for (let j = 0; j < n; j++) sorted[place * n + j] = greatest < 0 ? -row[j] : row[j];
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors: { data: sorted, rows: n, cols: n } };
}

/** T's diagonal, what is beside it (n − 1 numbers), and Qᵀ. `a`, n × n, is used up. */
function tridiagonal(a: Float64Array, n: number) {
  const reflections: { v: Float64Array; beta: number }[] = [];
  const beside = new Float64Array(Math.max(0, n - 1));
  for (let k = 0; k < n - 1; k++) {
    // v = x − α·e_1 with α = −sign(x_1)·‖x‖, x being column k below the diagonal: H·x = α·e_1.
    const v = Float64Array.from({ length: n }, (_, i) => (i > k ? a[i * n + k] : 0));
    const length = Math.sqrt(dot(v, v, k + 1));
    const alpha = v[k + 1] > 0 ? -length : length;
    v[k + 1] -= alpha;
    const square = dot(v, v, k + 1);
    const beta = square > 0 ? 2 / square : 0;
    beside[k] = alpha;
    reflections.push({ v, beta });
    if (beta === 0) continue;
    // H·A·H = A − v·wᵀ − w·vᵀ,  w = p − (β·pᵀv/2)·v,  p = β·A·v
    const w = new Float64Array(n);
    for (let i = k + 1; i < n; i++) w[i] = beta * dot(a.subarray(i * n, (i + 1) * n), v, k + 1);
    const half = (beta * dot(w, v, k + 1)) / 2;
    for (let i = k + 1; i < n; i++) w[i] -= half * v[i];
    for (let i = k + 1; i < n; i++) for (let j = k + 1; j < n; j++) a[i * n + j] -= v[i] * w[j] + w[i] * v[j];
  }
  // Qᵀ = ⋯H_1·H_0: from the last on, H_k touches what is right of column k alone. Q ← H_k·Q, then turned over.
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const { v, beta } = reflections[k];
    const s = new Float64Array(n);
    for (let i = k + 1; i < n; i++) for (let j = k + 1; j < n; j++) s[j] += v[i] * q[i * n + j];
    for (let i = k + 1; i < n; i++) for (let j = k + 1; j < n; j++) q[i * n + j] -= beta * v[i] * s[j];
  }
  const vectors = Float64Array.from(q, (_, at) => q[(at % n) * n + Math.floor(at / n)]);
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), beside, vectors };
}

/** T ← diagonal, in place, the rotations' rows of `vectors` with it. */
function diagonalize(diagonal: Float64Array, beside: Float64Array, vectors: Float64Array, n: number): void {
  const isNothing = (i: number) =>
    Math.abs(beside[i]) <= Number.EPSILON * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1])) || Math.abs(beside[i]) < 1e-290;
  let last = n - 1;
  while (last > 0) {
    if (isNothing(last - 1)) {
      beside[last - 1] = 0;
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNothing(first - 1)) first--;
    // Wilkinson's shift μ: the eigenvalue of the last 2 × 2 block that is nearer to its last entry.
    const gap = (diagonal[last - 1] - diagonal[last]) / 2;
    const e = beside[last - 1];
    const root = Math.sqrt(gap * gap + e * e);
    let x = diagonal[first] - diagonal[last] + (e * e) / (gap + (gap < 0 ? -root : root));
    let z = beside[first];
    for (let k = first; k < last; k++) {
      const r = Math.sqrt(x * x + z * z);
      const [c, s] = r > 0 ? [x / r, z / r] : [1, 0];
      if (k > first) beside[k - 1] = r;
      const [a, b, d] = [diagonal[k], beside[k], diagonal[k + 1]];
      diagonal[k] = c * c * a + 2 * c * s * b + s * s * d;
      diagonal[k + 1] = s * s * a - 2 * c * s * b + c * c * d;
      x = beside[k] = c * s * (d - a) + (c * c - s * s) * b;
      if (k + 1 < last) {
        z = s * beside[k + 1];
        beside[k + 1] *= c;
      }
      for (let p = k * n, q = p + n, end = q; p < end; p++, q++) {
        const [up, low] = [vectors[p], vectors[q]];
        vectors[p] = c * up + s * low;
        vectors[q] = c * low - s * up;
      }
    }
  }
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let j = from; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
