/**
 * The k largest of a row, of those that are greater than 0: they are what ReLU leaves of the row's k largest.
 *
 * While the row goes by, a heap of at most k entries lies in the place of its result: value[0] is the least of
 * them, and index its column. Entry a is below entry b if its value is less, or the same and its column greater,
 * so that of equals the lower column stays. Most of a row is turned away four at a time, by one comparison with
 * the least entry of a full heap.
 */

import { NOT_FINITE } from './layout';
import { keepLanes } from './lanes';

/**
 * Takes the `count` elements of `z`, columns j, j+1, …, into a heap of `size` entries; returns how many it has then.
 * x − x is 0 for every finite x, and NaN for the others: NOT_FINITE hears of them.
 */
export function offer(index: usize, value: usize, size: u32, k: u32, z: usize, j: u32, count: u32): u32 {
  const zero = f32x4.splat(0);
  let differences = zero;
  let least = f32x4.splat(size < k ? 0 : load<f32>(value));
  for (let q: u32 = 0; q < count; q += 4) {
    let x = v128.load(z + (q << 2));
    if (q + 4 > count) x = keepLanes(x, count - q);
    differences = f32x4.add(differences, f32x4.sub(x, x));
    const greater = f32x4.gt(x, least);
    if (!v128.any_true(greater)) continue;
    for (let lanes = i32x4.bitmask(greater); lanes != 0; lanes &= lanes - 1) {
      const column = q + ctz(lanes);
      const y = load<f32>(z + (column << 2));
      if (size < k) rise(index, value, size++, y, j + column);
      else if (y > load<f32>(value)) sink(index, value, size, y, j + column);
    }
    if (size == k) least = f32x4.splat(load<f32>(value));
  }
  if (v128.any_true(f32x4.ne(differences, zero))) store<u32>(NOT_FINITE, 1);
  return size;
}

/** A heap's entries, ordered by their columns: the greatest column goes to the end, time after time. */
export function sortByColumn(index: usize, value: usize, size: u32): void {
  for (let p = size >> 1; p > 0; p--) sinkColumn(index, value, p - 1, size);
  for (let last = size; last > 1; ) {
    last--;
    const j = load<u32>(index + (last << 2));
    const x = load<f32>(value + (last << 2));
    store<u32>(index + (last << 2), load<u32>(index));
    store<f32>(value + (last << 2), load<f32>(value));
    store<u32>(index, j);
    store<f32>(value, x);
    sinkColumn(index, value, 0, last);
  }
}

// @ts-ignore: decorator
@inline
function below(x: f32, j: u32, y: f32, l: u32): bool {
  return x < y || (x == y && j > l);
}

// @ts-ignore: decorator
@inline
function put(index: usize, value: usize, p: u32, x: f32, j: u32): void {
  store<f32>(value + (p << 2), x);
  store<u32>(index + (p << 2), j);
}

/** Puts (x, j) into place p, which is free, or above it. */
export function rise(index: usize, value: usize, p: u32, x: f32, j: u32): void {
  while (p > 0) {
    const up = (p - 1) >> 1;
    const y = load<f32>(value + (up << 2));
    const l = load<u32>(index + (up << 2));
    if (!below(x, j, y, l)) break;
    put(index, value, p, y, l);
    p = up;
  }
  put(index, value, p, x, j);
}

/** Puts (x, j) into the place of the least entry, or below it. */
export function sink(index: usize, value: usize, size: u32, x: f32, j: u32): void {
  let p: u32 = 0;
  for (let child: u32 = 1; child < size; child = 2 * p + 1) {
    let y = load<f32>(value + (child << 2));
    let l = load<u32>(index + (child << 2));
    if (child + 1 < size) {
      const right = load<f32>(value + (child << 2), 4);
      const column = load<u32>(index + (child << 2), 4);
      if (below(right, column, y, l)) {
        child++;
        y = right;
        l = column;
      }
    }
    if (below(x, j, y, l)) break;
    put(index, value, p, y, l);
    p = child;
  }
  put(index, value, p, x, j);
}

/** The entry of place p moves down a heap whose greatest column is on top. */
function sinkColumn(index: usize, value: usize, p: u32, size: u32): void {
  const x = load<f32>(value + (p << 2));
  const j = load<u32>(index + (p << 2));
  for (let child: u32 = 2 * p + 1; child < size; child = 2 * p + 1) {
    if (child + 1 < size && load<u32>(index + (child << 2), 4) > load<u32>(index + (child << 2))) child++;
    if (load<u32>(index + (child << 2)) < j) break;
    put(index, value, p, load<f32>(value + (child << 2)), load<u32>(index + (child << 2)));
    p = child;
  }
  put(index, value, p, x, j);
}
