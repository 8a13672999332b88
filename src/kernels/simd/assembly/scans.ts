/**
 * One number from n elements: Σ x², Σ |x|, how many are not zero, the first that is not finite.
 *
 * Sums are kept in double precision, per tile and then in the order of the tiles. Tiles depend on n
 * alone, so a sum has the same bits for any number of threads.
 */

import { argument, PARTIAL_SUMS, PARTIALS, pass4 } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { addToDoubles, keepLanes } from './lanes';

const enum Scan {
  SQUARES,
  MAGNITUDES,
  NON_ZEROS,
  NON_FINITE,
}

const TILE: u32 = 4096;
/** A tile's size is a multiple of this. */
export const BLOCK: u32 = 256;

/** Elements per tile, such that the tiles' results have room. */
export function scanTileSize(n: u32): u32 {
  return max(TILE, (n / PARTIAL_SUMS + BLOCK) & ~(BLOCK - 1));
}

/** The tiles' results, added in order. */
export function sumOfTiles(tiles: u32): f64 {
  let sum: f64 = 0;
  for (let t: u32 = 0; t < tiles; t++) sum += load<f64>(PARTIALS + (t << 3));
  return sum;
}

function scan(x: usize, n: u32, what: Scan): u32 {
  const size = scanTileSize(n);
  const tiles = (n + size - 1) / size;
  pass4(0, x, n, size, what);
  run(Operation.SCAN, tiles, 2 * <f64>n);
  return tiles;
}

export function sumOfSquares(x: usize, n: u32): f64 {
  return sumOfTiles(scan(x, n, Scan.SQUARES));
}

export function sumOfAbs(x: usize, n: u32): f64 {
  return sumOfTiles(scan(x, n, Scan.MAGNITUDES));
}

export function countNonZeros(x: usize, n: u32): f64 {
  return sumOfTiles(scan(x, n, Scan.NON_ZEROS));
}

/** The index of the first NaN or ±∞, or −1. */
export function findNonFinite(x: usize, n: u32): f64 {
  const tiles = scan(x, n, Scan.NON_FINITE);
  for (let t: u32 = 0; t < tiles; t++) {
    const found = load<f64>(PARTIALS + (t << 3));
    if (found >= 0) return found;
  }
  return -1;
}

export function scanTile(t: u32): void {
  const from = t * argument(2);
  const n = min(argument(1) - from, argument(2));
  const x = argument(0) + (from << 2);
  const what = <Scan>argument(3);
  let result: f64;
  if (what == Scan.SQUARES) result = sumAs(x, n, Scan.SQUARES);
  else if (what == Scan.MAGNITUDES) result = sumAs(x, n, Scan.MAGNITUDES);
  else if (what == Scan.NON_ZEROS) result = nonZeros(x, n);
  else result = firstNonFinite(x, n, from);
  store<f64>(PARTIALS + (t << 3), result);
}

// @ts-ignore: decorator
@inline
function sumAs(x: usize, n: u32, what: Scan): f64 {
  const whole = x + ((n & ~3) << 2);
  let sums = f64x2.splat(0);
  for (; x != whole; x += 16) sums = addTerms(sums, v128.load(x), what);
  if (n & 3) sums = addTerms(sums, keepLanes(v128.load(x), n & 3), what);
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

// @ts-ignore: decorator
@inline
function addTerms(s: v128, x: v128, what: Scan): v128 {
  if (what == Scan.MAGNITUDES) return addToDoubles(s, f32x4.abs(x));
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
  return f64x2.add(s, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
}

/** What differs from 0 is −1 as an integer. */
function nonZeros(x: usize, n: u32): f64 {
  const zero = f32x4.splat(0);
  let low = zero, high = zero;
  for (const whole = x + ((n & ~7) << 2); x != whole; x += 32) {
    low = i32x4.sub(low, f32x4.ne(v128.load(x), zero));
    high = i32x4.sub(high, f32x4.ne(v128.load(x, 16), zero));
  }
  let counts = i32x4.add(low, high);
  for (let left: i32 = n & 7; left > 0; left -= 4, x += 16) {
    counts = i32x4.sub(counts, keepLanes(f32x4.ne(v128.load(x), zero), left));
  }
  const pairs = i32x4.add(counts, v128.shuffle<i32>(counts, counts, 2, 3, 0, 1));
  return <f64>(<u32>i32x4.extract_lane(pairs, 0) + <u32>i32x4.extract_lane(pairs, 1));
}

/** ∞ − ∞ and NaN − NaN are NaN; every other x − x is 0. */
function firstNonFinite(x: usize, n: u32, offset: u32): f64 {
  const zero = f32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const four = v128.load(x + (i << 2));
    if (v128.any_true(f32x4.ne(f32x4.sub(four, four), zero))) break;
  }
  for (; i < n; i++) {
    const one = load<f32>(x + (i << 2));
    if (one - one != 0) return <f64>(offset + i);
  }
  return -1;
}
