/**
 * C = A·B + bias, Aᵀ·B or A·Bᵀ, all dense.   n×m = n×k · k×m after transposition
 *
 * A tile of C is computed a k-block at a time: its part of A is copied into strips of 4 rows, its part
 * of B into strips of 8 columns, both running along p, so the innermost loop reads two short contiguous
 * streams and the three forms differ only in how they copy. The 4×8 block of C lives in eight
 * registers: per p two loads of B, four splats of A, eight multiplies and adds, which is as many
 * multiplies as the processor can start in the time the loads take.
 *
 * Every element is the chain bias + a_i0·b_0j + a_i1·b_1j + …, in order, whatever the blocks are.
 */

import { argument, pass4, scratch } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { copyStrips, turnStrip } from './strips';
import { WIDTH } from './rows';

/** p's per block: a strip of B is then 8 KiB and stays in the first-level cache. */
const DEPTH: u32 = 256;
/** Largest tile edge. Both copies of a tile's operands then fit into half of a 512 KiB L2 cache. */
const LARGE: u32 = 128;
const SMALL: u32 = 64;
/** Below so many rows copying costs more than it gains. */
const FEW_ROWS: u32 = 8;

const A_BYTES: usize = LARGE * DEPTH * 4;
const B_BYTES: usize = LARGE * DEPTH * 4;

/** `form`: 0 A·B, 1 Aᵀ·B, 2 A·Bᵀ. C is n×m and k the length of the sums. */
export function gemm(c: usize, a: usize, b: usize, bias: usize, n: u32, k: u32, m: u32, form: u32): void {
  const flops = 2 * <f64>n * <f64>k * <f64>m + 4 * <f64>n;
  pass4(0, c, a, b, bias);
  if (form == 0 && n < FEW_ROWS) {
    pass4(4, n, k, m, 0);
    run(Operation.ROWS, (m + WIDTH - 1) / WIDTH, flops);
    return;
  }
  const large = ((n + LARGE - 1) / LARGE) * ((m + LARGE - 1) / LARGE);
  const edge = large >= 32 ? LARGE : SMALL;
  const across = (m + edge - 1) / edge;
  pass4(4, n, k, m, form);
  pass4(8, edge, across, 0, 0);
  run(Operation.GEMM, ((n + edge - 1) / edge) * across, flops);
}

export function gemmTile(t: u32): void {
  const k = argument(5);
  const m = argument(6);
  const form = argument(7);
  const edge = argument(8);
  const across = argument(9);
  const i0 = (t / across) * edge;
  const j0 = (t % across) * edge;
  const rows = min(argument(4) - i0, edge);
  const cols = min(m - j0, edge);
  const c = argument(0) + ((i0 * m + j0) << 2);
  const bias = argument(3);
  startTile(c, m << 2, bias != 0 ? bias + (j0 << 2) : 0, rows, cols);
  const panelA = scratch();
  const panelB = panelA + A_BYTES;
  for (let p: u32 = 0; p < k; p += DEPTH) {
    const depth = min(k - p, DEPTH);
    packA(panelA, form, i0, rows, p, depth);
    packB(panelB, form, j0, cols, p, depth);
    for (let j: u32 = 0; j < cols; j += 8) {
      const stripB = panelB + ((j * depth) << 2);
      for (let i: u32 = 0; i < rows; i += 4) {
        const stripA = panelA + ((i * depth) << 2);
        const block = c + ((i * m + j) << 2);
        if (i + 4 <= rows && j + 8 <= cols) block4x8(block, m << 2, stripA, stripB, depth);
        else edgeBlock(block, m << 2, stripA, stripB, depth, min(rows - i, 4), min(cols - j, 8));
      }
    }
  }
}

/** The tile's first summand: bias, or zero. */
function startTile(c: usize, stride: usize, bias: usize, rows: u32, cols: u32): void {
  for (let i: u32 = 0; i < rows; i++) {
    if (bias != 0) memory.copy(c, bias, cols << 2);
    else memory.fill(c, 0, cols << 2);
    c += stride;
  }
}

/** Strips of four rows of A: [i/4][p][i%4]. */
function packA(to: usize, form: u32, i0: u32, rows: u32, p: u32, depth: u32): void {
  const a = argument(1);
  if (form == 1) {
    const stride = argument(4) << 2;
    const strip = depth << 4;
    for (let i: u32 = 0; i < rows; i += 16) {
      const t = to + ((i * depth) << 2);
      copyStrips(t, t + strip, t + 2 * strip, t + 3 * strip, 16, a + p * stride + ((i0 + i) << 2), stride, depth);
    }
  } else {
    const stride = argument(5) << 2;
    for (let i: u32 = 0; i < rows; i += 4) {
      turnStrip(to + ((i * depth) << 2), 16, a + (i0 + i) * stride + (p << 2), stride, depth, rows - i);
    }
  }
}

/** Strips of eight columns of B: [j/8][p][j%8]. */
function packB(to: usize, form: u32, j0: u32, cols: u32, p: u32, depth: u32): void {
  const b = argument(2);
  if (form == 2) {
    const stride = argument(5) << 2;
    for (let j: u32 = 0; j < cols; j += 4) {
      const t = to + (((j & ~7) * depth) << 2) + ((j & 4) << 2);
      turnStrip(t, 32, b + (j0 + j) * stride + (p << 2), stride, depth, cols - j);
    }
  } else {
    const stride = argument(6) << 2;
    const strip = depth << 5;
    for (let j: u32 = 0; j < cols; j += 16) {
      const t = to + ((j * depth) << 2);
      copyStrips(t, t + 16, t + strip, t + strip + 16, 32, b + p * stride + ((j0 + j) << 2), stride, depth);
    }
  }
}

/** C += strip of A · strip of B, a whole 4×8 block. */
function block4x8(c: usize, stride: usize, a: usize, b: usize, depth: u32): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  let s00 = v128.load(c), s01 = v128.load(c, 16);
  let s10 = v128.load(c1), s11 = v128.load(c1, 16);
  let s20 = v128.load(c2), s21 = v128.load(c2, 16);
  let s30 = v128.load(c3), s31 = v128.load(c3, 16);
  for (const end = a + (depth << 4); a != end; a += 16) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += 32;
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
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  v128.store(c1, s10), v128.store(c1, s11, 16);
  v128.store(c2, s20), v128.store(c2, s21, 16);
  v128.store(c3, s30), v128.store(c3, s31, 16);
}

/** The same at the tile's rim, by way of a whole block in scratch. */
function edgeBlock(c: usize, stride: usize, a: usize, b: usize, depth: u32, rows: u32, cols: u32): void {
  const block = scratch() + A_BYTES + B_BYTES;
  for (let i: u32 = 0; i < rows; i++) memory.copy(block + (i << 5), c + i * stride, cols << 2);
  block4x8(block, 32, a, b, depth);
  for (let i: u32 = 0; i < rows; i++) memory.copy(c + i * stride, block + (i << 5), cols << 2);
}
