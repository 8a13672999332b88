import { type Matrix, rowsOf } from '../../numbers/matrix.js';
import type { FloatArray, SparseRows } from '../kernels.js';

/** S = of every row of Z the k largest entries that are greater than 0, columns ascending; returns how many, or −1 if not all of Z is finite. */
export function topK(s: SparseRows, { rows, cols, data }: Matrix, k: number): number {
  let count = 0;
  for (let i = 0; i < rows; i++) count = sum(count, topKOfRow(s, i, data.subarray(i * cols, (i + 1) * cols), k));
  return count;
}

/** The same of Z = A·(whatever `times` multiplies by), as many rows at a time as Z has room for. */
export function productTopK(s: SparseRows, a: Matrix, k: number, z: Matrix, times: (z: Matrix, a: Matrix) => void): number {
  let count = 0;
  for (let i = 0; i < a.rows; i += z.rows) {
    const part = rowsOf(z, 0, Math.min(z.rows, a.rows - i));
    times(part, rowsOf(a, i, i + part.rows));
    for (let p = 0; p < part.rows; p++) {
      count = sum(count, topKOfRow(s, i + p, part.data.subarray(p * z.cols, (p + 1) * z.cols), k));
    }
  }
  return count;
}

const sum = (count: number, more: number): number => (count < 0 || more < 0 ? -1 : count + more);

function topKOfRow({ start, end, index, value }: SparseRows, i: number, z: FloatArray, k: number): number {
  const kept: number[] = [];
  let finite = true;
  for (let j = 0; j < z.length; j++) {
    if (z[j] > 0) kept.push(j);
    finite &&= z[j] - z[j] === 0;
  }
  // Sorting keeps the order of equals: the lower column goes first.
  if (kept.length > k) kept.sort((a, b) => z[b] - z[a]).length = k;
  kept.sort((a, b) => a - b);
  start[i] = i * k;
  end[i] = i * k + kept.length;
  for (const [p, j] of kept.entries()) {
    index[start[i] + p] = j;
    value[start[i] + p] = z[j];
  }
  return finite ? kept.length : -1;
}
