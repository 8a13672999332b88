import {
  anything,
  belowOne,
  type Check,
  callback,
  checkOptions,
  count,
  flag,
  fraction,
  notNegative,
  oneOf,
  positive,
  refuse,
  requireValue,
  share,
  when,
  whole,
  withoutUndefined,
} from '../numbers/checks.js';
import type { MatrixLike } from '../numbers/matrix-like.js';
import type { BatchReport, EpochReport } from './history.js';
import type { Resampling } from './resampling.js';
import { decays, type Schedule } from './schedule.js';
import type { DecoderBiasStart } from './start.js';

export interface EarlyStopping {
  /** Stop after this many epochs without a new best. */
  patience: number;
  /** A new best is lower than the last by more than this. */
  minDelta: number;
  /** Leave the model as it was after its best epoch. */
  restoreBest: boolean;
}

/** What may change while `fit` runs: it is read before every step. */
export interface LiveSettings {
  /** α, before the schedule. */
  learningRate?: number;
  /** β, before `penaltyWarmup`. It stays with the model, as `sae.beta`; `targetL0` steers on from it, but not from 0. */
  beta?: number;
  /** Rows of the next step, up to `fit`'s own batchSize; the rest of the epoch is then as many steps as it takes. */
  batchSize?: number;
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
  /** Adam's α > 0. Default: the model's. */
  learningRate?: number;
  /** How α goes over the steps; default: it stays. Counted in steps of the model, earlier fits included. */
  schedule?: Schedule;
  /** β rises to its full weight over the model's first so many steps. Default 0. */
  penaltyWarmup?: number;
  /** The gradient is scaled down where its norm, over all of θ, is above this. Default: it never is. */
  clipNorm?: number;
  /**
   * γ of the exponential mean of the weights, say 0.999. After each epoch, and after `fit`, the model is that mean;
   * training goes on from where the weights themselves stood, in the next fit that averages too. One that does not
   * goes on from the mean. Default: none is kept.
   */
  averaging?: number;
  /**
   * Where b_dec is set before the model's first step: the mean or the geometric median of the targets' rows. Needs
   * outputActivation 'identity'. Default: it is left as it is.
   */
  decoderBias?: DecoderBiasStart;
  /** A new start for dead units, every so many steps of the model. Default: none. */
  resampling?: Resampling;
  /** An object of the caller's, which may be changed while `fit` runs. */
  settings?: LiveSettings;
  /** T, rows as X. Default: X itself. */
  targets?: MatrixLike;
  /** Rows to compute `validationLoss` on after each epoch. Needs its own targets where `fit` has them. */
  validationData?: MatrixLike | { x: MatrixLike; targets?: MatrixLike };
  /** Instead: this share of the rows, the last ones, is kept from training and validated on. */
  validationSplit?: number;
  /**
   * Stop when `validationLoss` (`loss`, without validation) has gone without a new best for `patience`
   * epochs. Defaults: patience 5, minDelta 0, restoreBest true. While β changes (`targetL0`, `penaltyWarmup`), the loss of
   * one epoch says little about that of another: then give it the patience to see that through.
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

export const scheduleChecks: Checks<Schedule> = {
  warmup: whole,
  decay: oneOf(...Object.keys(decays)),
  decaySteps: count,
  final: share,
  steps: count,
};
export const resamplingChecks: Checks<Resampling> = { every: count, window: count, until: count, rows: count };
const settingsChecks: Checks<LiveSettings> = { learningRate: positive, beta: notNegative, batchSize: count };

export const fitChecks: Checks<FitOptions> = {
  epochs: count,
  batchSize: count,
  shuffle: flag,
  learningRate: positive,
  schedule: anything,
  penaltyWarmup: whole,
  clipNorm: positive,
  averaging: belowOne,
  decoderBias: oneOf('mean', 'median'),
  resampling: anything,
  settings: anything,
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
  const { validationData, earlyStopping, checkpoint, schedule, resampling, settings } = given;
  if (isPair(validationData)) checkOptions('fit: validationData', validationData, dataChecks);
  if (earlyStopping !== undefined) checkOptions('fit: earlyStopping', earlyStopping, earlyStoppingChecks);
  if (schedule !== undefined) checkSchedule(schedule);
  if (resampling !== undefined) {
    checkOptions('fit: resampling', resampling, resamplingChecks);
    requireValue('fit: resampling.every', resampling.every, count);
  }
  if (settings !== undefined) readSettings(settings);
  if (checkpoint !== undefined) {
    checkOptions('fit: checkpoint', checkpoint, checkpointChecks);
    requireValue('fit: checkpoint: save', checkpoint.save, callback);
  }
  if (validationData !== undefined && given.validationSplit !== undefined) {
    throw new RangeError('fit: got both validationData and validationSplit, expected at most one of them');
  }
  return { epochs: 50, batchSize: 256, shuffle: true, ...given };
}

function checkSchedule(schedule: Schedule): void {
  const where = 'fit: schedule';
  checkOptions(where, schedule, scheduleChecks);
  const { decay = 'constant', decaySteps, final, steps } = schedule;
  if (decay !== 'constant') return;
  for (const [name, value] of Object.entries({ decaySteps, final, steps }))
    if (value !== undefined) refuse(`${where}.${name}`, value, 'none with decay "constant"');
}

/** What the caller's settings say now. */
export function readSettings(settings: LiveSettings): LiveSettings {
  checkOptions('fit: settings', settings, settingsChecks);
  return settings;
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
