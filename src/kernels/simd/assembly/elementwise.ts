/** Operations on each element alone: activate, hiddenDelta, axpy. */

import { argument, floatArgument, pass4, passFloat } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { addScaled, storeLanes } from './lanes';
import { activateAs, costOf, Identity, Kind, Relu, Sigmoid, Tanh, timesSlope } from './activations';

const TILE: u32 = 8192;

/** A ← σ(A), n elements. */
export function activate(a: usize, n: u32, kind: Kind): void {
  pass4(0, a, n, kind, 0);
  run(Operation.ACTIVATE, (n + TILE - 1) / TILE, <f64>n * <f64>costOf(kind));
}

export function activateTile(t: u32): void {
  const from = t * TILE;
  const n = min(argument(1) - from, TILE);
  const a = argument(0) + (from << 2);
  const kind = <Kind>argument(2);
  if (kind == Kind.RELU) activateAs<Relu>(a, n);
  else if (kind == Kind.SIGMOID) activateAs<Sigmoid>(a, n);
  else if (kind == Kind.TANH) activateAs<Tanh>(a, n);
}

/** dz ← (dz + pull + l1·sign(f))·σ′(f), dz and f n×m, pull a row. */
export function hiddenDelta(dz: usize, f: usize, pull: usize, l1: f32, n: u32, m: u32, kind: Kind): void {
  const rows = max(TILE / max(m, 1), 1);
  pass4(0, dz, f, pull, n);
  pass4(4, m, kind, rows, 0);
  passFloat(7, l1);
  run(Operation.HIDDEN_DELTA, (n + rows - 1) / rows, 4 * <f64>n * <f64>m);
}

export function hiddenDeltaTile(t: u32): void {
  const m = argument(4);
  const kind = <Kind>argument(5);
  const i1 = min((t + 1) * argument(6), argument(3));
  for (let i = t * argument(6); i < i1; i++) {
    const dz = argument(0) + ((i * m) << 2);
    const f = argument(1) + ((i * m) << 2);
    if (kind == Kind.RELU) deltaRow<Relu>(dz, f, m);
    else if (kind == Kind.SIGMOID) deltaRow<Sigmoid>(dz, f, m);
    else if (kind == Kind.TANH) deltaRow<Tanh>(dz, f, m);
    else deltaRow<Identity>(dz, f, m);
  }
}

// @ts-ignore: decorator
@inline
function deltaRow<S>(dz: usize, f: usize, m: u32): void {
  const l1 = floatArgument(7);
  let pull = argument(2);
  for (const whole = dz + ((m & ~7) << 2); dz != whole; dz += 32) {
    const low = delta<S>(v128.load(dz), v128.load(f), v128.load(pull), l1);
    const high = delta<S>(v128.load(dz, 16), v128.load(f, 16), v128.load(pull, 16), l1);
    v128.store(dz, low);
    v128.store(dz, high, 16);
    f += 32;
    pull += 32;
  }
  for (let left: i32 = m & 7; left > 0; left -= 4) {
    storeLanes(dz, delta<S>(v128.load(dz), v128.load(f), v128.load(pull), l1), left);
    dz += 16;
    f += 16;
    pull += 16;
  }
}

// @ts-ignore: decorator
@inline
function delta<S>(g: v128, f: v128, pull: v128, l1: v128): v128 {
  const zero = f32x4.splat(0);
  // l1·sign(f): l1 with f's sign where f ≠ 0.
  const slope = v128.and(v128.xor(l1, v128.and(f, f32x4.splat(-0.0))), f32x4.ne(f, zero));
  return timesSlope<S>(f32x4.add(f32x4.add(g, pull), slope), f);
}

/** y ← y + alpha·x, n elements. */
export function axpy(y: usize, alpha: f32, x: usize, n: u32): void {
  pass4(0, y, x, n, 0);
  passFloat(3, alpha);
  run(Operation.AXPY, (n + TILE - 1) / TILE, 2 * <f64>n);
}

export function axpyTile(t: u32): void {
  const from = t * TILE;
  const n = min(argument(2) - from, TILE);
  addScaled(argument(0) + (from << 2), floatArgument(3), argument(1) + (from << 2), n);
}
