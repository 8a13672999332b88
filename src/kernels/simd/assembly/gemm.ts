/** C = A·B + bias, Aᵀ·B or A·Bᵀ, all dense: see panels.ts.   n×m = n×k · k×m after transposition */

import { argument, pass4, scratch } from './layout';
import { Operation } from './tile';
import { run, sequence } from './threads';
import { A_B, DEPTH, multiplyPanels, packA, packB, startBlock } from './panels';
import { WIDTH } from './rows';

/** Tile edges: the fewer tiles, the smaller, so that every thread has some. */
const LARGE: u32 = 128;
const SMALL: u32 = 64;
/** Below so many rows copying costs more than it gains. */
const FEW_ROWS: u32 = 8;

/** Both copies of a tile's operands, A's with all of k where there is room for it, fit into a 512 KiB L2 cache. */
const A_BYTES: usize = 256 << 10;
const B_BYTES: usize = LARGE * DEPTH * 4;

/** `form`: 0 A·B, 1 Aᵀ·B, 2 A·Bᵀ. C is n×m and k the length of the sums. */
export function gemm(c: usize, a: usize, b: usize, bias: usize, n: u32, k: u32, m: u32, form: u32): void {
  const flops = 2 * <f64>n * <f64>k * <f64>m + 4 * <f64>n;
  pass4(0, c, a, b, bias);
  if (form == A_B && n < FEW_ROWS) {
    pass4(4, n, k, m, 0);
    run(Operation.ROWS, (m + WIDTH - 1) / WIDTH, flops);
    return;
  }
  const large = ((n + LARGE - 1) / LARGE) * ((m + LARGE - 1) / LARGE);
  const edge = large >= 32 ? LARGE : max(n, m) > SMALL ? SMALL : SMALL / 2;
  const across = (m + edge - 1) / edge;
  pass4(4, n, k, m, form);
  pass4(8, edge, across, 0, 0);
  run(Operation.GEMM, ((n + edge - 1) / edge) * across, flops);
}

export function gemmTile(t: u32): void {
  const n = argument(4);
  const k = argument(5);
  const m = argument(6);
  const form = argument(7);
  const edge = argument(8);
  const across = argument(9);
  const i0 = (t / across) * edge;
  const j0 = (t % across) * edge;
  const rows = min(n - i0, edge);
  const cols = min(m - j0, edge);
  const c = argument(0) + ((i0 * m + j0) << 2);
  const bias = argument(3);
  startBlock(c, m << 2, bias != 0 ? bias + (j0 << 2) : 0, rows, cols);
  const panelA = scratch();
  const panelB = panelA + A_BYTES;
  const lanes = (rows + 15) & ~15;
  const keeps = k <= A_BYTES / (lanes << 2);
  const kept = keptSequence == sequence && keptRow == i0;
  for (let p: u32 = 0; p < k; p += DEPTH) {
    const depth = min(k - p, DEPTH);
    const a = keeps ? panelA + ((p * lanes) << 2) : panelA;
    if (!kept) packA(a, argument(1), form, n, k, i0, rows, p, depth);
    packB(panelB, argument(2), form, k, m, j0, cols, p, depth);
    multiplyPanels(c, m << 2, a, panelB, depth, rows, cols, panelB + B_BYTES);
  }
  keptSequence = keeps ? sequence : 0;
  keptRow = i0;
}

/** Of which operation, from which row on, this thread's copy of A is, for its next tile. */
let keptSequence: u32 = 0;
let keptRow: u32 = 0;
