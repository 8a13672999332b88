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
