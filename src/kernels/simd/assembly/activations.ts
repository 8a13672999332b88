/** σ and its derivative; `kind` is a constant wherever these are inlined. */

import { sigmoid, tanh } from './exp';

export const enum Kind {
  RELU,
  SIGMOID,
  TANH,
  IDENTITY,
}

/** σ(z). */
// @ts-ignore: decorator
@inline
export function sigma(z: v128, kind: Kind): v128 {
  if (kind == Kind.RELU) return f32x4.pmax(z, f32x4.splat(0));
  if (kind == Kind.SIGMOID) return sigmoid(z);
  if (kind == Kind.TANH) return tanh(z);
  return z;
}

/** g·σ′, from y = σ(z). */
// @ts-ignore: decorator
@inline
export function timesSlope(g: v128, y: v128, kind: Kind): v128 {
  const one = f32x4.splat(1);
  if (kind == Kind.RELU) return v128.andnot(g, f32x4.le(y, f32x4.splat(0)));
  if (kind == Kind.SIGMOID) return f32x4.mul(g, f32x4.mul(y, f32x4.sub(one, y)));
  if (kind == Kind.TANH) return f32x4.mul(g, f32x4.sub(one, f32x4.mul(y, y)));
  return g;
}

/** Roughly the flops per element of σ. */
export function costOf(kind: Kind): u32 {
  return kind == Kind.SIGMOID || kind == Kind.TANH ? 20 : 2;
}
