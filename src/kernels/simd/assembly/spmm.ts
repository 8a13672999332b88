/**
 * C = A·B + bias, A sparse.   n×m = n×k · k×m
 *
 * c_i = bias + Σ_p a_ip·b_p, a sum of rows of B. 48 columns of c_i stay in twelve registers from the
 * bias to the single store while the row's entries stream by: per entry one splat and twelve times load,
 * multiply, add. Columns are the outer loop, so the k×48 slice of B that a tile reads stays in the
 * nearest caches while all rows of A pass over it.
 *
 * Every element is the same chain of multiply-then-add in the order of A's entries, however wide the
 * slice; the dense product (gemm.ts) follows the same chain.
 */

import { argument, isWide, pass4, scratch } from './layout';
import { Operation } from './tile';
import { blockOf, cut, partOf, run, sequence, threads } from './threads';
import { storeLanes } from './lanes';
import { wholeRow } from './whole-row';
import { NEAR, ownRows, stream, touchRows } from './lines';
import { cutRows, endsIn, rowBlocks } from './row-parts';
import { entriesOf } from './sparse';

/** Roughly the flops of one tile: a few microseconds, long enough to pay for the claim. */
const TILE_FLOPS: f64 = 200000;
/** Columns of a slice: twelve registers of sums, or sixteen that an engine makes eight of. */
const WIDTH: u32 = 48;
const WIDE: u32 = 64;
/** Elements of B from which on slices are copied. */
const COPIED_FROM: u32 = 1 << 16;
/** Rows of the longest slice that is copied. */
const MOST_COPIED: u32 = 3400;
/** Rows that pass over a block of it (see row-parts.ts), at the most. */
const PASSING: u32 = 128;
/** Elements of B up to which it is read once before use; a larger one goes by in whole rows. */
const STREAMED_UP_TO: u32 = 1 << 20;
/** Entries of a row up to which whole rows are the better way. */
const SHORT_ROW: u32 = 8;

/**
 * A tile is a slice of B and a chunk of rows. Threads share the rows, each its group of them, so that a
 * row of C is the work of one.
 */
export function spmm(
  c: usize, start: usize, end: usize, index: usize,
  value: usize, b: usize, bias: usize, n: u32,
  k: u32, m: u32,
): void {
  const entries = entriesOf(start, end, n);
  const flops = 2 * <f64>entries * <f64>m + 4 * <f64>n;
  const width = sliceWidth();
  const slices = (m + width - 1) / width;
  const groups = threads();
  // The rows of a slice lie in different pages, and, powers of two apart, in few cache sets.
  const copies = k * m > COPIED_FROM && entries > 16 * k * groups && k <= MOST_COPIED;
  const blocks = copies ? rowBlocks(k, width << 2, n, entries) : 1;
  const tiles = <u32>min(flops / TILE_FLOPS, 4096);
  const chunks = blocks > 1 ? n / (groups * PASSING) + 1 : tiles / max(slices * groups, 1) + 1;
  if (!copies && wholeRows(n, k, m, entries)) {
    const rows = <u32>min(TILE_FLOPS / (flops / <f64>n), 64) + 1;
    pass4(0, c, start, end, index);
    pass4(4, value, b, bias, n);
    pass4(8, m, rows, 0, 0);
    run(Operation.SPMM_ROWS, (n + rows - 1) / rows, flops);
    return;
  }
  pass4(0, c, start, end, index);
  pass4(4, value, b, bias, n);
  pass4(8, m, slices, chunks, groups * chunks);
  pass4(12, copies ? k : 0, k * m <= STREAMED_UP_TO ? (k * m) << 2 : 0, blocks, 0);
  run(Operation.SPMM, groups * slices * chunks, flops);
}

function sliceWidth(): u32 {
  return isWide() ? WIDE : WIDTH;
}

/** Whether C goes a row at a time (see whole-row.ts): where B's rows come from far away, or rows of A are short and those of C long. */
function wholeRows(n: u32, k: u32, m: u32, entries: u32): bool {
  return k * m > STREAMED_UP_TO || (m > 4 * sliceWidth() && entries < SHORT_ROW * n);
}

export function spmmRowsTile(t: u32): void {
  const m = argument(8);
  const i1 = min((t + 1) * argument(9), argument(7));
  for (let i = t * argument(9); i < i1; i++) {
    const first = load<u32>(argument(1) + (i << 2));
    const entries = load<u32>(argument(2) + (i << 2)) - first;
    const c = argument(0) + ((i * m) << 2);
    wholeRow(c, argument(6), argument(3) + (first << 2), argument(4) + (first << 2), entries, argument(5), m << 2, m);
  }
}

export function spmmTile(t: u32): void {
  const n = argument(7);
  const m = argument(8);
  const chunks = argument(10);
  const parts = argument(11);
  const slice = blockOf(t, argument(9), chunks);
  const part = partOf(t, argument(9), chunks);
  const i0 = cut(n, part, parts);
  const i1 = cut(n, part + 1, parts);
  const width = sliceWidth();
  let j = slice * width;
  const end = min(j + width, m);
  const b = argument(5);
  const stride = m << 2;
  const copied = argument(12);
  if (end == m) touchRows(argument(1), argument(2), argument(3), argument(4), i0, i1);
  if (streamedSequence != sequence) {
    streamedSequence = sequence;
    stream(b, argument(13));
  }
  // Other threads have read what was there before: see lines.ts.
  if (threads() > 1 && n * m << 2 <= NEAR) ownRows(argument(0) + ((i0 * m + j) << 2), stride, i1 - i0, (end - j) << 2);
  if (j + width <= end) {
    const from = copied != 0 ? copiedSlice(b + (j << 2), stride, copied, slice, width << 2) : b + (j << 2);
    const step = copied != 0 ? width << 2 : stride;
    const blocks = argument(14);
    if (blocks > 1) cutRows(part / chunks, n, copied, blocks, MOST_COPIED * (WIDE << 2));
    let starts = argument(1);
    for (let block: u32 = 0; block < blocks; block++) {
      const ends = block + 1 < blocks ? endsIn(block) : argument(2);
      if (isWide()) rows64(i0, i1, j, from, step, starts, ends);
      else rows48(i0, i1, j, from, step, starts, ends);
      starts = ends;
    }
    return;
  }
  for (; j < end; j += 16) rows16(i0, i1, j, b + (j << 2), stride, end - j);
}

/** The operation whose B this thread has read once. */
let streamedSequence: u32 = 0;

/** Which slice of which operation this thread's scratch holds. */
let copiedSequence: u32 = 0;
let copiedNumber: u32 = 0;

/** A contiguous copy of the slice of B at `from`, k rows of `step` bytes, kept for this thread's next tile. */
function copiedSlice(from: usize, stride: usize, k: u32, slice: u32, step: usize): usize {
  const to = scratch();
  if (copiedSequence == sequence && copiedNumber == slice) return to;
  copiedSequence = sequence;
  copiedNumber = slice;
  for (let p: u32 = 0; p < k; p++) {
    const s = from + p * stride;
    const d = to + p * step;
    for (let q: usize = 0; q < step; q += 64) {
      v128.store(d + q, v128.load(s + q), 0);
      v128.store(d + q, v128.load(s + q, 16), 16);
      v128.store(d + q, v128.load(s + q, 32), 32);
      v128.store(d + q, v128.load(s + q, 48), 48);
    }
  }
  return to;
}

/** Where element j of row i of C is. */
// @ts-ignore: decorator
@inline
function place(i: u32, j: u32): usize {
  return argument(0) + ((i * argument(8) + j) << 2);
}

/** Where the sums of row i from column j on lie, if its entries begin at `starts`: C, where it has had others; the bias; or 0. */
// @ts-ignore: decorator
@inline
function sumsBefore(i: u32, j: u32, starts: usize): usize {
  if (starts != argument(1)) return place(i, j);
  return argument(6) != 0 ? argument(6) + (j << 2) : 0;
}

/**
 * Rows i0 … i1−1 of columns j … j+47, from the entries between `starts` and `ends`; `b` is the slice's first element,
 * `stride` bytes between its rows.
 *
 * Arguments are fetched anew for every row, so that the inner loop has the registers to itself: twelve
 * sums, the splat, and one row of B on its way. Where a row of B lies is worked out an entry ahead, since
 * its loads would wait for that; the word read for it behind a row's last entry is not used.
 */
function rows48(i0: u32, i1: u32, j: u32, b: usize, stride: usize, starts: usize, ends: usize): void {
  const zero = f32x4.splat(0);
  for (let i = i0; i < i1; i++) {
    const first = load<u32>(starts + (i << 2)) << 2;
    const length = (load<u32>(ends + (i << 2)) << 2) - first;
    if (length == 0 && starts != argument(1)) continue;
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
    let s6 = zero, s7 = zero, s8 = zero, s9 = zero, s10 = zero, s11 = zero;
    const before = sumsBefore(i, j, starts);
    if (before != 0) {
      s0 = v128.load(before, 0), s1 = v128.load(before, 16), s2 = v128.load(before, 32), s3 = v128.load(before, 48);
      s4 = v128.load(before, 64), s5 = v128.load(before, 80), s6 = v128.load(before, 96), s7 = v128.load(before, 112);
      s8 = v128.load(before, 128), s9 = v128.load(before, 144), s10 = v128.load(before, 160), s11 = v128.load(before, 176);
    }
    let index = argument(3) + first;
    const toValue = argument(4) - argument(3);
    let q = b + load<u32>(index) * stride;
    for (const last = index + length; index != last; ) {
      const a = v128.load_splat<f32>(index + toValue);
      index += 4;
      const next = b + load<u32>(index) * stride;
      s0 = f32x4.add(s0, f32x4.mul(a, v128.load(q, 0)));
      s1 = f32x4.add(s1, f32x4.mul(a, v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.mul(a, v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.mul(a, v128.load(q, 48)));
      s4 = f32x4.add(s4, f32x4.mul(a, v128.load(q, 64)));
      s5 = f32x4.add(s5, f32x4.mul(a, v128.load(q, 80)));
      s6 = f32x4.add(s6, f32x4.mul(a, v128.load(q, 96)));
      s7 = f32x4.add(s7, f32x4.mul(a, v128.load(q, 112)));
      s8 = f32x4.add(s8, f32x4.mul(a, v128.load(q, 128)));
      s9 = f32x4.add(s9, f32x4.mul(a, v128.load(q, 144)));
      s10 = f32x4.add(s10, f32x4.mul(a, v128.load(q, 160)));
      s11 = f32x4.add(s11, f32x4.mul(a, v128.load(q, 176)));
      q = next;
    }
    const c = place(i, j);
    v128.store(c, s0, 0), v128.store(c, s1, 16), v128.store(c, s2, 32), v128.store(c, s3, 48);
    v128.store(c, s4, 64), v128.store(c, s5, 80), v128.store(c, s6, 96), v128.store(c, s7, 112);
    v128.store(c, s8, 128), v128.store(c, s9, 144), v128.store(c, s10, 160), v128.store(c, s11, 176);
  }
}

/** The same for 64 columns, for engines that pair vectors. */
function rows64(i0: u32, i1: u32, j: u32, b: usize, stride: usize, starts: usize, ends: usize): void {
  const zero = f32x4.splat(0);
  for (let i = i0; i < i1; i++) {
    const first = load<u32>(starts + (i << 2)) << 2;
    const length = (load<u32>(ends + (i << 2)) << 2) - first;
    if (length == 0 && starts != argument(1)) continue;
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
    let s6 = zero, s7 = zero, s8 = zero, s9 = zero, s10 = zero, s11 = zero;
    let s12 = zero, s13 = zero, s14 = zero, s15 = zero;
    const before = sumsBefore(i, j, starts);
    if (before != 0) {
      s0 = v128.load(before, 0), s1 = v128.load(before, 16), s2 = v128.load(before, 32), s3 = v128.load(before, 48);
      s4 = v128.load(before, 64), s5 = v128.load(before, 80), s6 = v128.load(before, 96), s7 = v128.load(before, 112);
      s8 = v128.load(before, 128), s9 = v128.load(before, 144), s10 = v128.load(before, 160), s11 = v128.load(before, 176);
      s12 = v128.load(before, 192), s13 = v128.load(before, 208), s14 = v128.load(before, 224), s15 = v128.load(before, 240);
    }
    let index = argument(3) + first;
    const toValue = argument(4) - argument(3);
    let q = b + load<u32>(index) * stride;
    for (const last = index + length; index != last; ) {
      const a = v128.load_splat<f32>(index + toValue);
      index += 4;
      const next = b + load<u32>(index) * stride;
      s0 = f32x4.add(s0, f32x4.mul(a, v128.load(q, 0)));
      s1 = f32x4.add(s1, f32x4.mul(a, v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.mul(a, v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.mul(a, v128.load(q, 48)));
      s4 = f32x4.add(s4, f32x4.mul(a, v128.load(q, 64)));
      s5 = f32x4.add(s5, f32x4.mul(a, v128.load(q, 80)));
      s6 = f32x4.add(s6, f32x4.mul(a, v128.load(q, 96)));
      s7 = f32x4.add(s7, f32x4.mul(a, v128.load(q, 112)));
      s8 = f32x4.add(s8, f32x4.mul(a, v128.load(q, 128)));
      s9 = f32x4.add(s9, f32x4.mul(a, v128.load(q, 144)));
      s10 = f32x4.add(s10, f32x4.mul(a, v128.load(q, 160)));
      s11 = f32x4.add(s11, f32x4.mul(a, v128.load(q, 176)));
      s12 = f32x4.add(s12, f32x4.mul(a, v128.load(q, 192)));
      s13 = f32x4.add(s13, f32x4.mul(a, v128.load(q, 208)));
      s14 = f32x4.add(s14, f32x4.mul(a, v128.load(q, 224)));
      s15 = f32x4.add(s15, f32x4.mul(a, v128.load(q, 240)));
      q = next;
    }
    const c = place(i, j);
    v128.store(c, s0, 0), v128.store(c, s1, 16), v128.store(c, s2, 32), v128.store(c, s3, 48);
    v128.store(c, s4, 64), v128.store(c, s5, 80), v128.store(c, s6, 96), v128.store(c, s7, 112);
    v128.store(c, s8, 128), v128.store(c, s9, 144), v128.store(c, s10, 160), v128.store(c, s11, 176);
    v128.store(c, s12, 192), v128.store(c, s13, 208), v128.store(c, s14, 224), v128.store(c, s15, 240);
  }
}

/** All entries, for up to 16 columns: whole vectors are read, `lanes` numbers stored. */
function rows16(i0: u32, i1: u32, j: u32, b: usize, stride: usize, lanes: u32): void {
  const zero = f32x4.splat(0);
  for (let i = i0; i < i1; i++) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    const bias = argument(6);
    if (bias != 0) {
      const q = bias + (j << 2);
      s0 = v128.load(q, 0), s1 = v128.load(q, 16), s2 = v128.load(q, 32), s3 = v128.load(q, 48);
    }
    const first = load<u32>(argument(1) + (i << 2)) << 2;
    const length = (load<u32>(argument(2) + (i << 2)) << 2) - first;
    let index = argument(3) + first;
    const toValue = argument(4) - argument(3);
    for (const last = index + length; index != last; index += 4) {
      const a = v128.load_splat<f32>(index + toValue);
      const q = b + load<u32>(index) * stride;
      s0 = f32x4.add(s0, f32x4.mul(a, v128.load(q, 0)));
      s1 = f32x4.add(s1, f32x4.mul(a, v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.mul(a, v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.mul(a, v128.load(q, 48)));
    }
    const c = place(i, j);
    storeLanes(c, s0, lanes);
    if (lanes > 4) storeLanes(c + 16, s1, lanes - 4);
    if (lanes > 8) storeLanes(c + 32, s2, lanes - 8);
    if (lanes > 12) storeLanes(c + 48, s3, lanes - 12);
  }
}
