/**
 * C = A·B + bias for a few rows of dense A.   n×m = n×k · k×m
 *
 * Nothing is copied: B streams by once per row, 24 columns at a time in six registers, the chain of
 * every element being that of spmm.ts and gemm.ts.
 */

import { argument } from './layout';
import { storeLanes } from './lanes';

/** Columns of a tile. */
export const WIDTH: u32 = 24;

export function rowsTile(t: u32): void {
  const n = argument(4);
  const m = argument(6);
  const end = min(t * WIDTH + WIDTH, m);
  for (let i: u32 = 0; i < n; i++) {
    let j = t * WIDTH;
    if (j + WIDTH <= end) row24(i, j);
    else for (; j < end; j += 4) row4(i, j, min(end - j, 4));
  }
}

function row24(i: u32, j: u32): void {
  const k = argument(5) << 2;
  const stride = argument(6) << 2;
  const bias = argument(3);
  let a = argument(1) + i * k;
  let b = argument(2) + (j << 2);
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
  if (bias != 0) {
    const q = bias + (j << 2);
    s0 = v128.load(q, 0);
    s1 = v128.load(q, 16);
    s2 = v128.load(q, 32);
    s3 = v128.load(q, 48);
    s4 = v128.load(q, 64);
    s5 = v128.load(q, 80);
  }
  for (const last = a + k; a != last; a += 4) {
    const x = v128.load_splat<f32>(a);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(b, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(b, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(b, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(b, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(b, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(b, 80)));
    b += stride;
  }
  const c = argument(0) + i * stride + (j << 2);
  v128.store(c, s0, 0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  v128.store(c, s4, 64);
  v128.store(c, s5, 80);
}

function row4(i: u32, j: u32, lanes: u32): void {
  const k = argument(5) << 2;
  const stride = argument(6) << 2;
  const bias = argument(3);
  let a = argument(1) + i * k;
  let b = argument(2) + (j << 2);
  let s = bias != 0 ? v128.load(bias + (j << 2)) : f32x4.splat(0);
  for (const last = a + k; a != last; a += 4) {
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(a), v128.load(b)));
    b += stride;
  }
  storeLanes(argument(0) + i * stride + (j << 2), s, lanes);
}
