/**
 * Sparse times dense a whole row at a time: c = bias + Σ_p a_p·b_p over the entries of a row.
 *
 * Where B is larger than the caches, its rows are best read from end to end, as processors read ahead; spmm.ts
 * meets each in as many places as there are slices. Up to four rows of B go by in one pass over c, which stays in the
 * nearest cache. Every element is the chain of spmm.ts.
 */

import { addScaled, storeLanes } from './lanes';

/** m elements of c, from so many elements of B's rows, which are `stride` bytes apart. `index` and `value` are where the entries lie. */
export function wholeRow(
  c: usize, bias: usize, index: usize, value: usize, entries: u32, b: usize, stride: usize, m: u32,
): void {
  if (bias != 0) memory.copy(c, bias, m << 2);
  else memory.fill(c, 0, m << 2);
  for (; entries >= 4; entries -= 4) {
    addFour(c, value, row(b, index, 0, stride), row(b, index, 1, stride), row(b, index, 2, stride), row(b, index, 3, stride), m);
    index += 16;
    value += 16;
  }
  for (; entries > 0; entries--) {
    addScaled(c, v128.load_splat<f32>(value), row(b, index, 0, stride), m);
    index += 4;
    value += 4;
  }
}

// @ts-ignore: decorator
@inline
function row(b: usize, index: usize, p: usize, stride: usize): usize {
  return b + load<u32>(index + (p << 2)) * stride;
}

function addFour(c: usize, value: usize, b0: usize, b1: usize, b2: usize, b3: usize, m: u32): void {
  const a0 = v128.load_splat<f32>(value, 0), a1 = v128.load_splat<f32>(value, 4);
  const a2 = v128.load_splat<f32>(value, 8), a3 = v128.load_splat<f32>(value, 12);
  for (const whole = c + ((m & ~7) << 2); c != whole; c += 32) {
    let s = f32x4.add(v128.load(c), f32x4.mul(a0, v128.load(b0)));
    let t = f32x4.add(v128.load(c, 16), f32x4.mul(a0, v128.load(b0, 16)));
    s = f32x4.add(s, f32x4.mul(a1, v128.load(b1)));
    t = f32x4.add(t, f32x4.mul(a1, v128.load(b1, 16)));
    s = f32x4.add(s, f32x4.mul(a2, v128.load(b2)));
    t = f32x4.add(t, f32x4.mul(a2, v128.load(b2, 16)));
    s = f32x4.add(s, f32x4.mul(a3, v128.load(b3)));
    t = f32x4.add(t, f32x4.mul(a3, v128.load(b3, 16)));
    v128.store(c, s);
    v128.store(c, t, 16);
    b0 += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
  }
  for (let left: i32 = m & 7; left > 0; left -= 4) {
    let s = f32x4.add(v128.load(c), f32x4.mul(a0, v128.load(b0)));
    s = f32x4.add(s, f32x4.mul(a1, v128.load(b1)));
    s = f32x4.add(s, f32x4.mul(a2, v128.load(b2)));
    storeLanes(c, f32x4.add(s, f32x4.mul(a3, v128.load(b3))), left);
    c += 16;
    b0 += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
}
