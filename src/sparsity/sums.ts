import { type FloatArray, isSparse, type Kernels, type Matrix } from '../kernels/kernels.js';
import { sumsOfColumns } from '../kernels/selected.js';
import type { Code } from './kind.js';

/** F written out, if it is. */
const written = ({ f, rows }: Pick<Code, 'f' | 'rows'>): Matrix | null => f ?? (isSparse(rows) ? null : rows);

/** out_j = Σ_i f_ij */
export function columnSums(k: Kernels, out: FloatArray, code: Pick<Code, 'f' | 'rows'>): void {
  const f = written(code);
  if (f) k.columnSums(out, f);
  else if (isSparse(code.rows)) sumsOfColumns(out, code.rows);
}

/** Σ_ij |f_ij| */
export function sumOfAbs(k: Kernels, code: Pick<Code, 'f' | 'rows'>): number {
  const { rows } = code;
  const f = written(code);
  if (f) return k.sumOfAbs(f.data);
  let sum = 0;
  if (isSparse(rows)) {
    for (let i = 0; i < rows.rows; i++) for (let e = rows.start[i]; e < rows.end[i]; e++) sum += Math.abs(rows.value[e]);
  }
  return sum;
}

/** Marks the units that are active on any row. */
export function markActive(active: Uint8Array, { rows }: Code): void {
  if (isSparse(rows)) {
    for (let i = 0; i < rows.rows; i++) for (let e = rows.start[i]; e < rows.end[i]; e++) active[rows.index[e]] = 1;
    return;
  }
  const { data, cols } = rows;
  for (let i = 0, j = 0; i < data.length; i++) {
    if (data[i] !== 0) active[j] = 1;
    if (++j === cols) j = 0;
  }
}
