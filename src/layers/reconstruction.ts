import type { Elementwise, Kernels, Matrix, Rows } from '../kernels/kernels.js';

/**
 * R, the reconstruction term, up to its factor c: a squared error, R = c·Σ (x̂ − t)², of which there are three kinds that
 * differ in c alone, or a cross-entropy, R = −c·Σ (t·ln x̂ + (1 − t)·ln(1 − x̂)), for a sigmoid output and t in [0, 1].
 *
 * With x̂ = σ_o(y) at the output layer,
 *   R = c·Σ (x̂ − t)²   ⇒   ∂R/∂x̂ = 2c·(x̂ − t)   ⇒   dY = ∂R/∂y = 2c·(x̂ − t)·σ_o′(y)
 * which `Kernels.outputLoss` computes in one pass, together with R, and
 *   R = c·Σ (ln(1 + e^y) − t·y)   ⇒   dY = c·(x̂ − t)
 * which `Kernels.crossEntropy` does: the same R, written so that nothing overflows, and no digit is lost, at any y.
 */
export type Reconstruction = 'mse' | 'sse' | 'half-sse' | 'bce';

/** c, for n rows of `cols` outputs each. */
export const reconstructionScale: Readonly<Record<Reconstruction, (n: number, cols: number) => number>> = {
  mse: (n, cols) => 1 / (n * cols),
  sse: (n) => 1 / n,
  'half-sse': (n) => 1 / (2 * n),
  bce: (n, cols) => 1 / (n * cols),
};

interface Output {
  readonly reconstruction: Reconstruction;
  readonly outputActivation: Elementwise;
}

/** R, from y in `xHat`, whose place x̂ takes; dY = ∂R/∂Y into `dy` if it is given, which may be `xHat`. */
export function reconstructionLoss(k: Kernels, output: Output, xHat: Matrix, dy: Matrix | null, t: Rows, c: number): number {
  if (output.reconstruction === 'bce') return k.crossEntropy(xHat, dy, t, c);
  return k.outputLoss(xHat, dy, t, output.outputActivation, c);
}
