/**
 * Copies of a matrix part in strips of four lanes, for the dense product.
 *
 * Lanes beyond the matrix are filled with whatever is at hand: the block they lead to is not kept.
 */

import { storeTurned } from './lanes';

/**
 * Lanes lie side by side in memory: sixteen of them, a cache line of a well-aligned row, go to four
 * strips. Rows are `stride` bytes apart. Reads up to 60 bytes beyond the row.
 */
export function copyStrips(t0: usize, t1: usize, t2: usize, t3: usize, step: usize, from: usize, stride: usize, depth: u32): void {
  for (let p: u32 = 0; p < depth; p++) {
    v128.store(t0, v128.load(from, 0));
    v128.store(t1, v128.load(from, 16));
    v128.store(t2, v128.load(from, 32));
    v128.store(t3, v128.load(from, 48));
    t0 += step;
    t1 += step;
    t2 += step;
    t3 += step;
    from += stride;
  }
}

/** Lane l is row l, `stride` bytes apart: a transposition, four by four. */
export function turnStrip(to: usize, step: usize, from: usize, stride: usize, depth: u32, lanes: u32): void {
  const r0 = from;
  const r1 = lanes > 1 ? r0 + stride : r0;
  const r2 = lanes > 2 ? r1 + stride : r0;
  const r3 = lanes > 3 ? r2 + stride : r0;
  const end = depth << 2;
  let p: usize = 0;
  for (; p + 16 <= end; p += 16) {
    storeTurned(to, step, v128.load(r0 + p), v128.load(r1 + p), v128.load(r2 + p), v128.load(r3 + p));
    to += 4 * step;
  }
  for (; p < end; p += 4) {
    store<f32>(to, load<f32>(r0 + p), 0);
    store<f32>(to, load<f32>(r1 + p), 4);
    store<f32>(to, load<f32>(r2 + p), 8);
    store<f32>(to, load<f32>(r3 + p), 12);
    to += step;
  }
}
