import type { Matrix } from '../numbers/matrix.js';
import { logisticRegression } from './logistic.js';
import { forEachStretch, type Reading } from './readings.js';

/** How well a label is told by few features. */
export interface LabelProbe {
  readonly label: string;
  /** Balanced accuracy on rows that were kept from it: the mean of how many are right with the label, and without. 0.5 is chance. */
  readonly accuracy: number;
  /** Which features. */
  readonly features: readonly number[];
}

/** λ of the logistic regression, on features of variance 1. */
const RIDGE = 1;

/** The rows that are kept to judge by: of each label every fourth. */
function keptRows(of: ArrayLike<number>, labels: number): boolean[] {
  const seen = new Int32Array(labels);
  return Array.from(of, (label) => label >= 0 && ++seen[label] % 4 === 0);
}

/**
 * k-sparse probing (Gurnee et al. 2023, "Finding Neurons in a Haystack"): for each label the k features whose mean on rows
 * that have it differs most from that on those that have not, and a logistic regression on them, each divided by its
 * standard deviation. Chosen and learned on three rows of four, judged on the fourth, of each label.
 * @param of the label's number of each row, −1 for none: such rows take no part
 * @param used the labels that are to be told, each with four rows at least, and another label beside it
 * @returns for each k the probes of all labels
 */
export function probes(
  x: Matrix,
  reading: Reading,
  of: ArrayLike<number>,
  labels: readonly string[],
  used: readonly number[],
  ks: readonly number[],
): LabelProbe[][] {
  const isKept = keptRows(of, labels.length);
  const { sums, counts } = sumsByLabel(x, reading, of, isKept, labels.length);
  const chosen = used.map((label) => differing(sums, counts, label, reading.width).slice(0, Math.max(...ks)));
  const rows = Array.from({ length: x.rows }, (_, i) => i).filter((i) => of[i] >= 0);
  const [training, kept] = [rows.filter((i) => !isKept[i]), rows.filter((i) => isKept[i])];
  const columns = gathered(x, reading, [...new Set(chosen.flat())]);
  for (const column of columns.values()) standardize(column, training);
  const probe = (label: number, features: readonly number[]): LabelProbe => {
    const read = features.map((j) => columns.get(j) as Float64Array);
    const { score } = logisticRegression(read, training, (i) => of[i] === label, RIDGE);
    const right = { with: 0, without: 0 };
    const all = { with: 0, without: 0 };
    for (const i of kept) {
      const side = of[i] === label ? 'with' : 'without';
      all[side]++;
      if (score(i) > 0 === (side === 'with')) right[side]++;
    }
    return { label: labels[label], accuracy: (right.with / all.with + right.without / all.without) / 2, features };
  };
  return ks.map((k) => used.map((label, each) => probe(label, chosen[each].slice(0, k))));
}

/** Σ f over the training rows of each label, labels × features, and how many rows those are. */
function sumsByLabel(x: Matrix, reading: Reading, of: ArrayLike<number>, isKept: readonly boolean[], labels: number) {
  const sums = new Float64Array(labels * reading.width);
  const counts = new Float64Array(labels);
  forEachStretch(x, reading, ({ data, rows, cols }, from) => {
    for (let i = 0; i < rows; i++) {
      const label = of[from + i];
      if (label < 0 || isKept[from + i]) continue;
      counts[label]++;
      for (let j = 0, at = label * cols; j < cols; j++, at++) sums[at] += data[i * cols + j];
    }
  });
  return { sums, counts };
}

/** Features by how much their mean with the label differs from that without it, the most first. */
function differing(sums: Float64Array, counts: Float64Array, label: number, width: number): number[] {
  const others = counts.reduce((sum, n) => sum + n, 0) - counts[label];
  const difference = Float64Array.from({ length: width }, (_, j) => {
    let without = 0;
    for (let l = 0; l < counts.length; l++) if (l !== label) without += sums[l * width + j];
    return Math.abs(sums[label * width + j] / counts[label] - without / others);
  });
  return Array.from(difference.keys()).sort((a, b) => difference[b] - difference[a] || a - b);
}

/** Some features of all rows. */
function gathered(x: Matrix, reading: Reading, features: readonly number[]): Map<number, Float64Array> {
  const columns = new Map(features.map((j) => [j, new Float64Array(x.rows)]));
  forEachStretch(x, reading, ({ data, rows, cols }, from) => {
    for (const [j, column] of columns) for (let i = 0; i < rows; i++) column[from + i] = data[i * cols + j];
  });
  return columns;
}

/** Brings a column to mean 0 and variance 1 over the rows that are learned from. */
function standardize(column: Float64Array, rows: readonly number[]): void {
  let [mean, variance] = [0, 0];
  for (const i of rows) mean += column[i] / rows.length;
  for (const i of rows) variance += (column[i] - mean) ** 2 / rows.length;
  const deviation = Math.sqrt(variance) || 1;
  for (let i = 0; i < column.length; i++) column[i] = (column[i] - mean) / deviation;
}
