/**
 * T = Sᵀ, row j's entries in the order of S's rows.   S n×m, T m×n
 *
 * A counting sort: chunks of S's rows count their entries per column, a running sum over columns and
 * chunks turns every count into the place of that chunk's first entry in that column, and the chunks
 * deal their entries out. A chunk's counters are its own, so chunks need no order among themselves, and
 * the result does not depend on how many there are: one per thread.
 */

import { argument, pass4, SCRATCH, SCRATCH_BYTES, THREADS } from './layout';
import { Operation } from './tile';
import { run } from './threads';

/** Fewer entries than this are not worth sharing. */
const WORTH_SHARING: u32 = 8192;

export function transpose(
  startT: usize, endT: usize, indexT: usize, valueT: usize,
  start: usize, end: usize, index: usize, value: usize, n: u32, m: u32,
): void {
  let entries: u32 = 0;
  for (let i: u32 = 0; i < n; i++) entries += load<u32>(end + (i << 2)) - load<u32>(start + (i << 2));
  const threads = load<u32>(THREADS);
  const room = m << 2 <= load<u32>(SCRATCH_BYTES);
  const shares = threads > 1 && n >= threads && room && entries > WORTH_SHARING;
  // A single chunk counts in T's own row ends.
  const counters = shares ? load<u32>(SCRATCH) : endT;
  const rows = shares ? (n + threads - 1) / threads : n;
  const chunks = max((n + rows - 1) / max(rows, 1), 1);
  pass4(0, counters, indexT, valueT, start);
  pass4(4, end, index, value, n);
  pass4(8, m, rows, 0, 0);
  const cost = 8 * <f64>entries;
  run(Operation.COUNT, chunks, cost);
  let place: u32 = 0;
  for (let j: u32 = 0; j < m; j++) {
    store<u32>(startT + (j << 2), place);
    for (let chunk: u32 = 0; chunk < chunks; chunk++) {
      const counter = counters + ((chunk * m + j) << 2);
      const count = load<u32>(counter);
      store<u32>(counter, place);
      place += count;
    }
    if (shares) store<u32>(endT + (j << 2), place);
  }
  run(Operation.PLACE, chunks, cost);
}

export function countTile(chunk: u32): void {
  const start = argument(3);
  const end = argument(4);
  const index = argument(5);
  const m = argument(8);
  const i0 = chunk * argument(9);
  const i1 = min(i0 + argument(9), argument(7));
  const counters = argument(0) + ((chunk * m) << 2);
  memory.fill(counters, 0, m << 2);
  for (let i = i0; i < i1; i++) {
    const last = load<u32>(end + (i << 2)) << 2;
    for (let p: usize = load<u32>(start + (i << 2)) << 2; p < last; p += 4) {
      const counter = counters + (load<u32>(index + p) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
  }
}

export function placeTile(chunk: u32): void {
  const indexT = argument(1);
  const valueT = argument(2);
  const start = argument(3);
  const end = argument(4);
  const index = argument(5);
  const value = argument(6);
  const i0 = chunk * argument(9);
  const i1 = min(i0 + argument(9), argument(7));
  const counters = argument(0) + ((chunk * argument(8)) << 2);
  for (let i = i0; i < i1; i++) {
    const last = load<u32>(end + (i << 2)) << 2;
    for (let p: usize = load<u32>(start + (i << 2)) << 2; p < last; p += 4) {
      const counter = counters + (load<u32>(index + p) << 2);
      const place = load<u32>(counter);
      store<u32>(counter, place + 1);
      store<u32>(indexT + (place << 2), i);
      store<f32>(valueT + (place << 2), load<f32>(value + p));
    }
  }
}
