import type { Matrix } from '../numbers/matrix.js';
import { Random, type Seed } from '../numbers/random.js';
import type { Tops } from './tops.js';

/** Rows of a feature that are compared. */
export const DIST_ROWS = 5;

/** How much nearer the rows of a feature are to each other than to any row. */
export interface DistRatio {
  /** The mean over features; NaN where none could be measured. */
  readonly value: number;
  /** How many features have the rows that it takes. */
  readonly features: number;
}

/**
 * For a feature with top rows w_1 … w_5 and a random row b,
 *   mean_i ‖w_i − b‖ / mean_{i<j} ‖w_i − w_j‖,
 * and its mean over the features: 1 if a feature's rows have nothing in common. Always measured in the space of X, never
 * in that of the codes, where it would measure itself. (Park, Bak & Oh 2017, "Rotated Word Vector Representations and their
 * Interpretability", section 4.2.) A feature with fewer than five rows is left out, and so is one whose rows are one
 * and the same. Random rows come from a stream of the seed, one a feature.
 */
export function distRatio(x: Matrix, tops: Tops, seed: Seed): DistRatio {
  const random = Random.stream(seed, 'dist-ratio');
  let [sum, features] = [0, 0];
  for (let list = 0; list < tops.width; list++) {
    const other = Math.floor(random.uniform() * x.rows);
    const rows = tops.of(list).subarray(0, DIST_ROWS);
    if (rows.length < DIST_ROWS) continue;
    let [apart, within] = [0, 0];
    for (let i = 0; i < DIST_ROWS; i++) {
      apart += distance(x, rows[i], other) / DIST_ROWS;
      for (let j = 0; j < i; j++) within += distance(x, rows[i], rows[j]) / ((DIST_ROWS * (DIST_ROWS - 1)) / 2);
    }
    if (within === 0) continue;
    sum += apart / within;
    features++;
  }
  return { value: sum / features, features };
}

function distance({ data, cols }: Matrix, a: number, b: number): number {
  let square = 0;
  for (let p = a * cols, q = b * cols, end = p + cols; p < end; p++, q++) square += (data[p] - data[q]) ** 2;
  return Math.sqrt(square);
}
