/** gemmTopK by screening (assembly/screen.ts), and as a whole for the rows that a screen gives up. */

import type { Kernels, Matrix, SparseRows } from '../kernels.js';
import { entriesOf } from '../selected.js';

/** The k largest positive entries of each row of a product, into s; how many, or −1: Kernels.gemmTopK or gemmNTTopK. */
type Select = (s: SparseRows, a: Matrix) => number;

/** Room for what a screen lists: up to `most` columns a row, with bounds, or z, of each, and how many there are, or −1 for a row given up. */
export interface Listed {
  readonly most: number;
  readonly column: Int32Array;
  readonly bound: Float32Array;
  readonly lower: Float32Array;
  readonly count: Int32Array;
}

/** Measured: of fewer rows, units or inputs, or where more is kept, the product itself is as fast. */
const ROWS = 96;
const UNITS = 512;
const INPUTS = 96;
const MOST_KEPT = 1 / 32;
/** Of longer rows a tile has no room. */
const MOST_INPUTS = 16384;

export const worthScreening = (n: number, d: number, h: number, k: number): boolean =>
  n >= ROWS && h >= UNITS && d >= INPUTS && d <= MOST_INPUTS && k <= MOST_KEPT * h;

/** S by a screen that says how many rows it gave up: `whole` does those. */
export function screenedTopK(
  kernels: Pick<Kernels, 'floats' | 'integers' | 'scoped'>,
  s: SparseRows,
  a: Matrix,
  k: number,
  screen: (listed: Listed) => number,
  whole: Select,
): number {
  return kernels.scoped(() => {
    const n = s.rows;
    const most = (2 * k + 35) & ~3;
    const count = kernels.integers(n);
    const column = kernels.integers(n * most);
    const room = () => kernels.floats(n * most) as Float32Array;
    const listed: Listed = { most, count, column, bound: room(), lower: room() };
    const givenUp = screen(listed);
    if (givenUp === 0) return entriesOf(s);
    if (givenUp === n) return whole(s, a);
    const rest = gathered(kernels, a, count, givenUp);
    const some: SparseRows = {
      rows: givenUp,
      cols: s.cols,
      start: kernels.integers(givenUp),
      end: kernels.integers(givenUp),
      index: kernels.integers(givenUp * k),
      value: kernels.floats(givenUp * k),
    };
    if (whole(some, rest) < 0) return -1;
    for (let i = 0, p = 0; i < n; i++) {
      if (count[i] >= 0) continue;
      const [from, to] = [some.start[p], some.end[p++]];
      s.index.set(some.index.subarray(from, to), s.start[i]);
      s.value.set(some.value.subarray(from, to), s.start[i]);
      s.end[i] = s.start[i] + to - from;
    }
    return entriesOf(s);
  });
}

/** The rows of A that were given up. */
function gathered({ floats }: Pick<Kernels, 'floats'>, { data, cols }: Matrix, count: Int32Array, rows: number): Matrix {
  const rest = { data: floats(rows * cols), rows, cols };
  for (let i = 0, p = 0; i < count.length; i++) {
    if (count[i] < 0) rest.data.set(data.subarray(i * cols, (i + 1) * cols), cols * p++);
  }
  return rest;
}
