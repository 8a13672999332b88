import type { FloatArray, Matrix } from '../kernels/kernels.js';
import type { DensityBin, Fidelity } from '../model/quality.js';
import type { MatrixLike } from '../numbers/matrix-like.js';

/** The parameters of every model; a kind of code may add its own. */
export type ParameterName = 'encoderWeight' | 'encoderBias' | 'decoderWeight' | 'decoderBias';

/** One thing for each parameter. */
export type PerParameter<T> = Record<ParameterName, T> & { readonly [own: string]: T };

/**
 * J on a data set, its terms, and what the code is like. Where T = X, it is X as the encoder sees it, prepared: all errors and variances
 * are in prepared units then, not in the caller's, which `reconstruct` gives back. Targets are measured as they came.
 */
export interface Evaluation<Vector = FloatArray> extends Fidelity {
  /** J = reconstruction + β·sparsity + whatever else the options ask for: weight decay, AuxK, a gate's own reconstruction … */
  loss: number;
  /** R */
  reconstruction: number;
  /** S, before β */
  sparsity: number;
  /** Active (non-zero) units per row, on average. */
  l0: number;
  /** How many units are active on no row. */
  deadUnits: number;
  /** Which they are. */
  deadIndices: number[];
  /** How many units are where a σ with ends is flat, so that hardly a gradient comes through. See model/saturation.ts. */
  saturatedUnits: number;
  /** The share of the entries of T that the output activation cannot give: of those outside [0, 1], for a sigmoid. */
  outOfReach: number;
  /** ρ̂, h entries. */
  meanActivation: Vector;
  /** The share of rows that each unit is active on, h entries. */
  density: Vector;
  /** How many units have which log₁₀ density. */
  densityHistogram: DensityBin[];
}

export interface LossAndGradients<Value = Matrix> {
  loss: number;
  reconstruction: number;
  sparsity: number;
  /** ∂J/∂θ, shaped as `parameters`. */
  gradients: PerParameter<Value>;
}

/** What a training batch may come with. */
export interface PassOptions {
  targets?: MatrixLike;
  noise?: MatrixLike;
}

export interface TransformOptions {
  /** Codes as CSR. Default false. */
  sparse?: boolean;
  /** Each row divided by the length of what it is decoded to, f/‖x̂‖: a document's side of a search, see `query`. Default false. */
  normalize?: boolean;
  /**
   * Each row's coefficients fitted to it anew: of the units that the encoder chose, and of their signs, those that bring x̂ nearest to x.
   * See model/refit.ts. For a model whose output is a linear map of its code, and whose T is X. Default false.
   */
  refit?: boolean;
}

export interface QueryOptions {
  /** How many entries a row has at the most, none of them negative. */
  terms?: number;
  /**
   * On what share of the documents each unit is active, such as `evaluate`'s `density`, h numbers: of products nearly alike those of
   * the more frequent units are kept, which finds a little more by few `terms`. See model/search.ts. Only with `terms`.
   */
  density?: ArrayLike<number> | MatrixLike;
}
