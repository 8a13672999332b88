import { exp, log1p, power } from '../../numbers/elementary.js';
import { firstNonFinite } from '../../numbers/matrix.js';
import { elementwise } from '../elementwise.js';
import { type AdamStep, type Elementwise, type FloatArray, isSparse, type Kernels, type Matrix, type Rows } from '../kernels.js';
import { product, sddmm, sddmmValues, spmm, spmmTurned } from './products.js';
import { compress, rowSums, transpose } from './sparse.js';
import { productTopK, topK } from './topk.js';

/** So many rows of Z are held at a time, where only a few entries of each are wanted. */
const FEW_ROWS = 64;

/**
 * The reference kernels: each operation of the contract as the loop that its equation says. Both
 * precisions; sums are kept in double precision and rounded once.
 */
export function createPlainKernels(dtype: 'float32' | 'float64'): Kernels {
  const Floats = dtype === 'float32' ? Float32Array : Float64Array;
  const matrix = (rows: number, cols: number): Matrix => ({ data: new Floats(rows * cols), rows, cols });
  const gemm: Kernels['gemm'] = (c, a, b, bias) => product(c, a.cols, a.data, a.cols, 1, b.data, b.cols, 1, bias);
  const gemmNT = (c: Matrix, a: Matrix, b: Matrix, bias?: FloatArray): void =>
    product(c, a.cols, a.data, a.cols, 1, b.data, 1, b.cols, bias);
  return {
    name: 'plain',
    threads: 1,
    // A multiply-add of the sparse form costs as much as one of the dense form, and an index besides.
    sparseBelow: 0.7,
    floats: (n) => new Floats(n),
    integers: (n) => new Int32Array(n),
    adopt: (x) => x,
    scoped: (run) => run(),
    overlap: (operation, meanwhile) => {
      operation();
      meanwhile();
    },
    gemm,
    gemmTN: (c, a, b) => product(c, a.rows, a.data, 1, a.cols, b.data, b.cols, 1),
    gemmNT,
    spmm,
    spmmTurned,
    sddmm,
    sddmmValues,
    compress,
    transpose,
    topK,
    gemmTopK: (s, a, b, k, bias) => productTopK(s, a, k, matrix(FEW_ROWS, b.cols), (z, rows) => gemm(z, rows, b, bias)),
    gemmNTTopK: (s, a, b, k, bias) => productTopK(s, a, k, matrix(FEW_ROWS, b.rows), (z, rows) => gemmNT(z, rows, b, bias)),
    activate,
    columnSums,
    rowSums,
    outputLoss,
    crossEntropy,
    hiddenDelta,
    sumOfSquares: (x) => sum(x, (v) => v * v),
    sumOfAbs: (x) => sum(x, Math.abs),
    countNonZeros: (x) => sum(x, (v) => (v === 0 ? 0 : 1)),
    findNonFinite: firstNonFinite,
    axpy,
    adam,
    close: async () => {},
  };
}

function sum(x: FloatArray, term: (v: number) => number): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += term(x[i]);
  return s;
}

function axpy(y: FloatArray, alpha: number, x: FloatArray): void {
  for (let i = 0; i < y.length; i++) y[i] += alpha * x[i];
}

function activate({ data }: Matrix, σ: Elementwise): void {
  if (σ === 'identity') return;
  const { value } = elementwise[σ];
  for (let i = 0; i < data.length; i++) data[i] = value(data[i]);
}

function columnSums(out: FloatArray, { data, rows, cols }: Matrix): void {
  for (let j = 0; j < cols; j++) {
    let s = 0;
    for (let i = 0, k = j; i < rows; i++, k += cols) s += data[k];
    out[j] = s;
  }
}

/** x̂ = σ(z);  R = c·Σ (x̂ − t)²;  dz = 2c·(x̂ − t)·σ′(x̂). */
function outputLoss(xHat: Matrix, dz: Matrix | null, t: Rows, σ: Elementwise, c: number): number {
  const { value, slope } = elementwise[σ];
  const { rows, cols, data } = xHat;
  const sparse = isSparse(t) ? t : null;
  const target = sparse ? sparse.value : (t as Matrix).data;
  const delta = dz?.data;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let k = sparse ? sparse.start[i] : 0;
    const stop = sparse ? sparse.end[i] : 0;
    for (let j = 0, at = i * cols; j < cols; j++, at++) {
      const y = value(data[at]);
      let e = y;
      if (!sparse) e -= target[at];
      else if (k < stop && sparse.index[k] === j) e -= target[k++];
      data[at] = y;
      sum += e * e;
      if (delta) delta[at] = 2 * c * e * slope(y);
    }
  }
  return c * sum;
}

/**
 * x̂ = 1/(1 + e^−y);  R = c·Σ (ln(1 + e^y) − t·y);  dy = c·(x̂ − t). With u = e^−|y| ≤ 1 nothing overflows,
 *   ln(1 + e^y) − t·y = ln(1 + u) + (1 − t)·y for y > 0, − t·y else
 * and ln(1 + u) keeps its digits however small u is.
 */
function crossEntropy(xHat: Matrix, dy: Matrix | null, t: Rows, c: number): number {
  const { rows, cols, data } = xHat;
  const sparse = isSparse(t) ? t : null;
  const target = sparse ? sparse.value : (t as Matrix).data;
  const delta = dy?.data;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let k = sparse ? sparse.start[i] : 0;
    const stop = sparse ? sparse.end[i] : 0;
    for (let j = 0, at = i * cols; j < cols; j++, at++) {
      const y = data[at];
      let p = 0;
      if (!sparse) p = target[at];
      else if (k < stop && sparse.index[k] === j) p = target[k++];
      const u = exp(-Math.abs(y));
      const x = y > 0 ? 1 / (1 + u) : u / (1 + u);
      data[at] = x;
      sum += log1p(u) + (y > 0 ? (1 - p) * y : -p * y);
      if (delta) delta[at] = c * (x - p);
    }
  }
  return c * sum;
}

/** dz ← (dz + pull_j + l1·sign f)·σ′(f) */
function hiddenDelta(dz: Matrix, f: Matrix, pull: FloatArray, l1: number, σ: Elementwise): void {
  const { slope } = elementwise[σ];
  const { cols, data } = dz;
  const code = f.data;
  for (let i = 0, j = 0; i < data.length; i++) {
    data[i] = (data[i] + pull[j] + l1 * Math.sign(code[i])) * slope(code[i]);
    if (++j === cols) j = 0;
  }
}

/**
 * Adam (Kingma & Ba 2015, Algorithm 1), t = `step` ≥ 1:
 *   m ← β₁·m + (1 − β₁)·g          m̂ = m/(1 − β₁ᵗ)
 *   v ← β₂·v + (1 − β₂)·g²         v̂ = v/(1 − β₂ᵗ)
 *   θ ← θ − α·m̂/(√v̂ + ε)
 */
function adam(theta: FloatArray, g: FloatArray, m: FloatArray, v: FloatArray, how: AdamStep): void {
  const { step, learningRate, beta1, beta2, epsilon } = how;
  const mScale = 1 / (1 - power(beta1, step));
  const vScale = 1 / (1 - power(beta2, step));
  for (let i = 0; i < theta.length; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    theta[i] -= (learningRate * (m[i] * mScale)) / (Math.sqrt(v[i] * vScale) + epsilon);
  }
}
