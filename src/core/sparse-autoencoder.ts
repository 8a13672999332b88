import { resolveBackend } from '../kernels/backend.js';
import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { parameterCount, partsOf } from '../layers/parameters.js';
import type { CompareOptions, Difference } from '../meaning/compare.js';
import type { FeatureOptions, Features, Named } from '../meaning/features.js';
import type { Names } from '../meaning/names.js';
import type { Neighbor } from '../meaning/neighbors.js';
import type { Similarity, SimilarityPart } from '../meaning/similarity.js';
import { betaOf } from '../model/layout.js';
import { anything, checkOptions, count, flag, isCount, requireValue, when } from '../numbers/checks.js';
import type { Csr } from '../numbers/csr.js';
import type { MatrixLike, RowLike } from '../numbers/matrix-like.js';
import { penaltyKind } from '../sparsity/kinds.js';
import type { FitOptions } from '../training/fit-options.js';
import type { History } from '../training/history.js';
import { fit } from './fit.js';
import {
  Decoder,
  Encoder,
  encodeSparseWith,
  encodeWith,
  queryWith,
  reconstructWith,
  type TopActivation,
  topActivations,
} from './layers.js';
import { Model, type ParameterValues } from './model.js';
import { type FromBytesOptions, readModel, type ToBytesOptions, toBytes } from './model-file.js';
import { completeModelOptions, type SettledOptions, type SparseAutoencoderOptions } from './options.js';
import { evaluate, lossAndGradients, shaped, withTied } from './passes.js';
import type { Evaluation, LossAndGradients, PassOptions, PerParameter, QueryOptions, TransformOptions } from './results.js';
import {
  compare,
  type ExplainOptions,
  type Explanation,
  explain,
  neighbors,
  readFeatures,
  type SteerOptions,
  setNames,
  similarity,
  steer,
} from './understanding.js';

/** The model behind the class, for the front door and the gradient checker. */
export let modelOf: (sae: SparseAutoencoder) => Model;

/**
 * A sparse autoencoder:
 *   F = σ_h(X·W_enc + b_enc)      the code, n×h
 *   X̂ = σ_o(F·W_dec + b_dec)      the reconstruction, n×d′
 * trained by Adam on  J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²).
 *
 * X is a number[][], a list of typed arrays, { data, rows, cols }, { data, shape } or another form of MatrixLike; results
 * are { data, rows, cols }, row-major, of the model's dtype. Whatever is wrong with an argument is an Error saying where, what came and what was
 * expected, and a call that throws has changed nothing.
 */
export class SparseAutoencoder {
  static {
    modelOf = (sae) => sae.#model;
  }

  readonly encoder: Encoder;
  readonly decoder: Decoder;
  /**
   * W_enc d×h, b_enc 1×h, W_dec h×d′, b_dec 1×d′, and a kind's own: live, so writing to them changes the model. Where
   * `tied` is true, `encoderWeight` is a copy of W_decᵀ, made as it is read: rows and columns cannot say "transposed".
   */
  readonly parameters: Readonly<PerParameter<Matrix>>;
  readonly #backend: 'plain' | 'simd';
  readonly #model: Model;
  #fitting = false;

  constructor(options: SparseAutoencoderOptions) {
    this.#model = options instanceof Model ? options : new Model(completeModelOptions(options));
    this.#backend = resolveBackend(this.#model.spec);
    this.encoder = new Encoder(this.#model);
    this.decoder = new Decoder(this.#model);
    this.parameters = Object.freeze(withTied(shaped(this.#model.state.theta, this.#model), this.#model));
    this.#model.onMoved.push((theta) => {
      for (const [name, { data }] of partsOf(theta, this.#model.layout))
        (this.parameters[name] as { data: FloatArray }).data = data;
    });
  }

  /**
   * The model that a file's bytes hold: see `toBytes`.
   * @throws RangeError or TypeError naming the byte, tensor or option that is not as it should be
   */
  static fromBytes(bytes: Uint8Array, options: FromBytesOptions = {}): SparseAutoencoder {
    return new SparseAutoencoder(readModel(bytes, options) as never);
  }

  /**
   * The model as one safetensors file, its tensors under SAELens's names; with `training`, also all that `fit` needs to go
   * on where it stands: Adam's moments, random streams, history, and the state of a `fit` that is under way.
   */
  toBytes(options: ToBytesOptions = {}): Uint8Array<ArrayBuffer> {
    return toBytes(this.#model, options);
  }

  /** All options, defaults filled in. */
  get options(): Readonly<SettledOptions> {
    return { ...this.#model.spec };
  }
  get inputDim(): number {
    return this.#model.spec.inputDim;
  }
  get hiddenDim(): number {
    return this.#model.spec.hiddenDim;
  }
  get outputDim(): number {
    return this.#model.spec.outputDim;
  }
  /** ρ */
  get sparsityParam(): number {
    return this.#model.spec.sparsityParam;
  }
  /** β as it stands: `options.beta`, until `fit` has steered it. */
  get beta(): number {
    return betaOf(this.#model.memory);
  }
  get learningRate(): number {
    return this.#model.spec.learningRate;
  }
  /** What the arithmetic runs on. */
  get backend(): 'plain' | 'simd' {
    return this.#backend;
  }

  /**
   * Trains, in small turns that let the event loop run. Called again, it goes on from where it stood:
   * weights, Adam's moments and the order of the batches alike. Other calls may come in between, and
   * `parameters` may be read and written in callbacks.
   *
   * @throws (rejects) RangeError or TypeError for bad data or options, before anything changes;
   * RangeError for a loss that is not finite, the signal's reason, or what a callback threw, with the
   * model as it stood at the end of the last good epoch.
   */
  async fit(X: MatrixLike, options: FitOptions = {}): Promise<History> {
    if (this.#fitting) throw new Error('fit: this model is already being fitted, expected the earlier fit to have ended');
    this.#fitting = true;
    try {
      return await fit(this.#model, X, options);
    } finally {
      this.#fitting = false;
    }
  }

  /** The code of X, or of one row; with `sparse` by its non-zeros, n × h being written nowhere.   n×d → n×h */
  transform(X: MatrixLike | RowLike, options: TransformOptions & { sparse: true }): Csr;
  transform(X: MatrixLike | RowLike, options?: TransformOptions & { sparse?: false }): Matrix;
  transform(X: MatrixLike | RowLike, options: TransformOptions = {}): Matrix | Csr {
    checkOptions('transform', options, { sparse: flag, normalize: flag, refit: flag });
    return (options.sparse ? encodeSparseWith : encodeWith)(this.#model, 'transform: X', X, options);
  }

  /**
   * What each unit's direction has of a query, the cosine times ‖w_j‖: the query's side of a search in an index of
   * `transform(…, { sparse: true, normalize: true })`, whose dot products with it then are, where b_dec is 0, the cosines with
   * the decoded rows. See model/search.ts for what holds elsewhere. With `terms` each row's so many largest that are above 0,
   * with `density` also by how frequent their units are, else all of them.   n×d → n×h
   * @throws for a model whose output is no linear map of its code, or whose T is not X
   */
  query(X: MatrixLike | RowLike, options: QueryOptions = {}): Csr {
    checkOptions('query', options, { terms: count, density: anything });
    return queryWith(this.#model, 'query: X', X, options);
  }

  /** X̂, the decoded code of X, or of one row.   n×d → n×d′ */
  reconstruct(X: MatrixLike | RowLike): Matrix {
    return reconstructWith(this.#model, 'reconstruct: X', X);
  }

  /**
   * J over X as one batch, without its gradient, and what the code is like.
   * @throws for what `fit` refuses of data, and for rows whose loss or error is beyond the range of floats
   */
  evaluate(X: MatrixLike, options: { targets?: MatrixLike } = {}): Evaluation {
    return evaluate(this.#model, X, options);
  }

  /**
   * The rows that a unit is most active on, the largest f first, of equal ones the earlier row: `count` of them, 10 if
   * it is not given, or as many as it is active on.
   */
  topActivations(X: MatrixLike, options: { unit: number; count?: number }): TopActivation[] {
    const call = 'topActivations';
    const { hiddenDim } = this;
    const isUnit = when((j) => j === 0 || (isCount(j) && j < hiddenDim), `a whole number from 0 to ${hiddenDim - 1}`);
    checkOptions(call, options, { unit: isUnit, count });
    requireValue(`${call}: unit`, options.unit, isUnit);
    return topActivations(this.#model, `${call}: X`, X, options.unit, options.count ?? 10);
  }

  /** What each unit is called; null where it has no name. Kept in the model's file. */
  get names(): Names {
    return this.#model.names;
  }

  /**
   * Names units: a list for all, or { unit: name } for some; null is no name.
   * @throws for another number of names, an unknown unit, or what is no text; then none is changed.
   */
  setNames(names: Names | Readonly<Record<number, string | null>>): void {
    setNames(this.#model, names);
  }

  /** The features of X, read once: what units are called, the rows they are most active on, which are near which. */
  features(X: MatrixLike, options: FeatureOptions = {}): Features {
    return readFeatures(this.#model, X, options);
  }

  /**
   * The units that are active on one row, by what they contribute to x̂ − b_dec: the shares of all of them add up to 1. See
   * `contributions` in meaning/explain.ts.
   */
  explain(x: MatrixLike | RowLike, options: ExplainOptions = {}): Explanation[] {
    return explain(this.#model, x, options);
  }

  /** The cosine of what the codes of two rows say, unit by unit. See meaning/similarity.ts. */
  similarity(
    a: MatrixLike | RowLike,
    b: MatrixLike | RowLike,
    options: { features?: Features } = {},
  ): Similarity<Named<SimilarityPart>> {
    return similarity(this.#model, a, b, options);
  }

  /** The units whose rows of W_dec are nearest to a unit's, by cosine: 10, if `count` is not given. */
  neighbors(unit: number, options: { count?: number } = {}): Named<Neighbor>[] {
    return neighbors(this.#model, unit, options);
  }

  /**
   * X, or one row, with units set to values and all else as it was, in the caller's units: x + Σ_j (f′_j − f_j)·w_j where the
   * output is linear. Without `keepError` the decoded code alone.   n×d → n×d′
   */
  steer(X: MatrixLike | RowLike, units: Readonly<Record<number, number>>, options: SteerOptions = {}): Matrix {
    return steer(this.#model, X, units, options);
  }

  /** The units that are more frequent in A than in B, or less, with confidence intervals. See meaning/compare.ts. */
  compare(A: MatrixLike, B: MatrixLike, options: CompareOptions = {}): Named<Difference>[] {
    return compare(this.#model, A, B, options);
  }

  /**
   * J over X as one training batch, and ∇J by the hand-written backward pass. A code that is random in training is made of
   * `noise`, draws of N(0, 1), n×h; zeros if not given.
   */
  lossAndGradients(X: MatrixLike, options: PassOptions = {}): LossAndGradients {
    return lossAndGradients(this.#model, X, options);
  }

  /**
   * Copies parameters in: all of them or some, each of its exact shape. Adam's moments stay. Where `tied` is true,
   * `encoderWeight` is written through to W_dec.
   * @throws for an unknown name, another shape, an entry that is not finite, or tied weights that differ; then none is
   * changed.
   */
  setParameters(values: Partial<PerParameter<ParameterValues>>): void {
    for (const { name, data } of this.#model.readParameters(values)) this.parameters[name].data.set(data);
  }

  /** One line: sizes, kinds, size of θ. */
  toString(): string {
    const { spec, layout } = this.#model;
    const { inputDim, hiddenDim, outputDim, hiddenActivation, outputActivation, dtype } = spec;
    const penalty = penaltyKind(spec).describe(spec) ?? 'no penalty';
    const parameters = parameterCount(layout).toLocaleString('en-US');
    return `SparseAutoencoder ${inputDim}-${hiddenDim}-${outputDim} (${hiddenActivation} → ${outputActivation}, ${penalty}, ${parameters} parameters, ${dtype}, ${this.#backend} kernels)`;
  }

  /** What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** The options, which say how to make a model like this one. Its parameters are not in it. */
  toJSON(): SparseAutoencoderOptions {
    return this.options;
  }
}
