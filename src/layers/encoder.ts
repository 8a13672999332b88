import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { denseRows, sparseRows, sparseRowsOf } from '../kernels/rows.js';
import { selectedRows, transposeMatrix, writeOut } from '../kernels/selected.js';
import { rowsOf } from '../numbers/matrix.js';
import type { Parameters } from './parameters.js';
import type { Wiring } from './spec.js';

/** Entries of dW_enc that are computed by unit before they are turned: few enough to stay in a core's cache. */
const TURNED = 2 ** 17;
const unitsAtATime = (inputDim: number): number => Math.max(1, Math.floor(TURNED / inputDim));

const row = (data: FloatArray): Matrix => ({ data, rows: 1, cols: data.length });

/**
 * What is added to X·W_enc: b_enc, or b_enc − W_encᵀ·b_dec (into `room`) where the encoder sees X less b_dec,
 *   (X − 1·b_decᵀ)·W_enc + 1·b_encᵀ = X·W_enc + 1·(b_enc − W_encᵀ·b_dec)ᵀ,
 * so that a sparse X stays sparse.     h
 */
export function encoderShift(k: Kernels, { preBias }: Wiring, θ: Parameters, room: FloatArray): FloatArray {
  if (!preBias) return θ.encoderBias;
  k.gemm(row(room), row(θ.decoderBias), θ.encoderWeight);
  for (let j = 0; j < room.length; j++) room[j] = θ.encoderBias[j] - room[j];
  return room;
}

/** Z = X·W_enc + 1·shiftᵀ     n×h = n×d · d×h */
export function encodeAffine(k: Kernels, { encoderWeight }: Parameters, shift: FloatArray, x: Rows, z: Matrix): void {
  if (isSparse(x)) k.spmm(z, x, encoderWeight, shift);
  else k.gemm(z, x, encoderWeight, shift);
}

/** Entries of Z that are written out at a time, where they are selected and X is sparse. */
const WRITTEN = 2 ** 20;

/** Room for so many of the rows of a batch of Z: at least one. */
export const roomOfSome = (k: Kernels, rows: number, hiddenDim: number): FloatArray =>
  k.floats(hiddenDim * Math.max(1, Math.min(rows, Math.floor(WRITTEN / hiddenDim))));

/**
 * F = each row's `kept` largest z, of those above 0; returns how many, or −1 if not all of Z is finite. Z is written nowhere,
 * but for a sparse X, as many rows at a time as `room` has: see roomOfSome.     n×h
 */
export function encodeTopK(
  k: Kernels,
  { encoderWeight }: Parameters,
  shift: FloatArray,
  x: Rows,
  f: SparseRows,
  kept: number,
  room: FloatArray,
): number {
  if (!isSparse(x)) return k.gemmTopK(f, x, encoderWeight, kept, shift);
  const { cols } = f;
  const most = Math.floor(room.length / cols);
  let active = 0;
  for (let from = 0; from < x.rows; from += most) {
    const to = Math.min(from + most, x.rows);
    const z = { data: room.subarray(0, (to - from) * cols), rows: to - from, cols };
    const part = sparseRowsOf(f, from, to);
    k.spmm(z, sparseRowsOf(x, from, to), encoderWeight, shift);
    const first = from * kept;
    const found = k.topK({ ...part, index: f.index.subarray(first), value: f.value.subarray(first) }, z, kept);
    if (found < 0) return -1;
    active += found;
    for (let i = from; i < to; i++) {
      f.start[i] += first;
      f.end[i] += first;
    }
  }
  return active;
}

/** The encoder's affine half, from X to Z and from dZ to its gradients. What makes F of Z is a kind: see sparsity/. */
export class EncoderLayer {
  private readonly k: Kernels;
  private readonly wiring: Wiring;
  /** Room for the shift, and for what the pre-bias takes of dZ. */
  private readonly shift: FloatArray;
  private readonly taken: FloatArray;
  /** Room for Xᵀ, where X is sparse. */
  private readonly xT: SparseRows;
  /** Room for dZᵀ, and for dW_enc of some units, by unit, where dZ is sparse. */
  private readonly dzT: SparseRows;
  private readonly byUnit: FloatArray;
  /** Room for X written out, where both are sparse. */
  private readonly x: Matrix;

  /** `entries`: how many a sparse dZ has at the most; 0 where dZ is dense. */
  constructor(k: Kernels, wiring: Wiring, capacity: number, sparseInput: boolean, entries = 0) {
    const { inputDim, hiddenDim, preBias } = wiring;
    this.k = k;
    this.wiring = wiring;
    this.shift = k.floats(preBias ? hiddenDim : 0);
    this.taken = k.floats(preBias ? inputDim : 0);
    this.xT = sparseRows(k, inputDim, capacity, sparseInput && entries === 0);
    this.dzT = selectedRows(k, hiddenDim, capacity, entries);
    this.byUnit = k.floats(entries > 0 ? Math.min(hiddenDim, unitsAtATime(inputDim)) * inputDim : 0);
    this.x = denseRows(k, sparseInput && entries > 0 ? capacity : 0, inputDim);
  }

  /** Z = (X − 1·b_decᵀ, if so wired)·W_enc + 1·b_encᵀ, into `z`. */
  forward(θ: Parameters, x: Rows, z: Matrix): void {
    const shift = encoderShift(this.k, this.wiring, θ, this.shift.subarray(0, z.cols));
    encodeAffine(this.k, θ, shift, x, z);
  }

  /** From X to the `kept` largest entries of each row of Z: see encodeTopK. */
  forwardTopK(θ: Parameters, x: Rows, f: SparseRows, kept: number, room: FloatArray): number {
    const shift = encoderShift(this.k, this.wiring, θ, this.shift.subarray(0, f.cols));
    return encodeTopK(this.k, θ, shift, x, f, kept, room);
  }

  /**
   * Z = X·W_enc + 1·b_encᵀ   ⇒   ∂J/∂w_pj = Σ_i x_ip·dz_ij,  that is
   *                              dW_enc = Xᵀ·dZ          d×h = (n×d)ᵀ · n×h
   *                              db_enc = Σ_i dz_i       h
   *
   * and with the pre-bias, of which each z_ij has −Σ_p b_dec,p·w_pj,
   *                              dW_enc ← dW_enc − b_dec·db_encᵀ     d×h
   *                              db_dec ← db_dec − W_enc·db_enc      d
   */
  backward(θ: Parameters, dθ: Parameters, x: Rows, dz: Rows): void {
    const { k } = this;
    if (isSparse(dz)) this.backwardSparse(dθ, x, dz);
    else this.backwardDense(dθ, x, dz);
    if (!this.wiring.preBias) return;
    const { data, rows, cols } = dθ.encoderWeight;
    for (let p = 0; p < rows; p++) k.axpy(data.subarray(p * cols, (p + 1) * cols), -θ.decoderBias[p], dθ.encoderBias);
    k.gemmNT(row(this.taken), row(dθ.encoderBias), θ.encoderWeight);
    k.axpy(dθ.decoderBias, -1, this.taken);
  }

  private backwardDense(dθ: Parameters, x: Rows, dz: Matrix): void {
    const { k } = this;
    if (isSparse(x)) {
      const xT = { ...this.xT, cols: x.rows };
      k.transpose(xT, x);
      k.spmm(dθ.encoderWeight, xT, dz);
    } else {
      k.gemmTN(dθ.encoderWeight, x, dz);
    }
    k.columnSums(dθ.encoderBias, dz);
  }

  /** The same from the entries of dZ alone: dW_encᵀ = dZᵀ·X     h×d = (n×h)ᵀ · n×d */
  private backwardSparse(dθ: Parameters, x: Rows, dz: SparseRows): void {
    const { k } = this;
    const dzT = { ...this.dzT, rows: dz.cols, cols: dz.rows };
    k.transpose(dzT, dz);
    k.rowSums(dθ.encoderBias, dzT);
    const dense = isSparse(x) ? rowsOf(this.x, 0, x.rows) : x;
    if (isSparse(x)) writeOut(dense, x);
    const most = unitsAtATime(x.cols);
    for (let from = 0; from < dz.cols; from += most) {
      const to = Math.min(from + most, dz.cols);
      const byUnit = { data: this.byUnit.subarray(0, (to - from) * x.cols), rows: to - from, cols: x.cols };
      k.spmm(byUnit, sparseRowsOf(dzT, from, to), dense);
      transposeMatrix(dθ.encoderWeight, byUnit, false, from);
    }
  }
}
