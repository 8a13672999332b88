import type { Model } from '../core/model.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { encoderShift } from '../layers/encoder.js';
import type { Parameters } from '../layers/parameters.js';
import { withEncoderWeight } from '../layers/tied.js';
import { ROUNDING } from '../numbers/preparation.js';
import { codeKind } from '../sparsity/kinds.js';
import { type Packed, pack } from './pack.js';

/** Of each weight: 32, or 8 for a quarter of the size. */
export type Bits = 8 | 32;

/** A program's constants and functions, as text. */
export interface EncoderScript {
  /** θ, W_enc written out. */
  readonly θ: Parameters;
  readonly weight: Packed;
  /** `bytes`, `floats` and `steps`: what makes arrays of texts. */
  readonly unpacking: string;
  /** inputDim, hiddenDim, encoderWeight, encoderBias, the kind's own, and what preparation has learned. */
  readonly constants: string;
  /** prepare(x, from, row) and codeOf(row, z). */
  readonly functions: string;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What makes bytes of base64: `atob`, or where there is nothing but the language, by hand. */
const bytes = {
  atob: `const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;`,
  hand: `const bytes = (text) => {
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values['${BASE64}'.charCodeAt(i)] = i;
  const of = (i) => values[text.charCodeAt(i)];
  const out = new Uint8Array((text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0));
  for (let i = 0, at = 0; i < text.length; i += 4) {
    out[at++] = (of(i) << 2) | (of(i + 1) >> 4);
    if (at < out.length) out[at++] = (of(i + 1) << 4) | (of(i + 2) >> 2);
    if (at < out.length) out[at++] = (of(i + 2) << 6) | of(i + 3);
  }
  return out.buffer;
};`,
};

/** The encoder of a model as JavaScript: weights inside, loops over typed arrays, nothing else. */
export function encoderScript(model: Model, bits: Bits, decode: keyof typeof bytes): EncoderScript {
  const { spec, memory } = model;
  const k = createPlainKernels(spec.dtype);
  const θ = withEncoderWeight(k, model.θ);
  const { inputDim: d, hiddenDim: h } = spec;
  const { body, constants = {} } = codeKind(spec).script(spec, θ, memory);
  const { scale = 1, unitRows = false } = spec.preparation;
  const learned = (name: string) => Array.from(memory.values[`preparation.${name}`] ?? []);
  const exact = { encoderBias: encoderShift(k, spec, θ, k.floats(h)), ...constants };
  const prepared = { mean: learned('mean'), divisor: learned('divisor'), factor: learned('factor') };
  // A row of W_enc belongs to one input, and so does the step of its 8 bits.
  const weight = pack(θ.encoderWeight.data, h, bits);
  return {
    θ,
    weight,
    unpacking: `${bytes[decode]}
const floats = (text) => new Float32Array(bytes(text));
const steps = (text, scales, cols) => {
  const each = floats(scales);
  return Float32Array.from(new Int8Array(bytes(text)), (q, k) => q * each[Math.floor(k / cols)]);
};`,
    constants: `const inputDim = ${d};
const hiddenDim = ${h};
const encoderWeight = ${weight.source};
${Object.entries(exact)
  .map(([name, values]) => `const ${name} = ${pack(values, values.length, 32).source};`)
  .join('\n')}
const scale = ${scale};
const unitRows = ${unitRows};
${Object.entries(prepared)
  .map(([name, values]) => `const ${name} = ${JSON.stringify(values)};`)
  .join('\n')}`,
    functions: `/**
 * Each column less its mean, over its deviation; returns the row's length if rows are made unit ones. One that is the mean but
 * for rounding is then 0.
 */
function prepare(x, from, row) {
  let squares = 0;
  let other = !unitRows;
  for (let p = 0; p < inputDim; p++) {
    const usual = mean[p] ?? 0;
    const difference = x[from + p] / scale - usual;
    other ||= Math.abs(difference) > ${ROUNDING[spec.dtype]} * Math.abs(usual);
    row[p] = difference / (divisor[p] ?? 1);
    squares += row[p] * row[p];
  }
  if (!other) row.fill(0);
  const length = (unitRows && other && Math.sqrt(squares)) || 1;
  for (let p = 0; p < inputDim; p++) row[p] = (row[p] / length) * (factor[0] ?? 1);
  return length;
}

/** f = σ(x·W_enc + b_enc) */
function codeOf(row, z) {
  z.set(encoderBias);
  for (let p = 0, at = 0; p < inputDim; p++, at += hiddenDim) {
    const x = row[p];
    if (x !== 0) for (let j = 0; j < hiddenDim; j++) z[j] += x * encoderWeight[at + j];
  }
${body
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
}`,
  };
}
