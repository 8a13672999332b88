import { modelOf, type SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { encodeAll } from '../model/inference.js';
import { checkOptions, count, seed, when } from '../numbers/checks.js';
import type { Matrix } from '../numbers/matrix.js';
import type { MatrixLike } from '../numbers/matrix-like.js';
import type { Seed } from '../numbers/random.js';
import { type DistRatio, distRatio } from './dist-ratio.js';
import { type LabelPrecision, PRECISION_ROWS, precision } from './precision.js';
import { type LabelProbe, probes } from './probing.js';
import { axes, forEachStretch, MOST_COMPONENTS, principalComponents, type Reading, randomDirections } from './readings.js';
import { Tops } from './tops.js';

export interface ScoreOptions {
  /** What each row is, null or undefined for those of which it is not known. Without labels there is DistRatio alone. */
  labels?: readonly (string | null | undefined)[] | undefined;
  /** k of the probes. Default 5. */
  k?: number;
  /** Of the random rows and directions. Default 0. */
  seed?: Seed;
}

/** What is measured of one way to read rows. */
export interface ReadingScores {
  /** What reads: "units", "raw axes", "PCA", "random directions". */
  readonly reading: string;
  readonly features: number;
  readonly distRatio: DistRatio;
  /** Mean of Precision@20 over the labels, and each label's. NaN without labels. */
  readonly precision: number;
  readonly precisions: readonly LabelPrecision[];
  /** Mean balanced accuracy of a probe of one feature, of k, and each label's for k. */
  readonly probe1: number;
  readonly probeK: number;
  readonly probes: readonly LabelProbe[];
}

export interface Scores {
  readonly k: number;
  /** The labels that were judged: those of at least 20 rows. */
  readonly labels: readonly string[];
  /** The units first, then what they are to be measured by. */
  readonly readings: readonly ReadingScores[];
}

/**
 * Scores of a model's features that need no people, beside those of raw axes, of principal components and of as many random
 * directions: DistRatio, Precision@20 of the best feature for each label, k-sparse probing. All in the space that the encoder
 * sees: X, prepared. Rows of more than 1,024 numbers have no principal components beside them, which would take minutes.
 * @throws RangeError or TypeError naming what is not as it should be
 */
export function scores(sae: SparseAutoencoder, X: MatrixLike, options: ScoreOptions = {}): Scores {
  const model = modelOf(sae);
  const x = model.prepare(model.readFinite('scores: X', X, sae.inputDim));
  const isLabel = (each: unknown) => each === null || each === undefined || typeof each === 'string';
  const expected = `a list of ${x.rows} texts, or null, one a row`;
  checkOptions('scores', options, {
    labels: when((v) => Array.isArray(v) && v.length === x.rows && v.every(isLabel), expected),
    k: count,
    seed,
  });
  const { k = 5, seed: from = 0 } = options;
  const labels = numbered(options.labels ?? Array(x.rows).fill(null));
  const units: Reading = {
    width: sae.hiddenDim,
    bothEnds: false,
    of(rows) {
      const f = model.blank(rows.rows, sae.hiddenDim);
      encodeAll('scores: X', model.inferenceKernels(rows.data.length), model, rows, f);
      return f;
    },
  };
  const measure = (reading: string, how: Reading) => scoresOf(reading, how, x, labels, k, from);
  return {
    k,
    labels: labels.used.map((label) => labels.names[label]),
    readings: [
      measure('units', units),
      measure('raw axes', axes(x)),
      ...(x.cols <= MOST_COMPONENTS ? [measure('PCA', principalComponents(x))] : []),
      measure('random directions', randomDirections(x.cols, sae.hiddenDim, from)),
    ],
  };
}

/** Labels by number: of each row, −1 for none. */
interface Labels {
  readonly of: Int32Array;
  readonly names: readonly string[];
  /** Those that are frequent enough to be judged. */
  readonly used: readonly number[];
}

function numbered(given: readonly (string | null | undefined)[]): Labels {
  const names = [...new Set(given)].filter((each) => typeof each === 'string').sort();
  const numbers = new Map<string | null | undefined, number>(names.map((name, label) => [name, label]));
  const of = Int32Array.from(given, (each) => numbers.get(each) ?? -1);
  const rows = new Int32Array(names.length);
  for (const label of of) if (label >= 0) rows[label]++;
  const used = names.length > 1 ? Array.from(names.keys()).filter((label) => rows[label] >= PRECISION_ROWS) : [];
  return { of, names, used };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

function scoresOf(name: string, reading: Reading, x: Matrix, { of, names, used }: Labels, k: number, seed: Seed): ReadingScores {
  const [all, labelled] = [new Tops(reading, PRECISION_ROWS), new Tops(reading, PRECISION_ROWS)];
  const isLabelled = (row: number) => of[row] >= 0;
  forEachStretch(x, reading, (f, from) => {
    all.add(f, from);
    if (used.length) labelled.add(f, from, isLabelled);
  });
  const precisions = precision(labelled, of, names, used);
  const [one, some] = used.length ? probes(x, reading, of, names, used, [1, k]) : [[], []];
  return {
    reading: name,
    features: reading.width,
    distRatio: distRatio(x, all, seed),
    precision: mean(precisions.map((each) => each.precision)),
    precisions,
    probe1: mean(one.map(({ accuracy }) => accuracy)),
    probeK: mean(some.map(({ accuracy }) => accuracy)),
    probes: some,
  };
}
