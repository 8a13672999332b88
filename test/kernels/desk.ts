import type { FloatArray, Kernels, Matrix, SparseRows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { sparseRows } from '../../src/kernels/rows.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { numbers } from '../helpers.js';

export interface BackendUnderTest {
  readonly name: string;
  readonly create: () => Kernels;
  /** Against double precision, relative where the value is above 1, absolute below. */
  readonly tolerance: number;
}

/** The backends that every kernel test runs on. */
export const backends: readonly BackendUnderTest[] = [
  { name: 'plain float64', create: () => createPlainKernels('float64'), tolerance: 1e-13 },
  { name: 'plain float32', create: () => createPlainKernels('float32'), tolerance: 2e-7 },
  { name: 'simd, 1 thread', create: () => createSimdKernels({ threads: 1 }), tolerance: 1e-5 },
  { name: 'simd, wide', create: () => createSimdKernels({ threads: 1, wide: true }), tolerance: 1e-5 },
  { name: 'simd, 3 threads', create: () => createSimdKernels({ threads: 3 }), tolerance: 1e-5 },
];

/** What surrounds every array on the desk: a kernel that writes too far is found out. */
const FENCE = 777;
const FENCE_WIDTH = 19;

/** Lays out operands in a kernel set's memory, at odd addresses as θ's views are, each between fences. */
export class Desk {
  readonly kernels: Kernels;
  private seed: number;
  private readonly fenced: { whole: FloatArray; length: number }[] = [];

  constructor(kernels: Kernels, seed: number) {
    this.kernels = kernels;
    this.seed = seed;
  }

  /** n entries that are not zero yet not meant to be read: what an output must overwrite. */
  vector(n: number): FloatArray {
    const whole = this.kernels.floats(n + 2 * FENCE_WIDTH);
    whole.fill(FENCE);
    this.fenced.push({ whole, length: n });
    return whole.subarray(FENCE_WIDTH, FENCE_WIDTH + n);
  }

  matrix(rows: number, cols: number): Matrix {
    return { data: this.vector(rows * cols), rows, cols };
  }

  /** Entries from −size to size; 1 − density of them are 0, and every fifth row of a sparse one is empty. */
  random(rows: number, cols: number, density = 1, size = 1): Matrix {
    const matrix = this.matrix(rows, cols);
    const values = numbers(2 * rows * cols, this.seed++);
    for (let p = 0; p < rows * cols; p++) {
      const empty = density < 1 && Math.floor(p / cols) % 5 === 3;
      matrix.data[p] = empty || values[2 * p] >= density ? 0 : size * (2 * values[2 * p + 1] - 1);
    }
    return matrix;
  }

  copy({ data, rows, cols }: Matrix): Matrix {
    const copy = this.matrix(rows, cols);
    copy.data.set(data);
    return copy;
  }

  sparse(rows: number, cols: number): SparseRows {
    return sparseRows(this.kernels, rows, cols);
  }

  /** Room for so many entries, of which nothing is known; those behind the values are fenced. */
  withRoom(rows: number, cols: number, room: number): SparseRows {
    const { kernels } = this;
    return {
      rows,
      cols,
      start: kernels.integers(rows),
      end: kernels.integers(rows),
      index: kernels.integers(room),
      value: this.vector(room),
    };
  }

  compressed(a: Matrix): SparseRows {
    const s = this.sparse(a.rows, a.cols);
    this.kernels.compress(s, a);
    return s;
  }

  /** Rows order[0], order[1], … of a compressed matrix, as a data set hands out a minibatch. */
  chosen(s: SparseRows, order: readonly number[]): SparseRows {
    const [start, end] = [this.kernels.integers(order.length), this.kernels.integers(order.length)];
    for (const [i, row] of order.entries()) [start[i], end[i]] = [s.start[row], s.end[row]];
    return { ...s, rows: order.length, start, end };
  }

  /** How many fence posts are not as they were put. */
  get brokenFences(): number {
    const posts = this.fenced.flatMap(({ whole, length }) => [
      ...whole.subarray(0, FENCE_WIDTH),
      ...whole.subarray(FENCE_WIDTH + length),
    ]);
    return posts.filter((post) => post !== FENCE).length;
  }
}
