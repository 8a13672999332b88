import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { denseRows, sparseRows } from '../kernels/rows.js';
import { selectedRows } from '../kernels/selected.js';
import { rowsOf } from '../numbers/matrix.js';
import type { StoredParameters } from './parameters.js';
import { reconstructionLoss } from './reconstruction.js';
import type { ObjectiveSpec } from './spec.js';

/** Y = F·W_dec + 1·b_decᵀ     n×d′ = n×h · h×d′ */
export function decodeAffine(k: Kernels, { decoderWeight, decoderBias }: StoredParameters, f: Rows, y: Matrix): void {
  if (isSparse(f)) k.spmm(y, f, decoderWeight, decoderBias);
  else k.gemm(y, f, decoderWeight, decoderBias);
}

/** What a decoder is made for. */
export interface DecoderRoom {
  /** Rows of a batch, at the most. */
  readonly capacity: number;
  /** Whether F may come by its non-zeros, in rows of their own or of a matrix. */
  readonly sparseCode: boolean;
  /** How many entries F has at the most, where it is held by them alone; else 0. */
  readonly entries?: number;
  /** Whether `backward` will be asked for. */
  readonly thenBack: boolean;
  /** Whether dF may be asked for at more than F's non-zeros. */
  readonly wider?: boolean;
  /** Whether Y is wanted after the loss has been taken. */
  readonly keepY?: boolean;
}

/** From F to R, and from there back to dF. */
export interface DecoderLayer {
  /** R, its factor being c, for codes of n rows. Leaves behind what `backward` needs, or X̂. */
  forward(θ: StoredParameters, f: Rows, t: Rows, c: number, thenBack: boolean): number;
  /** Y of the last `forward`, of n rows; null unless it was to be kept. */
  keptY(n: number): Matrix | null;
  /** X̂ of the rows that `forward` was given last, unless `thenBack`. */
  xHat(n: number): Matrix;
  /**
   * ∂R/∂F, returned, of a sparse F where it, or `wanted`, has entries, and 0 elsewhere; ∂R/∂W_dec and ∂R/∂b_dec into dθ, unless
   * they are held constant.
   */
  backward(θ: StoredParameters, dθ: StoredParameters | null, f: Rows, wanted?: SparseRows): Rows;
}

/** R(X̂, T), X̂ = σ_o(F·W_dec + 1·b_decᵀ). */
export class PlainDecoder implements DecoderLayer {
  private readonly k: Kernels;
  private readonly spec: ObjectiveSpec;
  /** Y, then X̂, then dY: one array stays in the cache where three would not. */
  private readonly y: Matrix;
  private readonly kept: Matrix | null;
  /** Room for dF, and for Fᵀ where F is sparse. */
  private readonly df: Matrix;
  private readonly dfEntries: FloatArray;
  private readonly fT: SparseRows;

  constructor(k: Kernels, spec: ObjectiveSpec, room: DecoderRoom) {
    const { capacity, sparseCode, thenBack, entries = 0, keepY = false } = room;
    const { hiddenDim, outputDim } = spec;
    const back = thenBack ? capacity : 0;
    this.k = k;
    this.spec = spec;
    this.y = denseRows(k, capacity, outputDim);
    this.kept = keepY ? denseRows(k, capacity, outputDim) : null;
    this.df = denseRows(k, entries > 0 ? 0 : back, hiddenDim);
    this.dfEntries = k.floats(thenBack ? entries : 0);
    this.fT = entries > 0 ? selectedRows(k, hiddenDim, back, thenBack ? entries : 0) : sparseRows(k, hiddenDim, back, sparseCode);
  }

  /** The activation is fused with the loss: see reconstruction.ts. */
  forward(θ: StoredParameters, f: Rows, t: Rows, c: number, thenBack: boolean): number {
    const y = this.xHat(f.rows);
    decodeAffine(this.k, θ, f, y);
    if (this.kept) rowsOf(this.kept, 0, f.rows).data.set(y.data);
    return reconstructionLoss(this.k, this.spec, y, thenBack ? y : null, t, c);
  }

  xHat(n: number): Matrix {
    return rowsOf(this.y, 0, n);
  }

  /** Y of the last `forward`, of n rows; null unless it was to be kept. */
  keptY(n: number): Matrix | null {
    return this.kept && rowsOf(this.kept, 0, n);
  }

  /**
   * Y = F·W_dec + 1·b_decᵀ   ⇒   ∂R/∂w_jq = Σ_i f_ij·dy_iq,  that is
   *                              dW_dec = Fᵀ·dY          h×d′ = (n×h)ᵀ · n×d′
   *                              db_dec = Σ_i dy_i       d′
   *                          ⇒   ∂R/∂f_ij = Σ_q dy_iq·w_jq,  that is
   *                              dF = dY·W_decᵀ          n×h = n×d′ · (h×d′)ᵀ, returned
   *
   * A sparse F says that ∂J/∂Z vanishes wherever F does (a ReLU): dF is then asked for at F's non-zeros
   * alone, and 0 elsewhere; or at those of `wanted`, if it does not vanish there. It is held as F is, by its entries or
   * written out.
   */
  backward(θ: StoredParameters, dθ: StoredParameters | null, f: Rows, wanted?: SparseRows): Rows {
    const { k } = this;
    const dy = rowsOf(this.y, 0, f.rows);
    if (dθ) k.columnSums(dθ.decoderBias, dy);
    if (!isSparse(f)) {
      const df = rowsOf(this.df, 0, f.rows);
      if (dθ) k.gemmTN(dθ.decoderWeight, f, dy);
      k.gemmNT(df, dy, θ.decoderWeight);
      return df;
    }
    if (dθ) {
      const fT = { ...this.fT, rows: f.cols, cols: f.rows };
      k.transpose(fT, f);
      k.spmm(dθ.decoderWeight, fT, dy);
    }
    if (this.dfEntries.length > 0) {
      k.sddmmValues(this.dfEntries, f, dy, θ.decoderWeight);
      return { ...f, value: this.dfEntries };
    }
    const df = rowsOf(this.df, 0, f.rows);
    k.sddmm(df, wanted ?? f, dy, θ.decoderWeight);
    return df;
  }
}
