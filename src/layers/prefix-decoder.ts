import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { denseRows, sparseRows } from '../kernels/rows.js';
import { selectedRows } from '../kernels/selected.js';
import { rowsOf } from '../numbers/matrix.js';
import { type DecoderLayer, type DecoderRoom, decodeAffine } from './decoder.js';
import type { StoredParameters } from './parameters.js';
import { reconstructionLoss } from './reconstruction.js';
import type { ObjectiveSpec } from './spec.js';

/** Units from … to−1: what one prefix has and the prefix before it has not. */
interface Block {
  readonly from: number;
  readonly to: number;
  /** Room for its columns of F, in either form, and for those of dF. */
  readonly dense: Matrix;
  readonly sparse: SparseRows;
  /** And for those of what dF is wanted at. */
  readonly wanted: SparseRows;
  readonly df: Matrix;
  /** Instead of `df`, where F is held by its entries alone. */
  readonly dfEntries: FloatArray;
  /** Room for the transpose. */
  readonly transposed: SparseRows;
  /** Y of the prefix that ends with it, then dY. */
  readonly y: Matrix;
}

/**
 * R summed over prefixes of the code (Matryoshka: Bussmann et al. 2025, "Learning Multi-Level Features with Matryoshka
 * Sparse Autoencoders"). Each prefix h_1 < … < h_P is reconstructed by itself:
 *   Y_p = F_(:h_p)·W_dec(h_p:) + 1·b_decᵀ = Y_(p−1) + F_b·W_b,   b the block of units h_(p−1) … h_p−1
 *   R = Σ_p R(σ_o(Y_p), T)
 * so every block is multiplied once, whatever the number of prefixes. Backwards a block sees all prefixes that hold it:
 *   D_b = Σ_(p≥b) dY_p     dW_b = F_bᵀ·D_b     dF_b = D_b·W_bᵀ     db_dec = Σ_i d_i of the first block
 */
export class PrefixDecoder implements DecoderLayer {
  private readonly k: Kernels;
  private readonly spec: ObjectiveSpec;
  private readonly blocks: readonly Block[];
  /** Y of the last prefix that is done. */
  private readonly sum: Matrix;
  private readonly df: Matrix;
  private readonly dfEntries: FloatArray;
  /** Y of the whole code. */
  private readonly kept: Matrix | null;

  constructor(k: Kernels, spec: ObjectiveSpec, prefixes: readonly number[], room: DecoderRoom) {
    const { capacity, sparseCode, thenBack, wider, keepY = false, entries = 0 } = room;
    this.k = k;
    this.kept = keepY ? denseRows(k, capacity, spec.outputDim) : null;
    this.spec = spec;
    this.sum = denseRows(k, capacity, spec.outputDim);
    const alone = entries > 0;
    const back = thenBack ? capacity : 0;
    this.df = denseRows(k, alone ? 0 : back, spec.hiddenDim);
    this.dfEntries = k.floats(thenBack ? entries : 0);
    const held = (rows: number, cols: number, used: boolean): SparseRows =>
      alone ? selectedRows(k, rows, cols, used ? Math.min(entries, rows * cols) : 0) : sparseRows(k, rows, cols, used);
    this.blocks = prefixes.map((to, b) => {
      const from = prefixes[b - 1] ?? 0;
      return {
        from,
        to,
        dense: denseRows(k, alone ? 0 : capacity, to - from),
        sparse: held(capacity, to - from, sparseCode),
        wanted: sparseRows(k, capacity, to - from, thenBack && wider === true),
        df: denseRows(k, alone ? 0 : back, to - from),
        dfEntries: k.floats(thenBack ? Math.min(entries, capacity * (to - from)) : 0),
        transposed: held(to - from, capacity, sparseCode && thenBack),
        y: denseRows(k, capacity, spec.outputDim),
      };
    });
  }

  forward(θ: StoredParameters, f: Rows, t: Rows, c: number, thenBack: boolean): number {
    const { k, spec, blocks } = this;
    const n = f.rows;
    if (isSparse(f)) this.dealSparse(f, 'sparse');
    else this.dealDense(f);
    const sum = rowsOf(this.sum, 0, n);
    let loss = 0;
    for (const [b, block] of blocks.entries()) {
      const y = rowsOf(block.y, 0, n);
      const w = rowsOf(θ.decoderWeight, block.from, block.to);
      const part = this.part(block, f);
      if (b === 0) decodeAffine(k, { ...θ, decoderWeight: w }, part, y);
      else {
        if (isSparse(part)) k.spmm(y, part, w);
        else k.gemm(y, part, w);
        k.axpy(y.data, 1, sum.data);
      }
      if (b < blocks.length - 1) sum.data.set(y.data);
      else if (this.kept) rowsOf(this.kept, 0, n).data.set(y.data);
      loss += reconstructionLoss(k, spec, y, thenBack ? y : null, t, c);
    }
    return loss;
  }

  xHat(n: number): Matrix {
    return rowsOf(this.blocks[this.blocks.length - 1].y, 0, n);
  }

  keptY(n: number): Matrix | null {
    return this.kept && rowsOf(this.kept, 0, n);
  }

  backward(θ: StoredParameters, dθ: StoredParameters | null, f: Rows, wanted?: SparseRows): Rows {
    const { k, blocks } = this;
    const n = f.rows;
    if (wanted) this.dealSparse(wanted, 'wanted');
    const alone = this.dfEntries.length > 0 && isSparse(f);
    for (let b = blocks.length - 1; b >= 0; b--) {
      const block = blocks[b];
      const dy = rowsOf(block.y, 0, n);
      if (b < blocks.length - 1) k.axpy(dy.data, 1, rowsOf(blocks[b + 1].y, 0, n).data);
      const w = rowsOf(θ.decoderWeight, block.from, block.to);
      const dw = dθ && rowsOf(dθ.decoderWeight, block.from, block.to);
      const part = this.part(block, f);
      if (isSparse(part)) {
        if (dw) {
          const transposed = { ...block.transposed, cols: n };
          k.transpose(transposed, part);
          k.spmm(dw, transposed, dy);
        }
        if (alone) k.sddmmValues(block.dfEntries, part, dy, w);
        else k.sddmm(rowsOf(block.df, 0, n), wanted ? { ...block.wanted, rows: n } : part, dy, w);
      } else {
        if (dw) k.gemmTN(dw, part, dy);
        k.gemmNT(rowsOf(block.df, 0, n), dy, w);
      }
    }
    if (dθ) k.columnSums(dθ.decoderBias, rowsOf(blocks[0].y, 0, n));
    return alone ? this.gatherEntries(f) : this.gather(n);
  }

  /** dF of all blocks. */
  private gather(n: number): Matrix {
    const df = rowsOf(this.df, 0, n);
    for (const { from, df: own } of this.blocks)
      for (let i = 0; i < n; i++) df.data.set(rowsOf(own, i, i + 1).data, i * df.cols + from);
    return df;
  }

  /** The same by F's entries: a row's come block by block. */
  private gatherEntries(f: SparseRows): SparseRows {
    const value = this.dfEntries;
    for (let i = 0; i < f.rows; i++) {
      let to = f.start[i];
      for (const { sparse, dfEntries } of this.blocks)
        for (let e = sparse.start[i]; e < sparse.end[i]; e++) value[to++] = dfEntries[e];
    }
    return { ...f, value };
  }

  /** A block's columns of F, in F's form. */
  private part({ dense, sparse }: Block, f: Rows): Rows {
    return isSparse(f) ? { ...sparse, rows: f.rows } : rowsOf(dense, 0, f.rows);
  }

  private dealDense({ data, rows, cols }: Matrix): void {
    for (const { from, to, dense } of this.blocks)
      for (let i = 0; i < rows; i++) dense.data.set(data.subarray(i * cols + from, i * cols + to), i * (to - from));
  }

  /** A row's entries come in the order of their columns, hence block by block. */
  private dealSparse({ rows, start, end, index, value }: SparseRows, into: 'sparse' | 'wanted'): void {
    for (let i = 0; i < rows; i++) {
      let at = start[i];
      for (const { from, to, [into]: sparse } of this.blocks) {
        let put = i === 0 ? 0 : sparse.end[i - 1];
        sparse.start[i] = put;
        for (; at < end[i] && index[at] < to; at++, put++) {
          sparse.index[put] = index[at] - from;
          sparse.value[put] = value[at];
        }
        sparse.end[i] = put;
      }
    }
  }
}
