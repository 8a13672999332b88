import { type Check, checkOptions, flag, positive } from './checks.js';
import { dtypeOf, floats, type Matrix, norm } from './matrix.js';

/**
 * What is done to X before it is learned from, and undone in X̂. In this order:
 *   x ← x/scale          scale          pixels of 0 … 255, say
 *   x ← x − mean         center         each column's mean over the rows of the first fit
 *   x ← x/deviation      standardize    each column's standard deviation there, after `center`, which it includes
 *   x ← x/‖x‖            unitRows       a row of zeros stays
 *   x ← x·√d/mean‖x‖     meanNorm       so that rows have length √d on average (Conerly et al. 2024)
 * Whatever is learned is learned by the first `fit` and stays.
 */
export interface PreparationOptions {
  scale?: number;
  center?: boolean;
  standardize?: boolean;
  unitRows?: boolean;
  meanNorm?: boolean;
}

const checks: { readonly [K in keyof Required<PreparationOptions>]: Check } = {
  scale: positive,
  center: flag,
  standardize: flag,
  unitRows: flag,
  meanNorm: flag,
};

/** @throws for what is not such options, or a wrong one */
export const checkPreparation = (where: string, options: unknown): void => checkOptions(where, options, checks);

/** Whether the options ask for anything. */
export const prepares = (options: PreparationOptions): boolean => Object.values(options).some(Boolean);

/** The numbers that are learned: a mean and a divisor for each column, a factor for all, and whether they are known. */
export interface Learned {
  readonly mean: Float64Array;
  readonly divisor: Float64Array;
  readonly factor: Float64Array;
  readonly known: Float64Array;
}

/** What is to be learned of d columns, before it is. */
export function unlearned(
  { center, standardize, meanNorm }: PreparationOptions,
  d: number,
): Partial<Record<keyof Learned, number[]>> {
  return {
    ...((center || standardize) && { mean: Array(d).fill(0) }),
    ...(standardize && { divisor: Array(d).fill(1) }),
    ...(meanNorm && { factor: [1] }),
    ...((center || standardize || meanNorm) && { known: [0] }),
  };
}

const NONE = new Float64Array(0);

export class Preparation {
  private readonly options: PreparationOptions;
  private readonly learned: Learned;

  constructor(options: PreparationOptions, learned: Partial<Learned>) {
    this.options = options;
    this.learned = { mean: NONE, divisor: NONE, factor: NONE, known: NONE, ...learned };
  }

  /** Learns of X what is to be learned, unless it is known. Returns a function that forgets it again. */
  learn(x: Matrix): () => void {
    const { mean, divisor, factor, known } = this.learned;
    if (known.length === 0 || known[0] === 1) return () => {};
    const { rows, cols } = x;
    const scale = this.options.scale ?? 1;
    const each = (visit: (value: number, j: number) => void) => {
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) visit(x.data[at++] / scale, j);
    };
    if (mean.length) {
      each((value, j) => {
        mean[j] += value / rows;
      });
    }
    if (divisor.length) {
      const variance = new Float64Array(cols);
      each((value, j) => {
        variance[j] += (value - mean[j]) ** 2 / rows;
      });
      // A column that never varies is 0 once it is centred, whatever it is divided by.
      for (let j = 0; j < cols; j++) divisor[j] = variance[j] > 0 ? Math.sqrt(variance[j]) : 1;
    }
    if (factor.length) {
      const { data } = this.apply(x);
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += norm(data, i * cols, cols);
      if (sum > 0) factor[0] = (Math.sqrt(cols) * rows) / sum;
    }
    known[0] = 1;
    return () => {
      mean.fill(0);
      divisor.fill(1);
      factor.fill(1);
      known[0] = 0;
    };
  }

  /** A prepared copy of X. */
  apply({ data, rows, cols }: Matrix): Matrix {
    const { scale = 1, unitRows } = this.options;
    const { mean, divisor, factor } = this.learned;
    const out = floats(dtypeOf(data), data.length);
    const row = new Float64Array(cols);
    for (let i = 0, from = 0; i < rows; i++, from += cols) {
      for (let j = 0; j < cols; j++) row[j] = (data[from + j] / scale - (mean[j] ?? 0)) / (divisor[j] ?? 1);
      const length = (unitRows && norm(row, 0, cols)) || 1;
      for (let j = 0; j < cols; j++) out[from + j] = (row[j] / length) * (factor[0] ?? 1);
    }
    return { data: out, rows, cols };
  }

  /** X̂ as it would be in the caller's units; each row with the length that its row of `x` had, where rows were made unit ones. */
  undo({ data, rows, cols }: Matrix, x: Matrix | null): void {
    const { scale = 1, unitRows } = this.options;
    const { mean, divisor, factor } = this.learned;
    const row = new Float64Array(cols);
    for (let i = 0, from = 0; i < rows; i++, from += cols) {
      let length = 1;
      if (unitRows && x) {
        for (let j = 0; j < cols; j++) row[j] = (x.data[from + j] / scale - (mean[j] ?? 0)) / (divisor[j] ?? 1);
        length = norm(row, 0, cols) || 1;
      }
      for (let j = 0; j < cols; j++) {
        const prepared = (data[from + j] / (factor[0] ?? 1)) * length;
        data[from + j] = (prepared * (divisor[j] ?? 1) + (mean[j] ?? 0)) * scale;
      }
    }
  }
}
