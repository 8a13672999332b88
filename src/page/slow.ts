import { flat, objectiveFunction } from '../checking/check-gradients.js';
import { compareGradient } from '../checking/gradient-check.js';
import { Model } from '../core/model.js';
import { completeModelOptions } from '../core/options.js';
import { modelOf, type SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { elementwise } from '../kernels/elementwise.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { sizeOf } from '../layers/parameters.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import { Objective } from '../model/objective.js';
import { rowsOf } from '../numbers/matrix.js';
import { row } from '../report/statistics.js';
import { adamStep } from '../training/adam.js';
import { copyOf } from './look.js';
import type { AdamLines, Answers, SlowAnswer } from './messages.js';
import type { Samples } from './samples.js';

/** Samples of the step: few, so that differences of J in double precision take no time. */
const ROWS = 16;
/** Where J is drawn along a weight: so many points either side, so far apart at the most. */
const POINTS = 12;
const REACH = 1;

/**
 * One step on the first samples, on a copy of the model: what the weight from `unit` to `entry` has to do with it, and the
 * derivative of J by that weight once as it was derived and once as differences of J tell it.
 */
export function slowStep(sae: SparseAutoencoder, samples: Samples, rate: number, ask: Answers['slow']['ask']): SlowAnswer {
  const { inputDim, hiddenDim: h, outputDim: d } = sae;
  const raw = rowsOf(samples.x, 0, Math.min(ROWS, samples.x.rows));
  const model = modelOf(sae);
  const x = model.prepare(raw);
  const { encoderWeight, encoderBias, decoderWeight, decoderBias } = sae.parameters;
  const { loss, reconstruction, sparsity, gradients } = sae.lossAndGradients(raw);

  const first = row(x.data, 0, inputDim);
  const codes = sae.transform(raw).data;
  const code = row(codes, 0, h);
  const unit = Math.min(ask.unit ?? largest(code), h - 1);
  const decoderGradient = row(gradients.decoderWeight.data, unit, d);
  const entry = Math.min(ask.entry ?? largest(decoderGradient), d - 1);
  const output = elementwise[sae.options.outputActivation];
  const y = Float64Array.from(decoderBias.data);
  for (let j = 0; j < h; j++) if (code[j] !== 0) for (let p = 0; p < d; p++) y[p] += code[j] * decoderWeight.data[j * d + p];
  const xHat = y.map((value) => output.value(value));
  const c = reconstructionScale[sae.options.reconstruction](raw.rows, d);
  const dy = 2 * c * (xHat[entry] - first[entry]) * output.slope(xHat[entry]);

  const { adam, lossAfter } = tried(sae, raw, rate, gradients, unit * d + entry);
  return {
    rows: raw.rows,
    unit,
    entry,
    x: Float32Array.from(first),
    xHat: Float32Array.from(xHat),
    hidden: sae.options.hiddenActivation,
    output: sae.options.outputActivation,
    active: code.reduce((n, f) => n + (f === 0 ? 0 : 1), 0),
    z: first.reduce((sum, value, p) => sum + value * encoderWeight.data[p * h + unit], encoderBias.data[unit]),
    f: code[unit],
    y: y[entry],
    out: xHat[entry],
    target: first[entry],
    dy,
    loss,
    reconstruction,
    sparsity,
    beta: sae.beta,
    lossAfter,
    decoderGradient: Float32Array.from(decoderGradient),
    adam,
    ...differences(sae, raw, adam.gradient, unit * d + entry),
  };
}

/** Where |value| is largest. */
function largest(values: Float64Array): number {
  let at = 0;
  for (let k = 1; k < values.length; k++) if (Math.abs(values[k]) > Math.abs(values[at])) at = k;
  return at;
}

/** Where W_dec lies in θ. */
function decoderAt({ layout }: Model): number {
  const at = layout.findIndex(({ name }) => name === 'decoderWeight');
  return layout.slice(0, at).reduce((sum, part) => sum + sizeOf(part), 0);
}

/** Adam's step, taken by a copy, and its lines for one entry of W_dec. */
function tried(
  sae: SparseAutoencoder,
  raw: Samples['x'],
  rate: number,
  gradients: ReturnType<SparseAutoencoder['lossAndGradients']>['gradients'],
  entry: number,
): { adam: AdamLines; lossAfter: number } {
  const model = modelOf(sae);
  const copy = copyOf(sae);
  const { state, spec, layout } = modelOf(copy);
  state.m.set(model.live.m);
  state.v.set(model.live.v);
  state.step = model.live.step;
  const at = decoderAt(model) + entry;
  const before = state.theta[at];
  const gradient = Float32Array.from(flat(gradients, layout));
  adamStep(createPlainKernels(spec.dtype), state.theta, gradient, state, rate, spec);
  const { beta1, beta2, epsilon } = spec;
  const { step } = state;
  return {
    adam: {
      step,
      rate,
      beta1,
      beta2,
      epsilon,
      gradient: gradient[at],
      m: state.m[at],
      v: state.v[at],
      mHat: state.m[at] / (1 - beta1 ** step),
      vHat: state.v[at] / (1 - beta2 ** step),
      before,
      after: state.theta[at],
    },
    lossAfter: copy.lossAndGradients(raw).loss,
  };
}

/** The checker on one entry of W_dec, and J along it; both in double precision. */
function differences(sae: SparseAutoencoder, raw: Samples['x'], analytic: number, entry: number) {
  const { spec, memory, layout } = modelOf(sae);
  const model = new Model(completeModelOptions({ ...spec, dtype: 'float64', backend: 'plain' }));
  model.memory.copyFrom(memory);
  const x = model.prepare(model.readFinite('slow step: X', raw, spec.inputDim));
  const theta = flat(sae.parameters, layout);
  const objective = new Objective(createPlainKernels('float64'), model.spec, x.rows, false, model.memory);
  const fn = objectiveFunction(objective, layout, theta, x, x);
  const at = decoderAt(model) + entry;
  const gradient = new Float64Array(theta.length);
  gradient[at] = analytic;
  const { relativeError, worst } = compareGradient(fn, theta, gradient, at, at + 1, {});
  const by = Float64Array.from({ length: 2 * POINTS + 1 }, (_, k) => (REACH * (k - POINTS)) / POINTS);
  const losses = by.map((step) => {
    const moved = theta.slice();
    moved[at] += step;
    const { value } = fn(moved);
    return typeof value === 'number' ? value : value.reduce((a, b) => a + b);
  });
  return { check: { analytic, numeric: worst.numeric, relativeError }, slice: { by, loss: losses } };
}
