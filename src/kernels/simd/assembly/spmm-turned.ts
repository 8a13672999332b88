/**
 * C = (S·B)ᵀ, S sparse.   d×h = (h×n · n×d)ᵀ
 *
 * A tile is a few rows of S·B, each a sum of whole rows of B (see whole-row.ts), made in scratch and turned from there,
 * so that what is as large as C is written once.
 */

import { argument, pass4, scratch } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { wholeRow } from './whole-row';
import { entriesOf } from './sparse';
import { turnStrip } from './strips';

/** Rows of S of a tile: a cache line or two of each of C's rows. */
const UNITS: u32 = 32;
/** Columns of B at a time, and of those that are turned together. */
const STRETCH: u32 = 4096;
const TURNED: u32 = 64;
/** Bytes between rows in scratch: an odd number of cache lines, so that few of them meet in a set of a cache. */
const STRIDE: usize = 4 * STRETCH + 64;

export function spmmTurned(c: usize, start: usize, end: usize, index: usize, value: usize, b: usize, h: u32, d: u32): void {
  pass4(0, c, start, end, index);
  pass4(4, value, b, h, d);
  run(Operation.SPMM_TURNED, (h + UNITS - 1) / UNITS, 4 * <f64>h * <f64>d + 2 * <f64>entriesOf(start, end, h) * <f64>d);
}

export function spmmTurnedTile(t: u32): void {
  const d = argument(7);
  const j0 = t * UNITS;
  const units = min(argument(6) - j0, UNITS);
  for (let p: u32 = 0; p < d; p += STRETCH) {
    const count = min(d - p, STRETCH);
    for (let u: u32 = 0; u < units; u++) {
      const first = load<u32>(argument(1) + ((j0 + u) << 2));
      const entries = load<u32>(argument(2) + ((j0 + u) << 2)) - first;
      const at = first << 2;
      wholeRow(scratch() + u * STRIDE, 0, argument(3) + at, argument(4) + at, entries, argument(5) + (p << 2), d << 2, count);
    }
    for (let q: u32 = 0; q < count; q += TURNED) turnBlock(j0, units, p + q, scratch() + (q << 2), min(count - q, TURNED));
  }
}

/** Columns p … p+depth−1 of S·B, of rows j0 … j0+units−1, become rows of C. */
function turnBlock(j0: u32, units: u32, p: u32, from: usize, depth: u32): void {
  const step = argument(6) << 2;
  const to = argument(0) + p * step + (j0 << 2);
  const whole = units & ~3;
  for (let u: u32 = 0; u < whole; u += 4) turnStrip(to + (u << 2), step, from + u * STRIDE, STRIDE, depth, 4);
  for (let u = whole; u < units; u++) {
    for (let q: u32 = 0; q < depth; q++) store<f32>(to + q * step + (u << 2), load<f32>(from + u * STRIDE + (q << 2)));
  }
}
