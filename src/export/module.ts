import type { Model } from '../core/model.js';
import { elementwise } from '../kernels/elementwise.js';
import { checkOptions, when } from '../numbers/checks.js';
import { type Bits, encoderScript } from './encoder-script.js';
import { type Packed, pack } from './pack.js';

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
  const { spec } = model;
  const { inputDim: d, hiddenDim: h, outputDim } = spec;
  const { θ, weight, unpacking, constants, functions } = encoderScript(model, bits, 'atob');
  const decoderWeight = pack(θ.decoderWeight.data, outputDim, bits);
  const decoderBias = pack(θ.decoderBias, outputDim, 32);
  const back = model.isAutoencoder;
  const told = (name: string, { error }: Packed) =>
    `${name}: ${bits} bits, largest error ${error.largest.toPrecision(3)}, relative ${error.relative.toPrecision(3)}`;
  const code = `// ${spec.hiddenActivation} sparse autoencoder, ${d}-${h}-${outputDim}, as a module: no imports, weights inside.
// ${told('encoderWeight', weight)}
// ${told('decoderWeight', decoderWeight)}
${unpacking}
${constants}
const outputDim = ${outputDim};
const decoderWeight = ${decoderWeight.source};
const decoderBias = ${decoderBias.source};

export { inputDim, hiddenDim, outputDim };
export const names = ${JSON.stringify(model.names.some((name) => name !== null) ? model.names : [])};

function rowsIn(where, numbers, width) {
  if (!numbers || !(numbers.length > 0) || numbers.length % width) {
    throw new RangeError(where + ': got ' + (numbers && numbers.length) + ' numbers, expected a multiple of ' + width);
  }
  return numbers.length / width;
}

${functions}

/** x̂ = σ(f·W_dec + b_dec), in the units of ${back ? 'x' : 't'} */
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
