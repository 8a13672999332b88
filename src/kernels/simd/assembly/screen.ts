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
 * What may be wanted is listed as columns go by: see shortlist.ts.
 */

import { argument, floatArgument, NOT_FINITE, pass4, passFloat, scratch, SCRATCH_BYTES } from './layout';
import { Operation } from './tile';
import { run, threads } from './threads';
import { A_B, stripWidth } from './panels';
import { multiplySixteen, packColumns, packTurned, pairsOf } from './sixteen';
import { keepLanes, laneSum } from './lanes';
import { BOUND, endList, enter, ERROR, LEAST_WANTED, LOWER, LOWEST, MOST_ROWS, SCALE, UNIT, UPPER } from './shortlist';
import { stream } from './lines';

const M: f64 = 32767;
/** The smallest positive number: an entry that is not greater than 0 is never wanted. */
const LEAST: f32 = f32.MIN_VALUE;
/** Squares of the norms that are screened, 2⁻⁸⁰ to 2⁸⁰; and the sizes of b, 2⁻⁶⁰ to 2⁴⁰. */
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

/** In scratch, behind what is known of a tile's rows: I of a block. */
const SUMS: usize = LEAST_WANTED + (MOST_ROWS << 2);

/** Arguments: those of gemmTopK, d at 7; the lists' (see shortlist.ts); B's panel. */
const ROWS: usize = 15;
const PANEL: usize = 17;
const T: usize = 21;
const E: usize = 22;
const G: usize = 23;

/** Columns rounded up to whole blocks. */
// @ts-ignore: decorator
@inline
function padded(m: u32, d: u32): u32 {
  return (m + columnsFor(d) - 1) & ~(columnsFor(d) - 1);
}

/** Bytes of room that `screen` wants for B. */
export function screenRoom(d: u32, m: u32): u32 {
  return (padded(m, d) * (pairsOf(d) + 3)) << 2;
}

/**
 * Lists, for every row, at most `most` columns (from i·most on in `column`) of which the wanted ones are some; `count` says how many,
 * −1 for rows that were given up. Returns how many were.
 */
export function screen(
  start: usize, end: usize, index: usize, value: usize, a: usize, b: usize, bias: usize, n: u32, d: u32, m: u32, k: u32, form: u32,
  column: usize, bound: usize, lower: usize, count: usize, most: u32, room: usize,
): u32 {
  const root = Math.sqrt(d);
  const cols = columnsFor(d);
  const known = padded(m, d) << 2;
  pass4(0, start, end, index, value);
  pass4(4, a, b, bias, d);
  pass4(8, form, column, count, most);
  const rows = rowsPerTile(n, d);
  pass4(12, n, m, k, rows);
  pass4(16, bound, room + 3 * known, room, room + known);
  pass4(20, room + 2 * known, 0, 0, 0);
  pass4(LOWEST, lower, 0, 0, 0);
  passFloat(T, <f32>((M - 0.51 * root) / (1 + (<f64>d + 32) * 6e-8)));
  passFloat(E, <f32>(1.01 * M * root + 66 * (<f64>d + 32)));
  passFloat(G, <f32>((<f64>d + 16) * 1.2e-7));
  store<u32>(NOT_FINITE, 0);
  run(Operation.SIXTEEN, (m + cols - 1) / cols, 4 * <f64>d * <f64>m);
  if (load<u32>(NOT_FINITE) != 0) return n;
  run(Operation.SCREEN, (n + rows - 1) / rows, <f64>n * <f64>d * <f64>m);
  let givenUp: u32 = 0;
  for (let i: u32 = 0; i < n; i++) if (load<i32>(count + (i << 2)) < 0) givenUp++;
  return givenUp;
}

/** As few tiles as can be, but as many for every thread, each a multiple of four rows. */
function rowsPerTile(n: u32, d: u32): u32 {
  const room = <u32>(load<u32>(SCRATCH_BYTES) - SUMS);
  const most = max(min((room / ((pairsOf(d) + columnsFor(d)) << 2)) & ~3, MOST_ROWS), 4) * threads();
  const tiles = ((n + most - 1) / most) * threads();
  return ((n + tiles - 1) / tiles + 3) & ~3;
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

/** A block of columns of B: their panel, and 1/c, b·(1 + g) and b·(1 − g) of each. Where one cannot be screened, NOT_FINITE hears of it. */
export function sixteenTile(t: u32): void {
  const d = argument(7);
  const cols = columnsFor(d);
  const j0 = t * cols;
  const across = min(argument(13) - j0, cols);
  const byColumn = argument(8) == A_B;
  const step: usize = byColumn ? argument(13) << 2 : 4;
  const next: usize = byColumn ? 4 : d << 2;
  const b = argument(5) + j0 * next;
  const scales = scratch();
  memory.fill(scales, 0, cols << 2);
  if (byColumn) columnSquares(scales, b, step, d, across);
  for (let q: u32 = 0; q < cols; q++) {
    const at = (j0 + q) << 2;
    let unit: f32 = 0, bias: f32 = 0;
    if (q < across) {
      const scale = scaleOf(byColumn ? load<f32>(scales + (q << 2)) : squaresOf(b + q * next, d));
      if (argument(6) != 0) bias = load<f32>(argument(6) + at);
      if (scale > 0) unit = 1 / scale;
      if ((scale == 0 && !isZero(b + q * next, step, d)) || !fits(bias)) store<u32>(NOT_FINITE, 1);
      store<f32>(scales + (q << 2), scale);
    }
    const off = abs(bias) * f32x4.extract_lane(floatArgument(G), 0);
    store<f32>(argument(UNIT) + at, unit);
    store<f32>(argument(UPPER) + at, bias + off);
    store<f32>(argument(LOWER) + at, bias - off);
  }
  const pairs = pairsOf(d);
  const width = stripWidth();
  const panel = argument(PANEL) + ((j0 * pairs) << 2);
  if (byColumn) {
    packColumns(panel, width, b, step, d, across, scales);
    return;
  }
  for (let q: u32 = 0; q < across; q += 4) {
    const inStrip = q & (width - 1);
    packTurned(panel + (((q - inStrip) * pairs + inStrip) << 2), width << 2, b + q * next, next, d, across - q, scales + (q << 2));
  }
}

function fits(bias: f32): bool {
  return bias == 0 || (abs(bias) >= SMALLEST_BIAS && abs(bias) <= LARGEST_BIAS);
}

/** Σ_p b_pq², of columns side by side; each row is read once before use, as far as it is needed. */
function columnSquares(to: usize, b: usize, stride: usize, d: u32, cols: u32): void {
  for (let p: u32 = 0; p < d; p++) stream(b + p * stride, cols << 2);
  for (let p: u32 = 0; p < d; p++) {
    for (let q: usize = 0; q < cols << 2; q += 16) {
      const w = v128.load(b + q);
      v128.store(to + q, f32x4.add(v128.load(to + q), f32x4.mul(w, w)));
    }
    b += stride;
  }
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
  const panel = sums + ((rows + 3) & ~3) * stride;
  let left = startRows(panel, i0, rows, d);
  // With few rows left, the others are computed whole nearly as fast.
  for (let j: u32 = 0; j < m && left > rows >> 1; j += cols) {
    const across = min(m - j, cols);
    multiplySixteen(sums, stride, panel, argument(PANEL) + ((j * pairs) << 2), pairs, rows, (across + stripWidth() - 1) & ~(stripWidth() - 1));
    for (let i: u32 = 0; i < rows; i++) {
      if (leastOf(i) != f32.POSITIVE_INFINITY && !screenRow(i0, i, sums + i * stride, j, across)) left--;
    }
  }
  for (let i: u32 = 0; i < rows; i++) endList(i0 + i, left > rows >> 1 ? leastOf(i) : f32.POSITIVE_INFINITY);
}

function leastOf(i: u32): f32 {
  return load<f32>(scratch() + (i << 2), LEAST_WANTED);
}

/** The panel of A, and lists without entries; returns how many rows can be screened. */
function startRows(panel: usize, i0: u32, rows: u32, d: u32): u32 {
  const stride = d << 2;
  const strip = pairsOf(d) << 2;
  let left = rows;
  for (let i: u32 = 0; i < rows; i++) {
    const a = argument(4) + (i0 + i) * stride;
    const known = scratch() + (i << 2);
    const at = (i0 + i) << 2;
    const scale = scaleOf(squaresOf(a, d));
    const zero = scale == 0 && isZero(a, 4, d);
    const may = zero || scale > 0;
    if (!may) left--;
    store<u32>(argument(0) + at, (i0 + i) * argument(14));
    store<u32>(argument(1) + at, (i0 + i) * argument(14));
    store<i32>(argument(10) + at, 0);
    store<f32>(known, zero ? 1 : scale, SCALE);
    store<f32>(known, zero ? 0 : f32x4.extract_lane(floatArgument(E), 0), ERROR);
    store<f32>(known, may ? LEAST : f32.POSITIVE_INFINITY, LEAST_WANTED);
  }
  for (let i: u32 = 0; i < rows; i += 4) {
    packTurned(panel + i * strip, 16, argument(4) + (i0 + i) * stride, stride, d, rows - i, scratch() + SCALE + (i << 2));
  }
  return left;
}

/** Row i0 + i of a block: lists what may be wanted; false if that is too much. */
function screenRow(i0: u32, i: u32, sums: usize, j: u32, cols: u32): bool {
  const known = scratch() + (i << 2);
  const scale = v128.load_splat<f32>(known, SCALE);
  const error = v128.load_splat<f32>(known, ERROR);
  const unit = argument(UNIT) + (j << 2);
  const above = argument(UPPER) + (j << 2);
  let least = v128.load_splat<f32>(known, LEAST_WANTED);
  for (let q: usize = 0; q < cols << 2; q += 32) {
    const low = f32x4.ge(upperBounds(sums, q, unit, above, scale, error), least);
    const high = f32x4.ge(upperBounds(sums, q + 16, unit, above, scale, error), least);
    if (!v128.any_true(v128.or(low, high))) continue;
    for (let lanes = i32x4.bitmask(low) | (i32x4.bitmask(high) << 4); lanes != 0; lanes &= lanes - 1) {
      const lane = ctz(lanes);
      const t = enter(i0 + i, known, load<i32>(sums + q + (lane << 2)), j + (<u32>q >> 2) + lane);
      store<f32>(known, t, LEAST_WANTED);
      if (t == f32.POSITIVE_INFINITY) return false;
    }
    least = v128.load_splat<f32>(known, LEAST_WANTED);
  }
  return true;
}

/** (I + E)/c + b·(1 + g)·a of four columns; 0 of those beyond the last. */
// @ts-ignore: decorator
@inline
function upperBounds(sums: usize, q: usize, unit: usize, above: usize, scale: v128, error: v128): v128 {
  const sum = f32x4.add(f32x4.convert_i32x4_s(v128.load(sums + q)), error);
  return f32x4.add(f32x4.mul(sum, v128.load(unit + q)), f32x4.mul(v128.load(above + q), scale));
}
