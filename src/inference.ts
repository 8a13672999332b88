import { decode } from './decoder.js';
import { encode } from './encoder.js';
import { isSparse, type Kernels, type Matrix, type Rows } from './kernels/kernels.js';
import { checkFinite, rowsOf, type Where } from './matrix.js';
import type { ObjectiveSpec } from './objective.js';
import type { Parameters } from './parameters.js';
import { ChunkBuffer, denseRows } from './rows.js';

/** Rows that are in the kernels' memory at a time: few enough to stay in a core's cache. */
const CHUNK = 128;

/** How many rows at a time a matrix of `rows` rows takes. */
export const chunkRows = (rows: number): number => Math.min(rows, CHUNK);

/**
 * Copies `x` into `buffer` a chunk at a time, every entry finite, and calls `visit` for each.
 * @throws RangeError naming the first entry that is not: `transform: X[12, 3] is NaN`.
 */
export function forEachChunk(
  where: Where,
  k: Kernels,
  x: Matrix,
  buffer: ChunkBuffer,
  visit: (rows: Rows, from: number) => void,
): void {
  for (let from = 0; from < x.rows; from += CHUNK) {
    const n = Math.min(CHUNK, x.rows - from);
    const chunk = buffer.dense(n);
    chunk.data.set(rowsOf(x, from, from + n).data);
    const rows = buffer.rows(n);
    if (!isSparse(rows)) {
      const at = k.findNonFinite(chunk.data);
      checkFinite(where, x, at, chunk.data[at], from);
    }
    visit(rows, from);
  }
}

const withEncoder = (k: Kernels, θ: Parameters): Parameters => ({
  ...θ,
  encoderWeight: { ...θ.encoderWeight, data: k.adopt(θ.encoderWeight.data) },
  encoderBias: k.adopt(θ.encoderBias),
});

const withDecoder = (k: Kernels, θ: Parameters): Parameters => ({
  ...θ,
  decoderWeight: { ...θ.decoderWeight, data: k.adopt(θ.decoderWeight.data) },
  decoderBias: k.adopt(θ.decoderBias),
});

/** θ in the kernels' memory. */
export const adoptParameters = (k: Kernels, θ: Parameters): Parameters => withDecoder(k, withEncoder(k, θ));

/** Calls `layer` for each chunk of `x`, with room for what it makes of it, and collects that in `out`. */
function run(where: Where, k: Kernels, x: Matrix, out: Matrix, layer: (rows: Rows, made: Matrix) => void): void {
  const input = new ChunkBuffer(k, chunkRows(x.rows), x.cols);
  const output = denseRows(k, chunkRows(x.rows), out.cols);
  forEachChunk(where, k, x, input, (rows, from) => {
    const made = rowsOf(output, 0, rows.rows);
    layer(rows, made);
    out.data.set(made.data, from * out.cols);
  });
}

/** F = σ_h(X·W_enc + b_enc) into `f`, a matrix of the caller's. */
export function encodeAll(where: Where, k: Kernels, model: Parameters, spec: ObjectiveSpec, x: Matrix, f: Matrix): void {
  k.scoped(() => {
    const θ = withEncoder(k, model);
    run(where, k, x, f, (rows, code) => encode(k, θ, rows, code, spec.hiddenActivation));
  });
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, a matrix of the caller's. */
export function decodeAll(where: Where, k: Kernels, model: Parameters, spec: ObjectiveSpec, f: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const θ = withDecoder(k, model);
    run(where, k, f, xHat, (rows, y) => decode(k, θ, rows, y, spec.outputActivation));
  });
}

/** Both, one after the other, without F leaving the kernels' memory. */
export function reconstructAll(where: Where, k: Kernels, model: Parameters, spec: ObjectiveSpec, x: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const θ = adoptParameters(k, model);
    const code = new ChunkBuffer(k, chunkRows(x.rows), spec.hiddenDim);
    run(where, k, x, xHat, (rows, y) => {
      encode(k, θ, rows, code.dense(rows.rows), spec.hiddenActivation);
      decode(k, θ, code.rows(rows.rows), y, spec.outputActivation);
    });
  });
}
