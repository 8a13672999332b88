import { exp, log } from './elementary.js';

const ROOT_OF_TAU = Math.sqrt(2 * Math.PI);

/** φ(z), the density of N(0, 1). */
const density = (z: number): number => exp(-0.5 * z * z) / ROOT_OF_TAU;

/**
 * P(N > z), z ≥ 0.
 *   z < 3: ½ − φ(z)·(z + z³/3 + z⁵/(3·5) + …), whose terms solve y′ = 1 + z·y
 *   else:  φ(z)/(z + 1/(z + 2/(z + 3/(z + …)))), Laplace's continued fraction
 */
export function upperTail(z: number): number {
  if (z < 3) {
    let sum = 0;
    for (let k = 1, term = z; sum + term !== sum; k += 2, term *= (z * z) / k) sum += term;
    return 0.5 - density(z) * sum;
  }
  let below = z;
  for (let k = 100; k > 0; k--) below = z + k / below;
  return density(z) / below;
}

/**
 * The z ≥ 0 that N(0, 1) exceeds with probability p, 10⁻³⁰⁷ ≤ p ≤ ½: Newton's method on ln P(N > z), which falls and is concave, so
 * that from beyond its root each step ends between there and the root. P(N > z) ≤ ½·e^(−z²/2) says where to begin: √(−2·ln 2p).
 */
export function normalAbove(p: number): number {
  let z = Math.sqrt(-2 * log(2 * p));
  for (let step = 1; Math.abs(step) > 1e-12; ) {
    const tail = upperTail(z);
    step = ((log(tail) - log(p)) * tail) / density(z);
    z += step;
  }
  return z;
}
