import {
  anything,
  type Check,
  callback,
  checkOptions,
  count,
  flag,
  fraction,
  notNegative,
  positive,
  requireValue,
  when,
  withoutUndefined,
} from '../numbers/checks.js';
import type { MatrixLike } from '../numbers/matrix-like.js';
import type { BatchReport, EpochReport } from './history.js';

export interface EarlyStopping {
  /** Stop after this many epochs without a new best. */
  patience: number;
  /** A new best is lower than the last by more than this. */
  minDelta: number;
  /** Leave the model as it was after its best epoch. */
  restoreBest: boolean;
}

/** What `fit` asks of an AbortSignal, so that its types need not be there. */
export interface Signal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

/** When a checkpoint is due, and what becomes of it. */
export interface CheckpointOptions {
  /** Awaited with `toBytes({ training: true })` of the model after so many epochs of this `fit`. */
  save: (bytes: Uint8Array, epochsDone: number) => unknown;
  /** After every so many epochs. Default 1, if `minutes` is not given. */
  epochs?: number;
  /** After the first epoch to end when so many minutes have passed since the last one. */
  minutes?: number;
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
  /** Keeps what it takes to go on with this `fit` in another process, should this one end before it. */
  checkpoint?: CheckpointOptions;
  /**
   * Goes on with the `fit` that this model was in when its bytes were taken for a checkpoint, or when it was aborted, up
   * to `epochs` of it in all, as if nothing had happened. Needs the same rows, and the same options.
   */
  resume?: boolean;
  /** Aborting it rejects `fit` with the signal's reason. */
  signal?: Signal;
}

export type CompleteFitOptions = FitOptions & Required<Pick<FitOptions, 'epochs' | 'batchSize' | 'shuffle'>>;

type Checks<T> = { readonly [K in keyof T]-?: Check };

const earlyStoppingChecks: Checks<EarlyStopping> = { patience: count, minDelta: notNegative, restoreBest: flag };
const checkpointChecks: Checks<CheckpointOptions> = { save: callback, epochs: count, minutes: positive };
const dataChecks: Checks<{ x: unknown; targets: unknown }> = { x: anything, targets: anything };

const isPair = (data: unknown): data is { x: MatrixLike; targets?: MatrixLike } =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && !('data' in data);

const isSignal = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && typeof (value as Signal).throwIfAborted === 'function';

const fitChecks: Checks<FitOptions> = {
  epochs: count,
  batchSize: count,
  shuffle: flag,
  targets: anything,
  validationData: anything,
  validationSplit: fraction,
  earlyStopping: anything,
  onEpochEnd: callback,
  onBatchEnd: callback,
  checkpoint: anything,
  resume: flag,
  signal: when(isSignal, 'an AbortSignal'),
};

/** `validationData`, as X and T. */
export function readPair(data: FitOptions['validationData']): { x: unknown; targets?: unknown } {
  return isPair(data) ? data : { x: data };
}

export function completeFitOptions(options: FitOptions): CompleteFitOptions {
  checkOptions('fit', options, fitChecks);
  const given = withoutUndefined(options);
  const { validationData, earlyStopping, checkpoint } = given;
  if (isPair(validationData)) checkOptions('fit: validationData', validationData, dataChecks);
  if (earlyStopping !== undefined) checkOptions('fit: earlyStopping', earlyStopping, earlyStoppingChecks);
  if (checkpoint !== undefined) {
    checkOptions('fit: checkpoint', checkpoint, checkpointChecks);
    requireValue('fit: checkpoint: save', checkpoint.save, callback);
  }
  if (validationData !== undefined && given.validationSplit !== undefined) {
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

/** Whether a checkpoint is due after so many epochs of a run that begins now. */
export function checkpointClock({ epochs, minutes }: CheckpointOptions): (epochsDone: number) => boolean {
  const every = epochs ?? (minutes === undefined ? 1 : Infinity);
  let last = performance.now();
  return (epochsDone) => {
    const now = performance.now();
    const due = epochsDone % every === 0 || (minutes !== undefined && now - last >= 60_000 * minutes);
    if (due) last = now;
    return due;
  };
}
