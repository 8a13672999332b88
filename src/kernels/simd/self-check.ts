/**
 * Every kernel on shapes below, at and above the blocks that it is written in, long and thin ones, one row, one column:
 * what two compilations of the same program must agree on to the bit.
 */

import type { AdamStep, FloatArray, Kernels, Matrix, SparseRows } from '../kernels.js';
import { denseRows, sparseRows } from '../rows.js';

/** n, d, m as in C (n×m) = A (n×d) · B (d×m), and how dense what is sparse is. */
type Shape = readonly [n: number, d: number, m: number, density: number];

const shapes: readonly Shape[] = [
  [1, 1, 1, 1],
  [1, 70, 1, 0.3],
  [5, 3, 7, 0.5],
  [6, 4, 9, 0],
  [33, 17, 65, 0.1],
  [20, 40, 303, 0.1],
  [300, 9, 20, 0.3],
  [67, 1031, 66, 0.3],
];

const kinds = ['relu', 'sigmoid', 'tanh', 'identity'] as const;
const how: AdamStep = { step: 3, learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

const POOL = 65_521;

/** Numbers from −2 to 2; 1 − density of them are 0. */
function poolOf(density: number): Float32Array {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: POOL }, () => (next() < density ? 4 * next() - 2 : 0));
}

/** Operands, always the same ones, in the kernels' memory. */
class Operands {
  private readonly k: Kernels;
  private readonly pools: Map<number, Float32Array>;
  private at = 0;

  /** `pools` remembers, from one to the next, what is drawn from. */
  constructor(k: Kernels, pools: Map<number, Float32Array>) {
    this.k = k;
    this.pools = pools;
  }

  matrix(rows: number, cols: number, density = 1): Matrix {
    const matrix = denseRows(this.k, rows, cols);
    const pool = this.pools.get(density) ?? poolOf(density);
    this.pools.set(density, pool);
    for (let p = 0; p < matrix.data.length; ) {
      const part = pool.subarray(this.at, this.at + matrix.data.length - p);
      matrix.data.set(part, p);
      p += part.length;
      this.at = (this.at + part.length) % POOL;
    }
    return matrix;
  }

  vector(n: number): FloatArray {
    return this.matrix(1, n).data;
  }

  sparse(rows: number, cols: number, density: number): SparseRows {
    const s = sparseRows(this.k, rows, cols);
    this.k.compress(s, this.matrix(rows, cols, density));
    return s;
  }
}

type Numbers = readonly (FloatArray | Int32Array | readonly number[])[];
type Operation = (k: Kernels, o: Operands, shape: Shape) => Numbers;

/** Not operations, or made of them. */
type Rest = 'name' | 'threads' | 'sparseBelow' | 'floats' | 'integers' | 'adopt' | 'scoped' | 'overlap' | 'close';

const partsOf = ({ start, end, index, value }: SparseRows): Numbers => [start, end, index, value];

/** A row's first places have been written, and nothing else is known. */
const roomFor = (k: Kernels, rows: number, cols: number, entries: number): SparseRows => ({
  ...sparseRows(k, rows, cols, false),
  index: k.integers(entries),
  value: k.floats(entries),
});

/** What each operation makes of operands of a shape. */
const operations: Readonly<Record<Exclude<keyof Kernels, Rest>, Operation>> = {
  gemm(k, o, [n, d, m]) {
    const [a, b, bias, c, e] = [o.matrix(n, d), o.matrix(d, m), o.vector(m), o.matrix(n, m), o.matrix(n, m)];
    k.gemm(c, a, b);
    k.gemm(e, a, b, bias);
    return [c.data, e.data];
  },
  gemmTN(k, o, [n, d, m]) {
    const c = o.matrix(d, m);
    k.gemmTN(c, o.matrix(n, d), o.matrix(n, m));
    return [c.data];
  },
  gemmNT(k, o, [n, d, m]) {
    const c = o.matrix(n, m);
    k.gemmNT(c, o.matrix(n, d), o.matrix(m, d));
    return [c.data];
  },
  spmm(k, o, [n, d, m, density]) {
    const [s, b, bias, c, e] = [o.sparse(n, d, density), o.matrix(d, m), o.vector(m), o.matrix(n, m), o.matrix(n, m)];
    k.spmm(c, s, b);
    k.spmm(e, s, b, bias);
    return [c.data, e.data];
  },
  spmmTurned(k, o, [n, d, m, density]) {
    const c = o.matrix(m, n);
    k.spmmTurned(c, o.sparse(n, d, density), o.matrix(d, m));
    return [c.data];
  },
  sddmm(k, o, [n, d, m, density]) {
    const c = o.matrix(n, m);
    k.sddmm(c, o.sparse(n, m, density), o.matrix(n, d), o.matrix(m, d));
    return [c.data];
  },
  sddmmValues(k, o, [n, d, m, density]) {
    const value = k.floats(n * m);
    k.sddmmValues(value, o.sparse(n, m, density), o.matrix(n, d), o.matrix(m, d));
    return [value];
  },
  compress(_, o, [n, d, , density]) {
    const { start, end, index, value } = o.sparse(n, d, density);
    const row = (i: number) => [end[i] - start[i], ...index.subarray(start[i], end[i]), ...value.subarray(start[i], end[i])];
    return [Array.from(start, (_, i) => row(i)).flat()];
  },
  transpose(k, o, [n, d, , density]) {
    const s = o.sparse(n, d, density);
    const [wide, packed] = [
      sparseRows(k, d, n),
      roomFor(
        k,
        d,
        n,
        s.end.reduce((sum, end, i) => sum + end - s.start[i], 0),
      ),
    ];
    k.transpose(wide, s);
    k.transpose(packed, s);
    return [...partsOf(wide), ...partsOf(packed)];
  },
  topK(k, o, [n, , m]) {
    const s = roomFor(k, n, m, 9 * n);
    return [[k.topK(s, o.matrix(n, m), 9)], ...partsOf(s)];
  },
  // Small, and large enough for the screen.
  gemmTopK: (k, o, [n0, d0, m0]) =>
    [
      [n0, d0, m0],
      [n0 + 96, d0 + 96, m0 + 512],
    ].flatMap(([n, d, m]) => {
      const s = roomFor(k, n, m, 9 * n);
      return [[k.gemmTopK(s, o.matrix(n, d), o.matrix(d, m), 9, o.vector(m))], ...partsOf(s)];
    }),
  gemmNTTopK(k, o, [n, d, m]) {
    const s = roomFor(k, n, m, 9 * n);
    return [[k.gemmNTTopK(s, o.matrix(n, d), o.matrix(m, d), 9)], ...partsOf(s)];
  },
  activate: (k, o, [n, , m]) =>
    kinds.map((σ) => {
      const a = o.matrix(n, m);
      k.activate(a, σ);
      return a.data;
    }),
  columnSums(k, o, [n, , m]) {
    const out = k.floats(m);
    k.columnSums(out, o.matrix(n, m));
    return [out];
  },
  rowSums(k, o, [n, , m, density]) {
    const out = k.floats(n);
    k.rowSums(out, o.sparse(n, m, density));
    return [out];
  },
  outputLoss: (k, o, [n, , m, density]) =>
    kinds.flatMap((σ) => {
      const [x, y, z, dx, t] = [o.matrix(n, m), o.matrix(n, m), o.matrix(n, m), o.matrix(n, m), o.matrix(n, m)];
      const s = o.sparse(n, m, density);
      return [
        [k.outputLoss(x, dx, t, σ, 0.3), k.outputLoss(y, y, s, σ, 2), k.outputLoss(z, null, t, σ, 1)],
        x.data,
        dx.data,
        y.data,
      ];
    }),
  crossEntropy(k, o, [n, , m, density]) {
    const [x, y, dx, t] = [o.matrix(n, m), o.matrix(n, m), o.matrix(n, m), o.matrix(n, m)];
    return [[k.crossEntropy(x, dx, t, 0.3), k.crossEntropy(y, y, o.sparse(n, m, density), 2)], x.data, dx.data, y.data];
  },
  hiddenDelta: (k, o, [n, , m]) =>
    kinds.map((σ) => {
      const dz = o.matrix(n, m);
      k.hiddenDelta(dz, o.matrix(n, m, 0.7), o.vector(m), 0.1, σ);
      return dz.data;
    }),
  sumOfSquares: (k, o, [n, d]) => [[k.sumOfSquares(o.vector(n * d))]],
  sumOfAbs: (k, o, [n, d]) => [[k.sumOfAbs(o.vector(n * d))]],
  countNonZeros: (k, o, [n, d, , density]) => [[k.countNonZeros(o.matrix(n, d, density).data)]],
  findNonFinite(k, o, [n, d]) {
    const x = o.vector(n * d);
    const none = k.findNonFinite(x);
    x[x.length >> 1] = Number.NaN;
    return [[none, k.findNonFinite(x)]];
  },
  axpy(k, o, [n, d]) {
    const y = o.vector(n * d);
    k.axpy(y, 0.7, o.vector(n * d));
    return [y];
  },
  adam(k, o, [n, d]) {
    const [theta, first, second] = [o.vector(n * d), o.vector(n * d), k.floats(n * d).fill(0.1)];
    k.adam(theta, o.vector(n * d), first, second, how);
    return [theta, first, second];
  },
};

type Answer = readonly ArrayLike<number>[];

/** All that the operations make, and of what each is. */
export function* answers(k: Kernels): Generator<readonly [what: string, answer: Answer]> {
  const pools = new Map<number, Float32Array>();
  for (const [name, operation] of Object.entries(operations)) {
    for (const shape of shapes) {
      const answer = k.scoped(() => operation(k, new Operands(k, pools), shape).map((part) => part.slice()));
      yield [`${name} ${shape.slice(0, 3).join('×')}`, answer];
    }
  }
}

/** The first thing that two kernel sets do not agree on; undefined if there is none. */
export function firstDifference(expected: ReadonlyMap<string, Answer>, k: Kernels): string | undefined {
  for (const [what, answer] of answers(k)) {
    const other = expected.get(what) as Answer;
    if (answer.some((part, i) => !sameBits(part, other[i]))) return what;
  }
  return undefined;
}

/** Zeros of both signs are told apart, and any NaN is like any other. */
function sameBits(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return a.length === b.length;
}
