import { CsrBuilder, copyCsrRows } from '../kernels/csr.js';
import type { Kernels, Matrix } from '../kernels/kernels.js';
import { ChunkBuffer } from '../kernels/rows.js';
import { selectedRows } from '../kernels/selected.js';
import type { Csr } from '../numbers/csr.js';
import { dtypeOf, rowsOf, type Where } from '../numbers/matrix.js';
import { chunkOf, forEachChunk, Room, selectedBy, type Trained } from './chunks.js';
import { type CodeForm, codeStage, decoderStage, withDecoder } from './inference.js';

/** F by its non-zeros, with the bits of encodeAll; no more of it than a chunk of rows is ever written out. */
export function encodeSparse(where: Where, k: Kernels, model: Trained, x: Matrix, form: CodeForm = {}): Csr {
  const { hiddenDim } = model.spec;
  return k.scoped(() => {
    const room = new Room(k, x.rows, model.spec);
    const encode = codeStage(k, model, room, form);
    const kept = selectedBy(model.spec);
    const f = new CsrBuilder(where, k, x.rows, hiddenDim, dtypeOf(x.data), kept && kept * x.rows);
    const input = new ChunkBuffer(k, room.capacity, x.cols);
    forEachChunk(where, k, x, input, (rows, _from, copyNext) => f.add(encode(rows, copyNext)));
    return f.done();
  });
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, with the bits of decodeAll. */
export function decodeSparse(k: Kernels, { spec, θ }: Trained, f: Csr, xHat: Matrix): void {
  const { indptr, shape } = f;
  const [rows, cols] = shape;
  k.scoped(() => {
    const capacity = chunkOf(k, rows, spec);
    const ends = (from: number) => Math.min(from + capacity, rows);
    let most = 0;
    for (let from = 0; from < rows; from += capacity) most = Math.max(most, indptr[ends(from)] - indptr[from]);
    const room = selectedRows(k, capacity, cols, most);
    const decode = decoderStage(k, withDecoder(k, θ), spec, capacity);
    for (let from = 0; from < rows; from += capacity) {
      const part = { ...room, rows: ends(from) - from };
      copyCsrRows(part, f, from);
      rowsOf(xHat, from, ends(from)).data.set((decode(part, () => {}) as Matrix).data);
    }
  });
}
