import { Model } from '../core/model.js';
import { checkDataOptions, completeModelOptions } from '../core/options.js';
import { modelOf, type PerParameter, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { type Layout, sizeOf, viewStored } from '../layers/parameters.js';
import { Objective } from '../model/objective.js';
import { count, positive, show } from '../numbers/checks.js';
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
  lossAndGradients(X: MatrixLike, options: { targets?: MatrixLike }): { gradients: Numbers };
}

export type CheckGradientsOptions = GradientCheckOptions & { targets?: MatrixLike };

/**
 * Compares the model's gradients on X, computed by its own backward pass in its own precision and
 * backend, with central differences of J, computed in float64. Changes nothing.
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
  checkDataOptions('checkGradients', options, { step: positive, samples: count });
  const { gradients } = sae.lossAndGradients(X, { targets: options.targets });
  const model = new Model(completeModelOptions({ ...spec, dtype: 'float64', backend: 'plain' }));
  model.memory.copyFrom(memory);
  const x = model.prepare('checkGradients: X', model.readFinite('checkGradients: X', X, spec.inputDim));
  const t = model.readTargets('checkGradients: targets', options.targets, x.rows) ?? x;
  const theta = flat(sae.parameters, layout);
  const fn = objectiveFunction(new Objective(plain, model.spec, x.rows, false, memory), layout, theta, x, t);
  return checkParameters(fn, theta, flat(gradients, layout), layout, options);
}

/** J(θ; X, T) in float64, term by term; what ∇J takes for constant stays as it is at θ₀. */
export function objectiveFunction(
  objective: Objective,
  layout: Layout,
  theta0: Float64Array,
  x: Matrix,
  t: Matrix,
): Differentiable {
  objective.hold(viewStored(theta0, layout), x, t);
  return (theta) => ({ value: objective.evaluate(viewStored(theta, layout), x, t).summands });
}

/** `checkGradient`, parameter by parameter. */
export function checkParameters(
  fn: Differentiable,
  theta: Float64Array,
  gradient: ArrayLike<number>,
  layout: Layout,
  options: GradientCheckOptions = {},
): PerParameter<ParameterCheck> {
  let from = 0;
  const entries = layout.map((part) => {
    const to = from + sizeOf(part);
    const check = compareGradient(fn, theta, gradient, from, to, options);
    const result = place(check, from, part.shape);
    from = to;
    return [part.name, result];
  });
  return Object.fromEntries(entries);
}

/** θ, or a gradient, as one array of doubles. */
export const flat = (parameters: Numbers, layout: Layout): Float64Array =>
  Float64Array.from(layout.flatMap(({ name }) => Array.from(parameters[name].data)));

function place({ relativeError, worst, checked }: GradientCheck, from: number, shape: readonly number[]): ParameterCheck {
  const k = worst.at - from;
  const at = shape.length === 2 ? [Math.floor(k / shape[1]), k % shape[1]] : [k];
  return { relativeError, worst: { ...worst, at }, checked };
}
