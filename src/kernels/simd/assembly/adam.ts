/**
 * Adam, in one pass over θ, g, m and v:
 *
 *   m ← β₁m + (1−β₁)g,   v ← β₂v + (1−β₂)g²,   θ ← θ − α·m̂/(√v̂ + ε),   m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ)
 *
 * JavaScript forms `rate` = α/(1−β₁ᵗ) and `scale` = 1/(1−β₂ᵗ) in double precision.
 */

import { argument, floatArgument, pass4, passFloat } from './layout';
import { Operation } from './tile';
import { run, threads } from './threads';
import { NEAR, own } from './lines';
import { storeLanes } from './lanes';

const TILE: u32 = 4096;

function tilesOf(n: u32): u32 {
  return (n + TILE - 1) / TILE;
}

/**
 * Tiles of θ's two halves take turns. Of a model they are W_enc and W_dec, roughly; a thread has computed
 * certain rows of both gradients (see spmm.ts), and so finds them in its own caches.
 */
function place(t: u32, tiles: u32): u32 {
  return (t & 1) * ((tiles + 1) >> 1) + (t >> 1);
}

export function adam(
  theta: usize, g: usize, m: usize, v: usize, n: u32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, scale: f32, epsilon: f32,
): void {
  pass4(0, theta, g, m, v);
  pass4(4, n, 0, 0, 0);
  passFloat(5, beta1);
  passFloat(6, rest1);
  passFloat(7, beta2);
  passFloat(8, rest2);
  passFloat(9, rate);
  passFloat(10, scale);
  passFloat(11, epsilon);
  run(Operation.ADAM, tilesOf(n), 20 * <f64>n);
}

export function adamTile(t: u32): void {
  const from = place(t, tilesOf(argument(4))) * TILE;
  const n = min(argument(4) - from, TILE);
  let theta = argument(0) + (from << 2);
  let g = argument(1) + (from << 2);
  let m = argument(2) + (from << 2);
  let v = argument(3) + (from << 2);
  // Every thread has read all of θ since it was written: see lines.ts.
  if (threads() > 1 && argument(4) << 2 <= NEAR) own(theta, n << 2);
  const beta1 = floatArgument(5), rest1 = floatArgument(6);
  const beta2 = floatArgument(7), rest2 = floatArgument(8);
  const rate = floatArgument(9), scale = floatArgument(10), epsilon = floatArgument(11);
  for (const whole = g + ((n & ~7) << 2); g != whole; g += 32) {
    const g0 = v128.load(g), g1 = v128.load(g, 16);
    const m0 = mean(v128.load(m), g0, beta1, rest1), m1 = mean(v128.load(m, 16), g1, beta1, rest1);
    const v0 = mean(v128.load(v), f32x4.mul(g0, g0), beta2, rest2), v1 = mean(v128.load(v, 16), f32x4.mul(g1, g1), beta2, rest2);
    const theta0 = f32x4.sub(v128.load(theta), step(m0, v0, rate, scale, epsilon));
    const theta1 = f32x4.sub(v128.load(theta, 16), step(m1, v1, rate, scale, epsilon));
    v128.store(m, m0);
    v128.store(m, m1, 16);
    v128.store(v, v0);
    v128.store(v, v1, 16);
    v128.store(theta, theta0);
    v128.store(theta, theta1, 16);
    theta += 32;
    m += 32;
    v += 32;
  }
  for (let left: i32 = n & 7; left > 0; left -= 4) {
    const gradient = v128.load(g);
    const first = mean(v128.load(m), gradient, beta1, rest1);
    const second = mean(v128.load(v), f32x4.mul(gradient, gradient), beta2, rest2);
    storeLanes(m, first, left);
    storeLanes(v, second, left);
    storeLanes(theta, f32x4.sub(v128.load(theta), step(first, second, rate, scale, epsilon)), left);
    theta += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}

/** The running mean m brought forward by x: β·m + (1−β)·x. */
// @ts-ignore: decorator
@inline
function mean(m: v128, x: v128, beta: v128, rest: v128): v128 {
  return f32x4.add(f32x4.mul(beta, m), f32x4.mul(rest, x));
}

/** α·m̂/(√v̂ + ε) */
// @ts-ignore: decorator
@inline
function step(m: v128, v: v128, rate: v128, scale: v128, epsilon: v128): v128 {
  return f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(f32x4.mul(scale, v)), epsilon));
}
