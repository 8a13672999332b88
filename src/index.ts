import { type CheckGradientsOptions, checkClaims, type ParameterCheck } from './checking/check-gradients.js';
import {
  type Evaluation as CoreEvaluation,
  type LossAndGradients as CoreLossAndGradients,
  modelOf,
  type PerParameter,
} from './core/sparse-autoencoder.js';
import { show } from './numbers/checks.js';
import type { MatrixLike } from './numbers/matrix-like.js';
import { type ScoreOptions, type Scores, scores as scoresOfCore } from './scores/scores.js';
import { coreOf, type Result, SparseAutoencoder } from './sparse-autoencoder.js';

export { checkGradient, type Differentiable, type GradientCheck, type GradientCheckOptions } from './checking/gradient-check.js';
export { diagnose, type Judged } from './core/diagnose.js';
export { type EmbeddingsPreset, type EmbeddingsShape, embeddings } from './core/embeddings.js';
export type { TopActivation } from './core/layers.js';
export type { ParameterValues } from './core/model.js';
export type { FromBytesOptions, ToBytesOptions } from './core/model-file.js';
export type { Backend, SparseAutoencoderOptions } from './core/options.js';
export type { ParameterName, PassOptions, PerParameter, QueryOptions, TransformOptions } from './core/sparse-autoencoder.js';
export type { ExplainOptions, Explanation, SteerOptions } from './core/understanding.js';
export type { Elementwise as Activation } from './kernels/kernels.js';
export type { Initializer } from './layers/initializers.js';
export type { Reconstruction } from './layers/reconstruction.js';
export type { CompareOptions, Difference } from './meaning/compare.js';
export {
  type Feature,
  type FeatureOptions,
  Features,
  type Named,
  type NeighborOptions,
  type TopRow,
} from './meaning/features.js';
export type { Names } from './meaning/names.js';
export type { Neighbor } from './meaning/neighbors.js';
export { type PromptOptions, readAnswers, writePrompts } from './meaning/prompts.js';
export type { Similarity, SimilarityPart } from './meaning/similarity.js';
export type { DensityBin, Fidelity } from './model/quality.js';
export type { Csr, CsrLike } from './numbers/csr.js';
export type { DType } from './numbers/matrix.js';
export type {
  ArrowVector,
  EmbeddingRow,
  EmbeddingsResponse,
  MatrixLike,
  RowLike,
  ShapedArray,
  TensorLike,
} from './numbers/matrix-like.js';
export type { PreparationOptions } from './numbers/preparation.js';
export type { DistRatio } from './scores/dist-ratio.js';
export type { LabelPrecision } from './scores/precision.js';
export type { LabelProbe } from './scores/probing.js';
export type { ReadingScores, ScoreOptions, Scores } from './scores/scores.js';
export { Decoder, Encoder, SparseAutoencoder } from './sparse-autoencoder.js';
export type { HiddenActivation, Penalty } from './sparsity/kinds.js';
export type { Corruption } from './sparsity/modifiers/corruption.js';
export type { CheckpointOptions, EarlyStopping, FitOptions, LiveSettings, Signal } from './training/fit-options.js';
export type { BatchReport, EpochReport, History } from './training/history.js';
export type { Resampling } from './training/resampling.js';
export type { Decay, Schedule } from './training/schedule.js';
export type { DecoderBiasStart } from './training/start.js';
export { type Recovery, recovery } from './truth/recovery.js';
export { SparseWorld, type WorldOptions } from './truth/world.js';
export type Evaluation = CoreEvaluation<Result>;
export type LossAndGradients = CoreLossAndGradients<Result>;
export type { ParameterCheck, Result };

/**
 * Compares the model's gradients on X, computed by its own backward pass in its own precision and
 * backend, with central differences of J, computed in float64. Changes nothing. A parameter whose gradient is
 * straight-through (jumprelu's `logThreshold`) is no derivative of J, and left out.
 */
export function checkGradients(
  sae: SparseAutoencoder,
  X: MatrixLike,
  options: CheckGradientsOptions = {},
): PerParameter<ParameterCheck> {
  if (!(sae instanceof SparseAutoencoder)) throw new TypeError(`checkGradients: got ${show(sae)}, expected a SparseAutoencoder`);
  return checkClaims(modelOf(coreOf(sae)), sae, X, options);
}

/**
 * Scores of a model's features that need no people, beside those of raw axes, of principal components and of as many random
 * directions: DistRatio, and with `labels` Precision@20 of the best feature for each and k-sparse probing. See scores/.
 */
export function scores(sae: SparseAutoencoder, X: MatrixLike, options: ScoreOptions = {}): Scores {
  if (!(sae instanceof SparseAutoencoder)) throw new TypeError(`scores: got ${show(sae)}, expected a SparseAutoencoder`);
  return scoresOfCore(coreOf(sae), X, options);
}
