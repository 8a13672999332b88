import { isSparse, type Kernels, type Matrix, type Rows } from '../kernels/kernels.js';
import { ChunkBuffer, denseRows } from '../kernels/rows.js';
import { decodeAffine } from '../layers/decoder.js';
import { encodeAffine, encoderShift } from '../layers/encoder.js';
import type { Parameters, StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { withEncoderWeight } from '../layers/tied.js';
import { checkFinite, rowsOf, type Where } from '../numbers/matrix.js';
import { codeKind } from '../sparsity/kinds.js';
import type { Memory } from '../sparsity/memory.js';

/** A model that is asked, not trained. */
export interface Trained {
  readonly spec: ObjectiveSpec;
  readonly θ: StoredParameters;
  readonly memory: Memory;
}

/** Rows that are in the kernels' memory at a time: few enough to stay in a core's cache. */
export const CHUNK = 128;

/** Threads get more of them, lest they wait for each other at the end of every chunk; of wide rows fewer. */
const CHUNK_OF_A_THREAD = 512;
const MOST_IN_CHUNK = 2 ** 20;

function chunkOf(k: Kernels, rows: number, { inputDim, hiddenDim, outputDim }: ObjectiveSpec): number {
  if (k.threads === 1) return Math.min(rows, CHUNK);
  const narrow = Math.floor(MOST_IN_CHUNK / Math.max(inputDim, hiddenDim, outputDim));
  return Math.min(rows, Math.max(CHUNK, Math.min(k.threads * CHUNK_OF_A_THREAD, narrow)));
}

/**
 * Copies `x` into `buffer` a chunk at a time, every entry finite, and calls `visit` for each. The next chunk
 * is copied when `visit` is through, or earlier if it calls `copyNext`: what it was given dense is then gone.
 * @throws RangeError naming the first entry that is not finite: `transform: X[12, 3] is NaN`.
 */
export function forEachChunk(
  where: Where,
  k: Kernels,
  x: Matrix,
  buffer: ChunkBuffer,
  visit: (rows: Rows, from: number, copyNext: () => void) => void,
): void {
  let copied = 0;
  const copyUpTo = (end: number) => {
    if (copied >= end) return;
    buffer.dense(end - copied).data.set(rowsOf(x, copied, end).data);
    copied = end;
  };
  for (let from = 0; from < x.rows; from += buffer.capacity) {
    const to = Math.min(from + buffer.capacity, x.rows);
    copyUpTo(to);
    const rows = buffer.rows(to - from);
    if (!isSparse(rows)) {
      const { data } = rows;
      const at = k.findNonFinite(data);
      checkFinite(where, x, at, data[at], from);
    }
    visit(rows, from, () => copyUpTo(Math.min(to + buffer.capacity, x.rows)));
  }
}

/** W_enc as it is stored, in the kernels' memory, and all that goes with it. */
const withEncoder = (k: Kernels, θ: StoredParameters): StoredParameters => ({
  ...θ,
  encoderWeight: θ.encoderWeight && { ...θ.encoderWeight, data: k.adopt(θ.encoderWeight.data) },
  encoderBias: k.adopt(θ.encoderBias),
  decoderBias: k.adopt(θ.decoderBias),
  own: Object.fromEntries(Object.entries(θ.own).map(([name, data]) => [name, k.adopt(data)])),
});

const withDecoder = <P extends StoredParameters>(k: Kernels, θ: P): P => ({
  ...θ,
  decoderWeight: { ...θ.decoderWeight, data: k.adopt(θ.decoderWeight.data) },
  decoderBias: k.adopt(θ.decoderBias),
});

/** θ in the kernels' memory. */
export const adoptParameters = (k: Kernels, θ: StoredParameters): StoredParameters => withDecoder(k, withEncoder(k, θ));

/** X → Z, by a θ in the kernels' memory: one product a batch. */
function affineOf(k: Kernels, θ: Parameters, spec: ObjectiveSpec): (x: Rows, z: Matrix) => void {
  const shift = encoderShift(k, spec, θ, k.floats(spec.preBias ? spec.hiddenDim : 0));
  return (x, z) => encodeAffine(k, θ, shift, x, z);
}

/**
 * For each chunk of `x`, of `capacity` rows at most, has `product` computed while the next one is copied,
 * then calls `finish`, and collects in `out` what is made.
 */
function run(
  where: Where,
  k: Kernels,
  x: Matrix,
  out: Matrix,
  capacity: number,
  product: (rows: Rows, made: Matrix) => void,
  finish: (made: Matrix) => void,
): void {
  const input = new ChunkBuffer(k, capacity, x.cols);
  const output = denseRows(k, capacity, out.cols);
  forEachChunk(where, k, x, input, (rows, from, copyNext) => {
    const made = rowsOf(output, 0, rows.rows);
    if (isSparse(rows)) k.overlap(() => product(rows, made), copyNext);
    else product(rows, made);
    finish(made);
    out.data.set(made.data, from * out.cols);
  });
}

/** Z → F, in place. */
function codeOf(k: Kernels, θ: Parameters, { spec, memory }: Trained): (z: Matrix) => void {
  const kind = codeKind(spec);
  return (z) => kind.infer({ k, spec, memory }, θ, z);
}

/** F = σ_h(X·W_enc + b_enc) into `f`, a matrix of the caller's. */
export function encodeAll(where: Where, k: Kernels, model: Trained, x: Matrix, f: Matrix): void {
  k.scoped(() => {
    const θ = withEncoderWeight(k, withEncoder(k, model.θ));
    run(where, k, x, f, chunkOf(k, x.rows, model.spec), affineOf(k, θ, model.spec), codeOf(k, θ, model));
  });
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, a matrix of the caller's. */
export function decodeAll(where: Where, k: Kernels, { spec, θ: own }: Trained, f: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const θ = withDecoder(k, own);
    const finish = (y: Matrix) => k.activate(y, spec.outputActivation);
    run(where, k, f, xHat, chunkOf(k, f.rows, spec), (rows, y) => decodeAffine(k, θ, rows, y), finish);
  });
}

/** Both, one after the other, without F leaving the kernels' memory. */
export function reconstructAll(where: Where, k: Kernels, model: Trained, x: Matrix, xHat: Matrix): void {
  const { spec } = model;
  k.scoped(() => {
    const θ = withEncoderWeight(k, adoptParameters(k, model.θ));
    const affine = affineOf(k, θ, spec);
    const capacity = chunkOf(k, x.rows, spec);
    const code = new ChunkBuffer(k, capacity, spec.hiddenDim);
    const activate = codeOf(k, θ, model);
    const finish = (y: Matrix) => {
      activate(code.dense(y.rows));
      decodeAffine(k, θ, code.rows(y.rows), y);
      k.activate(y, spec.outputActivation);
    };
    run(where, k, x, xHat, capacity, (rows, y) => affine(rows, code.dense(y.rows)), finish);
  });
}
