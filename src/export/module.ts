import type { Model } from '../core/model.js';
import { elementwise } from '../kernels/elementwise.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { encoderShift } from '../layers/encoder.js';
import { withEncoderWeight } from '../layers/tied.js';
import { checkOptions, when } from '../numbers/checks.js';
import { codeKind } from '../sparsity/kinds.js';
import { type Packed, pack } from './pack.js';

export type Bits = 8 | 32;

export interface ModuleOptions {
  /** Of each weight: 32, or 8 for a quarter of the size, with an error that the module's header states. Default 32. */
  bits?: Bits;
}

/** An ES module and its declarations. */
export interface ModuleSource {
  readonly code: string;
  readonly types: string;
}

/**
 * A model as one ES module: its weights inside, no import, no `eval`, nothing but loops over typed arrays, so that it runs
 * wherever JavaScript does. It exports `encode`, `decode` and `reconstruct`, for one row or several end to end, and
 * `inputDim`, `hiddenDim`, `outputDim` and `names`. What is done to X before it is learned from is done there too.
 */
export function moduleOf(model: Model, options: ModuleOptions = {}): ModuleSource {
  checkOptions('toModule', options, { bits: when((v) => v === 8 || v === 32, '8 or 32') });
  const { bits = 32 } = options;
  const { spec, memory } = model;
  const k = createPlainKernels(spec.dtype);
  const θ = withEncoderWeight(k, model.θ);
  const { inputDim: d, hiddenDim: h, outputDim } = spec;
  const kind = codeKind(spec);
  const { body, constants = {} } = kind.script(spec, θ, memory);
  const { scale = 1, unitRows = false } = spec.preparation;
  const learned = (name: string) => Array.from(memory.values[`preparation.${name}`] ?? []);
  const back = outputDim === d;

  // Rows of both weights belong to one input or unit each, and so does the step of their 8 bits.
  const packed: Record<string, Packed> = {
    encoderWeight: pack(θ.encoderWeight.data, h, bits),
    decoderWeight: pack(θ.decoderWeight.data, outputDim, bits),
  };
  const encoderBias = encoderShift(k, spec, θ, k.floats(h));
  const exact = { encoderBias, decoderBias: θ.decoderBias, ...constants };
  const prepared = { mean: learned('mean'), divisor: learned('divisor'), factor: learned('factor') };
  const code = `// ${kind.name} sparse autoencoder, ${d}-${h}-${outputDim}, as a module: no imports, weights inside.
// ${Object.entries(packed)
    .map(
      ([name, { error }]) =>
        `${name}: ${bits} bits, largest error ${error.largest.toPrecision(3)}, relative ${error.relative.toPrecision(3)}`,
    )
    .join('\n// ')}
export const inputDim = ${d};
export const hiddenDim = ${h};
export const outputDim = ${outputDim};
export const names = ${JSON.stringify(model.names.some((name) => name !== null) ? model.names : [])};

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
const floats = (text) => new Float32Array(bytes(text));
const steps = (text, scales, cols) => {
  const each = floats(scales);
  return Float32Array.from(new Int8Array(bytes(text)), (q, k) => q * each[Math.floor(k / cols)]);
};
${Object.entries(packed)
  .map(([name, { source }]) => `const ${name} = ${source};`)
  .join('\n')}
${Object.entries(exact)
  .map(([name, values]) => `const ${name} = ${pack(values, values.length, 32).source};`)
  .join('\n')}
const scale = ${scale};
const unitRows = ${unitRows};
${Object.entries(prepared)
  .map(([name, values]) => `const ${name} = ${JSON.stringify(values)};`)
  .join('\n')}

function rowsIn(where, numbers, width) {
  if (!numbers || !(numbers.length > 0) || numbers.length % width) {
    throw new RangeError(where + ': got ' + (numbers && numbers.length) + ' numbers, expected a multiple of ' + width);
  }
  return numbers.length / width;
}

/** Each column less its mean, over its deviation; returns the row's length if rows are made unit ones. */
function prepare(x, from, row) {
  let squares = 0;
  for (let p = 0; p < inputDim; p++) {
    row[p] = (x[from + p] / scale - (mean[p] ?? 0)) / (divisor[p] ?? 1);
    squares += row[p] * row[p];
  }
  const length = (unitRows && Math.sqrt(squares)) || 1;
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
}

/** x̂ = σ(f·W_dec + b_dec), in the units of x */
function outputOf(f, from, length, y, out, to) {
  y.set(decoderBias);
  for (let j = 0, at = 0; j < hiddenDim; j++, at += outputDim) {
    const a = f[from + j];
    if (a !== 0) for (let q = 0; q < outputDim; q++) y[q] += a * decoderWeight[at + q];
  }
  for (let q = 0; q < outputDim; q++) {
    const z = y[q];
    const value = ${elementwise[spec.outputActivation].script};
    out[to + q] = ${back ? '((value / (factor[0] ?? 1)) * length * (divisor[q] ?? 1) + (mean[q] ?? 0)) * scale' : 'value'};
  }
}

export function encode(x) {
  const n = rowsIn('encode', x, inputDim);
  const out = new Float32Array(n * hiddenDim);
  const row = new Float64Array(inputDim);
  const z = new Float64Array(hiddenDim);
  for (let i = 0; i < n; i++) {
    prepare(x, i * inputDim, row);
    codeOf(row, z);
    out.set(z, i * hiddenDim);
  }
  return out;
}

export function decode(f) {
  const n = rowsIn('decode', f, hiddenDim);
  const out = new Float32Array(n * outputDim);
  const y = new Float64Array(outputDim);
  for (let i = 0; i < n; i++) outputOf(f, i * hiddenDim, 1, y, out, i * outputDim);
  return out;
}

export function reconstruct(x) {
  const n = rowsIn('reconstruct', x, inputDim);
  const out = new Float32Array(n * outputDim);
  const row = new Float64Array(inputDim);
  const z = new Float64Array(hiddenDim);
  const y = new Float64Array(outputDim);
  for (let i = 0; i < n; i++) {
    const length = prepare(x, i * inputDim, row);
    codeOf(row, z);
    outputOf(z, 0, length, y, out, i * outputDim);
  }
  return out;
}
`;
  return { code, types: declarations };
}

const declarations = `/** Width of a row of x, of a code, of a reconstruction. */
export declare const inputDim: number;
export declare const hiddenDim: number;
export declare const outputDim: number;
/** What each unit is called, null where it has no name; empty where none has. */
export declare const names: readonly (string | null)[];
/** The codes of n rows of inputDim numbers, end to end: n · hiddenDim numbers. */
export declare function encode(x: ArrayLike<number>): Float32Array;
/** The reconstructions from n codes: n · outputDim numbers. */
export declare function decode(f: ArrayLike<number>): Float32Array;
/** Both, one after the other. */
export declare function reconstruct(x: ArrayLike<number>): Float32Array;
`;
