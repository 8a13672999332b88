/**
 * T = Sᵀ, row j's entries in the order of S's rows, from j·n on, or one row behind the other.   S n×m, T m×n
 *
 * Threads share S's columns: a tile goes through all rows of S, and of each deals out the entries in its
 * range of columns to the rows of T, whose `end` counts them. Where rows lie one behind the other, it goes through
 * them once before, to count.
 */

import { argument, pass4 } from './layout';
import { Operation } from './tile';
import { cut, isShared, run, threads } from './threads';
import { touchRows } from './lines';
import { entriesOf, firstAtLeast } from './sparse';

export function transpose(
  startT: usize, endT: usize, indexT: usize, valueT: usize,
  start: usize, end: usize, index: usize, value: usize, n: u32, m: u32, packed: bool,
): void {
  const entries = entriesOf(start, end, n);
  // Each tile looks at every row of S, so there are few; two a thread even out columns of unequal density.
  const flops = 8 * <f64>entries;
  const tiles = min(isShared(flops) ? 2 * threads() : 1, max(m, 1));
  pass4(0, startT, endT, indexT, valueT);
  pass4(4, start, end, index, value);
  pass4(8, n, m, tiles, packed);
  run(Operation.TRANSPOSE, tiles, flops);
}

export function transposeTile(t: u32): void {
  const endT = argument(1);
  const indexT = argument(2);
  const valueT = argument(3);
  const index = argument(6);
  const value = argument(7);
  const n = argument(8);
  const m = argument(9);
  const j0 = cut(m, t, argument(10));
  const j1 = cut(m, t + 1, argument(10));
  touchRows(argument(4), argument(5), index, value, 0, n);
  if (argument(11) != 0) {
    startPacked(j0, j1);
  } else {
    for (let j = j0; j < j1; j++) {
      store<u32>(argument(0) + (j << 2), j * n);
      store<u32>(endT + (j << 2), j * n);
    }
  }
  for (let i: u32 = 0; i < n; i++) {
    const first = load<u32>(argument(4) + (i << 2));
    const last = load<u32>(argument(5) + (i << 2));
    const from = j0 == 0 ? first : firstAtLeast(index, first, last, j0);
    const to = j1 == m ? last : firstAtLeast(index, from, last, j1);
    for (let p: usize = from << 2; p < to << 2; p += 4) {
      const counter = endT + (load<u32>(index + p) << 2);
      const place = load<u32>(counter);
      store<u32>(counter, place + 1);
      store<u32>(indexT + (place << 2), i);
      store<f32>(valueT + (place << 2), load<f32>(value + p));
    }
  }
}

/** Where rows j0 … j1−1 of T begin if each begins where the one before it ends. */
function startPacked(j0: u32, j1: u32): void {
  const startT = argument(0);
  const endT = argument(1);
  const index = argument(6);
  const n = argument(8);
  const m = argument(9);
  for (let j = j0; j < j1; j++) store<u32>(endT + (j << 2), 0);
  let place: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const first = load<u32>(argument(4) + (i << 2));
    const last = load<u32>(argument(5) + (i << 2));
    const from = j0 == 0 ? first : firstAtLeast(index, first, last, j0);
    const to = j1 == m ? last : firstAtLeast(index, from, last, j1);
    place += from - first;
    for (let p: usize = from << 2; p < to << 2; p += 4) {
      const counter = endT + (load<u32>(index + p) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
  }
  for (let j = j0; j < j1; j++) {
    const entries = load<u32>(endT + (j << 2));
    store<u32>(startT + (j << 2), place);
    store<u32>(endT + (j << 2), place);
    place += entries;
  }
}
