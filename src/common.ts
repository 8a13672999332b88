/** What both entries have, core.ts and index.ts. */

export { checkGradient, type Differentiable, type GradientCheck, type GradientCheckOptions } from './checking/gradient-check.js';
export { type EmbeddingsPreset, type EmbeddingsShape, embeddings } from './core/embeddings.js';
export type { TopActivation } from './core/layers.js';
export type { ParameterValues } from './core/model.js';
export type { FromBytesOptions, ToBytesOptions } from './core/model-file.js';
export type { Backend, SparseAutoencoderOptions } from './core/options.js';
export type { ParameterName, PassOptions, PerParameter, QueryOptions, TransformOptions } from './core/results.js';
export type { ExplainOptions, Explanation, SteerOptions } from './core/understanding.js';
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
export type { HiddenActivation, Penalty } from './sparsity/kinds.js';
export type { Corruption } from './sparsity/modifiers/corruption.js';
export type { CheckpointOptions, EarlyStopping, FitOptions, LiveSettings, Signal } from './training/fit-options.js';
export type { BatchReport, EpochReport, History } from './training/history.js';
export type { Resampling } from './training/resampling.js';
export type { Decay, Schedule } from './training/schedule.js';
export type { DecoderBiasStart } from './training/start.js';
