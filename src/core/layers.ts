import type { Matrix } from '../kernels/kernels.js';
import { type CodeForm, decodeAll, encodeAll, reconstructAll } from '../model/inference.js';
import { numbersToRefit } from '../model/refit.js';
import { encodeQueries, preferred } from '../model/search.js';
import { decodeSparse, encodeSparse } from '../model/sparse-codes.js';
import { type Csr, type CsrLike, isCsr, readCsr } from '../numbers/csr.js';
import { type FloatArray, rowsOf, type Where } from '../numbers/matrix.js';
import type { MatrixLike, RowLike } from '../numbers/matrix-like.js';
import type { Model } from './model.js';
import type { QueryOptions } from './results.js';

/** f = σ_h(x·W_enc + b_enc), of the model it belongs to. The mathematics is in layers/ and sparsity/codes/. */
export class Encoder {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * The code of X, or of one row.   n×d → n×h
   * @throws for rows of another width than d, no rows, or an entry that is not finite.
   */
  encode(X: MatrixLike | RowLike): Matrix {
    return encodeWith(this.#model, 'encode: X', X);
  }
}

/** x̂ = σ_o(f·W_dec + b_dec), of the model it belongs to. The mathematics is in layers/decoder.ts. */
export class Decoder {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * The reconstruction from codes, or from one, or from codes as CSR.   n×h → n×d′
   * @throws for rows of another width than h, no rows, or an entry that is not finite.
   */
  decode(F: MatrixLike | RowLike | CsrLike): Matrix {
    const model = this.#model;
    const { spec } = model;
    const xHat = isCsr(F) ? this.#fromSparse(readCsr('decode: F', F, spec.hiddenDim, spec.dtype)) : this.#fromDense(F);
    model.unprepare(xHat, null);
    return xHat;
  }

  #fromDense(F: MatrixLike | RowLike): Matrix {
    const f = this.#model.readRows('decode: F', F, this.#model.spec.hiddenDim);
    const xHat = this.#model.blank(f.rows, this.#model.spec.outputDim);
    decodeAll('decode: F', this.#model.inferenceKernels(f.data.length), this.#model, f, xHat);
    return xHat;
  }

  #fromSparse(f: Csr): Matrix {
    const xHat = this.#model.blank(f.shape[0], this.#model.spec.outputDim);
    decodeSparse(this.#model.inferenceKernels(f.data.length + xHat.data.length), this.#model, f, xHat);
    return xHat;
  }
}

/** F, for the call that `where` names. */
export function encodeWith(model: Model, where: Where, X: MatrixLike | RowLike, form: CodeForm = {}): Matrix {
  checkForm(model, where, form);
  const x = model.prepareUnseen(where, model.readRows(where, X, model.spec.inputDim));
  const f = model.blank(x.rows, model.spec.hiddenDim);
  encodeAll(where, kernelsFor(model, x, form), model, x, f, form);
  return f;
}

/** F by its non-zeros, likewise. */
export function encodeSparseWith(model: Model, where: Where, X: MatrixLike | RowLike, form: CodeForm = {}): Csr {
  checkForm(model, where, form);
  const x = model.prepareUnseen(where, model.readRows(where, X, model.spec.inputDim));
  return encodeSparse(where, kernelsFor(model, x, form), model, x, form);
}

/** The products of each row with those of W_dec, likewise. */
export function queryWith(model: Model, where: Where, X: MatrixLike | RowLike, { terms, density }: QueryOptions): Csr {
  const { inputDim } = model.spec;
  requireLinear(model, 'query');
  model.requireAutoencoder('query', 'queries are compared with decoded rows');
  const preference = density && preferenceOf(model, density, terms);
  const x = model.prepareUnseen(where, model.readRows(where, X, inputDim));
  return encodeQueries(where, model.inferenceKernels(x.data.length), model, x, terms, preference);
}

/** What products are multiplied with for the choice among them. */
function preferenceOf(model: Model, density: NonNullable<QueryOptions['density']>, terms: number | undefined): FloatArray {
  if (terms === undefined) throw new RangeError('query: density is given without terms, expected both: it chooses among them');
  const shares = model.readVector('query: density', density, model.spec.hiddenDim);
  const at = shares.findIndex((share: number) => share < 0 || share > 1);
  if (at >= 0) throw new RangeError(`query: density[${at}] is ${shares[at]}, expected a number from 0 to 1`);
  return shares.map(preferred);
}

const kernelsFor = (model: Model, x: Matrix, { refit }: CodeForm) =>
  model.inferenceKernels(x.data.length, refit ? numbersToRefit(model.spec) : 0);

function checkForm(model: Model, where: Where, { normalize, refit }: CodeForm): void {
  const call = where.replace(/: X$/, '');
  if (normalize) requireLinear(model, `${call}: normalize`);
  if (!refit) return;
  requireLinear(model, `${call}: refit`);
  model.requireAutoencoder(`${call}: refit`, 'codes are refitted to the rows that they are of');
}

/** What is said of dot products with codes is true of X̂ = F·W_dec + b_dec alone. */
function requireLinear({ spec }: Model, what: string): void {
  const { outputActivation } = spec;
  if (outputActivation === 'identity') return;
  throw new RangeError(`${what}: outputActivation is "${outputActivation}", expected "identity"`);
}

/** X̂, likewise. */
export function reconstructWith(model: Model, where: Where, X: MatrixLike | RowLike): Matrix {
  const { spec } = model;
  const raw = model.readRows(where, X, spec.inputDim);
  const x = model.prepareUnseen(where, raw);
  const xHat = model.blank(x.rows, spec.outputDim);
  reconstructAll(where, model.inferenceKernels(x.data.length), model, x, xHat);
  model.unprepare(xHat, raw);
  return xHat;
}

/** A row that a unit is active on. */
export interface TopActivation {
  /** Of X, counted from 0. */
  readonly row: number;
  /** f */
  readonly value: number;
}

/** Rows that are encoded at a time, where one unit of them is kept. */
const STRETCH = 4096;

/** Where unit j is not silent, the largest f first. */
export function topActivations(model: Model, where: Where, X: MatrixLike, unit: number, count: number): TopActivation[] {
  const x = model.prepare(model.readFinite(where, X, model.spec.inputDim));
  const found: TopActivation[] = [];
  for (let from = 0; from < x.rows; from += STRETCH) {
    const rows = rowsOf(x, from, Math.min(from + STRETCH, x.rows));
    const { data, indices, indptr } = encodeSparse(where, model.inferenceKernels(rows.data.length), model, rows);
    for (let i = 0; i < rows.rows; i++)
      for (let p = indptr[i]; p < indptr[i + 1]; p++) if (indices[p] === unit) found.push({ row: from + i, value: data[p] });
  }
  return found.sort((a, b) => b.value - a.value || a.row - b.row).slice(0, count);
}
