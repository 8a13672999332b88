import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { denseRows, sparseRows } from '../kernels/rows.js';
import { productsAt, selectedRows, transposeSelected } from '../kernels/selected.js';
import { rowsOf } from '../numbers/matrix.js';
import type { Parameters, StoredParameters } from './parameters.js';
import { reconstructionScale } from './reconstruction.js';
import type { ObjectiveSpec } from './spec.js';

/** Y = F·W_dec + 1·b_decᵀ     n×d′ = n×h · h×d′ */
export function decodeAffine(k: Kernels, { decoderWeight, decoderBias }: StoredParameters, f: Rows, y: Matrix): void {
  if (isSparse(f)) k.spmm(y, f, decoderWeight, decoderBias);
  else k.gemm(y, f, decoderWeight, decoderBias);
}

/** How a layer is to be had. */
export interface DecoderRoom {
  /** Whether F may come by its non-zeros, in rows of their own or of a matrix. */
  readonly sparseCode: boolean;
  /** How many entries F has at the most, where it is held by them alone; else 0. */
  readonly entries?: number;
  /** Whether Y is wanted after the loss has been taken. */
  readonly keepY?: boolean;
}

/** From F to R(X̂, T), and from there back to dF. */
export class DecoderLayer {
  private readonly k: Kernels;
  private readonly spec: ObjectiveSpec;
  /** Y, then X̂, then dY: one array stays in the cache where three would not. */
  private readonly y: Matrix;
  private readonly kept: Matrix | null;
  /** Room for dF, and for Fᵀ where F is sparse. */
  private readonly df: Matrix;
  private readonly dfEntries: FloatArray;
  private readonly fT: SparseRows;

  constructor(k: Kernels, spec: ObjectiveSpec, capacity: number, { sparseCode, entries = 0, keepY = false }: DecoderRoom) {
    const { hiddenDim, outputDim } = spec;
    this.k = k;
    this.spec = spec;
    this.y = denseRows(k, capacity, outputDim);
    this.kept = keepY ? denseRows(k, capacity, outputDim) : null;
    this.df = denseRows(k, entries > 0 ? 0 : capacity, hiddenDim);
    this.dfEntries = k.floats(entries);
    this.fT = entries > 0 ? selectedRows(k, hiddenDim, capacity, entries) : sparseRows(k, hiddenDim, capacity, sparseCode);
  }

  /**
   * R(X̂, T), X̂ = σ_o(F·W_dec + 1·b_decᵀ), for codes of n rows. Leaves dY = ∂R/∂Y behind if `thenBack`.
   * The activation is fused with the loss: see reconstruction.ts.
   */
  forward(θ: Parameters, f: Rows, t: Rows, thenBack: boolean): number {
    const { k, spec } = this;
    const y = rowsOf(this.y, 0, f.rows);
    decodeAffine(k, θ, f, y);
    if (this.kept) rowsOf(this.kept, 0, f.rows).data.set(y.data);
    const c = reconstructionScale[spec.reconstruction](f.rows, spec.outputDim);
    return k.outputLoss(y, thenBack ? y : null, t, spec.outputActivation, c);
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
   * alone, and 0 elsewhere; it is held as F is, by its entries or written out.
   */
  backward(θ: Parameters, dθ: Parameters, f: Rows): Rows {
    const { k } = this;
    const dy = rowsOf(this.y, 0, f.rows);
    k.columnSums(dθ.decoderBias, dy);
    if (!isSparse(f)) {
      const df = rowsOf(this.df, 0, f.rows);
      k.gemmTN(dθ.decoderWeight, f, dy);
      k.gemmNT(df, dy, θ.decoderWeight);
      return df;
    }
    const fT = { ...this.fT, rows: f.cols, cols: f.rows };
    if (this.dfEntries.length > 0) {
      transposeSelected(fT, f);
      k.spmm(dθ.decoderWeight, fT, dy);
      productsAt(this.dfEntries, f, dy, θ.decoderWeight);
      return { ...f, value: this.dfEntries };
    }
    const df = rowsOf(this.df, 0, f.rows);
    k.transpose(fT, f);
    k.spmm(dθ.decoderWeight, fT, dy);
    k.sddmm(df, f, dy, θ.decoderWeight);
    return df;
  }
}
