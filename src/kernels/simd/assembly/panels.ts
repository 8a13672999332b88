/**
 * The inside of every dense product: C += A·B for a tile of C, a k-block at a time. The tile's part of A is
 * copied into strips of 4 rows, its part of B into strips of 8 columns (or 16: see block4x16), both running along p, so the innermost
 * loop reads two short contiguous streams and A·B, Aᵀ·B and A·Bᵀ differ only in how they copy. The 4×8 block of
 * C lives in eight registers: per p two loads of B, four splats of A, eight multiplies and adds, which is as many
 * multiplies as the processor can start in the time the loads take.
 *
 * Every element is the chain c_ij + a_i0·b_0j + a_i1·b_1j + …, in order, whatever the blocks are.
 */

import { STRIP_WIDTH } from './layout';
import { copyStrips, turnStrip } from './strips';

export const A_B: u32 = 0;
export const AT_B: u32 = 1;

/** The wider of the two widths that strips of B can have; the other is 8. */
const WIDE: u32 = 16;
/** p's per block: a strip of B is then 8 KiB and stays in the first-level cache. */
export const DEPTH: u32 = 256;
/** What a block at the rim of C is computed in. */
export const BLOCK_BYTES: usize = 256;

/** Rows i0 … i0+rows−1 and columns p … p+depth−1 of A, in strips of four rows: [i/4][p][i%4]. A is n×k. */
export function packA(to: usize, a: usize, form: u32, n: u32, k: u32, i0: u32, rows: u32, p: u32, depth: u32): void {
  if (form == AT_B) {
    const stride = n << 2;
    const strip = depth << 4;
    for (let i: u32 = 0; i < rows; i += 16) {
      const t = to + ((i * depth) << 2);
      copyStrips(t, t + strip, t + 2 * strip, t + 3 * strip, 16, a + p * stride + ((i0 + i) << 2), stride, depth);
    }
  } else {
    const stride = k << 2;
    for (let i: u32 = 0; i < rows; i += 4) {
      turnStrip(to + ((i * depth) << 2), 16, a + (i0 + i) * stride + (p << 2), stride, depth, rows - i);
    }
  }
}

/** Rows p … p+depth−1 and columns j0 … j0+cols−1 of B, in strips of `width` columns: [j/width][p][j%width]. B is k×m. */
export function packB(to: usize, b: usize, form: u32, k: u32, m: u32, j0: u32, cols: u32, p: u32, depth: u32): void {
  const width = stripWidth();
  const step: usize = width << 2;
  if (form == A_B || form == AT_B) {
    const stride = m << 2;
    // Columns 8 … 15 of a copy are the second half of a strip, or the next strip.
    const half: usize = width == WIDE ? 32 : depth << 5;
    for (let j: u32 = 0; j < cols; j += 16) {
      const t = to + ((j * depth) << 2);
      copyStrips(t, t + 16, t + half, t + half + 16, step, b + p * stride + ((j0 + j) << 2), stride, depth);
    }
  } else {
    const stride = k << 2;
    for (let j: u32 = 0; j < cols; j += 4) {
      const inStrip = j & (width - 1);
      const t = to + (((j - inStrip) * depth) << 2) + (inStrip << 2);
      turnStrip(t, step, b + (j0 + j) * stride + (p << 2), stride, depth, cols - j);
    }
  }
}

/** The first summands of rows × cols of C, `stride` bytes between its rows: bias, or zero. */
export function startBlock(c: usize, stride: usize, bias: usize, rows: u32, cols: u32): void {
  for (let i: u32 = 0; i < rows; i++) {
    if (bias != 0) memory.copy(c, bias, cols << 2);
    else memory.fill(c, 0, cols << 2);
    c += stride;
  }
}

/** C += A·B of two panels; `spare` has room for a block. */
export function multiplyPanels(c: usize, stride: usize, panelA: usize, panelB: usize, depth: u32, rows: u32, cols: u32, spare: usize): void {
  const width = stripWidth();
  for (let j: u32 = 0; j < cols; j += width) {
    const stripB = panelB + ((j * depth) << 2);
    for (let i: u32 = 0; i < rows; i += 4) {
      const stripA = panelA + ((i * depth) << 2);
      const block = c + i * stride + (j << 2);
      if (i + 4 <= rows && j + width <= cols) wholeBlock(block, stride, stripA, stripB, depth, width);
      else rimBlock(block, stride, stripA, stripB, depth, min(rows - i, 4), min(cols - j, width), width, spare);
    }
  }
}

/** How wide strips of B are. */
// @ts-ignore: decorator
@inline
export function stripWidth(): u32 {
  return load<u32>(STRIP_WIDTH);
}

// @ts-ignore: decorator
@inline
function wholeBlock(c: usize, stride: usize, a: usize, b: usize, depth: u32, width: u32): void {
  if (width == WIDE) block4x16(c, stride, a, b, depth);
  else block4x8(c, stride, a, b, depth);
}

/**
 * C += strip of A · strip of B, a whole 4×8 block.
 *
 * Two p's a turn halve the loop's own work. The way out between them, for odd depths, also keeps the loads of one p from the
 * other's: engines move none across a branch, and those of both at once are more than there are registers.
 */
function block4x8(c: usize, stride: usize, a: usize, b: usize, depth: u32): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  let s00 = v128.load(c), s01 = v128.load(c, 16);
  let s10 = v128.load(c1), s11 = v128.load(c1, 16);
  let s20 = v128.load(c2), s21 = v128.load(c2, 16);
  let s30 = v128.load(c3), s31 = v128.load(c3, 16);
  const end = a + (depth << 4), last = end - 16;
  while (a != end) {
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a, 0);
    s00 = f32x4.add(s00, f32x4.mul(a0, b0));
    s01 = f32x4.add(s01, f32x4.mul(a0, b1));
    const a1 = v128.load_splat<f32>(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(a1, b0));
    s11 = f32x4.add(s11, f32x4.mul(a1, b1));
    const a2 = v128.load_splat<f32>(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(a2, b0));
    s21 = f32x4.add(s21, f32x4.mul(a2, b1));
    const a3 = v128.load_splat<f32>(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(a3, b0));
    s31 = f32x4.add(s31, f32x4.mul(a3, b1));
    if (a == last) break;
    const y0 = v128.load(b, 32), y1 = v128.load(b, 48);
    const x0 = v128.load_splat<f32>(a, 16);
    s00 = f32x4.add(s00, f32x4.mul(x0, y0));
    s01 = f32x4.add(s01, f32x4.mul(x0, y1));
    const x1 = v128.load_splat<f32>(a, 20);
    s10 = f32x4.add(s10, f32x4.mul(x1, y0));
    s11 = f32x4.add(s11, f32x4.mul(x1, y1));
    const x2 = v128.load_splat<f32>(a, 24);
    s20 = f32x4.add(s20, f32x4.mul(x2, y0));
    s21 = f32x4.add(s21, f32x4.mul(x2, y1));
    const x3 = v128.load_splat<f32>(a, 28);
    s30 = f32x4.add(s30, f32x4.mul(x3, y0));
    s31 = f32x4.add(s31, f32x4.mul(x3, y1));
    a += 32;
    b += 64;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c1, s10), v128.store(c1, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c3, s30), v128.store(c3, s31, 16);
}

/**
 * The same for 4×16: sixteen sums are more than there are registers of 128 bits, and just enough of 256, which some
 * engines make of two adjacent ones each.
 */
function block4x16(c: usize, stride: usize, a: usize, b: usize, depth: u32): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  let s00 = v128.load(c), s01 = v128.load(c, 16), s02 = v128.load(c, 32), s03 = v128.load(c, 48);
  let s10 = v128.load(c1), s11 = v128.load(c1, 16), s12 = v128.load(c1, 32), s13 = v128.load(c1, 48);
  let s20 = v128.load(c2), s21 = v128.load(c2, 16), s22 = v128.load(c2, 32), s23 = v128.load(c2, 48);
  let s30 = v128.load(c3), s31 = v128.load(c3, 16), s32 = v128.load(c3, 32), s33 = v128.load(c3, 48);
  for (const end = a + (depth << 4); a != end; a += 16) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    b += 64;
    const a0 = v128.load_splat<f32>(a, 0);
    s00 = f32x4.add(s00, f32x4.mul(a0, b0));
    s01 = f32x4.add(s01, f32x4.mul(a0, b1));
    s02 = f32x4.add(s02, f32x4.mul(a0, b2));
    s03 = f32x4.add(s03, f32x4.mul(a0, b3));
    const a1 = v128.load_splat<f32>(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(a1, b0));
    s11 = f32x4.add(s11, f32x4.mul(a1, b1));
    s12 = f32x4.add(s12, f32x4.mul(a1, b2));
    s13 = f32x4.add(s13, f32x4.mul(a1, b3));
    const a2 = v128.load_splat<f32>(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(a2, b0));
    s21 = f32x4.add(s21, f32x4.mul(a2, b1));
    s22 = f32x4.add(s22, f32x4.mul(a2, b2));
    s23 = f32x4.add(s23, f32x4.mul(a2, b3));
    const a3 = v128.load_splat<f32>(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(a3, b0));
    s31 = f32x4.add(s31, f32x4.mul(a3, b1));
    s32 = f32x4.add(s32, f32x4.mul(a3, b2));
    s33 = f32x4.add(s33, f32x4.mul(a3, b3));
  }
  v128.store(c, s00), v128.store(c, s01, 16), v128.store(c, s02, 32), v128.store(c, s03, 48);
  v128.store(c1, s10), v128.store(c1, s11, 16), v128.store(c1, s12, 32), v128.store(c1, s13, 48);
  v128.store(c2, s20), v128.store(c2, s21, 16), v128.store(c2, s22, 32), v128.store(c2, s23, 48);
  v128.store(c3, s30), v128.store(c3, s31, 16), v128.store(c3, s32, 32), v128.store(c3, s33, 48);
}

/** The same at the tile's rim, by way of a whole block. */
function rimBlock(
  c: usize, stride: usize, a: usize, b: usize, depth: u32, rows: u32, cols: u32, width: u32, block: usize,
): void {
  const step: usize = width << 2;
  for (let i: u32 = 0; i < rows; i++) memory.copy(block + i * step, c + i * stride, cols << 2);
  wholeBlock(block, step, a, b, depth, width);
  for (let i: u32 = 0; i < rows; i++) memory.copy(c + i * stride, block + i * step, cols << 2);
}
