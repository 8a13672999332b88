/**
 * Loops over selected entries alone, for rows that are held by them in room for just so many: n·k where a dense
 * matrix has n·h. Plain loops on whatever memory the kernels have, hence the same bits on all of them.
 */

import type { FloatArray, Kernels, Matrix, SparseRows } from './kernels.js';

/** Room for rows × cols with `entries` entries in all. */
export function selectedRows(k: Kernels, rows: number, cols: number, entries: number): SparseRows {
  return { rows, cols, start: k.integers(rows), end: k.integers(rows), index: k.integers(entries), value: k.floats(entries) };
}

export function entriesOf({ rows, start, end }: Pick<SparseRows, 'rows' | 'start' | 'end'>): number {
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

/**
 * S = the `count` largest entries of all rows of L, ties to the lower row, then to the lower column, where a row of L has its
 * own `most` largest, each above 0, by column. False where a row is in S as a whole and may have had more to give. L's
 * entries are moved together.     n×m
 */
export function selectAmong(s: SparseRows, l: SparseRows, most: number, count: number, selector: Selector): boolean {
  let entries = 0;
  for (let i = 0; i < l.rows; i++) {
    const from = entries;
    for (let e = l.start[i]; e < l.end[i]; e++) {
      l.index[entries] = l.index[e];
      l.value[entries++] = l.value[e];
    }
    l.start[i] = from;
    l.end[i] = entries;
  }
  const found = selector.select(l.value, 0, entries, count);
  let whole = true;
  for (let i = 0, to = 0; i < l.rows; i++) {
    s.start[i] = to;
    for (; to < found && selector.places[to] < l.end[i]; to++) {
      s.index[to] = l.index[selector.places[to]];
      s.value[to] = l.value[selector.places[to]];
    }
    s.end[i] = to;
    if (to - s.start[i] === most && most < l.cols) whole = false;
  }
  return whole;
}

/** A = S, zeros and all. */
export function writeOut(a: Matrix, s: SparseRows): void {
  a.data.fill(0);
  for (let i = 0, row = 0; i < s.rows; i++, row += a.cols)
    for (let e = s.start[i]; e < s.end[i]; e++) a.data[row + s.index[e]] = s.value[e];
}

/** out_j = Σ_i s_ij */
export function sumsOfColumns(out: FloatArray, s: SparseRows): void {
  out.fill(0);
  for (let i = 0; i < s.rows; i++) for (let e = s.start[i]; e < s.end[i]; e++) out[s.index[e]] += s.value[e];
}

/** Rows and columns of one tile: it stays in the first cache. */
const TILE = 32;

/** T = Aᵀ, or T ← T + Aᵀ; where A has fewer rows than T columns, T's columns from `at` on alone.   m×n = (n×m)ᵀ */
export function transposeMatrix(t: Matrix, a: Matrix, add = false, at = 0): void {
  const { data: out, cols: down } = t;
  const { data, rows, cols } = a;
  for (let i0 = 0; i0 < rows; i0 += TILE) {
    for (let j0 = 0; j0 < cols; j0 += TILE) {
      for (let j = j0, stop = Math.min(j0 + TILE, cols); j < stop; j++) {
        const end = j * down + at + Math.min(i0 + TILE, rows);
        let to = j * down + at + i0;
        let from = i0 * cols + j;
        if (add) for (; to < end; to++, from += cols) out[to] += data[from];
        else for (; to < end; to++, from += cols) out[to] = data[from];
      }
    }
  }
}
