/** out_j = Σ_i a_ij, each column in the order of the rows.   n×m */

import { argument, pass4, scratch } from './layout';
import { Operation } from './tile';
import { run } from './threads';

/** Columns of one tile. */
const COLUMNS: u32 = 128;
/** So many rows are summed in single precision; sums of such blocks in double precision. */
const ROWS: u32 = 256;

export function columnSums(out: usize, a: usize, n: u32, m: u32): void {
  pass4(0, out, a, n, m);
  run(Operation.COLUMN_SUMS, (m + COLUMNS - 1) / COLUMNS, <f64>n * <f64>m);
}

export function columnSumsTile(t: u32): void {
  const n = argument(2);
  const stride = argument(3) << 2;
  const cols = min(argument(3) - t * COLUMNS, COLUMNS);
  const out = argument(0) + ((t * COLUMNS) << 2);
  const a = argument(1) + ((t * COLUMNS) << 2);
  blockSums(out, a, stride, min(n, ROWS), cols);
  if (n <= ROWS) return;
  const block = scratch();
  const totals = block + COLUMNS * 4;
  for (let j: u32 = 0; j < cols; j++) store<f64>(totals + (j << 3), load<f32>(out + (j << 2)));
  for (let i = ROWS; i < n; i += ROWS) {
    blockSums(block, a + i * stride, stride, min(n - i, ROWS), cols);
    for (let j: u32 = 0; j < cols; j++) {
      const total = totals + (j << 3);
      store<f64>(total, load<f64>(total) + load<f32>(block + (j << 2)));
    }
  }
  for (let j: u32 = 0; j < cols; j++) store<f32>(out + (j << 2), <f32>load<f64>(totals + (j << 3)));
}

/** Four rows at a time are added to the running sums, which stay in the first-level cache. */
function blockSums(out: usize, a: usize, stride: usize, rows: u32, cols: u32): void {
  memory.fill(out, 0, cols << 2);
  const whole = (cols & ~7) << 2;
  let i: u32 = 0;
  for (; i + 4 <= rows; i += 4) {
    const a1 = a + stride;
    const a2 = a1 + stride;
    const a3 = a2 + stride;
    for (let j: usize = 0; j < whole; j += 32) {
      let s = f32x4.add(v128.load(out + j), v128.load(a + j));
      let t = f32x4.add(v128.load(out + j, 16), v128.load(a + j, 16));
      s = f32x4.add(s, v128.load(a1 + j));
      t = f32x4.add(t, v128.load(a1 + j, 16));
      s = f32x4.add(s, v128.load(a2 + j));
      t = f32x4.add(t, v128.load(a2 + j, 16));
      s = f32x4.add(s, v128.load(a3 + j));
      t = f32x4.add(t, v128.load(a3 + j, 16));
      v128.store(out + j, s);
      v128.store(out + j, t, 16);
    }
    for (let j = whole; j < cols << 2; j += 4) {
      const s = load<f32>(out + j) + load<f32>(a + j) + load<f32>(a1 + j) + load<f32>(a2 + j);
      store<f32>(out + j, s + load<f32>(a3 + j));
    }
    a = a3 + stride;
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < cols << 2; j += 4) store<f32>(out + j, load<f32>(out + j) + load<f32>(a + j));
    a += stride;
  }
}
