/**
 * Loops over selected entries alone, for rows that are held by them in room for just so many: n·k where a dense
 * matrix has n·h. Plain loops on whatever memory the kernels have, hence the same bits on all of them.
 */

import type { FloatArray, Kernels, Matrix, SparseRows } from './kernels.js';

/** Room for rows × cols with `entries` entries in all. */
export function selectedRows(k: Kernels, rows: number, cols: number, entries: number): SparseRows {
  return { rows, cols, start: k.integers(rows), end: k.integers(rows), index: k.integers(entries), value: k.floats(entries) };
}

export function entriesOf({ rows, start, end }: SparseRows): number {
  let entries = 0;
  for (let i = 0; i < rows; i++) entries += end[i] - start[i];
  return entries;
}

/**
 * The largest positive numbers of a run, found in one pass by a heap whose root is the one to give way: the smallest,
 * and of equal ones the last. NaN counts as larger than any, so that it is not lost.
 */
export class Selector {
  /** Where the selected ones are, ascending, after `select`. */
  readonly places: Int32Array;
  private readonly keys: Float64Array;

  /** For up to `most` of them. */
  constructor(most: number) {
    this.places = new Int32Array(most);
    this.keys = new Float64Array(most);
  }

  /** Selects up to `count` of a[from … to−1], of equal ones the earlier; returns how many there are. */
  select(a: FloatArray, from: number, to: number, count: number): number {
    let size = 0;
    let least = 0;
    for (let p = from; p < to; p++) {
      if (a[p] <= least) continue;
      const key = a[p] - a[p] === 0 ? a[p] : Infinity;
      if (size < count) {
        this.rise(size++, p, key);
        if (size === count) least = this.keys[0];
      } else {
        this.sink(size, p, key);
        least = this.keys[0];
      }
    }
    this.places.subarray(0, size).sort();
    return size;
  }

  private rise(at: number, place: number, key: number): void {
    const { keys, places } = this;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A later place of the same key gives way first.
      if (keys[parent] < key) break;
      keys[at] = keys[parent];
      places[at] = places[parent];
      at = parent;
    }
    keys[at] = key;
    places[at] = place;
  }

  private sink(size: number, place: number, key: number): void {
    const { keys, places } = this;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      if (right < size && (keys[right] < keys[child] || (keys[right] === keys[child] && places[right] > places[child])))
        child = right;
      if (keys[child] > key) break;
      if (keys[child] === key && places[child] < place) break;
      keys[at] = keys[child];
      places[at] = places[child];
      at = child;
    }
    keys[at] = key;
    places[at] = place;
  }
}

/** S = of each row of A its `count` largest positive entries, ties to the lower column.   n×m */
export function selectInRows(s: SparseRows, a: Matrix, count: number, selector: Selector): void {
  let to = 0;
  for (let i = 0; i < a.rows; i++) {
    const from = i * a.cols;
    const found = selector.select(a.data, from, from + a.cols, count);
    s.start[i] = to;
    for (let e = 0; e < found; e++, to++) {
      const place = selector.places[e];
      s.index[to] = place - from;
      s.value[to] = a.data[place];
    }
    s.end[i] = to;
  }
}

/** S = the `count` largest positive entries of all of A, ties to the lower row, then to the lower column.   n×m */
export function selectInAll(s: SparseRows, a: Matrix, count: number, selector: Selector): void {
  const found = selector.select(a.data, 0, a.data.length, count);
  let to = 0;
  for (let i = 0; i < a.rows; i++) {
    const from = i * a.cols;
    s.start[i] = to;
    for (; to < found && selector.places[to] < from + a.cols; to++) {
      s.index[to] = selector.places[to] - from;
      s.value[to] = a.data[selector.places[to]];
    }
    s.end[i] = to;
  }
}

/** T = Sᵀ, rows end to end; row j's entries in the order of S's rows. */
export function transposeSelected(t: SparseRows, s: SparseRows): void {
  const { start, end } = t;
  end.fill(0);
  for (let i = 0; i < s.rows; i++) for (let e = s.start[i]; e < s.end[i]; e++) end[s.index[e]]++;
  for (let j = 0, to = 0; j < t.rows; j++) {
    start[j] = to;
    to += end[j];
    end[j] = start[j];
  }
  for (let i = 0; i < s.rows; i++) {
    for (let e = s.start[i]; e < s.end[i]; e++) {
      const to = end[s.index[e]]++;
      t.index[to] = i;
      t.value[to] = s.value[e];
    }
  }
}

/** value_e = Σ_p a_ip·b_jp for each entry e = (i, j) of `at`, summed in double precision.   n×m, n×p, m×p */
export function productsAt(value: FloatArray, at: SparseRows, a: Matrix, b: Matrix): void {
  const inner = a.cols;
  const x = a.data;
  const w = b.data;
  for (let i = 0; i < at.rows; i++) {
    const row = i * inner;
    let e = at.start[i];
    for (; e + 4 <= at.end[i]; e += 4) {
      const w0 = at.index[e] * inner;
      const w1 = at.index[e + 1] * inner;
      const w2 = at.index[e + 2] * inner;
      const w3 = at.index[e + 3] * inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let p = 0; p < inner; p++) {
        const y = x[row + p];
        s0 += y * w[w0 + p];
        s1 += y * w[w1 + p];
        s2 += y * w[w2 + p];
        s3 += y * w[w3 + p];
      }
      value[e] = s0;
      value[e + 1] = s1;
      value[e + 2] = s2;
      value[e + 3] = s3;
    }
    for (; e < at.end[i]; e++) {
      const w0 = at.index[e] * inner;
      let s = 0;
      for (let p = 0; p < inner; p++) s += x[row + p] * w[w0 + p];
      value[e] = s;
    }
  }
}

/** C = Aᵀ·B, both sparse.   k×m = (n×k)ᵀ · n×m */
export function sparseTN(c: Matrix, a: SparseRows, b: SparseRows): void {
  c.data.fill(0);
  for (let i = 0; i < a.rows; i++) {
    for (let p = a.start[i]; p < a.end[i]; p++) {
      const row = a.index[p] * c.cols;
      for (let e = b.start[i]; e < b.end[i]; e++) c.data[row + b.index[e]] += a.value[p] * b.value[e];
    }
  }
}

/** out_j = Σ_i s_ij */
export function sumsOfColumns(out: FloatArray, s: SparseRows): void {
  out.fill(0);
  for (let i = 0; i < s.rows; i++) for (let e = s.start[i]; e < s.end[i]; e++) out[s.index[e]] += s.value[e];
}

/** Rows and columns of one tile: it stays in the first cache. */
const TILE = 32;

/** T = Aᵀ, or T ← T + Aᵀ.   m×n = (n×m)ᵀ */
export function transposeMatrix(t: Matrix, a: Matrix, add = false): void {
  for (let i0 = 0; i0 < a.rows; i0 += TILE) {
    const i1 = Math.min(i0 + TILE, a.rows);
    for (let j0 = 0; j0 < a.cols; j0 += TILE) {
      const j1 = Math.min(j0 + TILE, a.cols);
      for (let j = j0; j < j1; j++) {
        for (let i = i0, to = j * t.cols + i0, from = i0 * a.cols + j; i < i1; i++, to++, from += a.cols) {
          t.data[to] = add ? t.data[to] + a.data[from] : a.data[from];
        }
      }
    }
  }
}
