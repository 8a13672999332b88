import { type CheckGradientsOptions, checkClaims, type ParameterCheck } from './checking/check-gradients.js';
import {
  type Evaluation as CoreEvaluation,
  type LossAndGradients as CoreLossAndGradients,
  modelOf,
  type PerParameter,
} from './core/sparse-autoencoder.js';
import { show } from './numbers/checks.js';
import type { MatrixLike } from './numbers/matrix-like.js';
import { coreOf, type Result, SparseAutoencoder } from './sparse-autoencoder.js';

export { checkGradient, type Differentiable, type GradientCheck, type GradientCheckOptions } from './checking/gradient-check.js';
export { diagnose, type Judged } from './core/diagnose.js';
export type { TopActivation } from './core/layers.js';
export type { ParameterValues } from './core/model.js';
export type { FromBytesOptions, ToBytesOptions } from './core/model-file.js';
export type { Backend, SparseAutoencoderOptions } from './core/options.js';
export type { ParameterName, PassOptions, PerParameter, QueryOptions, TransformOptions } from './core/sparse-autoencoder.js';
export type { Elementwise as Activation } from './kernels/kernels.js';
export type { Initializer } from './layers/initializers.js';
export type { Reconstruction } from './layers/reconstruction.js';
export type { DensityBin, Fidelity } from './model/quality.js';
export type { Csr, CsrLike } from './numbers/csr.js';
export type { DType } from './numbers/matrix.js';
export type { MatrixLike, RowLike, ShapedArray } from './numbers/matrix-like.js';
export type { PreparationOptions } from './numbers/preparation.js';
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
