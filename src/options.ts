import { activations } from './activations.js';
import type { Initializer } from './initializers.js';
import type { Activation } from './kernels/kernels.js';
import { type DType, type MatrixLike, show } from './matrix.js';
import type { ObjectiveSpec } from './objective.js';
import type { Seed } from './random.js';
import { TANGENT_FROM } from './sparsity.js';
import type { BatchReport, EarlyStopping, EpochReport } from './trainer.js';

/** Where the arithmetic runs. 'auto' is 'simd' wherever that can run, float64 excepted. */
export type Backend = 'auto' | 'plain' | 'simd';

/** What a model is made of. All but the two sizes have defaults. */
export interface SparseAutoencoderOptions {
  /** d, the width of X. */
  inputDim: number;
  /** h, the number of hidden units. */
  hiddenDim: number;
  /** d′, the width of X̂. Default: inputDim. */
  outputDim?: number;
  /** σ_h. Default 'relu'. */
  hiddenActivation?: Activation;
  /** σ_o. Default 'sigmoid'. */
  outputActivation?: Activation;
  /** R. Default 'mse'. */
  reconstruction?: ObjectiveSpec['reconstruction'];
  /** S. Default 'kl'. */
  penalty?: ObjectiveSpec['penalty'];
  /** ρ in (0, 1), which KL draws the mean activations to. Default 0.05. */
  sparsityParam?: number;
  /** β ≥ 0, the weight of S. Default 0.1. */
  beta?: number;
  /** λ ≥ 0. Default 0. */
  weightDecay?: number;
  /** Adam's α > 0. Default 0.001. */
  learningRate?: number;
  /** Default 'glorot-uniform'. */
  initializer?: Initializer;
  /** The weights and the order of the batches follow from it. Default 0. */
  seed?: Seed;
  /** Default 'float32'. */
  dtype?: DType;
  /** Default 'auto'. */
  backend?: Backend;
  /** How many threads `fit` may use; the results are the same bits for any number. Default 'auto'. */
  threads?: 'auto' | number;
}

/** How `fit` goes about it. */
export interface FitOptions {
  /** Default 50. */
  epochs?: number;
  /** Rows a step; the last batch of an epoch may be smaller. Default 256. */
  batchSize?: number;
  /** A new order of the rows each epoch. Default true. */
  shuffle?: boolean;
  /** T, rows as X. Default: X itself. */
  targets?: MatrixLike;
  /** Rows to compute `validationLoss` on after each epoch. Needs its own targets where `fit` has them. */
  validationData?: MatrixLike | { x: MatrixLike; targets?: MatrixLike };
  /** Instead: this share of the rows, the last ones, is kept from training and validated on. */
  validationSplit?: number;
  /**
   * Stop when `validationLoss` (`loss`, without validation) has gone without a new best for `patience`
   * epochs. Defaults: patience 5, minDelta 0, restoreBest true.
   */
  earlyStopping?: Partial<EarlyStopping>;
  /** Awaited after each epoch. */
  onEpochEnd?: (report: EpochReport) => unknown;
  /** Awaited after each step. */
  onBatchEnd?: (report: BatchReport) => unknown;
  /** Aborting it rejects `fit` with the signal's reason. */
  signal?: AbortSignal;
}

export interface CompleteOptions extends Required<SparseAutoencoderOptions> {}

/** Throws if `value` is not what the option expects; `where` names the option. */
type Check = (where: string, value: unknown) => void;
type Checks<T> = { readonly [K in keyof T]-?: Check };

const fail = (where: string, value: unknown, expected: string): never => {
  throw new RangeError(`${where} is ${show(value)}, expected ${expected}`);
};

const when =
  (ok: (value: unknown) => boolean, expected: string): Check =>
  (where, value) => {
    if (!ok(value)) fail(where, value, expected);
  };

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
const finite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const count = when(isCount, 'a whole number of at least 1');
const positive = when((v) => finite(v) && v > 0, 'a number above 0');
const notNegative = when((v) => finite(v) && v >= 0, 'a number of at least 0');
const fraction = when((v) => finite(v) && v > 0 && v < 1, 'a number between 0 and 1, both excluded');
const flag = when((v) => typeof v === 'boolean', 'true or false');
const callback = when((v) => typeof v === 'function', 'a function');
const anything: Check = () => {};

const oneOf =
  (...names: string[]): Check =>
  (where, value) => {
    if (names.includes(value as string)) return;
    const list = names.map((name) => `"${name}"`).join(', ');
    const hint = typeof value === 'string' ? `; did you mean "${nearest(value, names)}"?` : '';
    fail(where, value, `one of ${list}${hint}`);
  };

const activation = oneOf(...Object.keys(activations));

const modelChecks: Checks<SparseAutoencoderOptions> = {
  inputDim: count,
  hiddenDim: count,
  outputDim: count,
  hiddenActivation: activation,
  outputActivation: activation,
  reconstruction: oneOf('mse', 'sse', 'half-sse'),
  penalty: oneOf('kl', 'l1', 'none'),
  sparsityParam: fraction,
  beta: notNegative,
  weightDecay: notNegative,
  learningRate: positive,
  initializer: oneOf('glorot-uniform', 'glorot-normal', 'he-normal'),
  seed: when((v) => typeof v === 'string' || finite(v), 'a string or a finite number'),
  dtype: oneOf('float32', 'float64'),
  backend: oneOf('auto', 'plain', 'simd'),
  threads: when((v) => v === 'auto' || (isCount(v) && (v as number) <= 64), '"auto" or a whole number from 1 to 64'),
};

const earlyStoppingChecks: Checks<EarlyStopping> = { patience: count, minDelta: notNegative, restoreBest: flag };

const dataChecks: Checks<{ x: unknown; targets: unknown }> = { x: anything, targets: anything };
const isPair = (data: unknown): data is { x: MatrixLike; targets?: MatrixLike } =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && !('data' in data);

/** `validationData`, as X and T. */
export function readPair(data: FitOptions['validationData']): { x: unknown; targets?: unknown } {
  return isPair(data) ? data : { x: data };
}

/** Checks the options of a call that takes targets and, if `more` says so, other things. */
export function checkDataOptions(call: string, options: unknown, more: Record<string, Check> = {}): void {
  checkOptions(call, options, { targets: anything, ...more });
}

const fitChecks: Checks<FitOptions> = {
  epochs: count,
  batchSize: count,
  shuffle: flag,
  targets: anything,
  validationData: (where, value) => {
    if (isPair(value)) checkOptions(where, value, dataChecks);
  },
  validationSplit: fraction,
  earlyStopping: (where, value) => checkOptions(where, value, earlyStoppingChecks),
  onEpochEnd: callback,
  onBatchEnd: callback,
  signal: when((v) => v instanceof AbortSignal, 'an AbortSignal'),
};

/**
 * Checks names and values of an options object; undefined values count as left out.
 * @throws TypeError for something that is not an object, RangeError for a wrong name or value.
 */
export function checkOptions(call: string, options: unknown, checks: Record<string, Check>): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new TypeError(`${call}: got ${show(options)}, expected an object with options`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      throw new RangeError(`${call}: unknown option ${show(name)}${suggestion(name, Object.keys(checks))}`);
    }
    if (value !== undefined) checks[name](`${call}: ${name}`, value);
  }
}

const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

export function completeModelOptions(options: SparseAutoencoderOptions): CompleteOptions {
  const call = 'SparseAutoencoder';
  checkOptions(call, options, modelChecks);
  for (const name of ['inputDim', 'hiddenDim'] as const) modelChecks[name](`${call}: ${name}`, options[name]);
  const complete: CompleteOptions = {
    outputDim: options.inputDim,
    hiddenActivation: 'relu',
    outputActivation: 'sigmoid',
    reconstruction: 'mse',
    penalty: 'kl',
    sparsityParam: 0.05,
    beta: 0.1,
    weightDecay: 0,
    learningRate: 0.001,
    initializer: 'glorot-uniform',
    seed: 0,
    dtype: 'float32',
    backend: 'auto',
    threads: 'auto',
    ...withoutUndefined(options),
  };
  const { penalty, hiddenActivation, backend, dtype } = complete;
  if (penalty === 'kl' && !activations[hiddenActivation].nonNegative) {
    fail(`${call}: hiddenActivation`, hiddenActivation, 'one that is never negative with penalty "kl": "relu" or "sigmoid"');
  }
  if (penalty === 'kl' && complete.sparsityParam > TANGENT_FROM) {
    fail(
      `${call}: sparsityParam`,
      complete.sparsityParam,
      `at most ${TANGENT_FROM} with penalty "kl", which is a falling line from there on`,
    );
  }
  if (backend === 'simd' && dtype === 'float64') fail(`${call}: backend`, backend, '"plain" or "auto" with dtype "float64"');
  return complete;
}

export type CompleteFitOptions = FitOptions & Required<Pick<FitOptions, 'epochs' | 'batchSize' | 'shuffle'>>;

export function completeFitOptions(options: FitOptions): CompleteFitOptions {
  checkOptions('fit', options, fitChecks);
  const given = withoutUndefined(options);
  if (given.validationData !== undefined && given.validationSplit !== undefined) {
    throw new RangeError('fit: got both validationData and validationSplit, expected at most one of them');
  }
  return { epochs: 50, batchSize: 256, shuffle: true, ...given };
}

export const completeEarlyStopping = (options: Partial<EarlyStopping>): EarlyStopping => ({
  patience: 5,
  minDelta: 0,
  restoreBest: true,
  ...withoutUndefined(options),
});

/** What users of other libraries, and readers of the mathematics, call these options. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  rho: 'sparsityParam',
  lr: 'learningRate',
  lambda: 'weightDecay',
  optimizer: 'learningRate',
  steps: 'epochs',
};

/** The rest of an error about an unknown name: the one that was probably meant, or all there are. */
export function suggestion(name: string, names: readonly string[]): string {
  const other = OTHER_NAMES[name.toLowerCase()];
  const likely = names.includes(other) ? other : nearest(name, names);
  const close = likely === other || editDistance(name.toLowerCase(), likely.toLowerCase()) <= Math.max(2, name.length / 2);
  return close ? `; did you mean "${likely}"?` : `, expected one of ${names.join(', ')}`;
}

/** The name that takes the fewest edits (Levenshtein) to become `name`, letter case aside. */
export function nearest(name: string, names: readonly string[]): string {
  const edits = names.map((other) => editDistance(name.toLowerCase(), other.toLowerCase()));
  return names[edits.indexOf(Math.min(...edits))];
}

function editDistance(a: string, b: string): number {
  if (a.length > 4 * b.length) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
