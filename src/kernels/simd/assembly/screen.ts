/**
 * gemmTopK at less than the price of the product: it needs z, to the bit, only where z may be among a row's k
 * largest. So all of Z is computed roughly, from numbers of 16 bits (sixteen.ts), with a bound on how far it is off;
 * then, in exact.ts, the few entries that the bound leaves are computed as gemm would.
 *
 * The bound.   Row x of A is taken as q_x = round(x·a), column w of B as q_w = round(w·c), with scales a ≤ T/‖x‖ and
 * c ≤ T/‖w‖. Rounding moves an entry by at most ½ (and what single precision loses of x·a ≤ 2¹⁵), so that with
 *   x·a = q_x + δ_x,   ‖δ_x‖ ≤ 0.502·√d,   ‖x·a‖ ≤ T,   ‖q_x‖ ≤ T + 0.502·√d ≤ M = 2¹⁵ − 1,   and the same for w:
 *   |a·c·x·w − q_x·q_w| = |q_x·δ_w + δ_x·(w·c)| ≤ 2·0.502·M·√d                                  (Cauchy & Schwarz)
 * and |q_x·q_w| ≤ M² < 2³⁰, sums of any part of it too: they are exact in 32 bits. Single precision then computes not
 * b + x·w but a chain of d products and sums, which is off by at most γ·(|b| + Σ|x_p·w_p|) ≤ γ·(|b| + ‖x‖·‖w‖),
 * γ = (d + 1)u/(1 − (d + 1)u), u = 2⁻²⁴, and ‖x‖·‖w‖ ≤ M²/(a·c). Hence, in units of 1/a, which a row's entries have in common,
 *   |a·z − (I/c + b·a)| ≤ E/c + g·|b|·a,   I = q_x·q_w,   E = 1.004·M·√d + γ·M² + …,   g = γ + …,
 * where … covers the roundings of this comparison itself (a few u of M² and of |b|). Norms in [2⁻⁴⁰, 2⁴⁰] and |b| in
 * [2⁻⁶⁰, 2⁴⁰] keep all of it, and Z, away from overflow, and what products lose by underflow (d·2⁻¹⁵⁰) below …;
 * rows and columns of zeros are exact, with E = 0. Whatever lies outside, NaN and ±∞ too, is not screened.
 *
 * The screen.   While columns go by, S's place holds a heap of a row's k largest lower bounds. Its least, t, is exceeded by k
 * entries of Z at least, so that an entry whose upper bound is below t is not wanted; the others are listed. A full
 * list is cleared of those that t, risen meanwhile, has overtaken. If too many are left, the bound is too wide for this row
 * (next to nothing of x lies where columns differ), and the row is given up, to be computed whole.
 */

import { argument, floatArgument, pass4, passFloat, scratch, SCRATCH_BYTES } from './layout';
import { Operation } from './tile';
import { run, threads } from './threads';
import { A_B, stripWidth } from './panels';
import { rise, sink } from './select';
import { multiplySixteen, packColumns, packTurned, pairsOf } from './sixteen';
import { keepLanes, laneSum } from './lanes';

const M: f64 = 32767;
/** The smallest positive number: an entry that is not greater than 0 is never wanted. */
const LEAST: f32 = f32.MIN_VALUE;
/** Squares of the norms that are screened. */
const SMALLEST: f32 = 8.271806125530277e-25;
const LARGEST: f32 = 1.2089258196146292e24;
const SMALLEST_BIAS: f32 = 8.673617379884035e-19;
const LARGEST_BIAS: f32 = 1099511627776;

/** Columns at a time: fewer of long ones. */
// @ts-ignore: decorator
@inline
export function columnsFor(d: u32): u32 {
  return d <= 1024 ? 64 : d <= 2048 ? 32 : 16;
}

/** Rows of a tile. */
const MOST_ROWS: u32 = 256;

/** What is known of a tile's rows: a, E (0 for a row of zeros), t; and of a block's columns: c, 1/c, b·(1 + g), b·(1 − g). */
const ROW_SCALE: usize = 0;
const ROW_ERROR: usize = ROW_SCALE + (MOST_ROWS << 2);
const ROW_LEAST: usize = ROW_ERROR + (MOST_ROWS << 2);
const SCALE: usize = ROW_LEAST + (MOST_ROWS << 2);
const UNIT: usize = SCALE + 256;
const UPPER: usize = UNIT + 256;
const LOWER: usize = UPPER + 256;
const SUMS: usize = LOWER + 256;

/** Arguments, beside those of exact.ts. */
const ROWS: usize = 15;
const BOUND: usize = 16;
const T: usize = 20;
const E: usize = 21;
const G: usize = 22;

/**
 * Lists, for every row, at most `most` columns (from i·most on in `column`) of which the wanted ones are some; `count` says how many,
 * −1 for rows that were given up. Returns how many were.
 */
export function screen(
  start: usize, end: usize, index: usize, value: usize, a: usize, b: usize, bias: usize, n: u32, d: u32, m: u32, k: u32, form: u32,
  column: usize, bound: usize, count: usize, most: u32,
): u32 {
  const root = Math.sqrt(d);
  const rows = rowsPerTile(n, d);
  pass4(0, start, end, index, value);
  pass4(4, a, b, bias, d);
  pass4(8, form, column, count, most);
  pass4(12, n, m, k, rows);
  pass4(16, bound, 0, 0, 0);
  passFloat(T, <f32>((M - 0.51 * root) / (1 + (<f64>d + 32) * 6e-8)));
  passFloat(E, <f32>(1.01 * M * root + 66 * (<f64>d + 32)));
  passFloat(G, <f32>((<f64>d + 16) * 1.2e-7));
  run(Operation.SCREEN, (n + rows - 1) / rows, <f64>n * <f64>d * <f64>m);
  let givenUp: u32 = 0;
  for (let i: u32 = 0; i < n; i++) if (load<i32>(count + (i << 2)) < 0) givenUp++;
  return givenUp;
}

/** As few tiles as can be, but as many for every thread, each a multiple of four rows. */
function rowsPerTile(n: u32, d: u32): u32 {
  const cols = columnsFor(d);
  const room = <u32>(load<u32>(SCRATCH_BYTES) - SUMS) - ((cols * pairsOf(d)) << 2);
  const most = max(min((room / ((pairsOf(d) + cols) << 2)) & ~3, MOST_ROWS), 4) * threads();
  const tiles = (n + most - 1) / most * threads();
  return ((n + tiles - 1) / tiles + 3) & ~3;
}

export function screenTile(t: u32): void {
  const d = argument(7);
  const m = argument(13);
  const i0 = t * argument(ROWS);
  const rows = min(argument(12) - i0, argument(ROWS));
  const cols = columnsFor(d);
  const stride = cols << 2;
  const pairs = pairsOf(d);
  const sums = scratch() + SUMS;
  const panelB = sums + ((rows + 3) & ~3) * stride;
  const panelA = panelB + pairs * stride;
  let left = startRows(panelA, i0, rows, d);
  // A tile with few rows left is not worth the reading of B.
  for (let j: u32 = 0; j < m && left > rows >> 1; j += cols) {
    const across = min(m - j, cols);
    if (!packBlock(panelB, j, across, d, m)) {
      left = 0;
      break;
    }
    multiplySixteen(sums, stride, panelA, panelB, pairs, rows, (across + 15) & ~15);
    for (let i: u32 = 0; i < rows; i++) {
      if (load<f32>(scratch() + ROW_LEAST + (i << 2)) != f32.POSITIVE_INFINITY && !screenRow(i0, i, sums + i * stride, j, across)) left--;
    }
  }
  const all = left <= rows >> 1;
  for (let i = i0; i < i0 + rows; i++) endRow(i, load<f32>(scratch() + ROW_LEAST + ((i - i0) << 2)), all);
}

/** The panel of A, heaps and lists without entries; returns how many rows can be screened. */
function startRows(panel: usize, i0: u32, rows: u32, d: u32): u32 {
  const a = argument(4) + i0 * (d << 2);
  let left = rows;
  for (let i: u32 = 0; i < rows; i++) {
    const row = scratch() + (i << 2);
    const from = (i0 + i) * argument(14);
    const squares = squaresOf(a + i * (d << 2), d);
    const scale = scaleOf(squares);
    const zero = scale == 0 && isZero(a + i * (d << 2), 4, d);
    store<u32>(argument(0) + ((i0 + i) << 2), from);
    store<u32>(argument(1) + ((i0 + i) << 2), from);
    store<i32>(argument(10) + ((i0 + i) << 2), 0);
    store<f32>(row + ROW_SCALE, zero ? 1 : scale);
    store<f32>(row + ROW_ERROR, zero ? 0 : f32x4.extract_lane(floatArgument(E), 0));
    store<f32>(row + ROW_LEAST, zero || scale > 0 ? LEAST : f32.POSITIVE_INFINITY);
    if (!zero && scale == 0) left--;
  }
  const strip = pairsOf(d) << 2;
  for (let i: u32 = 0; i < rows; i += 4) {
    packTurned(panel + i * strip, 16, a + i * (d << 2), d << 2, d, rows - i, scratch() + ROW_SCALE + (i << 2));
  }
  return left;
}

/** T/‖x‖, or 0 where that norm is out of range or not a number. */
function scaleOf(squares: f32): f32 {
  return squares >= SMALLEST && squares <= LARGEST ? f32x4.extract_lane(floatArgument(T), 0) / Mathf.sqrt(squares) : 0;
}

/** Σ x² of d neighbours. */
function squaresOf(x: usize, d: u32): f32 {
  let s = f32x4.splat(0);
  for (let p: u32 = 0; p < d; p += 4) {
    let v = v128.load(x + (p << 2));
    if (p + 4 > d) v = keepLanes(v, d - p);
    s = f32x4.add(s, f32x4.mul(v, v));
  }
  return laneSum(s);
}

/** Whether d numbers, `step` bytes apart, are all 0 or −0. */
function isZero(x: usize, step: usize, d: u32): bool {
  for (let p: u32 = 0; p < d; p++) if (load<f32>(x + p * step) != 0) return false;
  return true;
}

/** Columns j … j+cols−1 of B, and what is known of them; false if one of them cannot be screened. */
function packBlock(panel: usize, j: u32, cols: u32, d: u32, m: u32): bool {
  const known = scratch();
  const byColumn = argument(8) == A_B;
  const step: usize = byColumn ? m << 2 : 4;
  const next: usize = byColumn ? 4 : d << 2;
  const b = argument(5) + j * next;
  memory.fill(known + SCALE, 0, SUMS - SCALE);
  if (byColumn) columnSquares(known + SCALE, b, step, d, cols);
  for (let q: u32 = 0; q < cols; q++) {
    const at = known + (q << 2);
    let scale = scaleOf(byColumn ? load<f32>(at + SCALE) : squaresOf(b + q * next, d));
    if (scale > 0) store<f32>(at + UNIT, 1 / scale);
    else if (isZero(b + q * next, step, d)) scale = 1;
    else return false;
    store<f32>(at + SCALE, scale);
    const bias = argument(6) != 0 ? load<f32>(argument(6) + ((j + q) << 2)) : 0;
    const size = abs(bias);
    if (!(size == 0 || (size >= SMALLEST_BIAS && size <= LARGEST_BIAS))) return false;
    const off = size * f32x4.extract_lane(floatArgument(G), 0);
    store<f32>(at + UPPER, bias + off);
    store<f32>(at + LOWER, bias - off);
  }
  const width = stripWidth();
  const pairs = pairsOf(d);
  for (let q: u32 = 0; q < cols; q += 4) {
    const inStrip = q & (width - 1);
    const to = panel + (((q - inStrip) * pairs) << 2) + (inStrip << 2);
    const scales = known + SCALE + (q << 2);
    if (byColumn) packColumns(to, width << 2, b + (q << 2), step, d, scales);
    else packTurned(to, width << 2, b + q * next, next, d, cols - q, scales);
  }
  return true;
}

/** Σ_p b_pq², of columns side by side. */
function columnSquares(to: usize, b: usize, stride: usize, d: u32, cols: u32): void {
  for (let p: u32 = 0; p < d; p++) {
    for (let q: usize = 0; q < cols << 2; q += 16) {
      const w = v128.load(b + q);
      v128.store(to + q, f32x4.add(v128.load(to + q), f32x4.mul(w, w)));
    }
    b += stride;
  }
}

/** Row i0 + i of a block: lists what may be wanted; false if that is too much. */
function screenRow(i0: u32, i: u32, sums: usize, j: u32, cols: u32): bool {
  const known = scratch();
  const scale = v128.load_splat<f32>(known + ROW_SCALE + (i << 2));
  const error = v128.load_splat<f32>(known + ROW_ERROR + (i << 2));
  let least = v128.load_splat<f32>(known + ROW_LEAST + (i << 2));
  for (let q: usize = 0; q < cols << 2; q += 16) {
    const sum = f32x4.add(f32x4.convert_i32x4_s(v128.load(sums + q)), error);
    const upper = f32x4.add(f32x4.mul(sum, v128.load(known + q, UNIT)), f32x4.mul(v128.load(known + q, UPPER), scale));
    const wanted = f32x4.ge(upper, least);
    if (!v128.any_true(wanted)) continue;
    for (let lanes = i32x4.bitmask(wanted); lanes != 0; lanes &= lanes - 1) {
      const t = enter(i0 + i, known + (i << 2), sums + q, known + q, ctz(lanes) << 2, j + (<u32>q >> 2));
      store<f32>(known + ROW_LEAST + (i << 2), t);
      if (t == f32.POSITIVE_INFINITY) return false;
    }
    least = v128.load_splat<f32>(known + ROW_LEAST + (i << 2));
  }
  return true;
}

/** One entry, `lane` bytes on in its four, is listed and its lower bound offered to the heap; returns t, or ∞ if the row is given up. */
function enter(i: u32, row: usize, sums: usize, known: usize, lane: usize, j: u32): f32 {
  const k = argument(14);
  const most = argument(11);
  const sum = <f32>load<i32>(sums + lane);
  const unit = load<f32>(known + lane, UNIT);
  const scale = load<f32>(row, ROW_SCALE);
  const error = load<f32>(row, ROW_ERROR);
  const t = load<f32>(row, ROW_LEAST);
  const upper = (sum + error) * unit + load<f32>(known + lane, UPPER) * scale;
  if (!(upper >= t)) return t;
  const at = argument(10) + (i << 2);
  let listed = load<u32>(at);
  if (listed == most) {
    listed = clear(i, most, listed, t);
    store<u32>(at, listed);
    if (listed > most - (most >> 3)) return f32.POSITIVE_INFINITY;
  }
  const place = (i * most + listed) << 2;
  const column = j + (<u32>lane >> 2);
  store<u32>(argument(9) + place, column);
  store<f32>(argument(BOUND) + place, upper);
  store<u32>(at, listed + 1);
  const lower = (sum - error) * unit + load<f32>(known + lane, LOWER) * scale;
  if (!(lower > 0)) return t;
  const from = i * k;
  const end = argument(1) + (i << 2);
  const size = load<u32>(end) - from;
  const index = argument(2) + (from << 2);
  const value = argument(3) + (from << 2);
  if (size < k) {
    rise(index, value, size, lower, column);
    store<u32>(end, from + size + 1);
    return size + 1 == k ? load<f32>(value) : LEAST;
  }
  if (lower > load<f32>(value)) sink(index, value, size, lower, column);
  return load<f32>(value);
}

/** Takes from a row's list what lies below t; returns how many stay. */
function clear(i: u32, most: u32, listed: u32, t: f32): u32 {
  const column = argument(9) + ((i * most) << 2);
  const bound = argument(BOUND) + ((i * most) << 2);
  let to: usize = 0;
  for (let p: usize = 0; p < listed << 2; p += 4) {
    const upper = load<f32>(bound + p);
    store<u32>(column + to, load<u32>(column + p));
    store<f32>(bound + to, upper);
    to += upper >= t ? 4 : 0;
  }
  return <u32>to >> 2;
}

function endRow(i: u32, t: f32, all: bool): void {
  const most = argument(11);
  const at = argument(10) + (i << 2);
  store<i32>(at, all || t == f32.POSITIVE_INFINITY ? -1 : clear(i, most, load<u32>(at), t));
}
