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

const MAGIC: f32 = 12582912;

/** The nearest integer to −x/ln 2, plus 1.5·2²³: the integer then stands in the lowest bits. */
// @ts-ignore: decorator
@inline
function shiftedExponent(x: v128): v128 {
  return f32x4.sub(f32x4.splat(MAGIC), f32x4.mul(x, f32x4.splat(1.44269504088896341)));
}

/** r. ln 2 comes in two parts (Cody & Waite): n times the first is exact. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, f32x4.splat(MAGIC));
  const r = f32x4.sub(f32x4.mul(n, f32x4.splat(-0.693359375)), x);
  return f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
}

/** 2ⁿ for −127 < n < 128; 0 for n = −127 and ∞ for n = 128. */
// @ts-ignore: decorator
@inline
function power(shifted: v128): v128 {
  return i32x4.add(i32x4.shl(shifted, 23), f32x4.splat(1));
}

// @ts-ignore: decorator
@inline
function evenPart(r2: v128): v128 {
  return f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(0.1), r2));
}

// @ts-ignore: decorator
@inline
function oddPart(r: v128, r2: v128): v128 {
  return f32x4.mul(r, f32x4.add(f32x4.splat(0.5), f32x4.mul(f32x4.splat(0.008333333333333333), r2)));
}

/**
 * e⁻ᶻ for z within −88.7 … 88, held there. e⁻ᶻ = 2ⁿ·2ᶠ with n + f = −z/ln 2, |f| ≤ ½, and 2ᶠ is a polynomial (minimax,
 * off by 10⁻⁷ at most), its terms taken in pairs (Estrin).
 */
// @ts-ignore: decorator
@inline
export function expOfMinus(z: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(z, f32x4.splat(-88.7)), f32x4.splat(88));
  const t = f32x4.mul(x, f32x4.splat(-1.44269504088896341));
  const shifted = f32x4.add(t, f32x4.splat(MAGIC));
  const f = f32x4.sub(t, f32x4.sub(shifted, f32x4.splat(MAGIC)));
  const f2 = f32x4.mul(f, f);
  const one = f32x4.splat(1);
  const c01 = f32x4.add(one, f32x4.mul(f, f32x4.splat(0.6931469775989926)));
  const c23 = f32x4.add(f32x4.splat(0.24022242085262163), f32x4.mul(f, f32x4.splat(0.05550733743497058)));
  const c45 = f32x4.add(f32x4.splat(0.00967151264483123), f32x4.mul(f, f32x4.splat(0.0013264727123620847)));
  const p = f32x4.add(c01, f32x4.mul(f2, f32x4.add(c23, f32x4.mul(f2, c45))));
  return f32x4.mul(power(shifted), p);
}

/** 1/(1 + e⁻ᶻ): 1 above z = 88, 0 below −88.7. */
// @ts-ignore: decorator
@inline
export function sigmoid(z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, expOfMinus(z)));
}

/** ln(1 + u) for u within 0 … 1: 2·artanh s, s = u/(2 + u) ≤ ⅓, to s¹⁵/15; the next term is below 2·10⁻⁹ of it. */
// @ts-ignore: decorator
@inline
export function log1p(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2)));
  const q = f32x4.mul(s, s);
  const q2 = f32x4.mul(q, q);
  const c01 = f32x4.add(f32x4.splat(2), f32x4.mul(q, f32x4.splat(0.6666666666666666)));
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
  const limited = f32x4.pmin(f32x4.pmax(z, f32x4.splat(-20)), f32x4.splat(20));
  const x = f32x4.add(limited, limited);
  const shifted = shiftedExponent(x);
  const r = remainder(x, shifted);
  const r2 = f32x4.mul(r, r);
  const p = evenPart(r2);
  const q = oddPart(r, r2);
  const one = f32x4.splat(1);
  const s = power(shifted);
  const less = f32x4.sub(one, s);
  const more = f32x4.add(one, s);
  return f32x4.div(
    f32x4.sub(f32x4.mul(p, less), f32x4.mul(q, more)),
    f32x4.sub(f32x4.mul(p, more), f32x4.mul(q, less)),
  );
}
