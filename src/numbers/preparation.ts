import { type Check, checkOptions, flag, positive, refuse } from './checks.js';
import { columnMeans, type DType, dtypeOf, floats, LAST_BITS, type Matrix, norm } from './matrix.js';

/**
 * What is done to X before it is learned from, and undone in X̂. In this order:
 *   x ← x/scale          scale          pixels of 0 … 255, say
 *   x ← x − mean         center         each column's mean over the rows of the first fit
 *   x ← x/deviation      standardize    each column's standard deviation there, after `center`, which it includes
 *   x ← x/‖x‖            unitRows       a row of zeros stays
 *   x ← x·√d/mean‖x‖     meanNorm       so that rows have length √d on average (Conerly et al. 2024)
 * Whatever is learned is learned by the first `fit` and stays. A column that never varies is 0 from `center`
 * on.
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

/** Whether an option is one of these. */
export const isPreparation = (option: string): boolean => Object.hasOwn(checks, option);

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

/**
 * Up to what share of the mean's entries a row is taken for the mean. It may be a mean of many itself, which others have taken: in
 * float64 that is off by √n·2⁻⁵³ as a rule, n·2⁻⁵³ at the worst.
 */
export const ROUNDING: Readonly<Record<DType, number>> = { float32: 2 ** -23, float64: 2 ** -40 };

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
    const { scale = 1, unitRows } = this.options;
    const each = (visit: (value: number, j: number) => void) => {
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) visit(x.data[at++] / scale, j);
    };
    const dtype = dtypeOf(x.data);
    const rounding = ROUNDING[dtype];
    if (mean.length) {
      const size = new Float64Array(cols);
      each((value, j) => {
        mean[j] += value / rows;
        size[j] += Math.abs(value) / rows;
      });
      // For float32 that will do: see columnMeans.
      if (dtype === 'float64') mean.set(columnMeans(x).map((value) => value / scale));
      // Where entries cancel each other, what is left is their rounding.
      if (unitRows) for (let j = 0; j < cols; j++) if (Math.abs(mean[j]) <= rounding * size[j]) mean[j] = 0;
    }
    if (divisor.length) {
      const variance = new Float64Array(cols);
      each((value, j) => {
        variance[j] += (value - mean[j]) ** 2 / rows;
      });
      for (let j = 0; j < cols; j++) divisor[j] = Math.sqrt(variance[j]) || 1;
    }
    if (mean.length) {
      const varies = new Uint8Array(cols);
      each((value, j) => {
        if (differs(value, mean[j], LAST_BITS[dtype])) varies[j] = 1;
      });
      // A column that never varies is its mean, to the bit, and what is left of it after that is not divided.
      for (let j = 0; j < cols; j++) {
        if (varies[j]) continue;
        mean[j] = x.data[j] / scale;
        if (divisor.length) divisor[j] = 1;
      }
    }
    if (factor.length) {
      const { data } = this.apply(x);
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += norm(data, i * cols, cols);
      if (sum > 0) factor[0] = (Math.sqrt(cols) * rows) / sum;
    }
    known[0] = 1;
    const forget = () => {
      mean.fill(0);
      divisor.fill(1);
      factor.fill(1);
      known[0] = 0;
    };
    // √d over a length beyond the range of floats
    if (factor[0] === 0) {
      forget();
      refuse('fit: X: mean length, prepared,', Infinity, 'a finite number');
    }
    return forget;
  }

  /** A prepared copy of X. */
  apply(x: Matrix): Matrix {
    const { rows, cols } = x;
    const factor = this.learned.factor[0] ?? 1;
    const out = floats(dtypeOf(x.data), x.data.length);
    const row = new Float64Array(cols);
    for (let i = 0, from = 0; i < rows; i++, from += cols) {
      const length = this.columns(x, from, row);
      for (let j = 0; j < cols; j++) out[from + j] = (row[j] / length) * factor;
    }
    return { data: out, rows, cols, prepared: true };
  }

  /**
   * The row of X that starts at `from`, each column prepared. Returns the length that it is to be divided by, 1 if by none; a
   * row that is the mean but for rounding is 0, and not made a unit one.
   */
  private columns({ data }: Matrix, from: number, row: Float64Array): number {
    const { scale = 1, unitRows } = this.options;
    const { mean, divisor } = this.learned;
    const rounding = ROUNDING[dtypeOf(data)];
    let other = !unitRows;
    for (let j = 0; j < row.length; j++) {
      const value = data[from + j] / scale;
      const usual = mean[j] ?? 0;
      other ||= differs(value, usual, rounding);
      row[j] = (value - usual) / (divisor[j] ?? 1);
    }
    if (!other) row.fill(0);
    return (unitRows && norm(row, 0, row.length)) || 1;
  }

  /** X̂ as it would be in the caller's units; each row with the length that its row of `x` had, where rows were made unit ones. */
  undo({ data, rows, cols }: Matrix, x: Matrix | null): void {
    const { scale = 1, unitRows } = this.options;
    const { mean, divisor, factor } = this.learned;
    const row = new Float64Array(cols);
    for (let i = 0, from = 0; i < rows; i++, from += cols) {
      const length = unitRows && x ? this.columns(x, from, row) : 1;
      for (let j = 0; j < cols; j++) {
        const prepared = (data[from + j] / (factor[0] ?? 1)) * length;
        data[from + j] = (prepared * (divisor[j] ?? 1) + (mean[j] ?? 0)) * scale;
      }
    }
  }
}

/** Whether they differ by more than rounding, of which neither a deviation nor a length may be made. */
const differs = (value: number, mean: number, rounding: number): boolean => Math.abs(value - mean) > rounding * Math.abs(mean);
