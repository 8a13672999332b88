import type { Kernels } from '../kernels/kernels.js';
import { viewStored } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { betaOf, inputOf, layoutOf } from '../model/layout.js';
import { Objective, type Terms } from '../model/objective.js';
import { type AdamOptions, adamStep } from './adam.js';
import type { DataSet } from './batches.js';
import { clipNorm } from './clip.js';
import { type LiveSettings, readSettings } from './fit-options.js';
import { Resampler, type Resampling } from './resampling.js';
import { rateFactor, type Schedule, warmUp } from './schedule.js';
import { Steering } from './steering.js';
import type { Dealing, TrainingState } from './training-state.js';

/** What the steps of a fit are taken by. */
export interface StepPlan {
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
  readonly dealing: Dealing;
  readonly x: DataSet;
  /** null where T = X */
  readonly targets: DataSet | null;
}

/** What a step came to. */
export interface Step extends Terms {
  readonly learningRate: number;
  readonly beta: number;
}

/** Takes a step on rows order[from … to−1]. */
export type TakeStep = (order: Int32Array, from: number, to: number) => Step;

/** The steps of a fit, by which the model will have taken `total` in all: a batch, ∇J, Adam, and what goes with them. */
export function stepper(k: Kernels, state: TrainingState, plan: StepPlan, total: number): TakeStep {
  const { spec, x, targets, schedule, settings, averaging } = plan;
  const layout = layoutOf(spec);
  const θ = viewStored(state.theta, layout);
  const gradient = k.floats(state.theta.length);
  const capacity = Math.min(plan.dealing.batchSize, x.rows);
  const { memory } = state;
  const objective = new Objective(k, spec, capacity, x.sparse, memory);
  const corrupt = inputOf({ k, spec, capacity, memory }, x);
  const resampler = plan.resampling && new Resampler({ k, spec, layout, capacity, state, θ, x, targets }, plan.resampling);
  const steering = plan.targetL0 === null ? null : new Steering(memory, plan.targetL0);

  return (order, from, to) => {
    const { learningRate: base = plan.learningRate, beta = betaOf(memory) } = readSettings(settings);
    const learningRate = base * rateFactor(state.step, schedule, schedule.steps ?? total);
    const warmth = warmUp(state.step, plan.penaltyWarmup);
    memory.values.beta[0] = beta;
    objective.beta = beta * warmth;

    const batch = x.batch(order, from, to);
    const t = targets ? targets.batch(order, from, to) : batch;
    const terms = objective.evaluate(θ, corrupt(batch), t, gradient, objective.draw(to - from));
    if (plan.clipNorm < Infinity) clipNorm(k, gradient, plan.clipNorm);
    objective.beforeStep(θ, gradient);
    adamStep(k, state.theta, gradient, state, learningRate, plan.adam);
    objective.afterStep(θ);

    if (steering && warmth === 1) steering.afterStep(terms.active / (to - from));
    resampler?.afterStep(terms.code);
    if (averaging !== null) state.averaged?.add(state.theta, averaging);
    return { ...terms, learningRate, beta: objective.beta };
  };
}
