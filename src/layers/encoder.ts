import { isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { sparseRows } from '../kernels/rows.js';
import type { Parameters } from './parameters.js';
import type { Dimensions } from './spec.js';

/** Z = X·W_enc + 1·b_encᵀ     n×h = n×d · d×h */
export function encodeAffine(k: Kernels, θ: Parameters, x: Rows, z: Matrix): void {
  if (isSparse(x)) k.spmm(z, x, θ.encoderWeight, θ.encoderBias);
  else k.gemm(z, x, θ.encoderWeight, θ.encoderBias);
}

/** The encoder's affine half, from X to Z and from dZ to its gradients. What makes F of Z is a kind: see sparsity/. */
export class EncoderLayer {
  private readonly k: Kernels;
  /** Room for Xᵀ, where X is sparse. */
  private readonly xT: SparseRows;

  constructor(k: Kernels, { inputDim }: Dimensions, capacity: number, sparseInput: boolean) {
    this.k = k;
    this.xT = sparseRows(k, inputDim, capacity, sparseInput);
  }

  /** Z = X·W_enc + 1·b_encᵀ, into `z`. */
  forward(θ: Parameters, x: Rows, z: Matrix): void {
    encodeAffine(this.k, θ, x, z);
  }

  /**
   * Z = X·W_enc + 1·b_encᵀ   ⇒   ∂J/∂w_pj = Σ_i x_ip·dz_ij,  that is
   *                              dW_enc = Xᵀ·dZ          d×h = (n×d)ᵀ · n×h
   *                              db_enc = Σ_i dz_i       h
   */
  backward(dθ: Parameters, x: Rows, dz: Matrix): void {
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
}
