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
 * The z ≥ 0 that N(0, 1) exceeds with probability p, 0 < p ≤ ½: Newton's method on ln P(N > z), which is concave, so that from
 * z = 0 no step goes astray.
 */
export function normalAbove(p: number): number {
  let z = 0;
  for (let step = 1; Math.abs(step) > 1e-12; ) {
    const tail = upperTail(z);
    step = ((log(tail) - log(p)) * tail) / density(z);
    z += step;
  }
  return z;
}
