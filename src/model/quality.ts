import { type Elementwise, elementwise } from '../kernels/elementwise.js';
import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { log } from '../numbers/elementary.js';
import { columnMeans, dtypeOf, LAST_BITS } from '../numbers/matrix.js';

/** How well X̂ meets T, which is X as it was prepared where no targets are given; every sum in double precision. */
export interface Fidelity {
  /** Σ(x̂ − t)²/(n·d′) */
  mse: number;
  /** The fraction of variance unexplained, Σ(x̂ − t)²/Σ(t − t̄)² over all entries; t̄ is each column's mean. */
  fvu: number;
  /** 1 − FVU */
  explainedVariance: number;
  /** The mean over rows i of 1 − ‖x̂_i − t_i‖²/‖t_i − t̄‖². */
  meanExplainedVariance: number;
}

/** What does not vary is explained if it is met. */
const unexplained = (error: number, variation: number): number => (variation === 0 ? (error === 0 ? 0 : 1) : error / variation);

/**
 * From ‖x̂_i − t_i‖² of each row. An entry that is t̄ up to the last bits of its column's size is taken for t̄: what it is off by was
 * rounded off, in t or in t̄, and an error divided by the square of that would say nothing of x̂.
 */
export function fidelity(rowErrors: ArrayLike<number>, t: Matrix): Fidelity {
  const { data, rows, cols } = t;
  const mean = columnMeans(t);
  const last = new Float64Array(cols);
  const share = LAST_BITS[dtypeOf(data)] / rows;
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) last[j] += share * Math.abs(data[at++]);
  let [error, variation, explained] = [0, 0, 0];
  for (let i = 0, at = 0; i < rows; i++) {
    let own = 0;
    for (let j = 0; j < cols; j++, at++) {
      const off = data[at] - mean[j];
      if (Math.abs(off) > last[j]) own += off ** 2;
    }
    error += rowErrors[i];
    variation += own;
    explained += 1 - unexplained(rowErrors[i], own);
  }
  const fvu = unexplained(error, variation);
  return { mse: error / (rows * cols), fvu, explainedVariance: 1 - fvu, meanExplainedVariance: explained / rows };
}

/** The share of T's entries that σ_o does not come near, whatever it is given: it rises from σ_o(−∞) to σ_o(∞). */
export function outOfReach({ data }: Matrix, activation: Elementwise): number {
  const [low, high] = [-Infinity, Infinity].map(elementwise[activation].value);
  let beyond = 0;
  for (let i = 0; i < data.length; i++) if (data[i] < low || data[i] > high) beyond++;
  return beyond / data.length;
}

/** How many units have a log₁₀ density in [from, from + 0.25); a density of 1 is in the last bin, dead units in none. */
export interface DensityBin {
  from: number;
  units: number;
}

const BINS_A_DECADE = 4;

/** The histogram of log₁₀ of the shares of rows, n in all, that units are active on: from 1/n to 1, gaps included. */
export function densityHistogram(density: ArrayLike<number>, rows: number): DensityBin[] {
  // 1/n itself may come out a hair below its bin.
  const binOf = (share: number) => Math.min(-1, Math.floor(BINS_A_DECADE * (log(share) / Math.LN10) + 1e-9));
  const first = binOf(1 / rows);
  const bins = Array.from({ length: -first }, (_, b) => ({ from: (first + b) / BINS_A_DECADE, units: 0 }));
  for (let j = 0; j < density.length; j++) if (density[j] > 0) bins[binOf(density[j]) - first].units++;
  return bins;
}

/** The indices of the units that are active on no row. */
export const deadOf = (density: ArrayLike<number>): number[] =>
  Array.from({ length: density.length }, (_, j) => j).filter((j) => density[j] === 0);

/** Adds to each row's sum its Σ(x̂ − t)². */
export function addRowErrors(sums: Float64Array, firstRow: number, xHat: FloatArray, t: FloatArray, cols: number): void {
  for (let at = 0, i = firstRow; at < xHat.length; i++) for (let j = 0; j < cols; j++, at++) sums[i] += (xHat[at] - t[at]) ** 2;
}
