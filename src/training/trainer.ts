import type { FloatArray, Kernels, Matrix } from '../kernels/kernels.js';
import { viewStored } from '../layers/parameters.js';
import { betaOf, layoutOf } from '../model/layout.js';
import { assess } from '../model/metrics.js';
import { bringHome } from '../sparsity/kinds.js';
import { Activity } from './activity.js';
import { identityOrder } from './batches.js';
import type { EarlyStopping, Signal } from './fit-options.js';
import { type BatchReport, type EpochFigures, type EpochReport, type History, historyOf, judged } from './history.js';
import { pauser } from './pause.js';
import { type StepPlan, stepper } from './step.js';
import type { Run, TrainingState } from './training-state.js';

interface Samples {
  readonly x: Matrix;
  readonly targets: Matrix | null;
}

/** A fit: its steps, and all that is around them. */
export interface TrainingPlan extends StepPlan {
  /** Where b_dec is set before the first step; null where it stays. */
  readonly decoderBias: Float64Array | null;
  readonly epochs: number;
  readonly validation: Samples | null;
  readonly earlyStopping: EarlyStopping | null;
  readonly onEpochEnd?: (report: EpochReport) => unknown;
  readonly onBatchEnd?: (report: BatchReport) => unknown;
  /** Awaited after each epoch, told how many there have been. */
  readonly checkpoint?: (epochsDone: number) => unknown;
  readonly signal?: Signal;
  /** The run to go on with, instead of beginning one. */
  readonly resume: Run | null;
  /** Told which state is the live one: the copy that is being trained, or the model's own before and after. */
  readonly onStateMoved: (state: TrainingState) => void;
}

/**
 * Minibatch training: batch → ∇J → Adam's step, `epochs` times over the rows.
 *
 * Works on a copy of `model` in the kernels' memory, and writes back at the end of each epoch, so that
 * whatever goes wrong (a loss that is not finite, an abort, a throwing callback) leaves `model` as it
 * stood at the end of the last good epoch.
 */
export async function train(k: Kernels, model: TrainingState, plan: TrainingPlan): Promise<History> {
  const { spec, epochs, x, validation, earlyStopping, signal } = plan;
  const state = model.copyTo(k);
  if (plan.averaging === null) state.averaged = null;
  const { memory } = state;
  if (plan.targets || memory.values.targets) memory.keep('targets', [0])[0] = Number(plan.targets !== null);
  if (plan.decoderBias) viewStored(state.theta, layoutOf(spec)).decoderBias.set(plan.decoderBias);
  const batches = Math.ceil(x.rows / plan.dealing.batchSize);
  const order = identityOrder(x.rows);
  const pause = pauser();
  const activity = new Activity(spec.hiddenDim);
  const run = plan.resume ?? { ...plan.dealing, start: model.records.length, best: null };
  const epochsDone = () => model.records.length - run.start;
  const outOfPatience = () =>
    earlyStopping !== null && run.best !== null && epochsDone() - 1 - run.best.epoch >= earlyStopping.patience;
  const home = (theta: FloatArray) => bringHome(spec, viewStored(theta, layoutOf(spec)));
  const takeStep = stepper(k, state, plan, state.step + (epochs - epochsDone()) * batches);

  try {
    signal?.throwIfAborted();
    plan.onStateMoved(state);
    while (epochsDone() < epochs && !outOfPatience()) {
      const epoch = epochsDone();
      if (plan.averaging !== null) state.resumeIterate(home);
      const record: EpochFigures = await runEpoch(epoch);
      state.averaged?.expose(state.theta, home);
      if (validation) validate(record, validation);
      requireFinite(record.validationLoss ?? 0, 'validation loss', epoch);
      requireFinite(k.sumOfSquares(state.theta), 'size of the weights', epoch);
      model.copyFrom(state);
      model.records.push(record);
      model.run = run;
      if (earlyStopping) keepBest(record, epoch, earlyStopping.minDelta);
      if (plan.onEpochEnd) {
        await plan.onEpochEnd({ epoch, epochs, ...record });
        requireFinite(k.sumOfSquares(state.theta), 'size of the weights, as onEpochEnd left them,', epoch);
        model.theta.set(state.theta);
        if (run.best?.epoch === epoch) run.best.state.theta.set(state.theta);
      }
      await plan.checkpoint?.(epoch + 1);
      signal?.throwIfAborted();
    }
    if (earlyStopping?.restoreBest && run.best) model.copyFrom(run.best.state);
    model.run = null;
    return historyOf(model.records.slice(run.start), earlyStopping?.minDelta);
  } finally {
    plan.onStateMoved(model);
  }

  function keepBest(record: EpochFigures, epoch: number, minDelta: number): void {
    const loss = judged(record);
    if (!run.best || loss < run.best.loss - minDelta) run.best = { state: model.clone(), loss, epoch };
  }

  function validate(record: EpochFigures, { x, targets }: Samples): void {
    const θ = viewStored(state.theta, layoutOf(spec));
    const { loss, reconstruction, sparsity, l0 } = assess('fit: validationData', k, { θ, spec, memory }, x, targets);
    record.validationLoss = loss;
    record.validationReconstruction = reconstruction;
    record.validationSparsity = sparsity;
    record.validationL0 = l0;
  }

  async function runEpoch(epoch: number): Promise<EpochFigures> {
    const { batchSize, shuffle } = plan.dealing;
    if (shuffle) state.shuffle(order);
    activity.reset();
    const sum = { loss: 0, reconstruction: 0, sparsity: 0, penalty: 0, l0: 0 };
    let rate = 0;
    for (let from = 0, batch = 0; from < x.rows; batch++) {
      const size = Math.min(plan.settings.batchSize ?? batchSize, batchSize);
      const batches = batch + Math.ceil((x.rows - from) / size);
      const to = Math.min(from + size, x.rows);
      const n = to - from;
      const { loss, reconstruction, sparsity, active, code, learningRate, beta } = takeStep(order, from, to);
      requireFinite(loss, 'loss', epoch, batch, batches);
      activity.add(code);
      rate = learningRate;
      sum.loss += n * loss;
      sum.reconstruction += n * reconstruction;
      sum.sparsity += n * sparsity;
      sum.penalty += n * (beta * sparsity);
      sum.l0 += active;
      if (plan.onBatchEnd) {
        const terms = { loss, reconstruction, sparsity, l0: active / n };
        await plan.onBatchEnd({ epoch, batch, batches, rows: n, ...terms, learningRate, beta });
      }
      await pause();
      signal?.throwIfAborted();
      from = to;
    }
    const mean = (total: number) => total / x.rows;
    const terms = { loss: mean(sum.loss), reconstruction: mean(sum.reconstruction), sparsity: mean(sum.sparsity) };
    const told = { ...terms, penalty: mean(sum.penalty), l0: mean(sum.l0) };
    return { ...told, deadUnits: activity.silent, beta: betaOf(memory), learningRate: rate };
  }

  function requireFinite(value: number, what: string, epoch: number, batch?: number, batches?: number): void {
    if (Number.isFinite(value)) return;
    const where = `in epoch ${epoch + 1} of ${epochs}${batch === undefined ? '' : `, batch ${batch + 1} of ${batches}`}`;
    const done = epochsDone();
    // After the epoch is taken over, what became of the weights is the callback's doing.
    const cause = done > epoch ? '' : `likely cause: ${likelyCause(plan, betaOf(memory))}; `;
    throw new RangeError(
      `fit: the ${what} became ${value} ${where}, expected a finite number; ${cause}` +
        `the model is as it stood ${done === 0 ? 'before fit' : `at the end of epoch ${done}`}`,
    );
  }
}

function likelyCause({ learningRate, x, targets }: TrainingPlan, beta: number): string {
  if (beta > 1e6) return `beta ${beta} too large`;
  const largest = Math.max(x.largest, targets?.largest ?? 0);
  if (largest > 100) return `entries as large as ${largest} (scale X, say to 0 … 1), or learningRate ${learningRate} too large`;
  return `learningRate ${learningRate} too large`;
}
