/**
 * σ and its derivative. Loops over many elements are generic in σ, so that each σ has a loop of its own;
 * a parameter that is constant wherever they are inlined would not do, since the optimizer folds such
 * loops into one.
 */

import { constant, Constant } from './constants';
import { sigmoids, tanh } from './exp';
import { storeLanes } from './lanes';

export const enum Kind {
  RELU,
  SIGMOID,
  TANH,
  IDENTITY,
  /** Not σ, but the output layer's second half for probabilities: see loss.ts. */
  CROSS_ENTROPY,
}

/** What a generic loop is given for σ. */
export class Relu {}
export class Sigmoid {}
export class Tanh {}
export class Identity {}

/** σ(z). */
// @ts-ignore: decorator
@inline
export function sigma<S>(z: v128): v128 {
  if (idof<S>() == idof<Relu>()) return f32x4.pmax(z, f32x4.splat(0));
  if (idof<S>() == idof<Tanh>()) return tanh(z);
  return z;
}

/** The n floats at `a` ← σ of them. */
export function activateAs<S>(a: usize, n: u32): void {
  if (idof<S>() == idof<Sigmoid>()) return sigmoids(a, n);
  for (const whole = a + ((n & ~7) << 2); a != whole; a += 32) {
    const low = sigma<S>(v128.load(a));
    const high = sigma<S>(v128.load(a, 16));
    v128.store(a, low);
    v128.store(a, high, 16);
  }
  for (let left: i32 = n & 7; left > 0; left -= 4, a += 16) storeLanes(a, sigma<S>(v128.load(a)), left);
}

/** g·σ′, from y = σ(z). */
// @ts-ignore: decorator
@inline
export function timesSlope<S>(g: v128, y: v128): v128 {
  const one = constant(Constant.ONE);
  if (idof<S>() == idof<Relu>()) return v128.andnot(g, f32x4.le(y, f32x4.splat(0)));
  if (idof<S>() == idof<Sigmoid>()) return f32x4.mul(g, f32x4.mul(y, f32x4.sub(one, y)));
  if (idof<S>() == idof<Tanh>()) return f32x4.mul(g, f32x4.sub(one, f32x4.mul(y, y)));
  return g;
}

/** Roughly the flops per element of σ. */
export function costOf(kind: Kind): u32 {
  return kind == Kind.SIGMOID || kind == Kind.TANH ? 20 : 2;
}
