import { flag, fraction } from '../numbers/checks.js';
import { normalAbove } from '../numbers/normal.js';

/** How often a unit is active in one set of rows, and in another. */
export interface Difference {
  readonly unit: number;
  /** The share of A's rows, and of B's, that it is active on. */
  readonly a: number;
  readonly b: number;
  /** a − b, and its confidence interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** k of n: Wilson's score interval (1927), the p for which |k/n − p| = z·√(p·(1 − p)/n). */
export function wilson(k: number, n: number, z: number): [number, number] {
  const p = k / n;
  const z2 = z * z;
  const middle = p + z2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const whole = 1 + z2 / n;
  return [Math.max(0, (middle - half) / whole), Math.min(1, (middle + half) / whole)];
}

/**
 * k of m against l of n: an interval for the difference a − b, a = k/m, b = l/n, of two independent proportions. Newcombe's
 * hybrid score interval (1998, method 10), with Wilson's [a₁, a₂] and [b₁, b₂]:
 *   a − b − √((a − a₁)² + (b₂ − b)²)  …  a − b + √((a₂ − a)² + (b − b₁)²)
 * It holds where a or b is 0 or 1, as those of rare features are, and stays within −1 … 1.
 */
export function newcombe(k: number, m: number, l: number, n: number, z: number): [number, number] {
  const [a, b] = [k / m, l / n];
  const [a1, a2] = wilson(k, m, z);
  const [b1, b2] = wilson(l, n, z);
  return [a - b - Math.sqrt((a - a1) ** 2 + (b2 - b) ** 2), a - b + Math.sqrt((a2 - a) ** 2 + (b - b1) ** 2)];
}

export interface CompareOptions {
  /** Default 0.95. */
  confidence?: number;
  /** Whether all intervals shall hold at once. Default true. */
  together?: boolean;
}

export const compareChecks = { confidence: fraction, together: flag };

/** On how many of some rows each unit is active. */
export interface Frequencies {
  readonly counts: ArrayLike<number>;
  readonly rows: number;
}

/**
 * The units that are more frequent in A than in B, or less: those whose interval leaves out 0, the one whose bound is farthest
 * from 0 first. With `together`, all intervals hold at once with this confidence: of m units that are active anywhere, each
 * has 1 − (1 − confidence)/m (Bonferroni). Without it each holds by itself, and of m units that differ in nothing
 * (1 − confidence)·m are expected here.
 */
export function differences(
  a: Frequencies,
  b: Frequencies,
  { confidence = 0.95, together = true }: CompareOptions,
): Difference[] {
  const units = Array.from(a.counts, (_, j) => j).filter((j) => a.counts[j] + b.counts[j] > 0);
  const z = normalAbove((1 - confidence) / 2 / (together ? Math.max(1, units.length) : 1));
  const surely = ({ low, high }: Difference) => Math.max(low, -high);
  return units
    .map((unit) => {
      const [low, high] = newcombe(a.counts[unit], a.rows, b.counts[unit], b.rows, z);
      const [pa, pb] = [a.counts[unit] / a.rows, b.counts[unit] / b.rows];
      return { unit, a: pa, b: pb, difference: pa - pb, low, high };
    })
    .filter((each) => surely(each) > 0)
    .sort((p, q) => surely(q) - surely(p) || p.unit - q.unit);
}
