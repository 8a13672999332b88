/**
 * Adam for a matrix whose gradient is a product, G = S·B: a row of G is made in scratch and used there, so that G,
 * as large as the matrix, goes to memory and back never.   θ, m, v, G h×d, S h×n, B n×d
 *
 * A unit without entries has no gradient in this step, yet moves: its moments decay. Only while both are nothing but
 * +0, as until its first gradient, the step would change no bit of it, and is left out.
 */

import { argument, floatArgument, pass4, scratch } from './layout';
import { keepLanes } from './lanes';
import { Operation } from './tile';
import { run } from './threads';
import { adamStretch, passAdam } from './adam';
import { wholeRow } from './whole-row';
import { entriesOf } from './sparse';

/** Elements of one tile, roughly. */
const TILE_ELEMENTS: u32 = 8192;
/** Columns of G at a time. */
const STRETCH: u32 = 16384;

export function spmmAdam(
  theta: usize, start: usize, end: usize, index: usize, value: usize, b: usize, m: usize, v: usize, h: u32, d: u32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, scale: f32, epsilon: f32,
): void {
  const rows = max(TILE_ELEMENTS / max(d, 1), 1);
  pass4(0, theta, b, m, v);
  pass4(12, start, end, index, value);
  pass4(16, h, d, rows, 0);
  passAdam(beta1, rest1, beta2, rest2, rate, scale, epsilon);
  run(Operation.SPMM_ADAM, (h + rows - 1) / rows, 20 * <f64>h * <f64>d + 2 * <f64>entriesOf(start, end, h) * <f64>d);
}

export function spmmAdamTile(t: u32): void {
  const d = argument(17);
  const rows = argument(18);
  const i1 = min((t + 1) * rows, argument(16));
  for (let i = t * rows; i < i1; i++) {
    const first = load<u32>(argument(12) + (i << 2));
    const entries = load<u32>(argument(13) + (i << 2)) - first;
    for (let j: u32 = 0; j < d; j += STRETCH) stepRow((i * d + j) << 2, first << 2, entries, j, min(d - j, STRETCH));
  }
}

/** One step for `count` elements, `at` bytes from the beginning of θ, columns j, j+1, … of a row whose entries are given. */
function stepRow(at: usize, first: usize, entries: u32, j: u32, count: u32): void {
  const m = argument(2) + at;
  const v = argument(3) + at;
  // With ε = 0 such a step would be 0/0.
  const still = entries == 0 && f32x4.extract_lane(floatArgument(11), 0) > 0;
  if (still && isZero(m, count) && isZero(v, count)) return;
  const g = scratch();
  wholeRow(g, 0, argument(14) + first, argument(15) + first, entries, argument(1) + (j << 2), argument(17) << 2, count);
  adamStretch(argument(0) + at, g, m, v, count);
}

/** Whether n elements are +0, all of them. */
function isZero(x: usize, n: u32): bool {
  const whole = x + ((n & ~3) << 2);
  for (; x != whole; x += 16) if (v128.any_true(v128.load(x))) return false;
  return (n & 3) == 0 || !v128.any_true(keepLanes(v128.load(x), n & 3));
}
