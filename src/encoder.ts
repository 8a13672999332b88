import {
  type Activation,
  type FloatArray,
  isSparse,
  type Kernels,
  type Matrix,
  type Rows,
  type SparseRows,
} from './kernels/kernels.js';
import type { Parameters } from './parameters.js';

/**
 * The encoder's forward pass.
 *   Z = X·W_enc + 1·b_encᵀ     n×h = n×d · d×h
 *   F = σ_h(Z)                 n×h
 */
export function encode(k: Kernels, θ: Parameters, x: Rows, f: Matrix, activation: Activation): void {
  encodeAffine(k, θ, x, f);
  k.activate(f, activation);
}

/** Z alone. */
export function encodeAffine(k: Kernels, θ: Parameters, x: Rows, z: Matrix): void {
  if (isSparse(x)) k.spmm(z, x, θ.encoderWeight, θ.encoderBias);
  else k.gemm(z, x, θ.encoderWeight, θ.encoderBias);
}

/**
 * The encoder's backward pass, from dF = ∂R/∂F (given in `dz`) to ∇W_enc and ∇b_enc.
 *
 *   F = σ_h(Z),  J = R + β·S   ⇒   dZ = (dF + β·∂S/∂F) ⊙ σ_h′(Z)           n×h
 *   Z = X·W_enc + 1·b_encᵀ     ⇒   ∂J/∂w_pj = Σ_i x_ip·dz_ij,  that is
 *                                  dW_enc = Xᵀ·dZ                          d×h = (n×d)ᵀ · n×h
 *                                  db_enc = Σ_i dz_i                       h
 *
 * β·∂S/∂f_ij comes in two parts, `pull`_j + `l1`·sign(f_ij): see sparsity.ts.
 * `xT` is room for Xᵀ where X is sparse.
 */
export function encodeBackward(
  k: Kernels,
  gradient: Parameters,
  x: Rows,
  xT: SparseRows,
  f: Matrix,
  dz: Matrix,
  pull: FloatArray,
  l1: number,
  activation: Activation,
): void {
  k.hiddenDelta(dz, f, pull, l1, activation);
  if (isSparse(x)) {
    k.transpose(xT, x);
    k.spmm(gradient.encoderWeight, xT, dz);
  } else {
    k.gemmTN(gradient.encoderWeight, x, dz);
  }
  k.columnSums(gradient.encoderBias, dz);
}
