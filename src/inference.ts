import { decode } from './decoder.js';
import { encode } from './encoder.js';
import { isSparse, type Kernels, type Matrix, type Rows } from './kernels/kernels.js';
import { checkFinite, rowsOf, type Where } from './matrix.js';
import type { ObjectiveSpec } from './objective.js';
import type { Parameters } from './parameters.js';
import { ChunkBuffer } from './rows.js';

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

/** F = σ_h(X·W_enc + b_enc) into `f`, a matrix of the caller's. */
export function encodeAll(where: Where, k: Kernels, model: Parameters, spec: ObjectiveSpec, x: Matrix, f: Matrix): void {
  k.scoped(() => {
    const θ = withEncoder(k, model);
    const input = new ChunkBuffer(k, chunkRows(x.rows), x.cols);
    const code = new ChunkBuffer(k, chunkRows(x.rows), f.cols);
    forEachChunk(where, k, x, input, (rows, from) => {
      const chunk = code.dense(rows.rows);
      encode(k, θ, rows, chunk, spec.hiddenActivation);
      f.data.set(chunk.data, from * f.cols);
    });
  });
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, a matrix of the caller's. */
export function decodeAll(where: Where, k: Kernels, model: Parameters, spec: ObjectiveSpec, f: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const θ = withDecoder(k, model);
    const code = new ChunkBuffer(k, chunkRows(f.rows), f.cols);
    const output = new ChunkBuffer(k, chunkRows(f.rows), xHat.cols);
    forEachChunk(where, k, f, code, (rows, from) => {
      const chunk = output.dense(rows.rows);
      decode(k, θ, rows, chunk, spec.outputActivation);
      xHat.data.set(chunk.data, from * xHat.cols);
    });
  });
}

/** Both, one after the other, without F leaving the kernels' memory. */
export function reconstructAll(where: Where, k: Kernels, model: Parameters, spec: ObjectiveSpec, x: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const θ = adoptParameters(k, model);
    const input = new ChunkBuffer(k, chunkRows(x.rows), x.cols);
    const code = new ChunkBuffer(k, chunkRows(x.rows), spec.hiddenDim);
    const output = new ChunkBuffer(k, chunkRows(x.rows), xHat.cols);
    forEachChunk(where, k, x, input, (rows, from) => {
      const n = rows.rows;
      encode(k, θ, rows, code.dense(n), spec.hiddenActivation);
      decode(k, θ, code.rows(n), output.dense(n), spec.outputActivation);
      xHat.data.set(output.dense(n).data, from * xHat.cols);
    });
  });
}
