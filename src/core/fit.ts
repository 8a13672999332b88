import { trainingKernels } from '../kernels/backend.js';
import type { Matrix } from '../kernels/kernels.js';
import { refuse } from '../numbers/checks.js';
import { columnMeans, requireFinite, rowsOf } from '../numbers/matrix.js';
import type { MatrixLike } from '../numbers/matrix-like.js';
import { DataSet } from '../training/batches.js';
import {
  type CheckpointOptions,
  type CompleteFitOptions,
  checkpointClock,
  completeEarlyStopping,
  completeFitOptions,
  type FitOptions,
  readPair,
} from '../training/fit-options.js';
import type { History } from '../training/history.js';
import { pauser } from '../training/pause.js';
import { type DecoderBiasStart, geometricMedian } from '../training/start.js';
import { train } from '../training/trainer.js';
import type { Dealing, Run, TrainingState } from '../training/training-state.js';
import type { Model } from './model.js';
import { toBytes } from './model-file.js';
import type { CompleteOptions } from './options.js';

/** Rows to learn from, and their targets; null where T = X. */
interface Samples {
  x: Matrix;
  targets: Matrix | null;
}

/** Reads and checks all that `fit` was given, then trains. Nothing changes before all of it is sound. */
export async function fit(model: Model, X: MatrixLike, given: FitOptions): Promise<History> {
  const options = completeFitOptions(given);
  const { spec } = model;
  const x = model.read('fit: X', X, spec.inputDim);
  const all: Samples = { x, targets: model.readTargets('fit: targets', options.targets, x.rows) };
  const separated = separate(model, all, options);
  const { epochs, batchSize, shuffle, earlyStopping, onEpochEnd, onBatchEnd, signal } = options;
  const dealing = { rows: separated.training.x.rows, batchSize, shuffle };
  const resume = options.resume ? requireRun(model.state, dealing, options.epochs) : null;
  requireShiftable(options.decoderBias, spec);
  const epochsBefore = model.state.records.length;
  // Rows that are trained on as they are, the kernels look at as they take them in: see DataSet.
  if (model.preparation) requireFinite('fit: X', x);
  const forget = model.preparation?.learn(separated.training.x);
  const prepare = <S extends Samples>(samples: S): S => ({ ...samples, x: model.prepare(samples.x) });
  const training = prepare(separated.training);
  const validation = separated.validation && prepare(separated.validation);
  const capacity = Math.min(batchSize, training.x.rows);

  const k = trainingKernels(model.spec);
  try {
    if (!training.targets) model.requireTarget('fit: X', training.x);
    if (validation && !validation.targets) model.requireTarget('fit: validationData', validation.x);
    // Before whatever else goes through the rows: that they are finite is known from here on.
    const data = {
      x: new DataSet(k, 'fit: X', training.x, capacity),
      targets: training.targets && new DataSet(k, 'fit: targets', training.targets, capacity),
    };
    return await train(k, model.state, {
      spec,
      adam: spec,
      learningRate: options.learningRate ?? spec.learningRate,
      schedule: options.schedule ?? {},
      penaltyWarmup: options.penaltyWarmup ?? 0,
      clipNorm: options.clipNorm ?? Infinity,
      averaging: options.averaging ?? null,
      resampling: options.resampling ?? null,
      targetL0: spec.targetL0 ?? null,
      settings: options.settings ?? {},
      decoderBias: await decoderBiasStart(model, training, options.decoderBias),
      epochs,
      dealing,
      resume,
      checkpoint: checkpointing(model, options.checkpoint),
      ...data,
      validation,
      earlyStopping: earlyStopping ? completeEarlyStopping(earlyStopping) : null,
      onEpochEnd,
      onBatchEnd,
      signal,
      onStateMoved: (state) => {
        model.live = state;
      },
    });
  } catch (error) {
    if (model.state.records.length === epochsBefore) forget?.();
    throw error;
  } finally {
    await k.close();
  }
}

/** b_dec is x̂ where the code is all zeros, if nothing comes after it. */
function requireShiftable(start: DecoderBiasStart | undefined, { outputActivation }: CompleteOptions): void {
  if (start !== undefined && outputActivation !== 'identity')
    refuse(
      'fit: decoderBias',
      start,
      `none with outputActivation "${outputActivation}": "identity" alone gives b_dec the units of X`,
    );
}

/** Where b_dec starts, if it is asked for and the model has taken no step yet. */
async function decoderBiasStart(model: Model, { x, targets }: Samples, start?: DecoderBiasStart): Promise<Float64Array | null> {
  if (start === undefined || model.state.step > 0) return null;
  return start === 'mean' ? columnMeans(targets ?? x) : geometricMedian(targets ?? x, pauser());
}

/** The run to resume, if it can be resumed with these rows. */
function requireRun({ run, records }: TrainingState, dealing: Dealing, epochs: number): Run {
  if (!run)
    throw new Error('fit: resume: this model is in the middle of no fit, expected a checkpoint of one, or one that was aborted');
  for (const name of ['rows', 'batchSize', 'shuffle'] as const) {
    if (run[name] === dealing[name]) continue;
    refuse(`fit: resume: ${name}`, dealing[name], `${run[name]}, as when the fit began`);
  }
  const done = records.length - run.start;
  if (epochs < done) refuse('fit: resume: epochs', epochs, `at least ${done}, as many as there have been`);
  return run;
}

function checkpointing(model: Model, options: CheckpointOptions | undefined) {
  if (!options) return undefined;
  const isDue = checkpointClock(options);
  return (epochsDone: number) => (isDue(epochsDone) ? options.save(toBytes(model, { training: true }), epochsDone) : undefined);
}

function separate(model: Model, all: Samples, options: CompleteFitOptions): { training: Samples; validation: Samples | null } {
  const { validationData, validationSplit } = options;
  if (validationSplit !== undefined) return split(all, validationSplit);
  if (validationData === undefined) return { training: all, validation: null };
  const pair = readPair(validationData);
  const x = model.readFinite('fit: validationData', pair.x, model.spec.inputDim);
  const needsTargets = all.targets !== null && pair.targets === undefined;
  if (needsTargets) throw new RangeError('fit: validationData has no targets, expected { x, targets }, as fit was given targets');
  return { training: all, validation: { x, targets: model.readTargets('fit: validationData.targets', pair.targets, x.rows) } };
}

/** Keeps the last ⌊share·n⌋ rows for validation. */
function split({ x, targets }: Samples, share: number): { training: Samples; validation: Samples } {
  const kept = Math.floor(share * x.rows);
  const cut = x.rows - kept;
  if (kept === 0 || cut === 0) {
    throw new RangeError(
      `fit: validationSplit ${share} of ${x.rows} rows leaves ${cut} to train on and ${kept} to validate on, expected at least 1 each`,
    );
  }
  const part = (from: number, to: number): Samples => ({ x: rowsOf(x, from, to), targets: targets && rowsOf(targets, from, to) });
  const validation = part(cut, x.rows);
  requireFinite('fit: X', validation.x, cut);
  return { training: part(0, cut), validation };
}
