import { isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { denseRows, sparseRows } from '../kernels/rows.js';
import { rowsOf } from '../numbers/matrix.js';
import type { Parameters } from './parameters.js';
import { reconstructionLoss } from './reconstruction.js';
import type { ObjectiveSpec } from './spec.js';

/** Y = F·W_dec + 1·b_decᵀ     n×d′ = n×h · h×d′ */
export function decodeAffine(k: Kernels, θ: Parameters, f: Rows, y: Matrix): void {
  if (isSparse(f)) k.spmm(y, f, θ.decoderWeight, θ.decoderBias);
  else k.gemm(y, f, θ.decoderWeight, θ.decoderBias);
}

/** What a decoder is made for. */
export interface DecoderRoom {
  /** Rows of a batch, at the most. */
  readonly capacity: number;
  /** Whether codes may come by their non-zeros. */
  readonly sparseCode: boolean;
  /** Whether `backward` will be asked for. */
  readonly thenBack: boolean;
  /** Whether dF may be asked for at more than F's non-zeros. */
  readonly wider?: boolean;
}

/** From F to R, and from there back to dF. */
export interface DecoderLayer {
  /** R, its factor being c, for codes of n rows. Leaves behind what `backward` needs, or X̂. */
  forward(θ: Parameters, f: Rows, t: Rows, c: number, thenBack: boolean): number;
  /** X̂ of the rows that `forward` was given last, unless `thenBack`. */
  xHat(n: number): Matrix;
  /**
   * ∂R/∂F, returned, of a sparse F where `wanted` has entries, and 0 elsewhere; ∂R/∂W_dec and ∂R/∂b_dec into dθ, unless
   * they are held constant.
   */
  backward(θ: Parameters, dθ: Parameters | null, f: Rows, wanted?: SparseRows): Matrix;
}

/** R(X̂, T), X̂ = σ_o(F·W_dec + 1·b_decᵀ). */
export class PlainDecoder implements DecoderLayer {
  private readonly k: Kernels;
  private readonly spec: ObjectiveSpec;
  /** Y, then X̂, then dY: one array stays in the cache where three would not. */
  private readonly y: Matrix;
  private readonly df: Matrix;
  /** Room for Fᵀ, where F is sparse. */
  private readonly fT: SparseRows;

  constructor(k: Kernels, spec: ObjectiveSpec, { capacity, sparseCode, thenBack }: DecoderRoom) {
    this.k = k;
    this.spec = spec;
    this.y = denseRows(k, capacity, spec.outputDim);
    this.df = denseRows(k, thenBack ? capacity : 0, spec.hiddenDim);
    this.fT = sparseRows(k, spec.hiddenDim, capacity, sparseCode && thenBack);
  }

  /** The activation is fused with the loss: see reconstruction.ts. */
  forward(θ: Parameters, f: Rows, t: Rows, c: number, thenBack: boolean): number {
    const y = this.xHat(f.rows);
    decodeAffine(this.k, θ, f, y);
    return reconstructionLoss(this.k, this.spec, y, thenBack ? y : null, t, c);
  }

  xHat(n: number): Matrix {
    return rowsOf(this.y, 0, n);
  }

  /**
   * Y = F·W_dec + 1·b_decᵀ   ⇒   ∂R/∂w_jq = Σ_i f_ij·dy_iq,  that is
   *                              dW_dec = Fᵀ·dY          h×d′ = (n×h)ᵀ · n×d′
   *                              db_dec = Σ_i dy_i       d′
   *                          ⇒   ∂R/∂f_ij = Σ_q dy_iq·w_jq,  that is
   *                              dF = dY·W_decᵀ          n×h = n×d′ · (h×d′)ᵀ, returned
   *
   * A sparse F says that ∂J/∂Z vanishes wherever F does (a ReLU): dF is then asked for at F's non-zeros
   * alone, and written as 0 elsewhere; or at those of `wanted`, if it does not vanish there.
   */
  backward(θ: Parameters, dθ: Parameters | null, f: Rows, wanted?: SparseRows): Matrix {
    const { k } = this;
    const dy = rowsOf(this.y, 0, f.rows);
    const df = rowsOf(this.df, 0, f.rows);
    if (isSparse(f)) {
      if (dθ) {
        const fT = { ...this.fT, cols: f.rows };
        k.transpose(fT, f);
        k.spmm(dθ.decoderWeight, fT, dy);
      }
      k.sddmm(df, wanted ?? f, dy, θ.decoderWeight);
    } else {
      if (dθ) k.gemmTN(dθ.decoderWeight, f, dy);
      k.gemmNT(df, dy, θ.decoderWeight);
    }
    if (dθ) k.columnSums(dθ.decoderBias, dy);
    return df;
  }
}
