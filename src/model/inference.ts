import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows } from '../kernels/kernels.js';
import { ChunkBuffer, denseRows } from '../kernels/rows.js';
import { selectedRows, writeOut } from '../kernels/selected.js';
import { decodeAffine } from '../layers/decoder.js';
import { encodeAffine, encoderShift, encodeTopK, roomOfSome } from '../layers/encoder.js';
import type { Parameters, StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { withEncoderWeight } from '../layers/tied.js';
import { rowsOf, type Where } from '../numbers/matrix.js';
import { codeKind } from '../sparsity/kinds.js';
import { chunkOf, forEachChunk, Room, type Stage, selectedBy, type Trained } from './chunks.js';
import { refittedStage } from './refit.js';
import { normalizedStage } from './search.js';

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

function overlapped(k: Kernels, rows: Rows, product: () => void, copyNext: () => void): void {
  if (isSparse(rows)) k.overlap(product, copyNext);
  else product();
}

/** X → F, by a θ in the kernels' memory: by its entries, where they are selected, else in the place of Z, which is in `room`. */
export function encoderStage(k: Kernels, θ: Parameters, { spec, memory }: Trained, room: Room): Stage {
  const { hiddenDim, preBias } = spec;
  const shift = encoderShift(k, spec, θ, k.floats(preBias ? hiddenDim : 0));
  const written: Stage = (x, copyNext) => {
    const z = room.buffer.dense(x.rows);
    overlapped(k, x, () => encodeAffine(k, θ, shift, x, z), copyNext);
    codeKind(spec).infer({ k, spec, memory }, θ, z);
    return z;
  };
  const kept = selectedBy(spec);
  if (kept === undefined) return written;
  const { capacity } = room;
  const selected = selectedRows(k, capacity, hiddenDim, capacity * kept);
  let some: FloatArray = k.floats(0);
  return (x, copyNext) => {
    if (isSparse(x) && some.length === 0) some = roomOfSome(k, capacity, hiddenDim);
    const f = { ...selected, rows: x.rows };
    const finite = encodeTopK(k, θ, shift, x, f, kept, some) >= 0;
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

/** What is done to codes, once they are there. */
export interface CodeForm {
  /** See refit.ts. */
  readonly refit?: boolean;
  /** See search.ts. */
  readonly normalize?: boolean;
}

/** X → F, its rows refitted to those of X, then divided by ‖x̂‖, where that is asked for. */
export function codeStage(k: Kernels, model: Trained, room: Room, { refit, normalize }: CodeForm): Stage {
  const encode = encoderStage(k, withEncoderWeight(k, withEncoder(k, model.θ)), model, room);
  if (!refit && !normalize) return encode;
  const θ = withDecoder(k, model.θ);
  const fitted = refit ? refittedStage(k, θ, room.capacity, encode) : encode;
  return normalize ? normalizedStage(k, θ, room, fitted) : fitted;
}

/** F = σ_h(X·W_enc + b_enc) into `f`, a matrix of the caller's. */
export function encodeAll(where: Where, k: Kernels, model: Trained, x: Matrix, f: Matrix, form: CodeForm = {}): void {
  k.scoped(() => {
    const room = new Room(k, x.rows, model.spec);
    run(where, k, x, f, room.capacity, codeStage(k, model, room, form));
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
    const room = new Room(k, x.rows, spec);
    const encode = encoderStage(k, θ, model, room);
    const decode = decoderStage(k, θ, spec, room.capacity);
    run(where, k, x, xHat, room.capacity, (rows, copyNext) => {
      const f = encode(rows, copyNext);
      return decode(isSparse(f) ? f : room.buffer.rows(f.rows), () => {});
    });
  });
}
