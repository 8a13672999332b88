import { exp, tanh } from './elementary.js';
import type { Activation } from './kernels/kernels.js';

/** An activation, and its derivative written in terms of its own output f = σ(z). */
export interface ActivationFormula {
  /** f = σ(z) */
  value(z: number): number;
  /** σ′(z) = ∂f/∂z, from f */
  slope(f: number): number;
  /** Whether every output lies in [0, ∞): a code that KL can be asked of. */
  readonly nonNegative: boolean;
}

/**
 * The four activations. Reading the slope off the output means that z need not be kept:
 *   relu      f = max(0, z)            σ′ = 1 where f > 0, else 0
 *   sigmoid   f = 1/(1 + e^−z)         σ′ = f(1 − f)
 *   tanh      f = 1 − 2/(e^2z + 1)     σ′ = 1 − f²
 *   identity  f = z                    σ′ = 1
 */
export const activations: Readonly<Record<Activation, ActivationFormula>> = {
  relu: {
    value: (z) => (z > 0 ? z : z === z ? 0 : z),
    slope: (f) => (f > 0 ? 1 : 0),
    nonNegative: true,
  },
  sigmoid: {
    value: (z) => 1 / (1 + exp(-z)),
    slope: (f) => f * (1 - f),
    nonNegative: true,
  },
  tanh: {
    value: tanh,
    slope: (f) => 1 - f * f,
    nonNegative: false,
  },
  identity: {
    value: (z) => z,
    slope: () => 1,
    nonNegative: false,
  },
};
