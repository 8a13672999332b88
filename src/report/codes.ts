import { decodeBase64, encodeBase64 } from './base64.js';
import type { Numbers } from './report-data.js';

/** Codes at 8 bits per activation: value ≈ low[j] + byte · step[j], off by step[j]/2 at most. */
export interface QuantisedCodes {
  /** h × n bytes in base64, unit by unit, so that one unit's samples lie together. */
  readonly base64: string;
  /** Per unit, the value of byte 0. */
  readonly low: number[];
  /** Per unit, the value of one byte step; 0 for a unit that never varies. */
  readonly step: number[];
}

/**
 * `values` is n × h, row-major. A unit's least value is byte 0, so the exact zeros of a
 * non-negative code stay exact. What is not finite is stored as the least value.
 */
export function quantiseCodes(values: Numbers, h: number): QuantisedCodes {
  const n = values.length / h;
  const bytes = new Uint8Array(n * h);
  const low: number[] = [];
  const step: number[] = [];
  for (let j = 0; j < h; j++) {
    let least = Infinity;
    let greatest = -Infinity;
    for (let i = 0; i < n; i++) {
      const value = values[i * h + j];
      if (!Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    low[j] = least === Infinity ? 0 : least;
    step[j] = greatest > least ? (greatest - least) / 255 : 0;
    if (step[j] === 0) continue;
    for (let i = 0; i < n; i++) {
      const value = values[i * h + j];
      if (Number.isFinite(value)) bytes[j * n + i] = Math.round((value - least) / step[j]);
    }
  }
  return { base64: encodeBase64(bytes), low, step };
}

/** The n × h values (row-major) that the page sees. */
export function restoreCodes(codes: QuantisedCodes): Float64Array {
  const bytes = decodeBase64(codes.base64);
  const h = codes.low.length;
  const n = bytes.length / h;
  return Float64Array.from(bytes, (_, k) => {
    const j = k % h;
    return codes.low[j] + codes.step[j] * bytes[j * n + Math.floor(k / h)];
  });
}

/** Units among which the pair is sought: 24 of them make 276 pairs. */
const CANDIDATES = 24;

/**
 * The two units (x, y) shown first: of the units of greatest variance, the pair that parts the
 * classes best by Fisher's criterion tr(W⁻¹B), with W and B the 2 × 2 covariances within and
 * between classes. With one class only, the two units of greatest variance; with h = 1, (0, 0).
 */
export function chooseUnits(values: Numbers, h: number, labels: Numbers): [number, number] {
  if (h === 1) return [0, 0];
  const units = unitsByVariance(values, h).slice(0, CANDIDATES);
  const m = units.length;
  const { within, between } = scatterMatrices(values, h, labels, units);
  let best: [number, number] = [units[0], units[1]];
  let bestScore = 0;
  for (let a = 0; a < m; a++) {
    for (let b = a + 1; b < m; b++) {
      const waa = within[a * m + a];
      const wbb = within[b * m + b];
      const wab = within[a * m + b];
      const determinant = waa * wbb - wab * wab;
      if (!(determinant > 1e-6 * waa * wbb)) continue;
      const trace = wbb * between[a * m + a] - 2 * wab * between[a * m + b] + waa * between[b * m + b];
      if (trace / determinant > bestScore) {
        bestScore = trace / determinant;
        best = [units[a], units[b]];
      }
    }
  }
  return best;
}

/** All h unit numbers, the greatest variance first, ties by number. */
function unitsByVariance(values: Numbers, h: number): number[] {
  const n = values.length / h;
  const sum = new Float64Array(h);
  const square = new Float64Array(h);
  for (let k = 0; k < values.length; k++) sum[k % h] += values[k];
  for (let k = 0; k < values.length; k++) square[k % h] += (values[k] - sum[k % h] / n) ** 2;
  const spread = Array.from(square, (value) => (Number.isFinite(value) ? value : -1));
  return spread.map((_, j) => j).sort((a, b) => spread[b] - spread[a] || a - b);
}

/** Sums of squares and products (m × m) of the m `units`, within classes and between them. */
function scatterMatrices(values: Numbers, h: number, labels: Numbers, units: readonly number[]) {
  const m = units.length;
  const n = labels.length;
  const overall = new Float64Array(m);
  const classes = new Map<number, { count: number; mean: Float64Array }>();
  for (let i = 0; i < n; i++) {
    const group = classes.get(labels[i]) ?? { count: 0, mean: new Float64Array(m) };
    classes.set(labels[i], group);
    group.count++;
    for (let a = 0; a < m; a++) {
      group.mean[a] += values[i * h + units[a]];
      overall[a] += values[i * h + units[a]] / n;
    }
  }
  const within = new Float64Array(m * m);
  const between = new Float64Array(m * m);
  for (const { count, mean } of classes.values()) {
    for (let a = 0; a < m; a++) mean[a] /= count;
    addProducts(between, count, (a) => mean[a] - overall[a], m);
  }
  for (let i = 0; i < n; i++) {
    const mean = classes.get(labels[i])?.mean ?? overall;
    addProducts(within, 1, (a) => values[i * h + units[a]] - mean[a], m);
  }
  return { within, between };
}

function addProducts(into: Float64Array, times: number, v: (a: number) => number, m: number) {
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) into[a * m + b] += times * v(a) * v(b);
  }
}
