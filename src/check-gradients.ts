import {
  checkSamples,
  checkStep,
  compareGradient,
  type Differentiable,
  type GradientCheck,
  type GradientCheckOptions,
} from './gradient-check.js';
import { createPlainKernels } from './kernels/plain/plain.js';
import { type MatrixLike, show } from './matrix.js';
import { Model } from './model.js';
import { Objective, weightPenalty } from './objective.js';
import { checkDataOptions, completeModelOptions } from './options.js';
import { type ParameterName, parameterNames, parameterShapes, viewParameters } from './parameters.js';
import { SparseAutoencoder } from './sparse-autoencoder.js';

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
  const { targets } = options;
  const { gradients } = sae.lossAndGradients(X, { targets });
  const { fn, theta } = objectiveOf(sae, X, targets);
  const shapes = parameterShapes(sae);
  let from = 0;
  const entries = parameterNames.map((name) => {
    const size = shapes[name].reduce((a, b) => a * b);
    const analytic = new Float64Array(theta.length);
    analytic.set(gradients[name].data, from);
    const check = compareGradient(fn, theta, analytic, from, from + size, options);
    const result = place(check, from, shapes[name]);
    from += size;
    return [name, result];
  });
  return Object.fromEntries(entries);
}

/** J(θ; X) in float64, as a function of θ, and the θ that `sae` stands at. */
function objectiveOf(sae: SparseAutoencoder, X: MatrixLike, targets?: MatrixLike): { fn: Differentiable; theta: Float64Array } {
  const model = new Model(completeModelOptions({ ...sae.options, dtype: 'float64', backend: 'plain' }));
  const x = model.readFinite('checkGradients: X', X, sae.inputDim);
  const t = model.readTargets('checkGradients: targets', targets, x.rows) ?? x;
  const k = createPlainKernels('float64');
  const { spec } = model;
  const objective = new Objective(k, spec, x.rows, false);
  const theta = new Float64Array(model.state.theta.length);
  let at = 0;
  for (const name of parameterNames) {
    const { data, offset, size } = sae.parameters[name];
    theta.set(data.subarray(offset, offset + size), at);
    at += size;
  }
  const fn: Differentiable = (point) => {
    const θ = viewParameters(point, spec);
    const { reconstruction, sparsity } = objective.evaluate(θ, x, t);
    return { value: [reconstruction, spec.beta * sparsity, weightPenalty(k, spec.weightDecay, θ)] };
  };
  return { fn, theta };
}

function place({ relativeError, worst, checked }: GradientCheck, from: number, shape: number[]): ParameterCheck {
  const k = worst.at - from;
  const at = shape.length === 2 ? [Math.floor(k / shape[1]), k % shape[1]] : [k];
  return { relativeError, worst: { ...worst, at }, checked };
}
