import type { FloatArray, Kernels } from '../kernels/kernels.js';

/** g ← g·min(1, most/‖g‖), over all of θ at once (Pascanu et al. 2013, Algorithm 1). Returns ‖g‖ as it was. */
export function clipNorm(k: Kernels, gradient: FloatArray, most: number): number {
  const norm = Math.sqrt(k.sumOfSquares(gradient));
  if (norm > most) for (let i = 0; i < gradient.length; i++) gradient[i] *= most / norm;
  return norm;
}
