import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { asRows } from '../kernels/rows.js';
import { partsOf } from '../layers/parameters.js';
import { CHUNK } from '../model/chunks.js';
import { adoptParameters } from '../model/inference.js';
import { assess } from '../model/metrics.js';
import { Objective } from '../model/objective.js';
import { deadOf, densityHistogram, fidelity, outOfReach } from '../model/quality.js';
import { anything, refuse } from '../numbers/checks.js';
import { floats } from '../numbers/matrix.js';
import type { MatrixLike } from '../numbers/matrix-like.js';
import { type Model, transposed } from './model.js';
import { checkDataOptions } from './options.js';
import type { Evaluation, LossAndGradients, PassOptions, PerParameter } from './results.js';

/** J over X, and what the code is like: `evaluate` of the class. */
export function evaluate(model: Model, X: MatrixLike, options: { targets?: MatrixLike }): Evaluation {
  checkDataOptions('evaluate', options);
  const { spec, memory } = model;
  const x = model.prepare(model.readFinite('evaluate: X', X, spec.inputDim));
  const t = model.readTargets('evaluate: targets', options.targets, x.rows);
  if (!t) model.requireTarget('evaluate: X', x);
  const k = model.kernels(Math.min(CHUNK, x.rows));
  const { rowErrors, meanActivation, density, ...rest } = k.scoped(() =>
    assess('evaluate: X', k, { spec, memory, θ: adoptParameters(k, model.θ) }, x, t),
  );
  const met = fidelity(rowErrors, t ?? x);
  const all = rest.loss + met.mse;
  if (!Number.isFinite(all)) refuse('evaluate: the loss of X', all, 'a finite number');
  return {
    ...rest,
    ...met,
    outOfReach: outOfReach(t ?? x, spec.outputActivation),
    deadIndices: deadOf(density),
    meanActivation: copyAs(model, meanActivation),
    density: copyAs(model, density),
    densityHistogram: densityHistogram(density, x.rows),
  };
}

/** J over X and ∇J: `lossAndGradients` of the class. */
export function lossAndGradients(model: Model, X: MatrixLike, options: PassOptions): LossAndGradients {
  checkDataOptions('lossAndGradients', options, { noise: anything });
  const { spec, state, memory } = model;
  const x = model.prepare(model.readFinite('lossAndGradients: X', X, spec.inputDim));
  const t = model.readTargets('lossAndGradients: targets', options.targets, x.rows);
  if (!t) model.requireTarget('lossAndGradients: X', x);
  const noise = model.readNoise('lossAndGradients: noise', options.noise, x.rows);
  const k = model.kernels(x.rows);
  return k.scoped(() => {
    const gradient = k.floats(state.theta.length);
    const rows = asRows(k, { ...x, data: k.adopt(x.data) });
    const goal = { data: k.adopt((t ?? x).data), rows: x.rows, cols: spec.outputDim };
    const objective = new Objective(k, spec, x.rows, 'index' in rows, memory);
    const drawn = noise && { ...noise, data: k.adopt(noise.data) };
    const θ = adoptParameters(k, model.θ);
    const { loss, reconstruction, sparsity } = objective.evaluate(θ, rows, goal, gradient, drawn);
    return { loss, reconstruction, sparsity, gradients: withTied(shaped(copyAs(model, gradient), model), model) };
  });
}

function copyAs(model: Model, values: FloatArray): FloatArray {
  const copy = floats(model.spec.dtype, values.length);
  copy.set(values);
  return copy;
}

/** θ, or anything of its form, as matrices on the same memory. */
export function shaped(theta: FloatArray, { layout }: Model): PerParameter<Matrix> {
  return Object.fromEntries(partsOf(theta, layout)) as PerParameter<Matrix>;
}

/** Beside them W_enc, transposed anew at each reading, where it is W_decᵀ. */
export function withTied(parts: PerParameter<Matrix>, { spec }: Model): PerParameter<Matrix> {
  if (spec.tied !== true) return parts;
  const encoderWeight = { get: () => transposed(parts.decoderWeight), enumerable: true };
  const others: object = parts;
  return Object.defineProperties({} as PerParameter<Matrix>, { encoderWeight, ...Object.getOwnPropertyDescriptors(others) });
}
