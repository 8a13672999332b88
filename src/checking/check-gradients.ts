import { Model } from '../core/model.js';
import { checkDataOptions, completeModelOptions } from '../core/options.js';
import type { PassOptions, PerParameter } from '../core/results.js';
import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { type Layout, sizeOf, viewStored } from '../layers/parameters.js';
import { Objective } from '../model/objective.js';
import { anything, count, positive, show } from '../numbers/checks.js';
import type { MatrixLike } from '../numbers/matrix-like.js';
import { compareGradient, type Differentiable, type GradientCheck, type GradientCheckOptions } from './gradient-check.js';

/** What differences are taken with. */
const plain = createPlainKernels('float64');

export interface ParameterCheck {
  /** ‖analytic − numeric‖ / ‖analytic + numeric‖ over the checked entries, 0 where both vanish. */
  relativeError: number;
  /** The entry where the two differ most: its place in the parameter, [row, column] or [index]. */
  worst: { at: number[]; analytic: number; numeric: number };
  checked: number;
}

type Numbers = Readonly<Record<string, { readonly data: FloatArray }>>;

/** Whoever claims gradients: either class, or one derived from it. */
interface Claimant {
  readonly parameters: Numbers;
  lossAndGradients(X: MatrixLike, options: PassOptions): { gradients: Numbers };
}

export type CheckGradientsOptions = GradientCheckOptions & PassOptions;

/**
 * Compares the model's gradients on X, computed by its own backward pass in its own precision and
 * backend, with central differences of J, computed in float64. Changes nothing. A parameter whose gradient is
 * straight-through (jumprelu's `logThreshold`) is no derivative of J, and left out.
 */
export function checkGradients(
  sae: SparseAutoencoder,
  X: MatrixLike,
  options: CheckGradientsOptions = {},
): PerParameter<ParameterCheck> {
  if (!(sae instanceof SparseAutoencoder)) throw new TypeError(`checkGradients: got ${show(sae)}, expected a SparseAutoencoder`);
  return checkClaims(modelOf(sae), sae, X, options);
}

/** The same for whoever claims gradients of that model. */
export function checkClaims(
  { spec, layout, memory }: Model,
  sae: Claimant,
  X: MatrixLike,
  options: CheckGradientsOptions,
): PerParameter<ParameterCheck> {
  checkDataOptions('checkGradients', options, { step: positive, samples: count, noise: anything });
  const { targets, noise } = options;
  const { gradients } = sae.lossAndGradients(X, { targets, noise });
  const model = new Model(completeModelOptions({ ...spec, dtype: 'float64', backend: 'plain' }));
  model.memory.copyFrom(memory);
  const x = model.prepare(model.readFinite('checkGradients: X', X, spec.inputDim));
  const t = model.readTargets('checkGradients: targets', targets, x.rows) ?? x;
  const drawn = model.readNoise('checkGradients: noise', noise, x.rows);
  const theta = flat(sae.parameters, layout);
  const objective = new Objective(plain, model.spec, x.rows, false, memory);
  const fn = objectiveFunction(objective, layout, theta, x, t, drawn);
  return checkParameters(fn, theta, flat(gradients, layout), layout, options);
}

/** J(θ; X, T) in float64, term by term; what ∇J takes for constant stays as it is at θ₀. */
export function objectiveFunction(
  objective: Objective,
  layout: Layout,
  theta0: Float64Array,
  x: Matrix,
  t: Matrix,
  noise?: Matrix,
): Differentiable {
  // A check changes the entries of one and the same θ, over and over.
  let [last, parts] = [theta0, viewStored(theta0, layout)];
  objective.hold(parts, x, t, noise);
  return (theta) => {
    if (theta !== last) [last, parts] = [theta, viewStored(theta, layout)];
    return { value: objective.evaluate(parts, x, t, undefined, noise).summands };
  };
}

/** `checkGradient`, parameter by parameter; those whose gradient is straight-through, which no difference tells, left out. */
export function checkParameters(
  fn: Differentiable,
  theta: Float64Array,
  gradient: ArrayLike<number>,
  layout: Layout,
  options: GradientCheckOptions = {},
): PerParameter<ParameterCheck> {
  let from = 0;
  const entries = layout.flatMap((part) => {
    const to = from + sizeOf(part);
    if (part.straightThrough) {
      from = to;
      return [];
    }
    const check = compareGradient(fn, theta, gradient, from, to, options);
    const result = place(check, from, part.shape);
    from = to;
    return [[part.name, result] as const];
  });
  return Object.fromEntries(entries) as PerParameter<ParameterCheck>;
}

/** θ, or a gradient, as one array of doubles. */
export const flat = (parameters: Numbers, layout: Layout): Float64Array =>
  Float64Array.from(layout.flatMap(({ name }) => Array.from(parameters[name].data)));

function place({ relativeError, worst, checked }: GradientCheck, from: number, shape: readonly number[]): ParameterCheck {
  const k = worst.at - from;
  const at = shape.length === 2 ? [Math.floor(k / shape[1]), k % shape[1]] : [k];
  return { relativeError, worst: { ...worst, at }, checked };
}
