import type { Csr } from '../numbers/csr.js';

/** Codes with some units set to values in every row, and all else as it was. */
export function withUnits({ data, indices, indptr, shape }: Csr, set: ReadonlyMap<number, number>): Csr {
  const [n, h] = shape;
  const values: number[] = [];
  const units: number[] = [];
  const start = new Int32Array(n + 1);
  const given = [...set].filter(([, value]) => value !== 0);
  for (let i = 0; i < n; i++) {
    const row = [...given];
    for (let p = indptr[i]; p < indptr[i + 1]; p++) if (!set.has(indices[p])) row.push([indices[p], data[p]]);
    for (const [unit, value] of row.sort(([a], [b]) => a - b)) {
      units.push(unit);
      values.push(value);
    }
    start[i + 1] = units.length;
  }
  const Floats = data instanceof Float32Array ? Float32Array : Float64Array;
  return { data: Floats.from(values), indices: Int32Array.from(units), indptr: start, shape: [n, h] };
}
