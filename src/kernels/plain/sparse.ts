import type { FloatArray, Matrix, SparseRows } from '../kernels.js';

/** S = the non-zeros of A; returns how many there are, or −1 if not all are finite. */
export function compress(s: SparseRows, a: Matrix): number {
  const { rows, cols, data } = a;
  const { start, end, index, value } = s;
  let k = 0;
  let finite = true;
  for (let i = 0; i < rows; i++) {
    start[i] = k;
    for (let j = 0; j < cols; j++) {
      const x = data[i * cols + j];
      if (x !== 0) {
        index[k] = j;
        value[k++] = x;
        finite &&= x - x === 0;
      }
    }
    end[i] = k;
  }
  return finite ? k : -1;
}

/** T = Sᵀ: deals every row's entries out to their columns, which lie apart, or one behind the other if there is no room. */
export function transpose(t: SparseRows, s: SparseRows): void {
  const { start, end } = t;
  const apart = t.index.length >= s.rows * s.cols;
  end.fill(0, 0, s.cols);
  if (!apart) eachEntry(s, (_, j) => end[j]++);
  for (let j = 0, place = 0; j < s.cols; j++) {
    const room = apart ? s.rows : end[j];
    start[j] = end[j] = place;
    place += room;
  }
  eachEntry(s, (i, j, p) => {
    t.index[end[j]] = i;
    t.value[end[j]++] = s.value[p];
  });
}

function eachEntry(s: SparseRows, visit: (i: number, j: number, p: number) => void): void {
  for (let i = 0; i < s.rows; i++) for (let p = s.start[i]; p < s.end[i]; p++) visit(i, s.index[p], p);
}

/** out_i = Σ_j s_ij */
export function rowSums(out: FloatArray, { rows, start, end, value }: SparseRows): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let p = start[i]; p < end[i]; p++) sum += value[p];
    out[i] = sum;
  }
}
