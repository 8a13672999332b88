import { isSparse, type Kernels, type Matrix, type Rows } from '../kernels/kernels.js';
import { ChunkBuffer, denseRows } from '../kernels/rows.js';
import { selectedRows, writeOut } from '../kernels/selected.js';
import { decodeAffine } from '../layers/decoder.js';
import { encodeAffine, encoderShift, encodeTopK } from '../layers/encoder.js';
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

export function chunkOf(k: Kernels, rows: number, { inputDim, hiddenDim, outputDim }: ObjectiveSpec): number {
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
export const withEncoder = (k: Kernels, θ: StoredParameters): StoredParameters => ({
  ...θ,
  encoderWeight: θ.encoderWeight && { ...θ.encoderWeight, data: k.adopt(θ.encoderWeight.data) },
  encoderBias: k.adopt(θ.encoderBias),
  decoderBias: k.adopt(θ.decoderBias),
  own: Object.fromEntries(Object.entries(θ.own).map(([name, data]) => [name, k.adopt(data)])),
});

export const withDecoder = <P extends StoredParameters>(k: Kernels, θ: P): P => ({
  ...θ,
  decoderWeight: { ...θ.decoderWeight, data: k.adopt(θ.decoderWeight.data) },
  decoderBias: k.adopt(θ.decoderBias),
});

/** θ in the kernels' memory. */
export const adoptParameters = (k: Kernels, θ: StoredParameters): StoredParameters => withDecoder(k, withEncoder(k, θ));

/**
 * From the rows of a chunk to what is made of them, good until the next: one product, in the course of which the next chunk
 * may be copied to where `rows` are, if these are sparse.
 */
type Stage = (rows: Rows, copyNext: () => void) => Rows;

function overlapped(k: Kernels, rows: Rows, product: () => void, copyNext: () => void): void {
  if (isSparse(rows)) k.overlap(product, copyNext);
  else product();
}

/**
 * X → F, by a θ in the kernels' memory: of its entries, where the kind of code selects them as Z is computed, else in the
 * place of Z, which is in `room`.
 */
export function encoderStage(k: Kernels, θ: Parameters, { spec, memory }: Trained, room: ChunkBuffer): Stage {
  const kind = codeKind(spec);
  const shift = encoderShift(k, spec, θ, k.floats(spec.preBias ? spec.hiddenDim : 0));
  const written: Stage = (x, copyNext) => {
    const z = room.dense(x.rows);
    overlapped(k, x, () => encodeAffine(k, θ, shift, x, z), copyNext);
    kind.infer({ k, spec, memory }, θ, z);
    return z;
  };
  const kept = kind.selects?.(spec);
  if (kept === undefined) return written;
  const selected = selectedRows(k, room.capacity, spec.hiddenDim, room.capacity * kept);
  return (x, copyNext) => {
    const f = { ...selected, rows: x.rows };
    const finite = encodeTopK(k, θ, shift, x, f, kept, room.dense(room.capacity).data) >= 0;
    return finite ? f : written(x, copyNext);
  };
}

/** F → X̂, likewise. */
export function decoderStage(k: Kernels, θ: StoredParameters, spec: ObjectiveSpec, capacity: number): Stage {
  const output = denseRows(k, capacity, spec.outputDim);
  return (f, copyNext) => {
    const y = rowsOf(output, 0, f.rows);
    overlapped(k, f, () => decodeAffine(k, θ, f, y), copyNext);
    k.activate(y, spec.outputActivation);
    return y;
  };
}

/** Collects in `out` what `stage` makes of `x`, chunk by chunk. */
function run(where: Where, k: Kernels, x: Matrix, out: Matrix, capacity: number, stage: Stage): void {
  const input = new ChunkBuffer(k, capacity, x.cols);
  forEachChunk(where, k, x, input, (rows, from, copyNext) => {
    const made = stage(rows, copyNext);
    const place = rowsOf(out, from, from + made.rows);
    if (isSparse(made)) writeOut(place, made);
    else place.data.set(made.data);
  });
}

/** F = σ_h(X·W_enc + b_enc) into `f`, a matrix of the caller's. */
export function encodeAll(where: Where, k: Kernels, model: Trained, x: Matrix, f: Matrix): void {
  k.scoped(() => {
    const θ = withEncoderWeight(k, withEncoder(k, model.θ));
    const capacity = chunkOf(k, x.rows, model.spec);
    run(where, k, x, f, capacity, encoderStage(k, θ, model, new ChunkBuffer(k, capacity, f.cols)));
  });
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, a matrix of the caller's. */
export function decodeAll(where: Where, k: Kernels, { spec, θ }: Trained, f: Matrix, xHat: Matrix): void {
  k.scoped(() => {
    const capacity = chunkOf(k, f.rows, spec);
    run(where, k, f, xHat, capacity, decoderStage(k, withDecoder(k, θ), spec, capacity));
  });
}

/** Both, one after the other, without F leaving the kernels' memory. */
export function reconstructAll(where: Where, k: Kernels, model: Trained, x: Matrix, xHat: Matrix): void {
  const { spec } = model;
  k.scoped(() => {
    const θ = withEncoderWeight(k, adoptParameters(k, model.θ));
    const capacity = chunkOf(k, x.rows, spec);
    const code = new ChunkBuffer(k, capacity, spec.hiddenDim);
    const encode = encoderStage(k, θ, model, code);
    const decode = decoderStage(k, θ, spec, capacity);
    run(where, k, x, xHat, capacity, (rows, copyNext) => {
      const f = encode(rows, copyNext);
      return decode(isSparse(f) ? f : code.rows(f.rows), () => {});
    });
  });
}
