import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { fit } from './fit.js';
import { adoptParameters, CHUNK, reconstructAll } from './inference.js';
import { resolveBackend } from './kernels/backend.js';
import type { FloatArray, Matrix } from './kernels/kernels.js';
import { Decoder, Encoder, encodeWith, present, type Result } from './layers.js';
import { floats, type MatrixLike, show } from './matrix.js';
import { assess, explainedVariance } from './metrics.js';
import { Model } from './model.js';
import { Objective } from './objective.js';
import { checkDataOptions, completeModelOptions, type FitOptions, type SparseAutoencoderOptions, suggestion } from './options.js';
import { type ParameterName, parameterNames, parameterShapes, viewParameters } from './parameters.js';
import { asRows } from './rows.js';
import type { History } from './trainer.js';

/** J on a data set, its terms, and what the code is like. */
export interface Evaluation {
  /** J = reconstruction + β·sparsity + (λ/2)·‖W‖² */
  loss: number;
  /** R */
  reconstruction: number;
  /** S, before β */
  sparsity: number;
  /** Active (non-zero) units per row, on average. */
  l0: number;
  /** How many units are active on no row. */
  deadUnits: number;
  /** 1 − Σ(t − x̂)²/Σ(t − t̄)², over all entries; t̄ is each column's mean. */
  explainedVariance: number;
  /** ρ̂, h entries. */
  meanActivation: Result;
}

export interface LossAndGradients {
  loss: number;
  reconstruction: number;
  sparsity: number;
  /** ∂J/∂θ, shaped as `parameters`. */
  gradients: Record<ParameterName, Result>;
}

/** A vector or a matrix to copy in: as MatrixLike, or a list of numbers. */
export type ParameterValues = MatrixLike | ArrayLike<number>;

/**
 * A sparse autoencoder:
 *   F = σ_h(X·W_enc + b_enc)      the code, n×h
 *   X̂ = σ_o(F·W_dec + b_dec)      the reconstruction, n×d′
 * trained by Adam on  J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²).
 *
 * X is an ndarray of any stride, a number[][], or { data, shape }. Results are ndarrays. Whatever is
 * wrong with an argument is an Error saying where, what came and what was expected, and a call that
 * throws has changed nothing.
 */
export class SparseAutoencoder {
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  /** W_enc d×h, b_enc h, W_dec h×d′, b_dec d′: live, so writing to them changes the model. */
  readonly parameters: Readonly<Record<ParameterName, Result>>;
  readonly #backend: 'plain' | 'simd';
  readonly #model: Model;
  #fitting = false;

  constructor(options: SparseAutoencoderOptions) {
    const complete = completeModelOptions(options);
    this.#backend = resolveBackend(complete);
    this.#model = new Model(complete);
    this.encoder = new Encoder(this.#model);
    this.decoder = new Decoder(this.#model);
    this.parameters = Object.freeze(shaped(this.#model.state.theta, this.#model));
  }

  /** All options, defaults filled in. */
  get options(): Readonly<Required<SparseAutoencoderOptions>> {
    return { ...this.#model.options };
  }
  get inputDim(): number {
    return this.#model.options.inputDim;
  }
  get hiddenDim(): number {
    return this.#model.options.hiddenDim;
  }
  get outputDim(): number {
    return this.#model.options.outputDim;
  }
  /** ρ */
  get sparsityParam(): number {
    return this.#model.options.sparsityParam;
  }
  /** β */
  get beta(): number {
    return this.#model.options.beta;
  }
  get learningRate(): number {
    return this.#model.options.learningRate;
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
      return await fit(this.#model, X, options, (theta) => this.#pointAt(theta));
    } finally {
      this.#fitting = false;
    }
  }

  /** The code of X.   n×d → n×h */
  transform(X: MatrixLike): Result {
    return encodeWith(this.#model, 'transform: X', X);
  }

  /** X̂, the decoded code of X.   n×d → n×d′ */
  reconstruct(X: MatrixLike): Result {
    const { spec, θ } = this.#model;
    const x = this.#model.read('reconstruct: X', X, spec.inputDim);
    const xHat = this.#model.blank(x.rows, spec.outputDim);
    reconstructAll('reconstruct: X', this.#model.inferenceKernels(x), θ, spec, x, xHat);
    return present(xHat);
  }

  /** J over X as one batch, without its gradient, and what the code is like. */
  evaluate(X: MatrixLike, options: { targets?: MatrixLike } = {}): Evaluation {
    checkDataOptions('evaluate', options);
    const { spec, θ } = this.#model;
    const x = this.#model.readFinite('evaluate: X', X, spec.inputDim);
    const t = this.#model.readTargets('evaluate: targets', options.targets, x.rows);
    const k = this.#model.kernels(Math.min(CHUNK, x.rows));
    const { squaredError, meanActivation, ...rest } = k.scoped(() => assess('evaluate: X', k, adoptParameters(k, θ), spec, x, t));
    return {
      ...rest,
      explainedVariance: explainedVariance(squaredError, t ?? x),
      meanActivation: ndarray(copyAs(this.#model, meanActivation), [spec.hiddenDim]),
    };
  }

  /** J over X as one batch, and ∇J by the hand-written backward pass. */
  lossAndGradients(X: MatrixLike, options: { targets?: MatrixLike } = {}): LossAndGradients {
    checkDataOptions('lossAndGradients', options);
    const x = this.#model.readFinite('lossAndGradients: X', X, this.inputDim);
    const t = this.#model.readTargets('lossAndGradients: targets', options.targets, x.rows);
    const { spec, state, θ } = this.#model;
    const k = this.#model.kernels(x.rows);
    return k.scoped(() => {
      const gradient = k.floats(state.theta.length);
      const rows = asRows(k, { ...x, data: k.adopt(x.data) });
      const goal = { data: k.adopt((t ?? x).data), rows: x.rows, cols: spec.outputDim };
      const objective = new Objective(k, spec, x.rows, 'index' in rows);
      const { loss, reconstruction, sparsity } = objective.evaluate(adoptParameters(k, θ), rows, goal, gradient);
      return { loss, reconstruction, sparsity, gradients: shaped(copyAs(this.#model, gradient), this.#model) };
    });
  }

  /**
   * Copies parameters in: all of them or some, each of its exact shape. Adam's moments stay.
   * @throws for an unknown name, another shape or an entry that is not finite; then none is changed.
   */
  setParameters(values: Partial<Record<ParameterName, ParameterValues>>): void {
    if (values === null || typeof values !== 'object' || Array.isArray(values)) {
      throw new TypeError(`setParameters: got ${show(values)}, expected { ${parameterNames.join(', ')} }`);
    }
    const shapes = parameterShapes(this.#model.spec);
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const read = given.map(([key, value]) => {
      const name = key as ParameterName;
      if (!parameterNames.includes(name)) {
        throw new RangeError(`setParameters: unknown parameter ${show(key)}${suggestion(key, parameterNames)}`);
      }
      return { name, data: this.#readParameter(name, value, shapes[name]) };
    });
    for (const { name, data } of read) ops.assign(this.parameters[name], ndarray(data, shapes[name]));
  }

  /** θ has moved: the live ndarrays and the layers follow it. */
  #pointAt(theta: FloatArray): void {
    const θ = viewParameters(theta, this.#model.spec);
    this.#model.θ = θ;
    for (const name of parameterNames) this.parameters[name].data = numbersOf(θ[name]);
  }

  #readParameter(name: ParameterName, value: unknown, shape: number[]): FloatArray {
    const where = `setParameters: ${name}` as const;
    if (shape.length === 1) return this.#model.readVector(where, value, shape[0]).slice();
    const [rows, cols] = shape;
    const matrix = this.#model.readFinite(where, value, cols);
    if (matrix.rows !== rows) throw new RangeError(`${where} has ${matrix.rows} rows, expected ${rows}`);
    return matrix.data.slice();
  }
}

function copyAs(model: Model, values: FloatArray): FloatArray {
  const copy = floats(model.options.dtype, values.length);
  copy.set(values);
  return copy;
}

/** θ, or anything of its form, as four ndarrays on the same memory. */
function shaped(theta: FloatArray, { spec }: Model): Record<ParameterName, Result> {
  const shapes = parameterShapes(spec);
  const views = viewParameters(theta, spec);
  const entries = parameterNames.map((name) => {
    return [name, ndarray(numbersOf(views[name]), shapes[name])];
  });
  return Object.fromEntries(entries);
}

const numbersOf = (view: Matrix | FloatArray): FloatArray => ('data' in view ? view.data : view);
