import type { Kernels, Matrix } from '../kernels/kernels.js';
import { viewParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { inputOf, layoutOf } from '../model/layout.js';
import { assess } from '../model/metrics.js';
import { Objective, type Terms } from '../model/objective.js';
import { adamStep } from './adam.js';
import { type DataSet, identityOrder } from './batches.js';
import type { EarlyStopping, Signal } from './fit-options.js';
import { type BatchReport, type EpochRecord, type EpochReport, type History, historyOf } from './history.js';
import type { Dealing, Run, TrainingState } from './training-state.js';

export interface TrainingPlan {
  readonly spec: ObjectiveSpec;
  readonly learningRate: number;
  readonly epochs: number;
  readonly dealing: Dealing;
  readonly x: DataSet;
  /** null where T = X */
  readonly targets: DataSet | null;
  readonly validation: { x: Matrix; targets: Matrix | null } | null;
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
  const capacity = Math.min(plan.dealing.batchSize, x.rows);
  const objective = new Objective(k, spec, capacity, x.sparse, memory);
  const corrupt = inputOf({ k, spec, capacity, memory }, x);
  const order = identityOrder(x.rows);
  const pause = pauser();
  const run = plan.resume ?? { ...plan.dealing, start: model.records.length, best: null };
  const epochsDone = () => model.records.length - run.start;
  const outOfPatience = () =>
    earlyStopping !== null && run.best !== null && epochsDone() - 1 - run.best.epoch >= earlyStopping.patience;

  try {
    signal?.throwIfAborted();
    plan.onStateMoved(state);
    while (epochsDone() < epochs && !outOfPatience()) {
      const epoch = epochsDone();
      const record: EpochRecord = await runEpoch(epoch);
      if (validation)
        record.validationLoss = assess('fit: validationData', k, { θ, spec, memory }, validation.x, validation.targets).loss;
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
    return historyOf(model.records.slice(run.start));
  } finally {
    plan.onStateMoved(model);
  }

  function keepBest(record: EpochRecord, epoch: number, minDelta: number): void {
    const loss = record.validationLoss ?? record.loss;
    if (!run.best || loss < run.best.loss - minDelta) run.best = { state: model.clone(), loss, epoch };
  }

  async function runEpoch(epoch: number): Promise<EpochRecord> {
    const { batchSize, shuffle } = plan.dealing;
    const batches = Math.ceil(x.rows / batchSize);
    if (shuffle) state.shuffle(order);
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
    const terms = objective.evaluate(θ, corrupt(batch), targets, gradient, objective.draw(to - from));
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
