/**
 * x̂ = σ(z), c·Σ(x̂ − t)² and dz = 2c·(x̂ − t)·σ′(x̂) in one pass.   all n elements
 *
 * A tile's squares are summed in single precision a block at a time, those sums in double precision, and
 * the tiles' sums in order by the main thread: see scans.ts.
 */

import { argument, floatArgument, PARTIALS, pass4, passFloat } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { addToDoubles, keepLanes, storeLanes } from './lanes';
import { costOf, Kind, sigma, timesSlope } from './activations';
import { BLOCK, scanTileSize, sumOfTiles } from './scans';

/** `dz` may be 0. Returns Σ(x̂ − t)², without c. */
export function outputLoss(xHat: usize, dz: usize, target: usize, n: u32, kind: Kind, twoC: f32): f64 {
  const size = scanTileSize(n);
  const tiles = (n + size - 1) / size;
  pass4(0, xHat, dz, target, n);
  pass4(4, kind, size, 0, 0);
  passFloat(6, twoC);
  run(Operation.LOSS, tiles, <f64>n * <f64>(costOf(kind) + 6));
  return sumOfTiles(tiles);
}

export function lossTile(t: u32): void {
  const size = argument(5);
  const from = t * size;
  const n = min(argument(3) - from, size);
  const xHat = argument(0) + (from << 2);
  const target = argument(2) + (from << 2);
  const kind = <Kind>argument(4);
  const dz = argument(1) != 0 ? argument(1) + (from << 2) : 0;
  let sum: f64;
  if (kind == Kind.RELU) sum = lossAs(xHat, dz, target, n, Kind.RELU);
  else if (kind == Kind.SIGMOID) sum = lossAs(xHat, dz, target, n, Kind.SIGMOID);
  else if (kind == Kind.TANH) sum = lossAs(xHat, dz, target, n, Kind.TANH);
  else sum = lossAs(xHat, dz, target, n, Kind.IDENTITY);
  store<f64>(PARTIALS + (t << 3), sum);
}

// @ts-ignore: decorator
@inline
function lossAs(xHat: usize, dz: usize, target: usize, n: u32, kind: Kind): f64 {
  const twoC = floatArgument(6);
  const zero = f32x4.splat(0);
  let sums = f64x2.splat(0);
  for (let from: u32 = 0; from < n; from += BLOCK) {
    const count = min(n - from, BLOCK);
    const whole = xHat + ((count & ~3) << 2);
    let squares = zero;
    while (xHat != whole) {
      const y = sigma(v128.load(xHat), kind);
      const error = f32x4.sub(y, v128.load(target));
      squares = f32x4.add(squares, f32x4.mul(error, error));
      v128.store(xHat, y);
      if (dz != 0) {
        v128.store(dz, timesSlope(f32x4.mul(twoC, error), y, kind));
        dz += 16;
      }
      xHat += 16;
      target += 16;
    }
    if (count & 3) {
      const y = sigma(v128.load(xHat), kind);
      const error = keepLanes(f32x4.sub(y, v128.load(target)), count & 3);
      squares = f32x4.add(squares, f32x4.mul(error, error));
      storeLanes(xHat, y, count & 3);
      if (dz != 0) storeLanes(dz, timesSlope(f32x4.mul(twoC, error), y, kind), count & 3);
    }
    sums = addToDoubles(sums, squares);
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}
