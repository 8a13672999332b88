import type { Csr } from '../numbers/csr.js';

/** Codes by unit: on which rows it is active, and how strongly. The transpose of a CSR matrix. */
export class UnitIndex {
  readonly #codes: Csr;
  /** Unit j has rows[p], values[p] for p = start[j] … start[j+1]−1, rows ascending. */
  readonly #start: Int32Array;
  readonly #rows: Int32Array;
  readonly #values: Csr['data'];
  /** Where each unit's entries stand by size, once that has been asked for. */
  readonly #order: Int32Array[] = [];

  constructor(codes: Csr) {
    const { data, indices, indptr, shape } = codes;
    const [n, h] = shape;
    this.#codes = codes;
    this.#start = new Int32Array(h + 1);
    this.#rows = new Int32Array(indptr[n]);
    this.#values = data.slice(0, indptr[n]);
    for (let p = 0; p < indptr[n]; p++) this.#start[indices[p] + 1]++;
    for (let j = 0; j < h; j++) this.#start[j + 1] += this.#start[j];
    const next = this.#start.slice();
    for (let i = 0; i < n; i++) {
      for (let p = indptr[i]; p < indptr[i + 1]; p++) {
        const at = next[indices[p]]++;
        this.#rows[at] = i;
        this.#values[at] = data[p];
      }
    }
  }

  /** On how many rows unit j is active. */
  countOf(j: number): number {
    return this.#start[j + 1] - this.#start[j];
  }

  /** On which, ascending. */
  rowsOf(j: number): Int32Array {
    return this.#rows.subarray(this.#start[j], this.#start[j + 1]);
  }

  /** f on each of these. */
  valuesOf(j: number): Csr['data'] {
    return this.#values.subarray(this.#start[j], this.#start[j + 1]);
  }

  /** The units that are active on row i. */
  unitsOf(i: number): Int32Array {
    const { indices, indptr } = this.#codes;
    return indices.subarray(indptr[i], indptr[i + 1]);
  }

  /** The rows that unit j is most active on, the largest f first, of equal ones the earlier row. */
  top(j: number, count: number): { row: number; value: number }[] {
    const rows = this.rowsOf(j);
    const values = this.valuesOf(j);
    this.#order[j] ??= Int32Array.from(rows, (_, p) => p).sort((p, q) => values[q] - values[p] || p - q);
    return Array.from(this.#order[j].subarray(0, count), (p) => ({ row: rows[p], value: values[p] }));
  }
}
