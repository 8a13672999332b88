import type { Kernels, Matrix } from '../kernels/kernels.js';
import { viewParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { betaOf, layoutOf } from '../model/layout.js';
import { assess } from '../model/metrics.js';
import { Activity } from './activity.js';
import type { AdamOptions } from './adam.js';
import { type DataSet, identityOrder } from './batches.js';
import type { EarlyStopping, LiveSettings, Signal } from './fit-options.js';
import { type BatchReport, type EpochReport, emptyHistory, type History, record } from './history.js';
import { pauser } from './pause.js';
import type { Resampling } from './resampling.js';
import type { Schedule } from './schedule.js';
import { stepper } from './step.js';
import type { TrainingState } from './training-state.js';

export interface TrainingPlan {
  readonly spec: ObjectiveSpec;
  readonly adam: AdamOptions;
  /** α before the schedule, unless `settings` has another. */
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly penaltyWarmup: number;
  readonly clipNorm: number;
  readonly averaging: number | null;
  readonly resampling: Resampling | null;
  readonly targetL0: number | null;
  readonly settings: LiveSettings;
  /** Where b_dec is set before the first step; null where it stays. */
  readonly decoderBias: Float64Array | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly x: DataSet;
  /** null where T = X */
  readonly targets: DataSet | null;
  readonly validation: { x: Matrix; targets: Matrix | null } | null;
  readonly earlyStopping: EarlyStopping | null;
  readonly onEpochEnd?: (report: EpochReport) => unknown;
  readonly onBatchEnd?: (report: BatchReport) => unknown;
  readonly signal?: Signal;
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
  if (plan.decoderBias) viewParameters(state.theta, layoutOf(spec)).decoderBias.set(plan.decoderBias);
  const batches = Math.ceil(x.rows / plan.batchSize);
  const order = identityOrder(x.rows);
  const history = emptyHistory();
  const pause = pauser();
  const takeStep = stepper(k, state, plan, state.step + epochs * batches);
  const activity = new Activity(spec.hiddenDim);
  let best: { state: TrainingState | null; loss: number; epoch: number } | null = null;

  try {
    signal?.throwIfAborted();
    plan.onStateMoved(state);
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (plan.averaging !== null) state.resumeIterate();
      const means = await runEpoch(epoch);
      if (plan.averaging !== null) state.exposeMean();
      const report: EpochReport = { epoch, epochs, ...means, deadUnits: activity.silent, beta: betaOf(memory) };
      if (validation) {
        const θ = viewParameters(state.theta, layoutOf(spec));
        const { loss, reconstruction, sparsity, l0 } = assess(
          'fit: validationData',
          k,
          { θ, spec, memory },
          validation.x,
          validation.targets,
        );
        report.validationLoss = loss;
        report.validationReconstruction = reconstruction;
        report.validationSparsity = sparsity;
        report.validationL0 = l0;
      }
      requireFinite(report.validationLoss ?? 0, 'validation loss', epoch);
      requireFinite(k.sumOfSquares(state.theta), 'size of the weights', epoch);
      model.copyFrom(state);
      record(history, report);
      if (plan.onEpochEnd) {
        await plan.onEpochEnd(report);
        requireFinite(k.sumOfSquares(state.theta), 'size of the weights, as onEpochEnd left them,', epoch);
        model.theta.set(state.theta);
      }
      signal?.throwIfAborted();
      const loss = report.validationLoss ?? report.loss;
      if (!best || loss < best.loss - (earlyStopping?.minDelta ?? 0)) {
        best = { state: earlyStopping ? model.clone() : null, loss, epoch };
        history.bestEpoch = epoch;
      } else if (earlyStopping && epoch - best.epoch >= earlyStopping.patience) break;
    }
    if (earlyStopping?.restoreBest && best?.state) model.copyFrom(best.state);
    return history;
  } finally {
    plan.onStateMoved(model);
  }

  async function runEpoch(epoch: number) {
    const { batchSize } = plan;
    if (plan.shuffle) state.shuffle(order);
    activity.reset();
    const sum = { loss: 0, reconstruction: 0, sparsity: 0, l0: 0 };
    for (let batch = 0; batch < batches; batch++) {
      const from = batch * batchSize;
      const to = Math.min(from + batchSize, x.rows);
      const n = to - from;
      const { loss, reconstruction, sparsity, active, code, learningRate, beta } = takeStep(order, from, to);
      requireFinite(loss, 'loss', epoch, batch, batches);
      activity.add(code);
      sum.loss += n * loss;
      sum.reconstruction += n * reconstruction;
      sum.sparsity += n * sparsity;
      sum.l0 += active;
      if (plan.onBatchEnd) {
        const terms = { loss, reconstruction, sparsity, l0: active / n };
        await plan.onBatchEnd({ epoch, batch, batches, rows: n, ...terms, learningRate, beta });
      }
      await pause();
      signal?.throwIfAborted();
    }
    const mean = (total: number) => total / x.rows;
    return { loss: mean(sum.loss), reconstruction: mean(sum.reconstruction), sparsity: mean(sum.sparsity), l0: mean(sum.l0) };
  }

  function requireFinite(value: number, what: string, epoch: number, batch?: number, batches?: number): void {
    if (Number.isFinite(value)) return;
    const where = `in epoch ${epoch + 1} of ${epochs}${batch === undefined ? '' : `, batch ${batch + 1} of ${batches}`}`;
    throw new RangeError(
      `fit: the ${what} became ${value} ${where}, expected a finite number; likely cause: ${likelyCause(plan)}; ` +
        `the model is as it stood ${epoch === 0 ? 'before fit' : `at the end of epoch ${epoch}`}`,
    );
  }
}

function likelyCause({ learningRate, x, targets }: TrainingPlan): string {
  const largest = Math.max(x.largest, targets?.largest ?? 0);
  if (largest > 100) return `entries as large as ${largest} (scale X, say to 0 … 1), or learningRate ${learningRate} too large`;
  return `learningRate ${learningRate} too large`;
}
