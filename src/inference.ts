import { decode } from './decoder.js';
import { encode } from './encoder.js';
import type { Kernels, Matrix } from './kernels/kernels.js';
import { checkFinite, rowsOf, type Where } from './matrix.js';
import type { ObjectiveSpec } from './objective.js';
import type { Parameters } from './parameters.js';
import { asRows, type Rows } from './rows.js';

/** Rows that are in the kernels' memory at a time: few enough to stay in a core's cache. */
const CHUNK = 128;

const inMemory = (k: Kernels, { data, rows, cols }: Matrix): Matrix => ({ data: k.adopt(data), rows, cols });
const blank = (k: Kernels, rows: number, cols: number): Matrix => ({ data: k.floats(rows * cols), rows, cols });

/**
 * Calls `visit` with `x` a chunk of rows at a time, in the kernels' memory, every entry finite.
 * @throws RangeError naming the first entry that is not: `transform: X[12, 3] is NaN`.
 */
export function forEachChunk(where: Where, k: Kernels, x: Matrix, visit: (chunk: Matrix, from: number) => void): void {
  for (let from = 0; from < x.rows; from += CHUNK) {
    k.scoped(() => {
      const chunk = inMemory(k, rowsOf(x, from, Math.min(from + CHUNK, x.rows)));
      const at = k.findNonFinite(chunk.data);
      checkFinite(where, x, at, chunk.data[at], from);
      visit(chunk, from);
    });
  }
}

const withEncoder = (k: Kernels, θ: Parameters): Parameters => ({
  ...θ,
  encoderWeight: inMemory(k, θ.encoderWeight),
  encoderBias: k.adopt(θ.encoderBias),
});

const withDecoder = (k: Kernels, θ: Parameters): Parameters => ({
  ...θ,
  decoderWeight: inMemory(k, θ.decoderWeight),
  decoderBias: k.adopt(θ.decoderBias),
});

/** θ in the kernels' memory. */
export const adoptParameters = (k: Kernels, θ: Parameters): Parameters => withDecoder(k, withEncoder(k, θ));

/** A layer or more: rows in, a dense matrix in the kernels' memory out. */
type Layer = (rows: Rows) => Matrix;

function run(where: Where, k: Kernels, x: Matrix, out: Matrix, layer: Layer): void {
  forEachChunk(where, k, x, (chunk, from) => out.data.set(layer(asRows(k, chunk)).data, from * out.cols));
}

const encoding =
  (k: Kernels, θ: Parameters, spec: ObjectiveSpec): Layer =>
  (x) => {
    const f = blank(k, x.rows, spec.hiddenDim);
    encode(k, θ, x, f, spec.hiddenActivation);
    return f;
  };

const decoding =
  (k: Kernels, θ: Parameters, spec: ObjectiveSpec): Layer =>
  (f) => {
    const xHat = blank(k, f.rows, spec.outputDim);
    decode(k, θ, f, xHat, spec.outputActivation);
    return xHat;
  };

/** F = σ_h(X·W_enc + b_enc) into `f`, a matrix of the caller's. */
export function encodeAll(where: Where, k: Kernels, θ: Parameters, spec: ObjectiveSpec, x: Matrix, f: Matrix): void {
  k.scoped(() => run(where, k, x, f, encoding(k, withEncoder(k, θ), spec)));
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, a matrix of the caller's. */
export function decodeAll(where: Where, k: Kernels, θ: Parameters, spec: ObjectiveSpec, f: Matrix, xHat: Matrix): void {
  k.scoped(() => run(where, k, f, xHat, decoding(k, withDecoder(k, θ), spec)));
}

/** Both, one after the other, without F leaving the kernels' memory. */
export function reconstructAll(where: Where, k: Kernels, θ: Parameters, spec: ObjectiveSpec, x: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const both = adoptParameters(k, θ);
    const toCode = encoding(k, both, spec);
    const fromCode = decoding(k, both, spec);
    run(where, k, x, xHat, (rows) => fromCode(asRows(k, toCode(rows))));
  });
}
