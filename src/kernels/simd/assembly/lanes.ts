/** Parts of vectors. */

/** Stores the first `lanes` (1 … 4) floats of x. */
// @ts-ignore: decorator
@inline
export function storeLanes(p: usize, x: v128, lanes: u32): void {
  if (lanes >= 4) {
    v128.store(p, x);
    return;
  }
  store<f32>(p, f32x4.extract_lane(x, 0), 0);
  if (lanes > 1) store<f32>(p, f32x4.extract_lane(x, 1), 4);
  if (lanes > 2) store<f32>(p, f32x4.extract_lane(x, 2), 8);
}

/** The first `lanes` (1 … 4) floats of x, zeros behind them. */
// @ts-ignore: decorator
@inline
export function keepLanes(x: v128, lanes: u32): v128 {
  return v128.and(x, i32x4.gt_s(i32x4.splat(lanes), i32x4(0, 1, 2, 3)));
}

/** The sums (x0 + x2) + (x1 + x3) of four vectors' lanes. */
// @ts-ignore: decorator
@inline
export function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** Four vectors of four lanes, turned: lane l of the four goes, as one vector, to `to` + l·step. */
// @ts-ignore: decorator
@inline
export function storeTurned(to: usize, step: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** y ← y + a·x, n elements of each. */
// @ts-ignore: decorator
@inline
export function addScaled(y: usize, a: v128, x: usize, n: u32): void {
  for (const whole = y + ((n & ~7) << 2); y != whole; y += 32, x += 32) {
    const low = f32x4.add(v128.load(y), f32x4.mul(a, v128.load(x)));
    const high = f32x4.add(v128.load(y, 16), f32x4.mul(a, v128.load(x, 16)));
    v128.store(y, low);
    v128.store(y, high, 16);
  }
  for (let left: i32 = n & 7; left > 0; left -= 4, y += 16, x += 16) {
    storeLanes(y, f32x4.add(v128.load(y), f32x4.mul(a, v128.load(x))), left);
  }
}

/** The four lanes of x in double precision, added to the two lanes of s. */
// @ts-ignore: decorator
@inline
export function addToDoubles(s: v128, x: v128): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
  return f64x2.add(s, f64x2.add(low, high));
}

/** (x0 + x2) + (x1 + x3) */
// @ts-ignore: decorator
@inline
export function laneSum(x: v128): f32 {
  const half = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 2, 3));
  return f32x4.extract_lane(half, 0) + f32x4.extract_lane(half, 1);
}
