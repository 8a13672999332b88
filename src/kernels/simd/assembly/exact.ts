/**
 * The second half of screen.ts: of the entries of Z that a screen has listed, those it needs, to the bit, and of a row's the k
 * largest.
 *
 * A tile is a block of columns of B, turned, so that a column's numbers are neighbours, and of all rows what is listed there.
 * z is a chain of sums, each waiting for the one before it: eight entries go side by side, four in a vector.
 */

import { argument, scratch } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { storeTurned } from './lanes';
import { A_B } from './panels';
import { rise, sink, sortByColumn } from './select';
import { stream } from './lines';
import { entriesOf, firstAtLeast } from './sparse';
import { columnsFor } from './screen';

/** Eight entries on their way: where x and w are, where z goes; z itself. */
const X: usize = 0;
const W: usize = 32;
const TO: usize = 64;
const Z: usize = 96;
const TURNED: usize = 128;

const CHOSEN_ROWS: u32 = 64;

/** S = the k largest of the positive ones among what `screen`, which has run last, has listed; returns how many there are. */
export function settle(): u32 {
  const n = argument(12);
  const m = argument(13);
  const cols = columnsFor(argument(7));
  const entries = <f64>n * <f64>argument(14);
  run(Operation.EXACT, (m + cols - 1) / cols, entries * <f64>argument(7));
  run(Operation.CHOOSE, (n + CHOSEN_ROWS - 1) / CHOSEN_ROWS, 20 * entries);
  return entriesOf(argument(0), argument(1), n);
}

/** Bytes from one turned column to the next: an odd number of cache lines, so that few of them meet in a set. */
function turnedStride(d: u32): usize {
  return (((d + 15) >> 4) | 1) << 6;
}

export function exactTile(t: u32): void {
  const d = argument(7);
  const m = argument(13);
  const most = argument(11);
  const column = argument(9);
  const j0 = t * columnsFor(d);
  const j1 = min(j0 + columnsFor(d), m);
  const byColumn = argument(8) == A_B;
  const stride: usize = byColumn ? turnedStride(d) : d << 2;
  const w = byColumn ? scratch() + TURNED : argument(5) + j0 * stride;
  if (byColumn) turn(w, stride, argument(5) + (j0 << 2), m << 2, d, j1 - j0);
  let waiting: u32 = 0;
  for (let i: u32 = 0; i < argument(12); i++) {
    const listed = load<i32>(argument(10) + (i << 2));
    if (listed <= 0) continue;
    const last = i * most + listed;
    for (let p = firstAtLeast(column, i * most, last, j0); p < last; p++) {
      const j = load<u32>(column + (p << 2));
      if (j >= j1) break;
      const entry = scratch() + (waiting << 2);
      store<u32>(entry, argument(4) + i * (d << 2), X);
      store<u32>(entry, w + (j - j0) * stride, W);
      store<u32>(entry, argument(16) + (p << 2), TO);
      store<f32>(entry, argument(6) != 0 ? load<f32>(argument(6) + (j << 2)) : 0, Z);
      if (++waiting == 8) {
        finish(8, d);
        waiting = 0;
      }
    }
  }
  if (waiting > 0) finish(waiting, d);
}

/** `cols` columns of d rows, `stride` bytes apart, become as many rows of them, `step` bytes apart. */
function turn(to: usize, step: usize, from: usize, stride: usize, d: u32, cols: u32): void {
  for (let p: u32 = 0; p < d; p++) stream(from + p * stride, cols << 2);
  for (let p: u32 = 0; p + 4 <= d; p += 4) {
    for (let q: u32 = 0; q < cols; q += 4) {
      const x = from + (q << 2);
      const x0 = v128.load(x), x1 = v128.load(x + stride), x2 = v128.load(x + 2 * stride), x3 = v128.load(x + 3 * stride);
      storeTurned(to + q * step + (p << 2), step, x0, x1, x2, x3);
    }
    from += 4 * stride;
  }
  for (let p = d & ~3; p < d; p++) {
    for (let q: u32 = 0; q < cols; q++) store<f32>(to + q * step + (p << 2), load<f32>(from + (q << 2)));
    from += stride;
  }
}

/** The entries that are waiting: those of eight that there are none of are the first again, and go nowhere. */
function finish(waiting: u32, d: u32): void {
  const entry = scratch();
  for (let e = waiting; e < 8; e++) {
    store<u32>(entry + (e << 2), load<u32>(entry, X), X);
    store<u32>(entry + (e << 2), load<u32>(entry, W), W);
  }
  chains(entry, d);
  for (let e: u32 = 0; e < waiting; e++) store<f32>(load<u32>(entry + (e << 2), TO), load<f32>(entry + (e << 2), Z));
}

// @ts-ignore: decorator
@inline
function product(entry: usize, e: usize, p: usize): v128 {
  return f32x4.mul(v128.load(load<u32>(entry + (e << 2), X) + p), v128.load(load<u32>(entry + (e << 2), W) + p));
}

/** z ← z + x_0·w_0 + x_1·w_1 + … of eight entries, p ascending. */
function chains(entry: usize, d: u32): void {
  let low = v128.load(entry, Z), high = v128.load(entry, Z + 16);
  let p: usize = 0;
  for (const end = (d & ~3) << 2; p != end; p += 16) {
    low = addTurned(low, product(entry, 0, p), product(entry, 1, p), product(entry, 2, p), product(entry, 3, p));
    high = addTurned(high, product(entry, 4, p), product(entry, 5, p), product(entry, 6, p), product(entry, 7, p));
  }
  v128.store(entry, low, Z), v128.store(entry, high, Z + 16);
  for (; p != d << 2; p += 4) {
    for (let e: usize = 0; e < 32; e += 4) {
      const x = load<f32>(load<u32>(entry + e, X) + p) * load<f32>(load<u32>(entry + e, W) + p);
      store<f32>(entry + e, load<f32>(entry + e, Z) + x, Z);
    }
  }
}

/** s plus the first of a, b, c, d in its lanes, then the second, … */
// @ts-ignore: decorator
@inline
function addTurned(s: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  const low01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  s = f32x4.add(s, v128.shuffle<f64>(low01, low23, 0, 2));
  s = f32x4.add(s, v128.shuffle<f64>(low01, low23, 1, 3));
  s = f32x4.add(s, v128.shuffle<f64>(high01, high23, 0, 2));
  return f32x4.add(s, v128.shuffle<f64>(high01, high23, 1, 3));
}

export function chooseTile(t: u32): void {
  const i1 = min((t + 1) * CHOSEN_ROWS, argument(12));
  for (let i = t * CHOSEN_ROWS; i < i1; i++) chooseRow(i);
}

function chooseRow(i: u32): void {
  const k = argument(14);
  const from = i * k;
  const index = argument(2) + (from << 2);
  const value = argument(3) + (from << 2);
  const listed = (i * argument(11)) << 2;
  const count = max(load<i32>(argument(10) + (i << 2)), 0) << 2;
  let size: u32 = 0;
  for (let p: usize = listed; p < listed + count; p += 4) {
    const z = load<f32>(argument(16) + p);
    const j = load<u32>(argument(9) + p);
    if (!(z > 0)) continue;
    if (size < k) rise(index, value, size++, z, j);
    else if (z > load<f32>(value)) sink(index, value, size, z, j);
  }
  sortByColumn(index, value, size);
  store<u32>(argument(1) + (i << 2), from + size);
}
