/**
 * The logistic function and the hyperbolic tangent, four at a time. NaN stays NaN.
 *
 * Both come from e⁻ˣ = 2ⁿ·(a number near 1), the power put together from bits. The sigmoid takes that number
 * as a polynomial; the tangent, which must not cancel near 0, as a fraction, so that one division serves all:
 *
 *   e⁻ˣ = 2ⁿ·eʳ,   n = round(−x/ln 2),   r = −x − n·ln 2,   |r| ≤ ln 2 / 2
 *   eʳ = (P + Q)/(P − Q),   P = 1 + r²/10,   Q = r/2 + r³/120   (Padé; off by 6·10⁻⁹ at most)
 *
 * The steps depend on each other, and a processor hides that only by working on several vectors at
 * once: a short chain counts for more here than few operations.
 */

import { constant, Constant } from './constants';
import { storeLanes } from './lanes';

/** The nearest integer to −x/ln 2, plus 1.5·2²³: the integer then stands in the lowest bits. */
// @ts-ignore: decorator
@inline
function shiftedExponent(x: v128): v128 {
  return f32x4.sub(constant(Constant.MAGIC), f32x4.mul(x, constant(Constant.LOG2E)));
}

/** r. ln 2 comes in two parts (Cody & Waite): n times the first is exact. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, constant(Constant.MAGIC));
  const r = f32x4.sub(f32x4.mul(n, constant(Constant.LN2_HIGH)), x);
  return f32x4.add(r, f32x4.mul(n, constant(Constant.LN2_LOW)));
}

/** 2ⁿ for −127 < n < 128; 0 for n = −127 and ∞ for n = 128. */
// @ts-ignore: decorator
@inline
function power(shifted: v128): v128 {
  return i32x4.add(i32x4.shl(shifted, 23), constant(Constant.ONE));
}

// @ts-ignore: decorator
@inline
function evenPart(r2: v128): v128 {
  return f32x4.add(constant(Constant.ONE), f32x4.mul(constant(Constant.TENTH), r2));
}

// @ts-ignore: decorator
@inline
function oddPart(r: v128, r2: v128): v128 {
  return f32x4.mul(r, f32x4.add(constant(Constant.HALF), f32x4.mul(constant(Constant.E3), r2)));
}

/** e⁻ᶻ for z within −88.7 … 88, held there. */
// @ts-ignore: decorator
@inline
export function expOfMinus(z: v128): v128 {
  return expOfMinusBy(
    z, constant(Constant.ONE), constant(Constant.MAGIC), constant(Constant.LEAST), constant(Constant.MOST),
    constant(Constant.MINUS_LOG2E), constant(Constant.P1), constant(Constant.P2), constant(Constant.P3),
    constant(Constant.P4), constant(Constant.P5),
  );
}

/**
 * The same with its constants at hand: e⁻ᶻ = 2ⁿ·2ᶠ with n + f = −z/ln 2, |f| ≤ ½, and 2ᶠ is a polynomial (minimax,
 * off by 10⁻⁷ at most), its terms taken in pairs (Estrin).
 */
// @ts-ignore: decorator
@inline
function expOfMinusBy(
  z: v128, one: v128, magic: v128, least: v128, most: v128, log: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128,
): v128 {
  const t = f32x4.mul(f32x4.pmin(f32x4.pmax(z, least), most), log);
  const shifted = f32x4.add(t, magic);
  const f = f32x4.sub(t, f32x4.sub(shifted, magic));
  const f2 = f32x4.mul(f, f);
  const c01 = f32x4.add(one, f32x4.mul(f, p1));
  const c23 = f32x4.add(p2, f32x4.mul(f, p3));
  const c45 = f32x4.add(p4, f32x4.mul(f, p5));
  const p = f32x4.add(c01, f32x4.mul(f2, f32x4.add(c23, f32x4.mul(f2, c45))));
  return f32x4.mul(i32x4.add(i32x4.shl(shifted, 23), one), p);
}

/** The n floats at `a` ← 1/(1 + e⁻ᶻ) of them: 1 above z = 88, 0 below −88.7. */
export function sigmoids(a: usize, n: u32): void {
  const one = constant(Constant.ONE), magic = constant(Constant.MAGIC);
  const least = constant(Constant.LEAST), most = constant(Constant.MOST), log = constant(Constant.MINUS_LOG2E);
  const p1 = constant(Constant.P1), p2 = constant(Constant.P2), p3 = constant(Constant.P3);
  const p4 = constant(Constant.P4), p5 = constant(Constant.P5);
  for (const whole = a + ((n & ~7) << 2); a != whole; a += 32) {
    const e0 = expOfMinusBy(v128.load(a), one, magic, least, most, log, p1, p2, p3, p4, p5);
    const e1 = expOfMinusBy(v128.load(a, 16), one, magic, least, most, log, p1, p2, p3, p4, p5);
    v128.store(a, f32x4.div(one, f32x4.add(one, e0)));
    v128.store(a, f32x4.div(one, f32x4.add(one, e1)), 16);
  }
  for (let left: i32 = n & 7; left > 0; left -= 4, a += 16) {
    const e = expOfMinusBy(v128.load(a), one, magic, least, most, log, p1, p2, p3, p4, p5);
    storeLanes(a, f32x4.div(one, f32x4.add(one, e)), left);
  }
}

/** ln(1 + u) for u within 0 … 1: 2·artanh s, s = u/(2 + u) ≤ ⅓, to s¹⁵/15; the next term is below 2·10⁻⁹ of it. */
// @ts-ignore: decorator
@inline
export function log1p(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, constant(Constant.TWO)));
  const q = f32x4.mul(s, s);
  const q2 = f32x4.mul(q, q);
  const c01 = f32x4.add(constant(Constant.TWO), f32x4.mul(q, f32x4.splat(0.6666666666666666)));
  const c23 = f32x4.add(f32x4.splat(0.4), f32x4.mul(q, f32x4.splat(0.2857142857142857)));
  const c45 = f32x4.add(f32x4.splat(0.2222222222222222), f32x4.mul(q, f32x4.splat(0.18181818181818182)));
  const c67 = f32x4.add(f32x4.splat(0.15384615384615385), f32x4.mul(q, f32x4.splat(0.13333333333333333)));
  const high = f32x4.add(c45, f32x4.mul(q2, c67));
  return f32x4.mul(s, f32x4.add(c01, f32x4.mul(q2, f32x4.add(c23, f32x4.mul(q2, high)))));
}

/**
 * tanh z = (1 − e)/(1 + e), e = e⁻²ᶻ, with s = 2ⁿ
 *        = (P(1 − s) − Q(1 + s))/(P(1 + s) − Q(1 − s)):
 * near 0, s is 1 and what would cancel is exactly 0.
 */
// @ts-ignore: decorator
@inline
export function tanh(z: v128): v128 {
  const limited = f32x4.pmin(f32x4.pmax(z, constant(Constant.TANH_LEAST)), constant(Constant.TANH_MOST));
  const x = f32x4.add(limited, limited);
  const shifted = shiftedExponent(x);
  const r = remainder(x, shifted);
  const r2 = f32x4.mul(r, r);
  const p = evenPart(r2);
  const q = oddPart(r, r2);
  const one = constant(Constant.ONE);
  const s = power(shifted);
  const less = f32x4.sub(one, s);
  const more = f32x4.add(one, s);
  return f32x4.div(
    f32x4.sub(f32x4.mul(p, less), f32x4.mul(q, more)),
    f32x4.sub(f32x4.mul(p, more), f32x4.mul(q, less)),
  );
}
