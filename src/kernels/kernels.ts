/**
 * The contract between the mathematics and the machine.
 *
 * Layers, objective and optimizer ask for these operations and nothing else. `plain.ts` answers with
 * loops to be read; `simd/` answers with 128-bit WebAssembly. All matrices are dense, row-major and
 * contiguous, and every array passed in was allocated by the same kernel set (`floats`, `integers`),
 * so that θ, the moments and the batch may live in memory the kernels own.
 *
 * Unless an operation says otherwise, its output overlaps none of its inputs, and every element of
 * the output is written. No operation leaves anything allocated.
 */

import type { FloatArray, Matrix } from '../numbers/matrix.js';
import type { Elementwise } from './elementwise.js';

export type { FloatArray, Matrix } from '../numbers/matrix.js';
export type { Elementwise } from './elementwise.js';

/**
 * A rows × cols matrix stored by its non-zeros: row i holds value[k] in column index[k] for
 * k = start[i] … end[i]−1, columns ascending. Rows need not be adjacent, nor in order, in `value`:
 * a minibatch of a compressed data set is a choice of starts and ends, and copies nothing.
 */
export interface SparseRows {
  readonly rows: number;
  readonly cols: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly index: Int32Array;
  readonly value: FloatArray;
}

/** A batch, one sample a row: dense, or held by its non-zeros. */
export type Rows = Matrix | SparseRows;

export const isSparse = (x: Rows): x is SparseRows => 'index' in x;

/** One step of Adam (Kingma & Ba 2015, Algorithm 1); `step` is t, counted from 1. */
export interface AdamStep {
  readonly step: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface Kernels {
  readonly name: 'plain' | 'simd';
  readonly threads: number;
  /** Below this density the sparse forms are the faster ones. */
  readonly sparseBelow: number;

  /** A zeroed array of n floats (of n 32-bit integers) in the memory these kernels work on. */
  floats(n: number): FloatArray;
  integers(n: number): Int32Array;

  /** The contents of `x` in that memory: a copy, or `x` itself where it will do. */
  adopt(x: FloatArray): FloatArray;
  /** Runs `run`, and takes back all that was allocated meanwhile. */
  scoped<T>(run: () => T): T;
  /**
   * One operation, on the other threads while this one does `meanwhile`, which asks for no operation; on one thread, one
   * after the other. What the operation returns is not yet true.
   */
  overlap(operation: () => void, meanwhile: () => void): void;

  /** C = A·B, plus biasᵀ on every row if given.   n×m = n×k · k×m */
  gemm(c: Matrix, a: Matrix, b: Matrix, bias?: FloatArray): void;
  /** C = Aᵀ·B.   k×m = (n×k)ᵀ · n×m */
  gemmTN(c: Matrix, a: Matrix, b: Matrix): void;
  /** C = A·Bᵀ.   n×m = n×k · (m×k)ᵀ */
  gemmNT(c: Matrix, a: Matrix, b: Matrix): void;

  /** C = A·B, plus biasᵀ on every row if given, A sparse.   n×m = n×k · k×m */
  spmm(c: Matrix, a: SparseRows, b: Matrix, bias?: FloatArray): void;
  /** C = (S·B)ᵀ, with the bits of `spmm`.   d×h = (h×n · n×d)ᵀ */
  spmmTurned(c: Matrix, s: SparseRows, b: Matrix): void;
  /** c_ij = Σ_p a_ip·b_jp where `at` holds an entry (i, j), and 0 elsewhere.   n×m, n×k, m×k */
  sddmm(c: Matrix, at: SparseRows, a: Matrix, b: Matrix): void;
  /** value_p = Σ_t a_it·b_jt for every entry p = (i, j) of `at`, in its place; `value` is as long as at.value, and may be it.   n×k, m×k */
  sddmmValues(value: FloatArray, at: SparseRows, a: Matrix, b: Matrix): void;

  /**
   * S = the non-zeros of A; returns how many, or −1 if one of them is NaN or ±Infinity. Rows lie end to end from the first
   * place on, in whatever order; behind them, so much of S as A has elements may have been written.
   */
  compress(s: SparseRows, a: Matrix): number;
  /**
   * T = Sᵀ, row j's entries in the order of S's rows. Row j is written from start[j] = j·(S's rows) on where T has room
   * for so many entries; where it has not, one row behind the other, so that room for S's entries will do.
   */
  transpose(t: SparseRows, s: SparseRows): void;

  /**
   * S = of every row of Z its k largest entries, as far as they are greater than 0, columns ascending: ReLU after
   * the selection, k ≥ 1. Of equal entries the lower column is kept. Row i is written from start[i] = i·k on, so that S needs
   * room for n·k. Returns how many were kept, or −1 if an entry of Z is NaN or ±Infinity; S is then of no use.
   */
  topK(s: SparseRows, z: Matrix, k: number): number;
  /** topK of Z = A·B, plus biasᵀ on every row if given, with the bits of `gemm`, Z being written nowhere. */
  gemmTopK(s: SparseRows, a: Matrix, b: Matrix, k: number, bias?: FloatArray): number;
  /** topK of Z = A·Bᵀ, plus biasᵀ on every row if given. */
  gemmNTTopK(s: SparseRows, a: Matrix, b: Matrix, k: number, bias?: FloatArray): number;

  /** A ← σ(A), in place. */
  activate(a: Matrix, σ: Elementwise): void;
  /** out_j = Σ_i a_ij */
  columnSums(out: FloatArray, a: Matrix): void;
  /** out_i = Σ_j s_ij: of Sᵀ, S's column sums. */
  rowSums(out: FloatArray, s: SparseRows): void;

  /**
   * The output layer's second half, fused into one pass: x̂ = σ(z), then c·Σ(x̂ − t)², returned, and
   * dz = 2c·(x̂ − t)·σ′(x̂). `xHat` holds z on entry and x̂ on return; `dz` may be
   * left out, or be `xHat` itself, which then holds dz.
   */
  outputLoss(xHat: Matrix, dz: Matrix | null, t: Rows, σ: Elementwise, c: number): number;
  /**
   * The same for probabilities: x̂ = 1/(1 + e^−y), then c·Σ (ln(1 + e^y) − t·y), returned, and dy = c·(x̂ − t). `xHat` holds y
   * on entry and x̂ on return; `dy` may be left out, or be `xHat` itself.
   */
  crossEntropy(xHat: Matrix, dy: Matrix | null, t: Rows, c: number): number;
  /** dz_ij ← (dz_ij + pull_j + l1·sign(f_ij))·σ′(f_ij), in place: from ∂J/∂F to ∂J/∂Z. */
  hiddenDelta(dz: Matrix, f: Matrix, pull: FloatArray, l1: number, σ: Elementwise): void;

  /** Σ x² */
  sumOfSquares(x: FloatArray): number;
  /** Σ |x| */
  sumOfAbs(x: FloatArray): number;
  /** How many entries are not zero. */
  countNonZeros(x: FloatArray): number;
  /** The index of the first NaN or ±Infinity, or −1. */
  findNonFinite(x: FloatArray): number;
  /** y ← y + alpha·x */
  axpy(y: FloatArray, alpha: number, x: FloatArray): void;
  /** θ ← θ − α·m̂/(√v̂ + ε), with the moments m and v brought forward by g; θ, m, v in place. */
  adam(theta: FloatArray, g: FloatArray, m: FloatArray, v: FloatArray, how: AdamStep): void;

  /** Ends whatever threads these kernels started. Arrays stay readable. */
  close(): Promise<void>;
}
