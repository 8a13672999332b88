/**
 * What of a row may be among its k largest, while a screen (screen.ts) goes over its columns.
 *
 * Whenever a list is full, t is raised to a number that k of its lower bounds reach. So at least k entries of Z are t or
 * more, and one whose upper bound is below t is not wanted: it is taken from the list, or never enters it. If too many
 * stay, the bound is too wide for this row (next to nothing of x lies where columns differ), and the row is given up, to be
 * computed whole.
 */

import { argument } from './layout';

/** Halvings in search of t: while columns go by, and when all have. */
const ROUGHLY: u32 = 9;
const FINELY: u32 = 20;

/** Rows of a tile. */
export const MOST_ROWS: u32 = 128;

/** In scratch, of a tile's rows: a, E (0 for a row of zeros), t, which is ∞ for a row that was given up. */
export const SCALE: usize = 0;
export const ERROR: usize = SCALE + (MOST_ROWS << 2);
export const LEAST_WANTED: usize = ERROR + (MOST_ROWS << 2);

/** Arguments: the lists' upper and lower bounds (their columns are at 9, their lengths at 10); of B's columns 1/c, b·(1 + g), b·(1 − g). */
export const BOUND: usize = 16;
export const UNIT: usize = 18;
export const UPPER: usize = 19;
export const LOWER: usize = 20;
export const LOWEST: usize = 24;

/** Entry j of row i, I being `whole`, is listed; returns t, or ∞ if the row is given up. */
export function enter(i: u32, known: usize, whole: i32, j: u32): f32 {
  const most = argument(11);
  const scale = load<f32>(known, SCALE);
  const error = load<f32>(known, ERROR);
  const unit = load<f32>(argument(UNIT) + (j << 2));
  const upper = (<f32>whole + error) * unit + load<f32>(argument(UPPER) + (j << 2)) * scale;
  let t = load<f32>(known, LEAST_WANTED);
  if (!(upper >= t)) return t;
  const at = argument(10) + (i << 2);
  const listed = load<u32>(at);
  const place = (i * most + listed) << 2;
  store<u32>(argument(9) + place, j);
  store<f32>(argument(BOUND) + place, upper);
  store<f32>(argument(LOWEST) + place, (<f32>whole - error) * unit + load<f32>(argument(LOWER) + (j << 2)) * scale);
  store<u32>(at, listed + 1);
  if (listed + 1 < most) return t;
  t = raise(i, most, most, t, ROUGHLY);
  const left = clear(i, most, most, t);
  store<u32>(at, left);
  return left > most - (most >> 3) ? f32.POSITIVE_INFINITY : t;
}

/** A larger t, if there is one, that still k of a row's lower bounds reach: by halving, in so many steps. */
function raise(i: u32, most: u32, listed: u32, t: f32, steps: u32): f32 {
  const lower = argument(LOWEST) + ((i * most) << 2);
  const end = lower + (listed << 2);
  // Vectors are whole: what lies beyond the list reaches nothing.
  for (let p = end; (p - lower) & 15; p += 4) store<f32>(p, f32.NEGATIVE_INFINITY);
  let greatest = f32x4.splat(t);
  for (let p = lower; p < end; p += 16) greatest = f32x4.max(greatest, v128.load(p));
  greatest = f32x4.max(greatest, v128.shuffle<f32>(greatest, greatest, 2, 3, 2, 3));
  let high = max(f32x4.extract_lane(greatest, 0), f32x4.extract_lane(greatest, 1));
  for (; steps > 0; steps--) {
    const middle = t + (high - t) * 0.5;
    const limit = f32x4.splat(middle);
    let count = i32x4.splat(0);
    for (let p = lower; p < end; p += 16) count = i32x4.sub(count, f32x4.ge(v128.load(p), limit));
    const reached = i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1) + i32x4.extract_lane(count, 2) + i32x4.extract_lane(count, 3);
    if (<u32>reached >= argument(14)) t = middle;
    else high = middle;
  }
  return t;
}

/** Takes from a row's list what lies below t; returns how many stay. */
function clear(i: u32, most: u32, listed: u32, t: f32): u32 {
  const column = argument(9) + ((i * most) << 2);
  const toBound = argument(BOUND) - argument(9), toLowest = argument(LOWEST) - argument(9);
  let to = column;
  for (let p = column; p < column + (listed << 2); p += 4) {
    const upper = load<f32>(p + toBound);
    store<u32>(to, load<u32>(p));
    store<f32>(to + toBound, upper);
    store<f32>(to + toLowest, load<f32>(p + toLowest));
    to += upper >= t ? 4 : 0;
  }
  return (to - column) >> 2;
}

/** What is left of row i's list when all columns have gone by, or −1 if t says that it was given up. */
export function endList(i: u32, t: f32): void {
  const most = argument(11);
  const at = argument(10) + (i << 2);
  if (t == f32.POSITIVE_INFINITY) {
    store<i32>(at, -1);
    return;
  }
  const listed = load<u32>(at);
  store<i32>(at, clear(i, most, listed, raise(i, most, listed, t, FINELY)));
}
