/**
 * The k largest positive entries of every row of Z = A·B + bias (or A·Bᵀ + bias), columns ascending, Z itself
 * being written nowhere.   Z n×m = n×d · d×m after transposition
 *
 * A tile is a group of rows with all their columns, so that a row has one owner: its part of A is copied once,
 * then 128 columns of Z at a time are computed into scratch, as gemm.ts would, and offered to the rows' heaps.
 */

import { argument, NOT_FINITE, pass4, scratch, SCRATCH_BYTES } from './layout';
import { Operation } from './tile';
import { run, threads } from './threads';
import { BLOCK_BYTES, DEPTH, multiplyPanels, packA, packB, startBlock } from './panels';
import { offer, sortByColumn } from './select';
import { entriesOf } from './sparse';

/** Columns of Z at a time. */
const COLS: u32 = 128;
const B_BYTES: usize = COLS * DEPTH * 4;
/** Rows of a tile: the more, the less often B is copied; so many always, so many as long as A's copy has room. */
const ROWS: u32 = 128;
const MOST_ROWS: u32 = 256;
const C_BYTES: usize = MOST_ROWS * COLS * 4;
const STRIDE: usize = COLS * 4;
/** Elements of a tile of a matrix that is there, roughly. */
const TILE_ELEMENTS: u32 = 16384;

/** S = the k largest of the positive entries of Z's rows, row i from i·k on; returns how many, or −1 if not all of Z is finite. */
export function gemmTopK(
  start: usize, end: usize, index: usize, value: usize,
  a: usize, b: usize, bias: usize, n: u32, d: u32, m: u32, k: u32, form: u32,
): i32 {
  const rows = max(rowsPerTile(n, d), 4);
  pass4(4, a, b, bias, d);
  pass4(8, form, 0, 0, 0);
  return select(Operation.GEMM_TOPK, start, end, index, value, n, m, k, rows, 2 * <f64>n * <f64>d * <f64>m);
}

/** The same of a matrix that is there. */
export function topK(start: usize, end: usize, index: usize, value: usize, z: usize, n: u32, m: u32, k: u32): i32 {
  pass4(4, z, 0, 0, 0);
  return select(Operation.TOPK, start, end, index, value, n, m, k, max(TILE_ELEMENTS / max(m, 1), 1), 2 * <f64>n * <f64>m);
}

function select(
  operation: Operation, start: usize, end: usize, index: usize, value: usize,
  n: u32, m: u32, k: u32, rows: u32, flops: f64,
): i32 {
  pass4(0, start, end, index, value);
  pass4(12, n, m, k, rows);
  store<u32>(NOT_FINITE, 0);
  run(operation, (n + rows - 1) / rows, flops);
  const entries = entriesOf(start, end, n);
  return load<u32>(NOT_FINITE) != 0 ? -1 : <i32>entries;
}

/** As few tiles as can be, but as many for every thread, each a multiple of four rows. */
function rowsPerTile(n: u32, d: u32): u32 {
  const room = <u32>(load<u32>(SCRATCH_BYTES) - C_BYTES - BLOCK_BYTES - B_BYTES) / max(d << 2, 1);
  const most = min(max(room & ~3, ROWS), MOST_ROWS) * threads();
  const tiles = max((n + most - 1) / most, 1) * threads();
  return ((n + tiles - 1) / tiles + 3) & ~3;
}

export function gemmTopKTile(t: u32): void {
  const a = argument(4);
  const bias = argument(6);
  const d = argument(7);
  const form = argument(8);
  const n = argument(12);
  const m = argument(13);
  const i0 = t * argument(15);
  const rows = min(n - i0, argument(15));
  const spare = scratch() + C_BYTES;
  const panelB = spare + BLOCK_BYTES;
  const panelA = panelB + B_BYTES;
  /** Bytes of a column of A in its panel. */
  const column = ((rows + 3) & ~3) << 2;
  const keepsA = column * d <= scratch() + load<u32>(SCRATCH_BYTES) - panelA;
  startRows(i0, rows);
  for (let j: u32 = 0; j < m; j += COLS) {
    const cols = min(m - j, COLS);
    startBlock(scratch(), STRIDE, bias != 0 ? bias + (j << 2) : 0, rows, cols);
    for (let p: u32 = 0; p < d; p += DEPTH) {
      const depth = min(d - p, DEPTH);
      const part = keepsA ? panelA + p * column : panelA;
      if (j == 0 || !keepsA) packA(part, a, form, n, d, i0, rows, p, depth);
      packB(panelB, argument(5), form, d, m, j, cols, p, depth);
      multiplyPanels(scratch(), STRIDE, part, panelB, depth, rows, cols, spare);
    }
    offerRows(i0, rows, scratch(), STRIDE, j, cols);
  }
  endRows(i0, rows);
}

export function topKTile(t: u32): void {
  const m = argument(13);
  const i0 = t * argument(15);
  const rows = min(argument(12) - i0, argument(15));
  startRows(i0, rows);
  offerRows(i0, rows, argument(4) + ((i0 * m) << 2), m << 2, 0, m);
  endRows(i0, rows);
}

/** Heaps without entries. */
function startRows(i0: u32, rows: u32): void {
  for (let i = i0; i < i0 + rows; i++) {
    store<u32>(argument(0) + (i << 2), i * argument(14));
    store<u32>(argument(1) + (i << 2), i * argument(14));
  }
}

/** `cols` columns of Z from column j on, for rows i0, i0+1, …. */
function offerRows(i0: u32, rows: u32, z: usize, stride: usize, j: u32, cols: u32): void {
  const k = argument(14);
  for (let i = i0; i < i0 + rows; i++) {
    const from = i * k;
    const end = argument(1) + (i << 2);
    const size = load<u32>(end) - from;
    store<u32>(end, from + offer(argument(2) + (from << 2), argument(3) + (from << 2), size, k, z, j, cols));
    z += stride;
  }
}

function endRows(i0: u32, rows: u32): void {
  for (let i = i0; i < i0 + rows; i++) {
    const from = i * argument(14);
    sortByColumn(argument(2) + (from << 2), argument(3) + (from << 2), load<u32>(argument(1) + (i << 2)) - from);
  }
}
