/**
 * C = A·B + bias, A sparse.   n×m = n×k · k×m
 *
 * c_i = bias + Σ_p a_ip·b_p, a sum of rows of B. 24 columns of c_i stay in six registers from the bias
 * to the single store while the row's entries stream by: per entry one splat and six times load,
 * multiply, add. Six because compilers like to do the loads first: six sums, six loads and the splat
 * are 13 registers of 16; with eight, sums would go through memory. Columns are the outer loop, so the
 * k×24 slice of B that a tile reads stays in the nearest caches while all rows of A pass over it.
 *
 * Every element is the same chain of multiply-then-add in the order of A's entries, however wide the
 * slice; the dense product (gemm.ts) follows the same chain.
 */

import { argument, pass4, scratch, SCRATCH_BYTES } from './layout';
import { Operation } from './tile';
import { run, sequence } from './threads';
import { storeLanes } from './lanes';

/** Roughly the flops of one tile: a few microseconds, long enough to pay for the claim. */
const TILE_FLOPS: f64 = 200000;
/** Columns of a slice, and bytes between the rows of a copied one. */
const WIDTH: u32 = 24;
const STEP: u32 = 96;
/** Elements of B from which on slices are copied. */
const COPIED_FROM: u32 = 1 << 16;

export function spmm(
  c: usize, start: usize, end: usize, index: usize,
  value: usize, b: usize, bias: usize, n: u32,
  k: u32, m: u32,
): void {
  let entries: u32 = 0;
  for (let i: u32 = 0; i < n; i++) entries += load<u32>(end + (i << 2)) - load<u32>(start + (i << 2));
  const flops = 2 * <f64>entries * <f64>m;
  const slices = (m + WIDTH - 1) / WIDTH;
  const wanted = <u32>min(flops / TILE_FLOPS, 4096) / max(slices, 1) + 1;
  const rows = max((n + wanted - 1) / wanted, 1);
  const chunks = (n + rows - 1) / rows;
  // The rows of a slice lie in different pages, and, powers of two apart, in few cache sets.
  const copies = k * m > COPIED_FROM && entries > 16 * k && k * STEP <= load<u32>(SCRATCH_BYTES);
  pass4(0, c, start, end, index);
  pass4(4, value, b, bias, n);
  pass4(8, m, rows, chunks, copies ? k : 0);
  run(Operation.SPMM, slices * chunks, flops + 4 * <f64>n);
}

export function spmmTile(t: u32): void {
  const m = argument(8);
  const rows = argument(9);
  const chunks = argument(10);
  const slice = t / chunks;
  const i0 = (t - slice * chunks) * rows;
  const i1 = min(i0 + rows, argument(7));
  let j = slice * WIDTH;
  const end = min(j + WIDTH, m);
  const b = argument(5);
  const stride = m << 2;
  const copied = argument(11);
  if (end == m) touch(i0, i1);
  if (j + WIDTH <= end) {
    if (copied != 0) rows24(i0, i1, j, copiedSlice(b + (j << 2), stride, copied, slice), STEP);
    else rows24(i0, i1, j, b + (j << 2), stride);
    return;
  }
  for (; j + 16 <= end; j += 16) rows16(i0, i1, j, b + (j << 2), stride);
  for (; j < end; j += 4) rows4(i0, i1, j, b + (j << 2), stride, min(end - j, 4));
}

/** Where `touch` leaves what it read, lest a compiler skip the reading. */
let touched: u32 = 0;

/**
 * Reads one word of every line that the rows' entries lie in. A minibatch is scattered over a data set
 * far larger than the caches; these reads wait for memory all at once, those of the product would in
 * turn. The last slice does it, since it is computed first.
 */
function touch(i0: u32, i1: u32): void {
  let sum: u32 = 0;
  for (let i = i0; i < i1; i++) {
    const last = load<u32>(argument(2) + (i << 2)) << 2;
    for (let p: usize = load<u32>(argument(1) + (i << 2)) << 2; p < last; p += 64) {
      sum += load<u32>(argument(3) + p) + load<u32>(argument(4) + p);
    }
  }
  touched = sum;
}

/** Which slice of which operation this thread's scratch holds. */
let copiedSequence: u32 = 0;
let copiedNumber: u32 = 0;

/** A contiguous k×24 copy of the slice of B at `from`, kept for this thread's next tile. */
function copiedSlice(from: usize, stride: usize, k: u32, slice: u32): usize {
  const to = scratch();
  if (copiedSequence == sequence && copiedNumber == slice) return to;
  copiedSequence = sequence;
  copiedNumber = slice;
  for (let p: u32 = 0; p < k; p++) {
    const s = from + p * stride;
    const d = to + p * STEP;
    v128.store(d, v128.load(s), 0);
    v128.store(d, v128.load(s, 16), 16);
    v128.store(d, v128.load(s, 32), 32);
    v128.store(d, v128.load(s, 48), 48);
    v128.store(d, v128.load(s, 64), 64);
    v128.store(d, v128.load(s, 80), 80);
  }
  return to;
}

/**
 * Rows i0 … i1−1 of columns j … j+23; `b` is the slice's first element, `stride` bytes between its rows.
 * Arguments are fetched anew for every row, so that the inner loop has the registers to itself.
 */
function rows24(i0: u32, i1: u32, j: u32, b: usize, stride: usize): void {
  const zero = f32x4.splat(0);
  for (let i = i0; i < i1; i++) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero;
    const bias = argument(6);
    if (bias != 0) {
      const q = bias + (j << 2);
      s0 = v128.load(q, 0);
      s1 = v128.load(q, 16);
      s2 = v128.load(q, 32);
      s3 = v128.load(q, 48);
      s4 = v128.load(q, 64);
      s5 = v128.load(q, 80);
    }
    const first = load<u32>(argument(1) + (i << 2)) << 2;
    const length = (load<u32>(argument(2) + (i << 2)) << 2) - first;
    let value = argument(4) + first;
    let index = argument(3) + first;
    for (const last = index + length; index != last; index += 4) {
      const a = v128.load_splat<f32>(value);
      const q = b + load<u32>(index) * stride;
      s0 = f32x4.add(s0, f32x4.mul(a, v128.load(q, 0)));
      s1 = f32x4.add(s1, f32x4.mul(a, v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.mul(a, v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.mul(a, v128.load(q, 48)));
      s4 = f32x4.add(s4, f32x4.mul(a, v128.load(q, 64)));
      s5 = f32x4.add(s5, f32x4.mul(a, v128.load(q, 80)));
      value += 4;
    }
    const c = argument(0) + ((i * argument(8) + j) << 2);
    v128.store(c, s0, 0);
    v128.store(c, s1, 16);
    v128.store(c, s2, 32);
    v128.store(c, s3, 48);
    v128.store(c, s4, 64);
    v128.store(c, s5, 80);
  }
}

/** The same for 16 columns. */
function rows16(i0: u32, i1: u32, j: u32, b: usize, stride: usize): void {
  const zero = f32x4.splat(0);
  for (let i = i0; i < i1; i++) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    const bias = argument(6);
    if (bias != 0) {
      const q = bias + (j << 2);
      s0 = v128.load(q, 0);
      s1 = v128.load(q, 16);
      s2 = v128.load(q, 32);
      s3 = v128.load(q, 48);
    }
    const first = load<u32>(argument(1) + (i << 2)) << 2;
    const length = (load<u32>(argument(2) + (i << 2)) << 2) - first;
    let value = argument(4) + first;
    let index = argument(3) + first;
    for (const last = index + length; index != last; index += 4) {
      const a = v128.load_splat<f32>(value);
      const q = b + load<u32>(index) * stride;
      s0 = f32x4.add(s0, f32x4.mul(a, v128.load(q, 0)));
      s1 = f32x4.add(s1, f32x4.mul(a, v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.mul(a, v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.mul(a, v128.load(q, 48)));
      value += 4;
    }
    const c = argument(0) + ((i * argument(8) + j) << 2);
    v128.store(c, s0, 0);
    v128.store(c, s1, 16);
    v128.store(c, s2, 32);
    v128.store(c, s3, 48);
  }
}

/** The same for up to four columns: whole vectors are read, `lanes` of them stored. */
function rows4(i0: u32, i1: u32, j: u32, b: usize, stride: usize, lanes: u32): void {
  for (let i = i0; i < i1; i++) {
    const bias = argument(6);
    let s = bias != 0 ? v128.load(bias + (j << 2)) : f32x4.splat(0);
    const first = load<u32>(argument(1) + (i << 2)) << 2;
    const length = (load<u32>(argument(2) + (i << 2)) << 2) - first;
    let value = argument(4) + first;
    let index = argument(3) + first;
    for (const last = index + length; index != last; index += 4) {
      s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(value), v128.load(b + load<u32>(index) * stride)));
      value += 4;
    }
    storeLanes(argument(0) + ((i * argument(8) + j) << 2), s, lanes);
  }
}
