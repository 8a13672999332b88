import type { SparseRows } from '../../src/kernels/kernels.js';
import { spread } from '../helpers.js';
import { activationByHand, adamByHand, denseProduct, slopeByHand, topKByHand } from './by-hand.js';
import type { Desk } from './desk.js';

/** n, k, m as in the contract's C (n×m) = A (n×k) · B (k×m), and how dense the sparse operand is. */
export interface Shape {
  readonly n: number;
  readonly k: number;
  readonly m: number;
  readonly density: number;
  readonly seed: number;
}

/** What an operation gave, and what it should have: [which output, got, expected]. */
export type Check = readonly [string, ArrayLike<number>, ArrayLike<number>];

const kinds = ['relu', 'sigmoid', 'tanh', 'identity'] as const;

/** How many of the places 0 … count−1 are not where exactly one row begins or goes on. */
function apart(s: SparseRows, count: number): number {
  const taken = new Int32Array(count);
  for (let i = 0; i < s.rows; i++) for (let p = s.start[i]; p < s.end[i]; p++) taken[p]++;
  return taken.filter((times) => times !== 1).length;
}

/** Each operation of the contract, against loops over doubles. */
export const cases: Readonly<Record<string, (desk: Desk, shape: Shape) => Check[]>> = {
  gemm(desk, { n, k, m }) {
    const [a, b, c, d] = [desk.random(n, k), desk.random(k, m), desk.matrix(n, m), desk.matrix(n, m)];
    const bias = desk.random(1, m).data;
    desk.kernels.gemm(c, a, b);
    desk.kernels.gemm(d, a, b, bias);
    return [
      [
        'A·B',
        c.data,
        denseProduct(
          n,
          k,
          m,
          (i, t) => a.data[i * k + t],
          (t, j) => b.data[t * m + j],
        ),
      ],
      [
        'A·B + bias',
        d.data,
        denseProduct(
          n,
          k,
          m,
          (i, t) => a.data[i * k + t],
          (t, j) => b.data[t * m + j],
          bias,
        ),
      ],
    ];
  },

  gemmTN(desk, { n, k, m }) {
    const [a, b, c] = [desk.random(n, k), desk.random(n, m), desk.matrix(k, m)];
    desk.kernels.gemmTN(c, a, b);
    return [
      [
        'Aᵀ·B',
        c.data,
        denseProduct(
          k,
          n,
          m,
          (i, t) => a.data[t * k + i],
          (t, j) => b.data[t * m + j],
        ),
      ],
    ];
  },

  gemmNT(desk, { n, k, m }) {
    const [a, b, c] = [desk.random(n, k), desk.random(m, k), desk.matrix(n, m)];
    desk.kernels.gemmNT(c, a, b);
    return [
      [
        'A·Bᵀ',
        c.data,
        denseProduct(
          n,
          k,
          m,
          (i, t) => a.data[i * k + t],
          (t, j) => b.data[j * k + t],
        ),
      ],
    ];
  },

  spmm(desk, { n, k, m, density }) {
    const [a, b, c, d] = [desk.random(n, k, density), desk.random(k, m), desk.matrix(n, m), desk.matrix(n, m)];
    const bias = desk.random(1, m).data;
    const s = desk.compressed(a);
    desk.kernels.spmm(c, s, b);
    desk.kernels.spmm(d, s, b, bias);
    return [
      [
        'A·B',
        c.data,
        denseProduct(
          n,
          k,
          m,
          (i, t) => a.data[i * k + t],
          (t, j) => b.data[t * m + j],
        ),
      ],
      [
        'A·B + bias',
        d.data,
        denseProduct(
          n,
          k,
          m,
          (i, t) => a.data[i * k + t],
          (t, j) => b.data[t * m + j],
          bias,
        ),
      ],
    ];
  },

  'spmm of a choice of rows, in any order, some twice'(desk, { n, k, m, density, seed }) {
    const [a, b, c] = [desk.random(n, k, density), desk.random(k, m), desk.matrix(n, m)];
    const order = Array.from({ length: n }, (_, i) => (i * 7 + seed) % n);
    desk.kernels.spmm(c, desk.chosen(desk.compressed(a), order), b);
    return [
      [
        'A[order]·B',
        c.data,
        denseProduct(
          n,
          k,
          m,
          (i, t) => a.data[order[i] * k + t],
          (t, j) => b.data[t * m + j],
        ),
      ],
    ];
  },

  spmmTurned(desk, { n, k, m, density }) {
    const [a, b, c, t] = [desk.random(n, k, density), desk.random(k, m), desk.matrix(n, m), desk.matrix(m, n)];
    const s = desk.compressed(a);
    desk.kernels.spmm(c, s, b);
    desk.kernels.spmmTurned(t, s, b);
    const expected = Array.from(t.data, (_, p) => c.data[(p % n) * m + Math.floor(p / n)]);
    return [['(S·B)ᵀ as of spmm', exact(t.data, expected), expected]];
  },

  sddmm(desk, { n, k, m, density }) {
    const [at, a, b, c] = [desk.random(n, m, density), desk.random(n, k), desk.random(m, k), desk.matrix(n, m)];
    desk.kernels.sddmm(c, desk.compressed(at), a, b);
    const all = denseProduct(
      n,
      k,
      m,
      (i, t) => a.data[i * k + t],
      (t, j) => b.data[j * k + t],
    );
    return [['A·Bᵀ at S', c.data, all.map((value, p) => (at.data[p] === 0 ? 0 : value))]];
  },

  sddmmValues(desk, { n, k, m, density }) {
    const [at, a, b] = [desk.random(n, m, density), desk.random(n, k), desk.random(m, k)];
    const s = desk.compressed(at);
    const value = desk.vector(n * m);
    desk.kernels.sddmmValues(value, s, a, b);
    const all = denseProduct(
      n,
      k,
      m,
      (i, t) => a.data[i * k + t],
      (t, j) => b.data[j * k + t],
    );
    return [['A·Bᵀ at S', spread({ ...s, value }), all.map((product, p) => (at.data[p] === 0 ? 0 : product))]];
  },

  compress(desk, { n, k, density }) {
    const a = desk.random(n, k, density);
    const s = desk.sparse(n, k);
    const count = desk.kernels.compress(s, a);
    const places = [...a.data].flatMap((value, p) => (value === 0 ? [] : [p]));
    const rows = Array.from({ length: n }, (_, i) => [...s.index.subarray(s.start[i], s.end[i])].map((j) => i * k + j));
    return [
      ['count', [count], [places.length]],
      ['rows end to end', [apart(s, count)], [0]],
      ['places, in order', rows.flat(), places],
      ['spread out', spread(s), a.data],
    ];
  },

  'transpose, of a choice of rows'(desk, { n, k, density, seed }) {
    const a = desk.random(n, k, density);
    const order = Array.from({ length: n }, (_, i) => (i * 7 + seed) % n);
    const t = desk.sparse(k, n);
    desk.kernels.transpose(t, desk.chosen(desk.compressed(a), order));
    const rows = Array.from({ length: k }, (_, j) => [...t.index.subarray(t.start[j], t.end[j])]);
    return [
      ['Sᵀ', spread(t), Array.from({ length: k * n }, (_, p) => a.data[order[p % n] * k + Math.floor(p / n)])],
      ['ascending', rows.flat(), rows.flatMap((row) => row.toSorted((x, y) => x - y))],
    ];
  },

  'transpose into room for the entries alone'(desk, { n, k, density }) {
    const a = desk.random(n, k, density);
    const s = desk.compressed(a);
    const room = desk.kernels.countNonZeros(a.data);
    const [t, wide] = [desk.withRoom(k, n, room), desk.sparse(k, n)];
    desk.kernels.transpose(t, s);
    desk.kernels.transpose(wide, s);
    const rows = Array.from({ length: k }, (_, j) => [...t.index.subarray(t.start[j], t.end[j])]);
    const wideRows = Array.from({ length: k }, (_, j) => [...wide.index.subarray(wide.start[j], wide.end[j])]);
    return [
      // With all of n×k there is room for rows that lie apart.
      ['one row behind the other', t.start, Array.from(t.end, (_, j) => (room < n * k ? (t.end[j - 1] ?? 0) : j * n))],
      ['Sᵀ', spread(t), Array.from({ length: k * n }, (_, p) => a.data[(p % n) * k + Math.floor(p / n)])],
      ['entries', rows.flat(), wideRows.flat()],
    ];
  },

  topK: (desk, { n, m, seed }) =>
    [1, 3, m + 2].flatMap((k): Check[] => {
      const z = desk.random(n, m, 1, 3);
      // Few different numbers: ties, and zeros of both signs.
      if (seed % 2) for (let p = 0; p < z.data.length; p++) z.data[p] = Math.round(z.data[p]);
      const s = desk.withRoom(n, m, n * k);
      const count = desk.kernels.topK(s, z, k);
      const expected = topKByHand(z.data, m, k);
      return [
        [`the ${k} largest of a row`, spread(s), expected],
        ['count', [count], [expected.filter((value) => value !== 0).length]],
        ...wellFormed(s, k),
      ];
    }),

  'topK of a product is topK of what gemm gives, to the bit': (desk, { n, k: d, m }) =>
    [2, 9].flatMap((k): Check[] => {
      const [a, b, bt, z] = [desk.random(n, d), desk.random(d, m), desk.matrix(m, d), desk.matrix(n, m)];
      for (let p = 0; p < b.data.length; p++) bt.data[(p % m) * d + Math.floor(p / m)] = b.data[p];
      const bias = desk.random(1, m).data;
      return [undefined, bias].flatMap((bias): Check[] => {
        const [s, sNT] = [desk.withRoom(n, m, n * k), desk.withRoom(n, m, n * k)];
        const counts = [desk.kernels.gemmTopK(s, a, b, k, bias), desk.kernels.gemmNTTopK(sNT, a, bt, k, bias)];
        desk.kernels.gemm(z, a, b, bias);
        const expected = topKByHand(z.data, m, k);
        const count = expected.filter((value) => value !== 0).length;
        return [
          ['of A·B', exact(spread(s), expected), expected],
          ['of A·Bᵀ', exact(spread(sNT), expected), expected],
          ['counts', counts, [count, count]],
          ...wellFormed(s, k),
          ...wellFormed(sNT, k),
        ];
      });
    }),

  activate: (desk, { n, m }) =>
    kinds.map((kind) => {
      const a = desk.random(n, m, 1, 12);
      const expected = Array.from(a.data, (z) => activationByHand(kind, z));
      desk.kernels.activate(a, kind);
      return [kind, a.data, expected];
    }),

  columnSums(desk, { n, m }) {
    const a = desk.random(n, m);
    const out = desk.vector(m);
    desk.kernels.columnSums(out, a);
    return [
      [
        'Σ_i a_ij',
        out,
        denseProduct(
          1,
          n,
          m,
          () => 1,
          (i, j) => a.data[i * m + j],
        ),
      ],
    ];
  },

  rowSums(desk, { n, k, density }) {
    const a = desk.random(n, k, density);
    const out = desk.vector(n);
    desk.kernels.rowSums(out, desk.compressed(a));
    const expected = denseProduct(
      n,
      k,
      1,
      (i, j) => a.data[i * k + j],
      () => 1,
    );
    return [['Σ_j s_ij', out, expected]];
  },

  outputLoss: (desk, { n, m }) =>
    kinds.flatMap((kind): Check[] => {
      const [z, t, dz] = [desk.random(n, m, 1, 6), desk.random(n, m), desk.matrix(n, m)];
      const alone = desk.copy(z);
      const c = 1 / (n * m);
      const xHat = Array.from(z.data, (value) => activationByHand(kind, value));
      const error = xHat.map((x, p) => x - t.data[p]);
      const loss = c * error.reduce((sum, e) => sum + e * e, 0);
      const got = desk.kernels.outputLoss(z, dz, t, kind, c);
      const gotAlone = desk.kernels.outputLoss(alone, null, t, kind, c);
      const scaled = Array.from(dz.data, (value) => value / (2 * c));
      return [
        [`${kind}: c·Σ(x̂ − t)²`, [got, gotAlone], [loss, loss]],
        [`${kind}: x̂`, z.data, xHat],
        [`${kind}: x̂ without dz`, alone.data, z.data],
        [`${kind}: dz/2c`, scaled, error.map((e, p) => e * slopeByHand(kind, xHat[p]))],
      ];
    }),

  'outputLoss, targets sparse, a choice of rows'(desk, { n, m, density, seed }) {
    const [z, t, dz, dzDense] = [desk.random(n, m, 1, 6), desk.random(n, m, density), desk.matrix(n, m), desk.matrix(n, m)];
    const order = Array.from({ length: n }, (_, i) => (i * 7 + seed) % n);
    const [again, chosen] = [desk.copy(z), desk.matrix(n, m)];
    for (const [i, row] of order.entries()) chosen.data.set(t.data.subarray(row * m, (row + 1) * m), i * m);
    const sparse = desk.kernels.outputLoss(z, dz, desk.chosen(desk.compressed(t), order), 'sigmoid', 1 / (n * m));
    const dense = desk.kernels.outputLoss(again, dzDense, chosen, 'sigmoid', 1 / (n * m));
    return [
      ['c·Σ(x̂ − t)²', [sparse], [dense]],
      ['x̂', z.data, again.data],
      ['dz', dz.data, dzDense.data],
    ];
  },

  crossEntropy(desk, { n, m, density, seed }) {
    const [y, t, dy] = [desk.random(n, m, 1, 6), desk.random(n, m, density), desk.matrix(n, m)];
    for (let p = 0; p < t.data.length; p++) t.data[p] = Math.min(Math.abs(t.data[p]), 1);
    const order = Array.from({ length: n }, (_, i) => (i * 7 + seed) % n);
    const chosen = desk.matrix(n, m);
    for (const [i, row] of order.entries()) chosen.data.set(t.data.subarray(row * m, (row + 1) * m), i * m);
    const [alone, inPlace, again, dyAgain] = [desk.copy(y), desk.copy(y), desk.copy(y), desk.matrix(n, m)];
    const c = 1 / (n * m);
    const xHat = Array.from(y.data, (value) => activationByHand('sigmoid', value));
    const loss = c * Array.from(y.data, (v, p) => Math.log1p(Math.exp(v)) - chosen.data[p] * v).reduce((a, b) => a + b, 0);
    const sparse = desk.chosen(desk.compressed(t), order);
    const got = [
      desk.kernels.crossEntropy(y, dy, chosen, c),
      desk.kernels.crossEntropy(alone, null, chosen, c),
      desk.kernels.crossEntropy(inPlace, inPlace, chosen, c),
      desk.kernels.crossEntropy(again, dyAgain, sparse, c),
    ];
    const slope = xHat.map((x, p) => x - chosen.data[p]);
    return [
      ['c·Σ (ln(1 + e^y) − t·y), with dy, without, in place, of sparse targets', got, got.map(() => loss)],
      ['x̂', y.data, xHat],
      ['x̂ without dy', alone.data, y.data],
      ['dy/c', Array.from(dy.data, (value) => value / c), slope],
      ['dy in place', inPlace.data, dy.data],
      ['dy of sparse targets', dyAgain.data, dy.data],
    ];
  },

  hiddenDelta: (desk, { n, m, density }) =>
    kinds.map((kind): Check => {
      const [f, dz] = [desk.random(n, m, density), desk.random(n, m)];
      desk.kernels.activate(f, kind);
      const pull = desk.random(1, m).data;
      const expected = Array.from(
        dz.data,
        (d, p) => (d + pull[p % m] + 0.3 * Math.sign(f.data[p])) * slopeByHand(kind, f.data[p]),
      );
      desk.kernels.hiddenDelta(dz, f, pull, 0.3, kind);
      return [kind, dz.data, expected];
    }),

  'sums and counts'(desk, { n, m, density }) {
    const { kernels } = desk;
    const x = desk.random(n, m, density).data;
    const sum = (term: (v: number) => number) => [Array.from(x, term).reduce((total, v) => total + v, 0)];
    return [
      ['Σ x²', [kernels.sumOfSquares(x)], sum((v) => v * v)],
      ['Σ |x|', [kernels.sumOfAbs(x)], sum(Math.abs)],
      ['x ≠ 0', [kernels.countNonZeros(x)], sum((v) => Number(v !== 0))],
      ['finite', [kernels.findNonFinite(x)], [-1]],
    ];
  },

  axpy(desk, { n, m }) {
    const [x, y] = [desk.random(n, m).data, desk.random(n, m).data];
    const expected = Array.from(y, (value, p) => value - 0.375 * x[p]);
    desk.kernels.axpy(y, -0.375, x);
    return [['y + αx', y, expected]];
  },

  adam: (desk, { n, m }) =>
    [1, 2, 1000].flatMap((step): Check[] => {
      const how = { step, learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
      const [theta, g, first] = [desk.random(n, m).data, desk.random(n, m).data, desk.random(n, m).data];
      const second = desk.random(n, m).data;
      for (let p = 0; p < second.length; p++) second[p] = Math.abs(second[p]);
      const expected = Array.from(theta, (_, p) => adamByHand(theta[p], g[p], first[p], second[p], how));
      desk.kernels.adam(theta, g, first, second, how);
      return [
        [`m, t = ${step}`, first, expected.map(({ m }) => m)],
        [`v, t = ${step}`, second, expected.map(({ v }) => v)],
        [`θ, t = ${step}`, theta, expected.map(({ theta }) => theta)],
      ];
    }),
};

/** Rows from i·k on, columns ascending. */
const wellFormed = (s: SparseRows, k: number): Check[] => {
  const rows = Array.from(s.start, (from, i) => [...s.index.subarray(from, s.end[i])]);
  return [
    ['start', s.start, Array.from(s.start, (_, i) => i * k)],
    ['ascending', rows.flat(), rows.flatMap((row) => row.toSorted((x, y) => x - y))],
  ];
};

/** `got`, or NaN wherever it is not the very number that is expected. */
const exact = (got: ArrayLike<number>, expected: ArrayLike<number>): number[] =>
  Array.from(got, (value, p) => (Object.is(value, expected[p]) ? value : Number.NaN));
