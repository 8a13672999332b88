import type { Tops } from './tops.js';

/** Rows of a feature that are judged. */
export const PRECISION_ROWS = 20;

/** The feature that knows a label best. */
export interface LabelPrecision {
  readonly label: string;
  /** The share of its top 20 rows that have the label. */
  readonly precision: number;
  /** Which feature. */
  readonly feature: number;
}

/**
 * For each label the largest share that it has among the top 20 rows of a feature (Precision@20), of equal ones the
 * first feature's. Rows that a feature lacks count as misses. A unit is narrower than a label ("dogs" than "animals"), so that
 * what it says is judged where it is loudest.
 * @param of the label's number of each row
 */
export function precision(
  tops: Tops,
  of: ArrayLike<number>,
  labels: readonly string[],
  used: readonly number[],
): LabelPrecision[] {
  const best = labels.map(() => ({ hits: 0, feature: 0 }));
  for (let list = 0; list < tops.width; list++) {
    const hits = new Int32Array(labels.length);
    for (const row of tops.of(list)) hits[of[row]]++;
    for (const label of used) if (hits[label] > best[label].hits) best[label] = { hits: hits[label], feature: list };
  }
  return used.map((label) => ({
    label: labels[label],
    precision: best[label].hits / PRECISION_ROWS,
    feature: best[label].feature,
  }));
}
