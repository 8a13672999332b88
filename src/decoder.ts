import { type Activation, isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from './kernels/kernels.js';
import type { Parameters } from './parameters.js';

/**
 * The decoder's affine half. Its activation is fused with the loss, in `Kernels.outputLoss`, or
 * applied by `decode` where there is no loss.
 *   Y = F·W_dec + 1·b_decᵀ     n×d′ = n×h · h×d′
 */
export function decodeAffine(k: Kernels, θ: Parameters, f: Rows, y: Matrix): void {
  if (isSparse(f)) k.spmm(y, f, θ.decoderWeight, θ.decoderBias);
  else k.gemm(y, f, θ.decoderWeight, θ.decoderBias);
}

/** X̂ = σ_o(F·W_dec + 1·b_decᵀ) */
export function decode(k: Kernels, θ: Parameters, f: Rows, xHat: Matrix, activation: Activation): void {
  decodeAffine(k, θ, f, xHat);
  k.activate(xHat, activation);
}

/**
 * The decoder's backward pass, from dY = ∂R/∂Y to ∇W_dec, ∇b_dec and dF = ∂R/∂F.
 *
 *   Y = F·W_dec + 1·b_decᵀ   ⇒   ∂R/∂w_jq = Σ_i f_ij·dy_iq,  that is
 *                                dW_dec = Fᵀ·dY          h×d′ = (n×h)ᵀ · n×d′
 *                                db_dec = Σ_i dy_i       d′
 *                            ⇒   ∂R/∂f_ij = Σ_q dy_iq·w_jq,  that is
 *                                dF = dY·W_decᵀ          n×h = n×d′ · (h×d′)ᵀ
 *
 * A sparse F says that σ_h′ vanishes wherever F does (a ReLU): dF is then asked for at F's non-zeros
 * alone, and written as 0 elsewhere. `fT` is room for Fᵀ.
 */
export function decodeBackward(
  k: Kernels,
  θ: Parameters,
  gradient: Parameters,
  f: Rows,
  fT: SparseRows,
  dy: Matrix,
  df: Matrix,
): void {
  if (isSparse(f)) {
    k.transpose(fT, f);
    k.spmm(gradient.decoderWeight, fT, dy);
    k.sddmm(df, f, dy, θ.decoderWeight);
  } else {
    k.gemmTN(gradient.decoderWeight, f, dy);
    k.gemmNT(df, dy, θ.decoderWeight);
  }
  k.columnSums(gradient.decoderBias, dy);
}
