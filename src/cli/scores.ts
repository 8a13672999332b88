import { type Scores, type SparseAutoencoder, scores } from '../index.js';
import { DIST_ROWS } from '../scores/dist-ratio.js';
import { PRECISION_ROWS } from '../scores/precision.js';
import { MOST_COMPONENTS } from '../scores/readings.js';
import type { Rows } from './data.js';
import { count } from './output.js';
import type { matrixOf } from './plan.js';

/** Five rows of fewer say nothing of a feature. */
const FEWEST_ROWS = 100;
/** The widest rows whose principal components, 9·d³ operations, are had in some seconds. */
const WIDEST = 512;
/** Multiplications of all rows with all units, n·d·h, that are. */
const MOST = 1e10;

/** In words, for --help. */
export const SCORED_UNASKED = `from ${FEWEST_ROWS} rows on, of up to ${WIDEST} numbers each`;

/** What is known of the features, null where that is nothing; and of each score that is not, the reason. */
export interface Scored {
  readonly found: Scores | null;
  readonly leftOut: readonly string[];
}

/**
 * What is known of the features by the rows alone: all scores where there are labels; without them DistRatio, where it says
 * something and takes some seconds at the most.
 */
export function scoresBeside(sae: SparseAutoencoder, X: ReturnType<typeof matrixOf>, rows: Rows): Scored {
  const { labels, cols } = rows;
  const refusal = labels ? null : refusalOf(sae, rows);
  const found = refusal === null ? scores(sae, X, { ...(labels && { labels }) }) : null;
  const isMeasured = found !== null && Number.isFinite(found.readings[0].distRatio.value);
  const unmeasured = `no unit is active on ${DIST_ROWS} rows that differ`;
  const leftOut = [
    ...(isMeasured ? [] : [`DistRatio: left out, since ${refusal ?? unmeasured}`]),
    ...(found && cols > MOST_COMPONENTS
      ? [`PCA: left out, since ${wide(cols)}, expected at most ${count(MOST_COMPONENTS)}`]
      : []),
    ...labelsLeftOut(labels),
  ];
  return { found: labels || isMeasured ? found : null, leftOut };
}

const wide = (cols: number) => `rows have ${count(cols)} numbers`;

/** Why nobody who has not asked for it waits for DistRatio. */
function refusalOf({ hiddenDim }: SparseAutoencoder, { rows, cols }: Rows): string | null {
  const asked = 'unless --label asks for all scores';
  if (rows < FEWEST_ROWS) return `there are ${rows} rows, expected at least ${FEWEST_ROWS}`;
  if (cols > WIDEST) return `${wide(cols)}, expected at most ${WIDEST} ${asked}`;
  const products = rows * cols * hiddenDim;
  return products > MOST
    ? `it takes ${products.toPrecision(2)} products, expected at most ${MOST.toPrecision(2)} ${asked}`
    : null;
}

/** Of what scores by labels leave out, a line. */
function labelsLeftOut(labels: Rows['labels']): string[] {
  const what = `precision@${PRECISION_ROWS} and probes`;
  if (!labels) return [`${what}: left out, since the rows have no labels, expected --label to name them`];
  const rowsOf = new Map<string, number>();
  for (const label of labels) rowsOf.set(label, (rowsOf.get(label) ?? 0) + 1);
  const few = [...rowsOf.values()].filter((rows) => rows < PRECISION_ROWS).length;
  if (rowsOf.size < 2) return [`${what}: left out, since all rows have one label, expected at least 2`];
  const most = Math.max(...rowsOf.values());
  if (few === rowsOf.size)
    return [`${what}: left out, since the most frequent of ${few} labels has ${most} rows, expected at least ${PRECISION_ROWS}`];
  return few > 0 ? [`${what} of ${few} of ${rowsOf.size} labels: left out, since each has under ${PRECISION_ROWS} rows`] : [];
}
