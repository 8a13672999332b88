/** out_i = Σ of row i's entries, in double precision and in their order. */

import { argument, pass4 } from './layout';
import { Operation } from './tile';
import { run } from './threads';
import { entriesOf } from './sparse';

const TILE: u32 = 2048;

export function rowSums(out: usize, start: usize, end: usize, value: usize, n: u32): void {
  pass4(0, out, start, end, value);
  pass4(4, n, 0, 0, 0);
  run(Operation.ROW_SUMS, (n + TILE - 1) / TILE, 4 * <f64>n + 4 * <f64>entriesOf(start, end, n));
}

export function rowSumsTile(t: u32): void {
  const i1 = min((t + 1) * TILE, argument(4));
  for (let i = t * TILE; i < i1; i++) {
    let sum: f64 = 0;
    const last = load<u32>(argument(2) + (i << 2));
    for (let p = load<u32>(argument(1) + (i << 2)); p < last; p++) sum += load<f32>(argument(3) + (p << 2));
    store<f32>(argument(0) + (i << 2), <f32>sum);
  }
}
