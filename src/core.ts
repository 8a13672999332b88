/** Everything but ndarray: matrices in and out are { data, rows, cols }, and nothing here needs `eval`. */

export { checkGradients, type ParameterCheck } from './checking/check-gradients.js';
export * from './common.js';
export { Decoder, Encoder } from './core/layers.js';
export type { Evaluation, LossAndGradients } from './core/results.js';
export { SparseAutoencoder } from './core/sparse-autoencoder.js';
export type { Elementwise, FloatArray, Matrix } from './kernels/kernels.js';
export type { MatrixOf } from './numbers/matrix-like.js';
export { scores } from './scores/scores.js';
