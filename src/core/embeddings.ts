import { checkOptions, count, refuse, requireValue, seed, withoutUndefined } from '../numbers/checks.js';
import type { Seed } from '../numbers/random.js';
import type { FitOptions } from '../training/fit-options.js';
import type { SparseAutoencoderOptions } from './options.js';

/** What is known of embeddings before one is seen, and what shall not be chosen by `embeddings` itself. */
export interface EmbeddingsShape {
  /** d, the width of a row. */
  inputDim: number;
  /** n, how many rows there are to learn from. */
  rows: number;
  /** h. Default: 8·d, or as many as the rows can teach. */
  hiddenDim?: number;
  /** Active units a row. Default: by d. */
  k?: number;
  /** Default 0. */
  seed?: Seed;
}

/** A model for embeddings, and how to fit it. */
export interface EmbeddingsPreset {
  /** Options for the constructor. */
  readonly model: SparseAutoencoderOptions;
  /** Options for `fit`. */
  readonly fit: FitOptions & { readonly epochs: number; readonly batchSize: number };
  /** What was chosen. */
  readonly sentence: string;
}

const shapeChecks = { inputDim: count, rows: count, hiddenDim: count, k: count, seed };

/** The widths d that it was made for, and tried on. */
const [NARROWEST, WIDEST] = [50, 3072];
/** A unit learns from the rows that it is active on, n·k/h of them on average; with fewer than these it learns them by heart. */
const ROWS_A_UNIT = 32;
/**
 * Under so many it learns much by heart. On GloVe, h = 800, the variance that is left of rows not learned from was, times that of
 * those learned from, 5.6 at 40 rows a unit, 2.6 at 100 and 1.5 at 360.
 */
const BY_HEART = 150;
/** α·√d: by which share of itself an entry of W_dec moves in a step of Adam. */
const RATE = 0.08;
const MOST_STEPS = 2000;
const MOST_EPOCHS = 100;

/** The multiple of 8 that is nearest to x, at least 8. */
const eights = (x: number): number => 8 * Math.max(1, Math.round(x / 8));

/**
 * A sparse autoencoder for embeddings of d numbers, of words, texts, pictures or products, that needs no tuning for d from
 * 50 to 3,072: a TopK code (Gao et al. 2024) whose dictionary starts tied and keeps rows of length 1, b_dec at the rows'
 * geometric median, dead units woken by AuxK.
 *
 *   X      centred, each row then divided by its length and multiplied by √d: entries are about 1, whatever d is
 *   k      1.6·√d, in eights: 16 for 100, 32 for 384, 48 for 768, 88 for 3,072
 *   h      8·d, yet no more than leaves a unit about 32 rows to be active on: n·k/32 in eights, but at least 2·k
 *   α      0.08/√d, falling to 0 over the second half. A row of W_dec has d entries of about 1/√d, each of which Adam moves
 *          by about α a step: by the same share of itself, whatever d is.
 *   steps  2,000 of 1,024 rows; more, if it takes more to see all rows once, fewer, if that is 100 times all rows
 *
 * Of another d the sentence says that nobody has tried it.
 *
 * @throws RangeError or TypeError for a shape that is none
 */
export function embeddings(shape: EmbeddingsShape): EmbeddingsPreset {
  checkOptions('embeddings', shape, shapeChecks);
  const { inputDim: d, rows: n, seed } = shape;
  for (const name of ['inputDim', 'rows'] as const) requireValue(`embeddings: ${name}`, shape[name], count);
  const k = shape.k ?? Math.min(eights(1.6 * Math.sqrt(d)), shape.hiddenDim ?? Infinity);
  const taught = Math.max(eights((n * k) / ROWS_A_UNIT), 2 * k);
  const hiddenDim = shape.hiddenDim ?? Math.min(8 * d, taught);
  if (k > hiddenDim) refuse('embeddings: k', k, `at most hiddenDim, ${hiddenDim}`);
  const batchSize = Math.min(1024, Math.max(64, eights(n / 4)));
  const stepsAnEpoch = Math.ceil(n / batchSize);
  const epochs = Math.min(MOST_EPOCHS, Math.ceil(MOST_STEPS / stepsAnEpoch));
  const steps = epochs * stepsAnEpoch;
  const learningRate = Number((RATE / Math.sqrt(d)).toPrecision(2));
  const auxK = { k: Math.max(1, Math.round(d / 2)), deadAfter: 20 * batchSize };
  const model = withoutUndefined<SparseAutoencoderOptions>({
    inputDim: d,
    hiddenDim,
    hiddenActivation: 'topk',
    k,
    outputActivation: 'identity',
    preparation: { center: true, unitRows: true, meanNorm: true },
    tied: 'start',
    unitNorm: true,
    auxK,
    learningRate,
    seed,
  });
  const rowsAUnit = Math.round((n * k) / hiddenDim);
  const why = shape.hiddenDim !== undefined ? 'as asked' : hiddenDim === 8 * d ? `8 × ${d}` : `as ${figure(n)} rows can teach`;
  const isTried = d >= NARROWEST && d <= WIDEST;
  return {
    model,
    fit: { epochs, batchSize, decoderBias: 'median', schedule: { decay: 'linear', decaySteps: Math.ceil(steps / 2) } },
    sentence:
      `embeddings: rows centred and brought to length √${d}; ${k} of ${figure(hiddenDim)} units a row (TopK; ${why}), W_dec of unit rows, ` +
      `W_enc from W_decᵀ, b_dec from the median, dead units woken by ${auxK.k} a row (AuxK); ${figure(steps)} steps of ` +
      `${figure(batchSize)} rows, ${epochs} times over all, at a learning rate of ${learningRate}, falling to 0 over the second half` +
      (rowsAUnit < BY_HEART
        ? `. With ${rowsAUnit} rows a unit it learns much by heart: keep some rows aside to see how much`
        : '') +
      (isTried ? '' : `. It was tried on rows of ${NARROWEST} to ${figure(WIDEST)} numbers, not on such of ${figure(d)}`),
  };
}

const figure = (n: number): string => n.toLocaleString('en-US');
