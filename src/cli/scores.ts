import { type Scores, type SparseAutoencoder, scores } from '../index.js';
import type { Rows } from './data.js';
import type { matrixOf } from './plan.js';

/** Five rows of fewer say nothing of a feature. */
const FEWEST_ROWS = 100;
/** The widest rows whose principal components, 9·d³ operations, are had in some seconds. */
const WIDEST = 512;
/** Multiplications of all rows with all units, n·d·h, that are. */
const MOST = 1e10;

/** In words, for --help. */
export const SCORED_UNASKED = `from ${FEWEST_ROWS} rows on, of up to ${WIDEST} numbers each`;

/**
 * What is known of the features by the rows alone: all scores where there are labels; without them DistRatio, where it says
 * something and takes some seconds at the most. Null where there is none.
 */
export function scoresBeside(
  sae: SparseAutoencoder,
  X: ReturnType<typeof matrixOf>,
  { rows, cols, labels }: Rows,
): Scores | null {
  if (labels) return scores(sae, X, { labels });
  if (rows < FEWEST_ROWS || cols > WIDEST || rows * cols * sae.hiddenDim > MOST) return null;
  const found = scores(sae, X);
  return Number.isFinite(found.readings[0].distRatio.value) ? found : null;
}
