/**
 * x̂ = σ(z), c·Σ(x̂ − t)² and dz = 2c·(x̂ − t)·σ′(x̂) in one pass.   all n×m
 *
 * One pass over memory, two over each block of 1 KiB in the nearest cache: two short chains of dependent
 * steps let a processor work on more vectors at a time than a long one does.
 *
 * A tile is a few rows. A row's squares are summed in single precision a block at a time, those sums in
 * double precision, and the tiles' sums in order by the main thread: see scans.ts. A row of sparse
 * targets is written out first, where it stays in the nearest cache.
 */

import { argument, floatArgument, PARTIAL_SUMS, PARTIALS, pass4, passFloat, scratch } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { addToDoubles, keepLanes, storeLanes } from './lanes';
import { constant, Constant } from './constants';
import { expOfMinus, log1p } from './exp';
import { activateAs, costOf, Identity, Kind, Relu, Sigmoid, Tanh, timesSlope } from './activations';
import { BLOCK, sumOfTiles } from './scans';

/** Elements of one tile, roughly. */
const TILE_ELEMENTS: u32 = 8192;
/** How much of a row goes at a time: any row of sparse targets finds room in the scratch. */
const STRETCH: u32 = 16384;

/** `dz` may be 0; `target` is 0 where the targets are sparse. Returns Σ(x̂ − t)², without c. */
export function outputLoss(
  xHat: usize, dz: usize, target: usize, start: usize, end: usize, index: usize, value: usize,
  n: u32, m: u32, kind: Kind, twoC: f32,
): f64 {
  const rows = max(max(TILE_ELEMENTS / max(m, 1), (n + PARTIAL_SUMS - 1) / PARTIAL_SUMS), 1);
  const tiles = (n + rows - 1) / rows;
  pass4(0, xHat, dz, target, n);
  pass4(4, kind, rows, m, 0);
  passFloat(7, twoC);
  pass4(8, start, end, index, value);
  run(Operation.LOSS, tiles, <f64>n * <f64>m * <f64>(costOf(kind) + 6));
  return sumOfTiles(tiles);
}

/**
 * x̂ = 1/(1 + e⁻ʸ), Σ (ln(1 + eʸ) − t·y), returned without c, and dy = c·(x̂ − t); the rest as above.
 */
export function crossEntropy(
  xHat: usize, dy: usize, target: usize, start: usize, end: usize, index: usize, value: usize,
  n: u32, m: u32, c: f32,
): f64 {
  return outputLoss(xHat, dy, target, start, end, index, value, n, m, Kind.CROSS_ENTROPY, c);
}

export function lossTile(t: u32): void {
  const rows = argument(5);
  const m = argument(6);
  const i0 = t * rows;
  const i1 = min(i0 + rows, argument(3));
  const dz = argument(1);
  const sparse = argument(2) == 0;
  const stretch = scratch();
  let sum: f64 = 0;
  for (let i = i0; i < i1; i++) {
    for (let j: u32 = 0; j < m; j += STRETCH) {
      const at = (i * m + j) << 2;
      if (sparse) writeOut(stretch, i, j, min(m - j, STRETCH));
      sum += stretchLoss(argument(0) + at, dz != 0 ? dz + at : 0, sparse ? stretch : argument(2) + at, min(m - j, STRETCH));
    }
  }
  store<f64>(PARTIALS + (t << 3), sum);
}

/** Columns j … j+count−1 of row i of the sparse targets, zeros and all. */
function writeOut(stretch: usize, i: u32, j: u32, count: u32): void {
  const end = stretch + (count << 2);
  for (let p = stretch; p < end; p += 16) v128.store(p, f32x4.splat(0));
  const index = argument(10);
  const value = argument(11);
  const last = load<u32>(argument(9) + (i << 2)) << 2;
  for (let p: usize = load<u32>(argument(8) + (i << 2)) << 2; p < last; p += 4) {
    const place = load<u32>(index + p) - j;
    if (place < count) store<f32>(stretch + (place << 2), load<f32>(value + p));
  }
}

// @ts-ignore: decorator
@inline
function stretchLoss(xHat: usize, dz: usize, target: usize, m: u32): f64 {
  const kind = <Kind>argument(4);
  if (kind == Kind.RELU) return lossAs<Relu>(xHat, dz, target, m);
  if (kind == Kind.SIGMOID) return lossAs<Sigmoid>(xHat, dz, target, m);
  if (kind == Kind.TANH) return lossAs<Tanh>(xHat, dz, target, m);
  if (kind == Kind.CROSS_ENTROPY) return crossEntropyOf(xHat, dz, target, m);
  return lossAs<Identity>(xHat, dz, target, m);
}

// @ts-ignore: decorator
@inline
function lossAs<S>(xHat: usize, dz: usize, target: usize, n: u32): f64 {
  const twoC = floatArgument(7);
  const zero = f32x4.splat(0);
  let sums = f64x2.splat(0);
  for (let from: u32 = 0; from < n; from += BLOCK) {
    const count = min(n - from, BLOCK);
    const whole = xHat + ((count & ~7) << 2);
    if (idof<S>() != idof<Identity>()) activateAs<S>(xHat, count);
    let squares = zero;
    while (xHat != whole) {
      const y0 = v128.load(xHat), y1 = v128.load(xHat, 16);
      const error0 = f32x4.sub(y0, v128.load(target));
      const error1 = f32x4.sub(y1, v128.load(target, 16));
      squares = f32x4.add(squares, f32x4.mul(error0, error0));
      squares = f32x4.add(squares, f32x4.mul(error1, error1));
      if (dz != 0) {
        const dz0 = timesSlope<S>(f32x4.mul(twoC, error0), y0);
        const dz1 = timesSlope<S>(f32x4.mul(twoC, error1), y1);
        v128.store(dz, dz0);
        v128.store(dz, dz1, 16);
        dz += 32;
      }
      xHat += 32;
      target += 32;
    }
    for (let left: i32 = count & 7; left > 0; left -= 4) {
      const y = v128.load(xHat);
      const error = keepLanes(f32x4.sub(y, v128.load(target)), left);
      squares = f32x4.add(squares, f32x4.mul(error, error));
      if (dz != 0) {
        storeLanes(dz, timesSlope<S>(f32x4.mul(twoC, error), y), left);
        dz += 16;
      }
      xHat += 16;
      target += 16;
    }
    sums = addToDoubles(sums, squares);
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The same for probabilities, three passes over each block: the loss is of y, which x̂ then takes the place of. */
function crossEntropyOf(xHat: usize, dy: usize, target: usize, n: u32): f64 {
  const c = floatArgument(7);
  let sums = f64x2.splat(0);
  for (let from: u32 = 0; from < n; from += BLOCK) {
    const count = min(n - from, BLOCK);
    const end = <i32>(count << 2);
    let terms = f32x4.splat(0);
    for (let p: i32 = 0; p < end; p += 16) {
      const term = surprise(v128.load(xHat + p), v128.load(target + p));
      terms = f32x4.add(terms, keepLanes(term, (end - p) >> 2));
    }
    sums = addToDoubles(sums, terms);
    activateAs<Sigmoid>(xHat, count);
    if (dy != 0) {
      for (let p: i32 = 0; p < end; p += 16) {
        storeLanes(dy + p, f32x4.mul(c, f32x4.sub(v128.load(xHat + p), v128.load(target + p))), (end - p) >> 2);
      }
      dy += end;
    }
    xHat += end;
    target += end;
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** ln(1 + eʸ) − t·y = ln(1 + e^−|y|) + (1 − t)·y for y > 0, − t·y else: no term of it cancels. */
// @ts-ignore: decorator
@inline
function surprise(y: v128, t: v128): v128 {
  const positive = f32x4.gt(y, f32x4.splat(0));
  const weight = f32x4.sub(v128.and(positive, constant(Constant.ONE)), t);
  return f32x4.add(log1p(expOfMinus(f32x4.abs(y))), f32x4.mul(weight, y));
}
