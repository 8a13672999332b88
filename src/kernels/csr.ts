import { type Csr, MOST_ENTRIES } from '../numbers/csr.js';
import { type DType, type FloatArray, floats, type Where } from '../numbers/matrix.js';
import { isSparse, type Kernels, type Rows, type SparseRows } from './kernels.js';
import { sparseRows } from './rows.js';
import { entriesOf } from './selected.js';

/** S = as many rows of F as it has, from the given one on, with room for their entries. */
export function copyCsrRows(s: SparseRows, { data, indices, indptr }: Csr, from: number): void {
  const first = indptr[from];
  const last = indptr[from + s.rows];
  s.index.set(indices.subarray(first, last));
  s.value.set(data.subarray(first, last));
  for (let i = 0; i < s.rows; i++) {
    s.start[i] = indptr[from + i] - first;
    s.end[i] = indptr[from + i + 1] - first;
  }
}

/** Rows in the kernels' memory that come chunk after chunk, collected outside of it. */
export class CsrBuilder {
  private readonly where: Where;
  private readonly k: Kernels;
  private readonly shape: readonly [number, number];
  private readonly dtype: DType;
  private readonly indptr: Int32Array;
  private indices: Int32Array;
  private data: FloatArray;
  private rows = 0;
  /** Room for the non-zeros of a chunk that comes dense, no later one being larger than the first. */
  private room: SparseRows | undefined;

  /** With room for so many entries; if they are not known, for what the first rows let expect. */
  constructor(where: Where, k: Kernels, rows: number, cols: number, dtype: DType, entries = 0) {
    this.where = where;
    this.k = k;
    this.shape = [rows, cols];
    this.dtype = dtype;
    this.indptr = new Int32Array(rows + 1);
    this.indices = new Int32Array(Math.min(entries, MOST_ENTRIES));
    this.data = floats(dtype, this.indices.length);
  }

  add(chunk: Rows): void {
    const { rows, start, end, index, value } = isSparse(chunk) ? chunk : this.compressed(chunk);
    const { indptr } = this;
    let size = indptr[this.rows];
    this.makeRoom(size + entriesOf({ rows, start, end }), this.rows + rows);
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

  private compressed(chunk: Exclude<Rows, SparseRows>): SparseRows {
    this.room ??= sparseRows(this.k, chunk.rows, chunk.cols);
    const s = { ...this.room, rows: chunk.rows };
    this.k.compress(s, chunk);
    return s;
  }

  /** For the entries of the first so many rows, and where these are more than there is room for, for all rows to come. */
  private makeRoom(entries: number, ofRows: number): void {
    if (entries > MOST_ENTRIES) {
      const call = this.where.replace(/: X$/, '');
      throw new RangeError(
        `${call}: the first ${ofRows} rows have ${entries} non-zeros, expected at most ${MOST_ENTRIES} in all`,
      );
    }
    if (entries <= this.data.length) return;
    const [rows] = this.shape;
    const expected = Math.min(MOST_ENTRIES, Math.ceil(1.1 * entries * (rows / ofRows)));
    this.resize(ofRows === rows ? entries : expected);
  }

  private resize(entries: number): void {
    const { indices, data } = this;
    const kept = Math.min(entries, indices.length);
    this.indices = new Int32Array(entries);
    this.indices.set(indices.subarray(0, kept));
    this.data = floats(this.dtype, entries);
    this.data.set(data.subarray(0, kept));
  }

  done(): Csr {
    const entries = this.indptr[this.rows];
    if (entries < this.data.length) this.resize(entries);
    return { data: this.data, indices: this.indices, indptr: this.indptr, shape: this.shape };
  }
}
