import type { FloatArray, Kernels } from '../kernels/kernels.js';

/** Adam's memory: the running means of the gradient and of its square, and the steps taken. */
export interface Moments {
  readonly m: FloatArray;
  readonly v: FloatArray;
  step: number;
}

/** Kingma & Ba's defaults, but ε = 10⁻⁷, as Keras has it. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** β₁, β₂ and ε. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * One step of Adam (Kingma & Ba 2015, Algorithm 1) on all of θ at once, in place:
 *   t ← t + 1
 *   m ← β₁·m + (1 − β₁)·g          m̂ = m/(1 − β₁ᵗ)
 *   v ← β₂·v + (1 − β₂)·g²         v̂ = v/(1 − β₂ᵗ)
 *   θ ← θ − α·m̂/(√v̂ + ε)
 * The loop itself is a kernel, `Kernels.adam`.
 */
export function adamStep(
  k: Kernels,
  theta: FloatArray,
  gradient: FloatArray,
  moments: Moments,
  learningRate: number,
  { beta1, beta2, epsilon }: AdamOptions = ADAM,
): void {
  moments.step++;
  k.adam(theta, gradient, moments.m, moments.v, { beta1, beta2, epsilon, step: moments.step, learningRate });
}
