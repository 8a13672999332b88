import type { Matrix, SparseRows } from '../kernels.js';

/** S = the non-zeros of A; returns how many there are, or −1 if not all are finite. */
export function compress(s: SparseRows, a: Matrix): number {
  const { rows, cols, data } = a;
  const { start, end, index, value } = s;
  let count = 0;
  let finite = true;
  for (let i = 0; i < rows; i++) {
    const row = i * cols;
    let k = row;
    for (let j = 0; j < cols; j++) {
      const x = data[row + j];
      if (x !== 0) {
        index[k] = j;
        value[k++] = x;
        finite &&= x - x === 0;
      }
    }
    start[i] = row;
    end[i] = k;
    count += k - row;
  }
  return finite ? count : -1;
}

/** T = Sᵀ: deals every row's entries out to their columns. */
export function transpose(t: SparseRows, s: SparseRows): void {
  const { start, end } = t;
  for (let j = 0; j < s.cols; j++) start[j] = end[j] = j * s.rows;
  for (let i = 0; i < s.rows; i++) {
    for (let k = s.start[i]; k < s.end[i]; k++) {
      const to = end[s.index[k]]++;
      t.index[to] = i;
      t.value[to] = s.value[k];
    }
  }
}
