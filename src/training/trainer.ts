import type { Kernels, Matrix } from '../kernels/kernels.js';
import { viewParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { layoutOf } from '../model/layout.js';
import { assess } from '../model/metrics.js';
import { Objective, type Terms } from '../model/objective.js';
import { adamStep } from './adam.js';
import { type DataSet, identityOrder } from './batches.js';
import type { EarlyStopping, Signal } from './fit-options.js';
import type { BatchReport, EpochReport, History } from './history.js';
import type { TrainingState } from './training-state.js';

export interface TrainingPlan {
  readonly spec: ObjectiveSpec;
  readonly learningRate: number;
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

/** The event loop gets a turn at least this often, in ms. */
const LONGEST_STRETCH = 40;

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
  const gradient = k.floats(state.theta.length);
  const θ = viewParameters(state.theta, layoutOf(spec));
  const { memory } = state;
  const objective = new Objective(k, spec, Math.min(plan.batchSize, x.rows), x.sparse, memory);
  const order = identityOrder(x.rows);
  const history: History = { loss: [], reconstruction: [], sparsity: [], validationLoss: [], l0: [] };
  const pause = pauser();
  let best: { state: TrainingState; loss: number; epoch: number } | null = null;

  try {
    signal?.throwIfAborted();
    plan.onStateMoved(state);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const means = await runEpoch(epoch);
      const report: EpochReport = { epoch, epochs, ...means };
      if (validation)
        report.validationLoss = assess('fit: validationData', k, { θ, spec, memory }, validation.x, validation.targets).loss;
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
      if (earlyStopping) {
        const loss = report.validationLoss ?? report.loss;
        if (!best || loss < best.loss - earlyStopping.minDelta) best = { state: model.clone(), loss, epoch };
        else if (epoch - best.epoch >= earlyStopping.patience) break;
      }
    }
    if (earlyStopping?.restoreBest && best) model.copyFrom(best.state);
    return history;
  } finally {
    plan.onStateMoved(model);
  }

  async function runEpoch(epoch: number): Promise<Omit<EpochReport, 'epoch' | 'epochs'>> {
    const { batchSize } = plan;
    const batches = Math.ceil(x.rows / batchSize);
    if (plan.shuffle) state.shuffle(order);
    const sum = { loss: 0, reconstruction: 0, sparsity: 0, l0: 0 };
    for (let batch = 0; batch < batches; batch++) {
      const from = batch * batchSize;
      const to = Math.min(from + batchSize, x.rows);
      const n = to - from;
      const terms = step(from, to);
      requireFinite(terms.loss, 'loss', epoch, batch, batches);
      sum.loss += n * terms.loss;
      sum.reconstruction += n * terms.reconstruction;
      sum.sparsity += n * terms.sparsity;
      sum.l0 += terms.active;
      if (plan.onBatchEnd) {
        const { loss, reconstruction, sparsity, active } = terms;
        await plan.onBatchEnd({ epoch, batch, batches, rows: n, loss, reconstruction, sparsity, l0: active / n });
      }
      await pause();
      signal?.throwIfAborted();
    }
    const mean = (total: number) => total / x.rows;
    return { loss: mean(sum.loss), reconstruction: mean(sum.reconstruction), sparsity: mean(sum.sparsity), l0: mean(sum.l0) };
  }

  function step(from: number, to: number): Terms {
    const batch = x.batch(order, from, to);
    const targets = plan.targets ? plan.targets.batch(order, from, to) : batch;
    const terms = objective.evaluate(θ, batch, targets, gradient);
    adamStep(k, state.theta, gradient, state, plan.learningRate);
    objective.remember();
    return terms;
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

function record(history: History, report: EpochReport): void {
  history.loss.push(report.loss);
  history.reconstruction.push(report.reconstruction);
  history.sparsity.push(report.sparsity);
  history.l0.push(report.l0);
  if (report.validationLoss !== undefined) history.validationLoss.push(report.validationLoss);
}

/** A function to await between batches: it lets the event loop run once LONGEST_STRETCH has passed. */
function pauser(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < LONGEST_STRETCH) return undefined;
    return nextTurn().then(() => {
      last = performance.now();
    });
  };
}

/** setImmediate where there is one; elsewhere a message to oneself, which browsers do not delay. */
function nextTurn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
