import { type CheckGradientsOptions, checkClaims, type ParameterCheck } from './checking/check-gradients.js';
import type { Evaluation as CoreEvaluation, LossAndGradients as CoreLossAndGradients, PerParameter } from './core/results.js';
import { modelOf } from './core/sparse-autoencoder.js';
import { show } from './numbers/checks.js';
import type { MatrixLike } from './numbers/matrix-like.js';
import { type ScoreOptions, type Scores, scores as scoresOfCore } from './scores/scores.js';
import { coreOf, type Result, SparseAutoencoder } from './sparse-autoencoder.js';

export * from './common.js';
export { type Called, diagnose, type Judged } from './core/diagnose.js';
export type { Elementwise as Activation } from './kernels/kernels.js';
export { type PromptOptions, readAnswers, writePrompts } from './meaning/prompts.js';
export { Decoder, Encoder, SparseAutoencoder } from './sparse-autoencoder.js';
export { type Dictionary, type Recovery, recovery } from './truth/recovery.js';
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
