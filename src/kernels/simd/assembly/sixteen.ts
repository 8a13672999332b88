/**
 * Vectors as whole numbers of 16 bits, for screen.ts: x ≈ q/scale with q = round(scale·x), and the product of two panels of
 * them. One instruction multiplies eight pairs of such numbers and adds two neighbouring products, in the time that a
 * single-precision product of four takes.
 *
 * A panel is cut into strips of lanes (4 rows of A, 8 or 16 columns of B), and holds neighbouring numbers together:
 * [lane / width][p / 2][lane % width][p % 2]. Its depth is rounded up to a multiple of 8, with zeros.
 */

import { keepLanes, storeTurned } from './lanes';
import { stripWidth } from './panels';

/** 1.5·2²³: added to a number of at most 2²² it leaves that number, rounded to a whole one, in the sum's low bits. */
const TO_WHOLE: f32 = 12582912;

/** Pairs of numbers of a lane. */
// @ts-ignore: decorator
@inline
export function pairsOf(d: u32): u32 {
  return ((d + 7) >> 3) << 2;
}

/** Low half of every lane: round(x). */
// @ts-ignore: decorator
@inline
function whole(x: v128, scale: v128): v128 {
  return f32x4.add(f32x4.mul(x, scale), f32x4.splat(TO_WHOLE));
}

/** Four lanes of a strip, each a row `stride` bytes from the one before, `scales` theirs; `step` bytes from pair to pair. */
export function packTurned(to: usize, step: usize, from: usize, stride: usize, d: u32, lanes: u32, scales: usize): void {
  const r0 = from;
  const r1 = lanes > 1 ? r0 + stride : r0;
  const r2 = lanes > 2 ? r1 + stride : r0;
  const r3 = lanes > 3 ? r2 + stride : r0;
  const s0 = v128.load_splat<f32>(scales, 0), s1 = v128.load_splat<f32>(scales, 4);
  const s2 = v128.load_splat<f32>(scales, 8), s3 = v128.load_splat<f32>(scales, 12);
  for (let p: u32 = 0; p < d; p += 8) {
    const left = d - p;
    const q0 = eight(r0 + (p << 2), s0, left), q1 = eight(r1 + (p << 2), s1, left);
    const q2 = eight(r2 + (p << 2), s2, left), q3 = eight(r3 + (p << 2), s3, left);
    storeTurned(to, step, q0, q1, q2, q3);
    to += 4 * step;
  }
}

/** Eight neighbours of a row, of which `left` are there. */
// @ts-ignore: decorator
@inline
function eight(from: usize, scale: v128, left: u32): v128 {
  let low = v128.load(from), high = f32x4.splat(0);
  if (left > 4) high = v128.load(from, 16);
  if (left < 8) {
    if (left > 4) high = keepLanes(high, left - 4);
    else low = keepLanes(low, left);
  }
  return v128.shuffle<i16>(whole(low, scale), whole(high, scale), 0, 2, 4, 6, 8, 10, 12, 14);
}

/** `cols` columns, side by side in memory, d rows `stride` bytes apart, to strips of `width`. */
export function packColumns(panel: usize, width: u32, from: usize, stride: usize, d: u32, cols: u32, scales: usize): void {
  const step: usize = width << 2;
  const strip = pairsOf(d) * step;
  for (let p: u32 = 0; p < pairsOf(d) << 1; p += 2) {
    // Rows that are not there are taken as zeros.
    const here = p < d ? i32x4.splat(0xffff) : i32x4.splat(0);
    const there = p + 1 < d ? i32x4.splat(-65536) : i32x4.splat(0);
    const even = p < d ? from : 0, odd = p + 1 < d ? from + stride : 0;
    let to = panel;
    for (let q: usize = 0; q < cols << 2; q += step) {
      for (let r: usize = 0; r < step; r += 32) {
        v128.store(to + r, pair(even, odd, scales, q + r, here, there));
        v128.store(to + r, pair(even, odd, scales, q + r + 16, here, there), 16);
      }
      to += strip;
    }
    panel += step;
    from += 2 * stride;
  }
}

/** Four columns of two rows. */
// @ts-ignore: decorator
@inline
function pair(even: usize, odd: usize, scales: usize, q: usize, here: v128, there: v128): v128 {
  const scale = v128.load(scales + q);
  const low = v128.and(whole(v128.load(even + q), scale), here);
  return v128.or(low, v128.and(i32x4.shl(whole(v128.load(odd + q), scale), 16), there));
}

/** C = A·B of two such panels, in whole numbers of 32 bits; rows and cols are multiples of a strip's lanes. */
export function multiplySixteen(c: usize, stride: usize, panelA: usize, panelB: usize, pairs: u32, rows: u32, cols: u32): void {
  const width = stripWidth();
  for (let j: u32 = 0; j < cols; j += width) {
    const stripB = panelB + ((j * pairs) << 2);
    for (let i: u32 = 0; i < rows; i += 4) {
      const stripA = panelA + ((i * pairs) << 2);
      const block = c + i * stride + (j << 2);
      if (width == 16) block4x16(block, stride, stripA, stripB, pairs);
      else block4x8(block, stride, stripA, stripB, pairs);
    }
  }
}

// @ts-ignore: decorator
@inline
function dot(s: v128, a: v128, b: v128): v128 {
  return i32x4.add(s, i32x4.dot_i16x8_s(a, b));
}

/** Two pairs a turn, and a way out between them: see panels.ts. */
function block4x8(c: usize, stride: usize, a: usize, b: usize, pairs: u32): void {
  const zero = i32x4.splat(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  const end = a + (pairs << 4), last = end - 16;
  while (a != end) {
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a, 0);
    s00 = dot(s00, a0, b0);
    s01 = dot(s01, a0, b1);
    const a1 = v128.load32_splat(a, 4);
    s10 = dot(s10, a1, b0);
    s11 = dot(s11, a1, b1);
    const a2 = v128.load32_splat(a, 8);
    s20 = dot(s20, a2, b0);
    s21 = dot(s21, a2, b1);
    const a3 = v128.load32_splat(a, 12);
    s30 = dot(s30, a3, b0);
    s31 = dot(s31, a3, b1);
    if (a == last) break;
    const y0 = v128.load(b, 32), y1 = v128.load(b, 48);
    const x0 = v128.load32_splat(a, 16);
    s00 = dot(s00, x0, y0);
    s01 = dot(s01, x0, y1);
    const x1 = v128.load32_splat(a, 20);
    s10 = dot(s10, x1, y0);
    s11 = dot(s11, x1, y1);
    const x2 = v128.load32_splat(a, 24);
    s20 = dot(s20, x2, y0);
    s21 = dot(s21, x2, y1);
    const x3 = v128.load32_splat(a, 28);
    s30 = dot(s30, x3, y0);
    s31 = dot(s31, x3, y1);
    a += 32;
    b += 64;
  }
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c1, s10), v128.store(c1, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c3, s30), v128.store(c3, s31, 16);
}

/** The same for engines that make one instruction of 256 bits of two adjacent ones: see panels.ts. */
function block4x16(c: usize, stride: usize, a: usize, b: usize, pairs: u32): void {
  const zero = i32x4.splat(0);
  let s00 = zero, s01 = zero, s02 = zero, s03 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero;
  let s20 = zero, s21 = zero, s22 = zero, s23 = zero, s30 = zero, s31 = zero, s32 = zero, s33 = zero;
  for (const end = a + (pairs << 4); a != end; a += 16) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    b += 64;
    const a0 = v128.load32_splat(a, 0);
    s00 = dot(s00, a0, b0);
    s01 = dot(s01, a0, b1);
    s02 = dot(s02, a0, b2);
    s03 = dot(s03, a0, b3);
    const a1 = v128.load32_splat(a, 4);
    s10 = dot(s10, a1, b0);
    s11 = dot(s11, a1, b1);
    s12 = dot(s12, a1, b2);
    s13 = dot(s13, a1, b3);
    const a2 = v128.load32_splat(a, 8);
    s20 = dot(s20, a2, b0);
    s21 = dot(s21, a2, b1);
    s22 = dot(s22, a2, b2);
    s23 = dot(s23, a2, b3);
    const a3 = v128.load32_splat(a, 12);
    s30 = dot(s30, a3, b0);
    s31 = dot(s31, a3, b1);
    s32 = dot(s32, a3, b2);
    s33 = dot(s33, a3, b3);
  }
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  v128.store(c, s00), v128.store(c, s01, 16), v128.store(c, s02, 32), v128.store(c, s03, 48);
  v128.store(c1, s10), v128.store(c1, s11, 16), v128.store(c1, s12, 32), v128.store(c1, s13, 48);
  v128.store(c2, s20), v128.store(c2, s21, 16), v128.store(c2, s22, 32), v128.store(c2, s23, 48);
  v128.store(c3, s30), v128.store(c3, s31, 16), v128.store(c3, s32, 32), v128.store(c3, s33, 48);
}
