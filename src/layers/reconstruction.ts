/**
 * R, the reconstruction term: a squared error, R = c·Σ (x̂ − t)². The three kinds differ in c alone.
 *
 * With x̂ = σ_o(y) at the output layer,
 *   R = c·Σ (x̂ − t)²   ⇒   ∂R/∂x̂ = 2c·(x̂ − t)   ⇒   dY = ∂R/∂y = 2c·(x̂ − t)·σ_o′(y)
 * which `Kernels.outputLoss` computes in one pass, together with R.
 */
export type Reconstruction = 'mse' | 'sse' | 'half-sse';

/** c, for n rows of `cols` outputs each. */
export const reconstructionScale: Readonly<Record<Reconstruction, (n: number, cols: number) => number>> = {
  mse: (n, cols) => 1 / (n * cols),
  sse: (n) => 1 / n,
  'half-sse': (n) => 1 / (2 * n),
};
