import {
  checkSamples,
  checkStep,
  compareGradient,
  type Differentiable,
  type GradientCheck,
  type GradientCheckOptions,
} from './gradient-check.js';
import type { Matrix } from './kernels/kernels.js';
import { createPlainKernels } from './kernels/plain/plain.js';
import type { Result } from './layers.js';
import { type MatrixLike, show } from './matrix.js';
import { Model } from './model.js';
import { Objective, type ObjectiveSpec, weightPenalty } from './objective.js';
import { checkDataOptions, completeModelOptions } from './options.js';
import { type Dimensions, type ParameterName, parameterNames, parameterShapes, viewParameters } from './parameters.js';
import { SparseAutoencoder } from './sparse-autoencoder.js';

/** What differences are taken with. */
const plain = createPlainKernels('float64');

export interface ParameterCheck {
  /** ‖analytic − numeric‖ / ‖analytic + numeric‖ over the checked entries, 0 where both vanish. */
  relativeError: number;
  /** The entry where the two differ most: its place in the parameter, [row, column] or [index]. */
  worst: { at: number[]; analytic: number; numeric: number };
  checked: number;
}

/**
 * Compares the model's gradients on X, computed by its own backward pass in its own precision and
 * backend, with central differences of J, computed in float64. Changes nothing.
 */
export function checkGradients(
  sae: SparseAutoencoder,
  X: MatrixLike,
  options: GradientCheckOptions & { targets?: MatrixLike } = {},
): Record<ParameterName, ParameterCheck> {
  if (!(sae instanceof SparseAutoencoder)) throw new TypeError(`checkGradients: got ${show(sae)}, expected a SparseAutoencoder`);
  checkDataOptions('checkGradients', options, { step: checkStep, samples: checkSamples });
  const { gradients } = sae.lossAndGradients(X, { targets: options.targets });
  const model = new Model(completeModelOptions({ ...sae.options, dtype: 'float64', backend: 'plain' }));
  const x = model.readFinite('checkGradients: X', X, sae.inputDim);
  const t = model.readTargets('checkGradients: targets', options.targets, x.rows) ?? x;
  const fn = objectiveFunction(new Objective(plain, model.spec, x.rows, false), model.spec, x, t);
  return checkParameters(fn, flat(sae.parameters), flat(gradients), sae, options);
}

/** J(θ; X, T) in float64, term by term. */
export function objectiveFunction(objective: Objective, spec: ObjectiveSpec, x: Matrix, t: Matrix): Differentiable {
  return (theta) => {
    const θ = viewParameters(theta, spec);
    const { reconstruction, sparsity } = objective.evaluate(θ, x, t);
    return { value: [reconstruction, spec.beta * sparsity, weightPenalty(plain, spec.weightDecay, θ)] };
  };
}

/** `checkGradient`, parameter by parameter. */
export function checkParameters(
  fn: Differentiable,
  theta: Float64Array,
  gradient: ArrayLike<number>,
  dims: Dimensions,
  options: GradientCheckOptions = {},
): Record<ParameterName, ParameterCheck> {
  const shapes = parameterShapes(dims);
  let from = 0;
  const entries = parameterNames.map((name) => {
    const size = shapes[name].reduce((a, b) => a * b);
    const check = compareGradient(fn, theta, gradient, from, from + size, options);
    const result = place(check, from, shapes[name]);
    from += size;
    return [name, result];
  });
  return Object.fromEntries(entries);
}

/** θ, or a gradient, as one array of doubles. */
export const flat = (parameters: Readonly<Record<ParameterName, Result>>): Float64Array =>
  Float64Array.from(parameterNames.flatMap((name) => Array.from(parameters[name].data)));

function place({ relativeError, worst, checked }: GradientCheck, from: number, shape: number[]): ParameterCheck {
  const k = worst.at - from;
  const at = shape.length === 2 ? [Math.floor(k / shape[1]), k % shape[1]] : [k];
  return { relativeError, worst: { ...worst, at }, checked };
}
