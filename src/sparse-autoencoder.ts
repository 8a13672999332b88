import ndarray, { type NdArray } from 'ndarray';
import ops from 'ndarray-ops';
import type { TopActivation } from './core/layers.js';
import type { ParameterValues } from './core/model.js';
import type { FromBytesOptions, ToBytesOptions } from './core/model-file.js';
import type { SparseAutoencoderOptions } from './core/options.js';
import type { Evaluation, LossAndGradients, PassOptions, PerParameter, QueryOptions, TransformOptions } from './core/results.js';
import { SparseAutoencoder as Core, modelOf } from './core/sparse-autoencoder.js';
import type { ExplainOptions, Explanation, SteerOptions } from './core/understanding.js';
import type { FloatArray, Matrix } from './kernels/kernels.js';
import { partsOf } from './layers/parameters.js';
import type { CompareOptions, Difference } from './meaning/compare.js';
import type { FeatureOptions, Features, Named } from './meaning/features.js';
import type { Names } from './meaning/names.js';
import type { Neighbor } from './meaning/neighbors.js';
import type { Similarity, SimilarityPart } from './meaning/similarity.js';
import { type Csr, type CsrLike, isCsr } from './numbers/csr.js';
import type { MatrixLike, RowLike } from './numbers/matrix-like.js';
import type { FitOptions } from './training/fit-options.js';
import type { History } from './training/history.js';

/** What the library gives back: an ndarray of the model's dtype. */
export type Result = NdArray<FloatArray>;

const present = ({ data, rows, cols }: Matrix): Result => ndarray(data, [rows, cols]);

/** Matrices and vectors of θ's form, each in its own shape; W_enc by strides, where it is W_decᵀ. */
function presentAll(parts: Readonly<Record<string, Matrix>>, { layout, known }: Layouts): PerParameter<Result> {
  const present = (name: string, shape: readonly number[]): Result => {
    if (layout.some((part) => part.name === name)) return ndarray(parts[name].data, [...shape]);
    const { data, cols } = parts.decoderWeight;
    return ndarray(data, [...shape], [1, cols]);
  };
  return Object.fromEntries(known.map(({ name, shape }) => [name, present(name, shape)])) as PerParameter<Result>;
}

/** Whose memory W_enc is on, if it has none of its own. */
const tiedTo = (parts: ReadonlyMap<string, Matrix>): Matrix => parts.get('decoderWeight') as Matrix;

type Layouts = Pick<ReturnType<typeof modelOf>, 'layout' | 'known'>;

/** f = σ_h(x·W_enc + b_enc), of the model it belongs to. */
export class Encoder {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * The code of X, or of one row.   n×d → n×h
   * @throws for rows of another width than d, no rows, or an entry that is not finite.
   */
  encode(X: MatrixLike | RowLike): Result {
    return present(this.#core.encoder.encode(X));
  }
}

/** x̂ = σ_o(f·W_dec + b_dec), of the model it belongs to. */
export class Decoder {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * The reconstruction from codes, or from one, or from codes as CSR.   n×h → n×d′
   * @throws for rows of another width than h, no rows, or an entry that is not finite.
   */
  decode(F: MatrixLike | RowLike | CsrLike): Result {
    return present(this.#core.decoder.decode(F));
  }
}

/** The core behind the class, for what else works on models. */
export let coreOf: (sae: SparseAutoencoder) => Core;

/**
 * A sparse autoencoder:
 *   F = σ_h(X·W_enc + b_enc)      the code, n×h
 *   X̂ = σ_o(F·W_dec + b_dec)      the reconstruction, n×d′
 * trained by Adam on  J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²).
 *
 * X is an ndarray of any stride, a number[][], a list of typed arrays, { data, rows, cols }, { data, shape } or another
 * form of MatrixLike. Results are ndarrays. Whatever is wrong with an argument is an Error saying where, what came and what was expected, and a call
 * that throws has changed nothing. All of it is done by the class of the same name in core/, which knows no ndarray.
 */
export class SparseAutoencoder {
  static {
    coreOf = (sae) => sae.#core;
  }

  readonly encoder: Encoder;
  readonly decoder: Decoder;
  /**
   * W_enc d×h, b_enc h, W_dec h×d′, b_dec d′, and a kind's own: live, so writing to them changes the model. Where `tied`
   * is true, `encoderWeight` is `decoderWeight` transposed, on the same memory.
   */
  readonly parameters: Readonly<PerParameter<Result>>;
  readonly #core: Core;
  readonly #layouts: Layouts;

  constructor(options: SparseAutoencoderOptions) {
    this.#core = options instanceof Core ? options : new Core(options);
    const model = modelOf(this.#core);
    this.#layouts = model;
    this.encoder = new Encoder(this.#core);
    this.decoder = new Decoder(this.#core);
    this.parameters = Object.freeze(presentAll(this.#core.parameters, model));
    model.onMoved.push((theta) => {
      const moved = partsOf(theta, model.layout);
      for (const { name } of model.known) this.parameters[name].data = (moved.get(name) ?? tiedTo(moved)).data;
    });
  }

  /**
   * The model that a file's bytes hold: see `toBytes`.
   * @throws RangeError or TypeError naming the byte, tensor or option that is not as it should be
   */
  static fromBytes(bytes: Uint8Array, options: FromBytesOptions = {}): SparseAutoencoder {
    return new SparseAutoencoder(Core.fromBytes(bytes, options) as never);
  }

  /**
   * The model as one safetensors file, its tensors under SAELens's names; with `training`, also all that `fit` needs to go
   * on where it stands: Adam's moments, random streams, history, and the state of a `fit` that is under way.
   */
  toBytes(options: ToBytesOptions = {}): Uint8Array<ArrayBuffer> {
    return this.#core.toBytes(options);
  }

  /** All options, defaults filled in. */
  get options(): Core['options'] {
    return this.#core.options;
  }
  get inputDim(): number {
    return this.#core.inputDim;
  }
  get hiddenDim(): number {
    return this.#core.hiddenDim;
  }
  get outputDim(): number {
    return this.#core.outputDim;
  }
  /** ρ */
  get sparsityParam(): number {
    return this.#core.sparsityParam;
  }
  /** β as it stands: `options.beta`, until `fit` has steered it. */
  get beta(): number {
    return this.#core.beta;
  }
  get learningRate(): number {
    return this.#core.learningRate;
  }
  /** What the arithmetic runs on. */
  get backend(): 'plain' | 'simd' {
    return this.#core.backend;
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
  fit(X: MatrixLike, options: FitOptions = {}): Promise<History> {
    return this.#core.fit(X, options);
  }

  /** The code of X, or of one row; with `sparse` by its non-zeros, n × h being written nowhere.   n×d → n×h */
  transform(X: MatrixLike | RowLike, options: TransformOptions & { sparse: true }): Csr;
  transform(X: MatrixLike | RowLike, options?: TransformOptions & { sparse?: false }): Result;
  transform(X: MatrixLike | RowLike, options?: TransformOptions): Result | Csr {
    const made: Matrix | Csr = this.#core.transform(X, options as TransformOptions & { sparse: true });
    return isCsr(made) ? made : present(made);
  }

  /**
   * What each unit's direction has of a query, the cosine times ‖w_j‖: the query's side of a search in an index of
   * `transform(…, { sparse: true, normalize: true })`, whose dot products with it then are, where b_dec is 0, the cosines with
   * the decoded rows. See model/search.ts for what holds elsewhere. With `terms` each row's so many largest that are above 0,
   * with `density` also by how frequent their units are, else all of them.   n×d → n×h
   * @throws for a model whose output is no linear map of its code, or whose T is not X
   */
  query(X: MatrixLike | RowLike, options?: QueryOptions): Csr {
    return this.#core.query(X, options);
  }

  /** X̂, the decoded code of X, or of one row.   n×d → n×d′ */
  reconstruct(X: MatrixLike | RowLike): Result {
    return present(this.#core.reconstruct(X));
  }

  /** J over X as one batch, without its gradient, and what the code is like. */
  evaluate(X: MatrixLike, options: { targets?: MatrixLike } = {}): Evaluation<Result> {
    const { meanActivation, density, ...rest } = this.#core.evaluate(X, options);
    const vector = (data: FloatArray) => ndarray(data, [data.length]);
    return { ...rest, meanActivation: vector(meanActivation), density: vector(density) };
  }

  /**
   * The rows that a unit is most active on, the largest f first, of equal ones the earlier row: `count` of them, 10 if
   * it is not given, or as many as it is active on.
   */
  topActivations(X: MatrixLike, options: { unit: number; count?: number }): TopActivation[] {
    return this.#core.topActivations(X, options);
  }

  /** What each unit is called; null where it has no name. Kept in the model's file. */
  get names(): Names {
    return this.#core.names;
  }

  /**
   * Names units: a list for all, or { unit: name } for some; null is no name.
   * @throws for another number of names, an unknown unit, or what is no text; then none is changed.
   */
  setNames(names: Names | Readonly<Record<number, string | null>>): void {
    this.#core.setNames(names);
  }

  /** The features of X, read once: what units are called, the rows they are most active on, which are near which. */
  features(X: MatrixLike, options: FeatureOptions = {}): Features {
    return this.#core.features(X, options);
  }

  /**
   * The units that are active on one row, by what they contribute to x̂ − b_dec: the shares of all of them add up to 1. See
   * `contributions` in meaning/explain.ts.
   */
  explain(x: MatrixLike | RowLike, options: ExplainOptions = {}): Explanation[] {
    return this.#core.explain(x, options);
  }

  /** The cosine of what the codes of two rows say, unit by unit. See meaning/similarity.ts. */
  similarity(
    a: MatrixLike | RowLike,
    b: MatrixLike | RowLike,
    options: { features?: Features } = {},
  ): Similarity<Named<SimilarityPart>> {
    return this.#core.similarity(a, b, options);
  }

  /** The units whose rows of W_dec are nearest to a unit's, by cosine: 10, if `count` is not given. */
  neighbors(unit: number, options: { count?: number } = {}): Named<Neighbor>[] {
    return this.#core.neighbors(unit, options);
  }

  /**
   * X, or one row, with units set to values and all else as it was, in the caller's units: x + Σ_j (f′_j − f_j)·w_j where the
   * output is linear. Without `keepError` the decoded code alone.   n×d → n×d′
   */
  steer(X: MatrixLike | RowLike, units: Readonly<Record<number, number>>, options: SteerOptions = {}): Result {
    return present(this.#core.steer(X, units, options));
  }

  /** The units that are more frequent in A than in B, or less, with confidence intervals. See meaning/compare.ts. */
  compare(A: MatrixLike, B: MatrixLike, options: CompareOptions = {}): Named<Difference>[] {
    return this.#core.compare(A, B, options);
  }

  /**
   * J over X as one training batch, and ∇J by the hand-written backward pass. A code that is random in training is made of
   * `noise`, draws of N(0, 1), n×h; zeros if not given.
   */
  lossAndGradients(X: MatrixLike, options: PassOptions = {}): LossAndGradients<Result> {
    const { gradients, ...rest } = this.#core.lossAndGradients(X, options);
    return { ...rest, gradients: presentAll(gradients, this.#layouts) };
  }

  /**
   * Copies parameters in: all of them or some, each of its exact shape. Adam's moments stay. Where `tied` is true,
   * `encoderWeight` is written through to W_dec.
   * @throws for an unknown name, another shape, an entry that is not finite, or tied weights that differ; then none is
   * changed.
   */
  setParameters(values: Partial<PerParameter<ParameterValues>>): void {
    for (const { name, data, shape } of modelOf(this.#core).readParameters(values)) {
      ops.assign(this.parameters[name], ndarray(data, [...shape]));
    }
  }

  /** One line: sizes, kinds, size of θ. */
  toString(): string {
    return this.#core.toString();
  }

  /** What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** The options, which say how to make a model like this one. Its parameters are not in it. */
  toJSON(): SparseAutoencoderOptions {
    return this.#core.toJSON();
  }
}
