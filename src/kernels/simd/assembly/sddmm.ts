/**
 * c_ij = Σ_p a_ip·b_jp where `at` holds an entry (i, j), 0 elsewhere; or the products alone, each in the place of
 * its entry.   n×m, n×k, m×k
 *
 * Four products at a time share the loads of a_i, each a sum in eight lanes; blocks of rows of
 * B that fit the second-level cache are the outer loop, rows of A the inner, unless a row has next to nothing in a
 * block. A product has the same bits whichever others it is computed with.
 */

import { argument, pass4, scratch } from './layout';
import { Operation } from './tile';
import { blockOf, cut, partOf, run, threads } from './threads';
import { keepLanes, laneSums, storeLanes } from './lanes';
import { entriesOf, firstAtLeast } from './sparse';

const BLOCK_BYTES: u32 = 512 << 10;
const TILE_FLOPS: f64 = 200000;
/** Entries that a row should have in a block. */
const WORTH_BLOCKS: u32 = 4;

/**
 * A tile is a block of rows of B and a chunk of rows of A. Threads share the rows of A, each its group of them.
 * The products go to c, or to `value` where that is 0.
 */
export function sddmm(
  c: usize, value: usize, start: usize, end: usize, index: usize,
  a: usize, b: usize, n: u32, k: u32, m: u32,
): void {
  const entries = entriesOf(start, end, n);
  const flops = 2 * <f64>entries * <f64>k + <f64>n * <f64>m;
  const block = max(BLOCK_BYTES / max(k << 2, 1), 8);
  const most = (m + block - 1) / block;
  const blocks = entries < WORTH_BLOCKS * n * most ? min(most, 1) : most;
  const groups = threads();
  const chunks = <u32>min(flops / TILE_FLOPS, 4096) / max(blocks * groups, 1) + 1;
  pass4(0, c, start, end, index);
  pass4(4, a, b, n, k);
  pass4(8, m, blocks, chunks, groups * chunks);
  pass4(12, value, 0, 0, 0);
  run(Operation.SDDMM, groups * blocks * chunks, flops);
}

export function sddmmTile(t: u32): void {
  const index = argument(3);
  const n = argument(6);
  const k = argument(7);
  const m = argument(8);
  const blocks = argument(9);
  const chunks = argument(10);
  const parts = argument(11);
  const block = blockOf(t, blocks, chunks);
  const part = partOf(t, blocks, chunks);
  const i0 = cut(n, part, parts);
  const i1 = cut(n, part + 1, parts);
  const j0 = cut(m, block, blocks);
  const j1 = cut(m, block + 1, blocks);
  for (let i = i0; i < i1; i++) {
    const row = argument(0) != 0 ? argument(0) + ((i * m) << 2) : 0;
    if (row != 0) memory.fill(row + (j0 << 2), 0, (j1 - j0) << 2);
    const first = load<u32>(argument(1) + (i << 2));
    const last = load<u32>(argument(2) + (i << 2));
    const from = j0 == 0 ? first : firstAtLeast(index, first, last, j0);
    const to = j1 == m ? last : firstAtLeast(index, from, last, j1);
    dots(row, argument(12), index, from, to, argument(4) + ((i * k) << 2), argument(5), k);
  }
}

/** row[j], or value[p], = a·b_j for the columns j = index[p], p = from … to−1. */
function dots(row: usize, value: usize, index: usize, from: u32, to: u32, a: usize, b: usize, k: u32): void {
  for (let p = from; p < to; ) {
    const count: u32 = to - p > 2 ? 4 : 2;
    const i = index + (p << 2);
    const s = count == 4 ? fourDots(i, to - p, a, b, k) : twoDots(i, to - p, a, b, k);
    if (row == 0) storeLanes(value + (p << 2), s, min(to - p, count));
    else scatter(row, i, s, min(to - p, count));
    p += count;
  }
}

/** row[j] for the columns j that `index` begins with. */
// @ts-ignore: decorator
@inline
function scatter(row: usize, index: usize, s: v128, count: u32): void {
  store<f32>(row + (load<u32>(index) << 2), f32x4.extract_lane(s, 0));
  if (count > 1) store<f32>(row + (load<u32>(index, 4) << 2), f32x4.extract_lane(s, 1));
  if (count > 2) store<f32>(row + (load<u32>(index, 8) << 2), f32x4.extract_lane(s, 2));
  if (count > 3) store<f32>(row + (load<u32>(index, 12) << 2), f32x4.extract_lane(s, 3));
}

/**
 * a·b_j for four columns j, the last of them again where there are but three.
 *
 * The sums end in memory because it is there that engines look for vectors to pair. What is stored in the loop is never
 * read: V8 (of Node 20) would load all ten vectors before the first of them is used, which is more than there are registers.
 */
// @ts-ignore: decorator
@inline
function fourDots(index: usize, left: u32, a: usize, b: usize, k: u32): v128 {
  const stride = k << 2;
  const sums = scratch();
  const even = a + ((k & ~7) << 2);
  let b0 = b + load<u32>(index) * stride;
  let b1 = b + load<u32>(index, 4) * stride;
  let b2 = b + load<u32>(index, 8) * stride;
  let b3 = b + load<u32>(index + (min(left - 1, 3) << 2)) * stride;
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
  let t0 = zero, t1 = zero, t2 = zero, t3 = zero;
  while (a != even) {
    const u = v128.load(a), v = v128.load(a, 16);
    s0 = f32x4.add(s0, f32x4.mul(u, v128.load(b0)));
    t0 = f32x4.add(t0, f32x4.mul(v, v128.load(b0, 16)));
    s1 = f32x4.add(s1, f32x4.mul(u, v128.load(b1)));
    t1 = f32x4.add(t1, f32x4.mul(v, v128.load(b1, 16)));
    v128.store(sums, s1);
    s2 = f32x4.add(s2, f32x4.mul(u, v128.load(b2)));
    t2 = f32x4.add(t2, f32x4.mul(v, v128.load(b2, 16)));
    s3 = f32x4.add(s3, f32x4.mul(u, v128.load(b3)));
    t3 = f32x4.add(t3, f32x4.mul(v, v128.load(b3, 16)));
    a += 32;
    b0 += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
  }
  v128.store(sums, s0);
  v128.store(sums, t0, 16);
  v128.store(sums, s1, 32);
  v128.store(sums, t1, 48);
  v128.store(sums, s2, 64);
  v128.store(sums, t2, 80);
  v128.store(sums, s3, 96);
  v128.store(sums, t3, 112);
  s0 = halves(sums), s1 = halves(sums + 32), s2 = halves(sums + 64), s3 = halves(sums + 96);
  for (let rest: i32 = k & 7; rest > 0; rest -= 4) {
    const u = v128.load(a);
    s0 = f32x4.add(s0, keepLanes(f32x4.mul(u, v128.load(b0)), rest));
    s1 = f32x4.add(s1, keepLanes(f32x4.mul(u, v128.load(b1)), rest));
    s2 = f32x4.add(s2, keepLanes(f32x4.mul(u, v128.load(b2)), rest));
    s3 = f32x4.add(s3, keepLanes(f32x4.mul(u, v128.load(b3)), rest));
    a += 16;
    b0 += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
  return laneSums(s0, s1, s2, s3);
}

/** The same for two columns, or one. */
// @ts-ignore: decorator
@inline
function twoDots(index: usize, left: u32, a: usize, b: usize, k: u32): v128 {
  const stride = k << 2;
  const sums = scratch();
  const even = a + ((k & ~7) << 2);
  let b0 = b + load<u32>(index) * stride;
  let b1 = b + load<u32>(index + (min(left - 1, 1) << 2)) * stride;
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero, t0 = zero, t1 = zero;
  while (a != even) {
    const u = v128.load(a), v = v128.load(a, 16);
    s0 = f32x4.add(s0, f32x4.mul(u, v128.load(b0)));
    t0 = f32x4.add(t0, f32x4.mul(v, v128.load(b0, 16)));
    s1 = f32x4.add(s1, f32x4.mul(u, v128.load(b1)));
    t1 = f32x4.add(t1, f32x4.mul(v, v128.load(b1, 16)));
    a += 32;
    b0 += 32;
    b1 += 32;
  }
  v128.store(sums, s0);
  v128.store(sums, t0, 16);
  v128.store(sums, s1, 32);
  v128.store(sums, t1, 48);
  s0 = halves(sums), s1 = halves(sums + 32);
  for (let rest: i32 = k & 7; rest > 0; rest -= 4) {
    const u = v128.load(a);
    s0 = f32x4.add(s0, keepLanes(f32x4.mul(u, v128.load(b0)), rest));
    s1 = f32x4.add(s1, keepLanes(f32x4.mul(u, v128.load(b1)), rest));
    a += 16;
    b0 += 16;
    b1 += 16;
  }
  return laneSums(s0, s1, s0, s1);
}

/** Eight sums as four. */
// @ts-ignore: decorator
@inline
function halves(sums: usize): v128 {
  return f32x4.add(v128.load(sums), v128.load(sums, 16));
}
