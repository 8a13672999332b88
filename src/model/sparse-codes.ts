import { type FloatArray, isSparse, type Kernels, type Matrix, type SparseRows } from '../kernels/kernels.js';
import { ChunkBuffer, sparseRows } from '../kernels/rows.js';
import { selectedRows } from '../kernels/selected.js';
import { withEncoderWeight } from '../layers/tied.js';
import { type Csr, MOST_ENTRIES } from '../numbers/csr.js';
import { type DType, dtypeOf, floats, rowsOf, type Where } from '../numbers/matrix.js';
import { codeKind } from '../sparsity/kinds.js';
import { chunkOf, decoderStage, encoderStage, forEachChunk, type Trained, withDecoder, withEncoder } from './inference.js';

/** F by its non-zeros, with the bits of encodeAll; of a chunk of rows at the most is more in memory. */
export function encodeSparse(where: Where, k: Kernels, model: Trained, x: Matrix): Csr {
  const { spec } = model;
  return k.scoped(() => {
    const θ = withEncoderWeight(k, withEncoder(k, model.θ));
    const capacity = chunkOf(k, x.rows, spec);
    const encode = encoderStage(k, θ, model, new ChunkBuffer(k, capacity, spec.hiddenDim));
    const compress = compressor(k, capacity, spec.hiddenDim);
    const kept = codeKind(spec).selects?.(spec);
    const all = new CsrBuilder(where, x.rows, spec.hiddenDim, dtypeOf(x.data), kept && kept * x.rows);
    forEachChunk(where, k, x, new ChunkBuffer(k, capacity, x.cols), (rows, _from, copyNext) => {
      const f = encode(rows, copyNext);
      all.add(isSparse(f) ? f : compress(f));
    });
    return all.done();
  });
}

/** The non-zeros of a chunk, good until the next. */
function compressor(k: Kernels, capacity: number, cols: number): (f: Matrix) => SparseRows {
  let room: SparseRows | undefined;
  return (f) => {
    room ??= sparseRows(k, capacity, cols);
    const s = { ...room, rows: f.rows };
    k.compress(s, f);
    return s;
  };
}

/** X̂ = σ_o(F·W_dec + b_dec) into `xHat`, with the bits of decodeAll. */
export function decodeSparse(k: Kernels, { spec, θ }: Trained, f: Csr, xHat: Matrix): void {
  const [rows, cols] = f.shape;
  k.scoped(() => {
    const capacity = chunkOf(k, rows, spec);
    let most = 0;
    for (let from = 0; from < rows; from += capacity)
      most = Math.max(most, f.indptr[Math.min(from + capacity, rows)] - f.indptr[from]);
    const room = selectedRows(k, capacity, cols, most);
    const decode = decoderStage(k, withDecoder(k, θ), spec, capacity);
    for (let from = 0; from < rows; from += capacity) {
      const to = Math.min(from + capacity, rows);
      const part = copyRows({ ...room, rows: to - from }, f, from);
      rowsOf(xHat, from, to).data.set((decode(part, () => {}) as Matrix).data);
    }
  });
}

/** S = as many rows of F, from the given one on. */
function copyRows(s: SparseRows, { data, indices, indptr }: Csr, from: number): SparseRows {
  const first = indptr[from];
  const last = indptr[from + s.rows];
  s.index.set(indices.subarray(first, last));
  s.value.set(data.subarray(first, last));
  for (let i = 0; i < s.rows; i++) {
    s.start[i] = indptr[from + i] - first;
    s.end[i] = indptr[from + i + 1] - first;
  }
  return s;
}

/** Rows that come chunk after chunk, joined. */
class CsrBuilder {
  private readonly where: Where;
  private readonly shape: readonly [number, number];
  private readonly dtype: DType;
  private readonly indptr: Int32Array;
  private indices: Int32Array;
  private data: FloatArray;
  private rows = 0;

  /** With room for so many entries; if they are not known, for what the first rows let expect. */
  constructor(where: Where, rows: number, cols: number, dtype: DType, entries = 0) {
    this.where = where;
    this.shape = [rows, cols];
    this.dtype = dtype;
    this.indptr = new Int32Array(rows + 1);
    this.indices = new Int32Array(Math.min(entries, MOST_ENTRIES));
    this.data = floats(dtype, this.indices.length);
  }

  add({ rows, start, end, index, value }: SparseRows): void {
    const { indptr } = this;
    let size = indptr[this.rows];
    let added = 0;
    for (let i = 0; i < rows; i++) added += end[i] - start[i];
    this.makeRoom(size + added, this.rows + rows);
    for (let i = 0; i < rows; ) {
      // Rows that lie one behind the other are copied at once.
      const from = start[i];
      do indptr[++this.rows] = size + end[i] - from;
      while (++i < rows && start[i] === end[i - 1]);
      this.indices.set(index.subarray(from, end[i - 1]), size);
      this.data.set(value.subarray(from, end[i - 1]), size);
      size = indptr[this.rows];
    }
  }

  /** For the entries of the first so many rows, and where these are more than there is room for, for all rows to come. */
  private makeRoom(entries: number, ofRows: number): void {
    if (entries > MOST_ENTRIES) {
      const subject = this.where.replace(/: X$/, '');
      throw new RangeError(
        `${subject}: the first ${ofRows} rows have ${entries} non-zeros, expected at most ${MOST_ENTRIES} in all`,
      );
    }
    if (entries <= this.data.length) return;
    const expected = Math.min(MOST_ENTRIES, Math.ceil(1.1 * entries * (this.shape[0] / ofRows)));
    this.resize(ofRows === this.shape[0] ? entries : expected);
  }

  private resize(entries: number): void {
    const { indices, data } = this;
    const size = Math.min(entries, indices.length);
    this.indices = new Int32Array(entries);
    this.indices.set(indices.subarray(0, size));
    this.data = floats(this.dtype, entries);
    this.data.set(data.subarray(0, size));
  }

  done(): Csr {
    const size = this.indptr[this.rows];
    if (size < this.data.length) this.resize(size);
    return { data: this.data, indices: this.indices, indptr: this.indptr, shape: this.shape };
  }
}
