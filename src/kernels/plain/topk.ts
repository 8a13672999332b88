import type { Matrix, SparseRows } from '../kernels.js';

/** S = of every row of Z the k largest entries that are greater than 0, columns ascending; returns how many, or −1 if not all of Z is finite. */
export function topK(s: SparseRows, { rows, cols, data }: Matrix, k: number): number {
  const { start, end, index, value } = s;
  let count = 0;
  let finite = true;
  const positive: number[] = [];
  for (let i = 0, row = 0; i < rows; i++, row += cols) {
    positive.length = 0;
    for (let j = 0; j < cols; j++) {
      const z = data[row + j];
      if (z > 0) positive.push(j);
      finite &&= z - z === 0;
    }
    // Sorting keeps the order of equals: the lower column goes first.
    if (positive.length > k) positive.sort((a, b) => data[row + b] - data[row + a]).length = k;
    positive.sort((a, b) => a - b);
    start[i] = i * k;
    end[i] = i * k + positive.length;
    for (const [p, j] of positive.entries()) {
      index[i * k + p] = j;
      value[i * k + p] = data[row + j];
    }
    count += positive.length;
  }
  return finite ? count : -1;
}
