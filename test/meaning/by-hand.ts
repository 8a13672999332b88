/** What tests of meaning write by hand. */

export const matrix = (rows: number[][]) => ({ data: Float64Array.from(rows.flat()), rows: rows.length, cols: rows[0].length });

export const code = (units: number[], values: number[]) => ({ units, values });

/** Codes as CSR, from one object { unit: f } a row. */
export function csr(rows: readonly Readonly<Record<number, number>>[], h: number) {
  const entries = rows.flatMap((row) => Object.entries(row));
  const indptr = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    indptr[i + 1] = indptr[i] + Object.keys(row).length;
  });
  return {
    data: Float64Array.from(entries, ([, value]) => value),
    indices: Int32Array.from(entries, ([unit]) => Number(unit)),
    indptr,
    shape: [rows.length, h] as [number, number],
  };
}
