import ndarray, { type NdArray } from 'ndarray';
import { decodeAll, encodeAll } from './inference.js';
import type { FloatArray, Matrix } from './kernels/kernels.js';
import type { MatrixLike } from './matrix.js';
import type { Model } from './model.js';

/** What the library gives back: an ndarray of the model's dtype. */
export type Result = NdArray<FloatArray>;

export const present = ({ data, rows, cols }: Matrix): Result => ndarray(data, [rows, cols]);

/** f = σ_h(x·W_enc + b_enc), of the model it belongs to. The mathematics is in encoder.ts. */
export class Encoder {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * The code of X.   n×d → n×h
   * @throws for rows of another width than d, no rows, or an entry that is not finite.
   */
  encode(X: MatrixLike): Result {
    return encodeWith(this.#model, 'encode: X', X);
  }
}

/** x̂ = σ_o(f·W_dec + b_dec), of the model it belongs to. The mathematics is in decoder.ts. */
export class Decoder {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * The reconstruction from codes.   n×h → n×d′
   * @throws for rows of another width than h, no rows, or an entry that is not finite.
   */
  decode(F: MatrixLike): Result {
    const { spec, θ } = this.#model;
    const f = this.#model.read('decode: F', F, spec.hiddenDim);
    const xHat = this.#model.blank(f.rows, spec.outputDim);
    decodeAll('decode: F', this.#model.inferenceKernels(f), θ, spec, f, xHat);
    return present(xHat);
  }
}

export function encodeWith(model: Model, where: `${string}: ${string}`, X: MatrixLike): Result {
  const { spec, θ } = model;
  const x = model.read(where, X, spec.inputDim);
  const f = model.blank(x.rows, spec.hiddenDim);
  encodeAll(where, model.inferenceKernels(x), θ, spec, x, f);
  return present(f);
}
