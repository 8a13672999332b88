import { exp, tanh } from '../numbers/elementary.js';

/** σ, applied to each entry alone. Every one has a derivative that can be read off its output. */
export type Elementwise = 'relu' | 'sigmoid' | 'tanh' | 'identity';

/** σ, and its derivative written in terms of its own output f = σ(z). */
export interface ElementwiseFormula {
  /** f = σ(z) */
  value(z: number): number;
  /** σ′(z) = ∂f/∂z, from f */
  slope(f: number): number;
  /** σ″(z), from f; left out where it is 0. */
  curvature?(f: number): number;
  /** σ(z) as a JavaScript expression in z, for programs that are written out. */
  readonly script: string;
  /** σ as ONNX calls it. */
  readonly operator: string;
}

/**
 * The functions that every kernel set has. Reading the slope off the output means that z need not be kept:
 *   relu      f = max(0, z)            σ′ = 1 where f > 0, else 0     σ″ = 0
 *   sigmoid   f = 1/(1 + e^−z)         σ′ = f(1 − f)                  σ″ = σ′·(1 − 2f)
 *   tanh      f = 1 − 2/(e^2z + 1)     σ′ = 1 − f²                    σ″ = −2f·σ′
 *   identity  f = z                    σ′ = 1                         σ″ = 0
 */
export const elementwise: Readonly<Record<Elementwise, ElementwiseFormula>> = {
  relu: {
    value: (z) => (z > 0 ? z : z === z ? 0 : z),
    slope: (f) => (f > 0 ? 1 : 0),
    script: 'z > 0 ? z : 0',
    operator: 'Relu',
  },
  sigmoid: {
    value: (z) => 1 / (1 + exp(-z)),
    slope: (f) => f * (1 - f),
    curvature: (f) => f * (1 - f) * (1 - 2 * f),
    script: '1 / (1 + Math.exp(-z))',
    operator: 'Sigmoid',
  },
  tanh: {
    value: tanh,
    slope: (f) => 1 - f * f,
    curvature: (f) => -2 * f * (1 - f * f),
    script: 'Math.tanh(z)',
    operator: 'Tanh',
  },
  identity: {
    value: (z) => z,
    slope: () => 1,
    script: 'z',
    operator: 'Identity',
  },
};
