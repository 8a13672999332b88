/** From dense to sparse rows. */

import { argument, LEFT_PACK, NOT_FINITE, pass4, PLACED, SCRATCH_BYTES, scratch } from './layout';
import { Operation } from './tile';
import { run, threads } from './threads';

/** Elements of one tile, roughly, at the most: of a small batch each thread has the rows that it has elsewhere (see threads.ts). */
const TILE_ELEMENTS: u32 = 16384;

/**
 * S = the non-zeros of A, rows end to end, those of a tile in order, tiles as they are ready; returns how many, or −1 if not
 * all are finite.   n×m
 */
export function compress(start: usize, end: usize, index: usize, value: usize, a: usize, n: u32, m: u32): i32 {
  const shared = max(min(TILE_ELEMENTS / max(m, 1), (n + threads() - 1) / threads()), 1);
  const rows = m << 3 <= load<u32>(SCRATCH_BYTES) ? shared : n;
  pass4(0, start, end, index, value);
  pass4(4, a, n, m, rows);
  store<u32>(NOT_FINITE, 0);
  store<u32>(PLACED, 0);
  run(Operation.COMPRESS, (n + rows - 1) / rows, 4 * <f64>n * <f64>m);
  return load<u32>(NOT_FINITE) != 0 ? -1 : load<i32>(PLACED);
}

/** How many there are decides where they go: they wait in the thread's scratch, unless there is but one tile. */
export function compressTile(t: u32): void {
  const m = argument(6);
  const rows = argument(7);
  const i0 = t * rows;
  const i1 = min(i0 + rows, argument(5));
  const alone = rows >= argument(5);
  const index = alone ? argument(2) : scratch();
  const value = alone ? argument(3) : scratch() + ((rows * m) << 2);
  let entries: u32 = 0;
  for (let i = i0; i < i1; i++) {
    entries += packRow(index + (entries << 2), value + (entries << 2), argument(4) + ((i * m) << 2), m);
    store<u32>(argument(1) + (i << 2), entries);
  }
  const place = atomic.add<u32>(PLACED, entries);
  let from = place;
  for (let i = i0; i < i1; i++) {
    store<u32>(argument(0) + (i << 2), from);
    from = place + load<u32>(argument(1) + (i << 2));
    store<u32>(argument(1) + (i << 2), from);
  }
  if (alone) return;
  memory.copy(argument(2) + (place << 2), index, entries << 2);
  memory.copy(argument(3) + (place << 2), value, entries << 2);
}

/**
 * Four elements at a time, without branches: a byte shuffle moves the non-zeros to the front, whole
 * vectors are stored, and the next store overwrites what was not kept. As many elements are read as
 * could have been written, so no store reaches beyond m places from the row's first. x − x is 0 for every finite x,
 * and NaN for the others. Sixteen zeros in a row, of which pictures have many, are passed over.
 */
// @ts-ignore: decorator
@inline
function packRow(index: usize, value: usize, a: usize, m: u32): u32 {
  const zero = f32x4.splat(0);
  let differences = zero;
  let to: usize = 0;
  let j: u32 = 0;
  for (; j + 16 <= m; j += 16) {
    const x0 = v128.load(a), x1 = v128.load(a, 16), x2 = v128.load(a, 32), x3 = v128.load(a, 48);
    a += 64;
    if (!v128.any_true(v128.or(v128.or(x0, x1), v128.or(x2, x3)))) continue;
    const columns = i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3));
    to += pack(index + to, value + to, x0, columns);
    to += pack(index + to, value + to, x1, i32x4.add(columns, i32x4.splat(4)));
    to += pack(index + to, value + to, x2, i32x4.add(columns, i32x4.splat(8)));
    to += pack(index + to, value + to, x3, i32x4.add(columns, i32x4.splat(12)));
    differences = f32x4.add(differences, f32x4.add(f32x4.sub(x0, x0), f32x4.sub(x1, x1)));
    differences = f32x4.add(differences, f32x4.add(f32x4.sub(x2, x2), f32x4.sub(x3, x3)));
  }
  for (; j + 4 <= m; j += 4) {
    const x = v128.load(a);
    a += 16;
    to += pack(index + to, value + to, x, i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3)));
    differences = f32x4.add(differences, f32x4.sub(x, x));
  }
  for (; j < m; j++) {
    const x = load<f32>(a);
    a += 4;
    store<f32>(value + to, x);
    store<u32>(index + to, j);
    to += <u32>(x != 0) << 2;
    differences = f32x4.add(differences, f32x4.splat(x - x));
  }
  if (v128.any_true(f32x4.ne(differences, zero))) store<u32>(NOT_FINITE, 1);
  return to >> 2;
}

/** Stores what is not zero of x, and its columns; how many bytes of each. */
// @ts-ignore: decorator
@inline
function pack(index: usize, value: usize, x: v128, columns: v128): usize {
  const mask = i32x4.bitmask(f32x4.ne(x, f32x4.splat(0)));
  const shuffle = v128.load(LEFT_PACK + (mask << 4));
  v128.store(value, i8x16.swizzle(x, shuffle));
  v128.store(index, i8x16.swizzle(columns, shuffle));
  return popcnt(mask) << 2;
}
