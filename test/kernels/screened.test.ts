import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kernels, Matrix } from '../../src/kernels/kernels.js';
import { type Listed, screenedTopK, worthScreening } from '../../src/kernels/simd/screened.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { numbers, sameBits, spread } from '../helpers.js';
import { Desk } from './desk.js';

const sets = {
  '1 thread': createSimdKernels({ threads: 1 }),
  wide: createSimdKernels({ threads: 1, wide: true }),
  '3 threads': createSimdKernels({ threads: 3 }),
};

/** X n×d, W d×h, b h, of entries from −1 to 1 before somebody changes them. */
interface Operands {
  readonly x: Matrix;
  readonly w: Matrix;
  readonly bias: Matrix;
}

const each = ({ data }: Matrix, to: (value: number, p: number) => number) => {
  for (let p = 0; p < data.length; p++) data[p] = to(data[p], p);
};
const row = ({ data, cols }: Matrix, i: number) => data.subarray(i * cols, (i + 1) * cols);
const column = ({ data, cols }: Matrix, j: number, to: (value: number) => number) => {
  for (let p = j; p < data.length; p += cols) data[p] = to(data[p]);
};

/** What a bound may trip over. */
const worlds: Record<string, (all: Operands) => void> = {
  'any numbers': () => {},
  'whole numbers, hence ties': ({ x, w, bias }) => {
    for (const matrix of [x, w, bias]) each(matrix, (value) => Math.round(2 * value));
  },
  'units that are all the same, or differ in a last bit': ({ w, bias }) => {
    for (let p = 0; p < w.rows; p++) {
      const first = w.data[p * w.cols];
      for (let j = 1; j < w.cols; j++) w.data[p * w.cols + j] = j % 5 === 0 && p === 7 ? first * (1 + 2 ** -23) : first;
    }
    each(bias, () => 0.25);
  },
  'pairs of units within the bound': ({ w }) => {
    for (let p = 0; p < w.rows; p++)
      for (let j = 1; j < w.cols; j += 2) w.data[p * w.cols + j] = w.data[p * w.cols + j - 1] * (1 + 1e-6 * ((j % 9) - 4));
  },
  'rows and units of very different size': ({ x, w }) => {
    each(x, (value, p) => value * 10 ** ((Math.floor(p / x.cols) % 17) - 8));
    each(w, (value, p) => value * 10 ** ((p % 13) - 6));
  },
  'rows in which one entry is nearly all': ({ x }) => each(x, (value, p) => (p % x.cols === 3 ? 1e6 : value)),
  'units in which one entry is nearly all': ({ w }) => each(w, (value, p) => (Math.floor(p / w.cols) === 5 ? 1e5 : value)),
  'one row and one unit that are very large': ({ x, w }) => {
    each({ ...x, data: row(x, 2) }, (value) => value * 1e11);
    column(w, 9, (value) => value * 1e11);
  },
  'rows out of range: too small, too large, denormal': ({ x }) => {
    for (const [i, size] of [1e-14, 1e15, 1e-42, 1e30].entries()) each({ ...x, data: row(x, 3 * i) }, (value) => value * size);
  },
  'a unit out of range': ({ w }) => column(w, 11, (value) => value * 1e-20),
  'biases out of range': ({ bias }) => each(bias, (value, j) => (j % 3 ? value * 1e-30 : value * 1e20)),
  'rows and units of zeros, of both signs': ({ x, w, bias }) => {
    for (let i = 0; i < x.rows; i += 2) row(x, i).fill(i % 4 ? -0 : 0);
    for (let j = 0; j < w.cols; j += 3) column(w, j, () => (j % 2 ? -0 : 0));
    each(bias, (value, j) => (j % 7 ? 0 : value));
  },
  'nothing but zeros': ({ x, w, bias }) => {
    for (const matrix of [x, w, bias]) matrix.data.fill(0);
  },
  'nothing above 0': ({ x, w, bias }) => {
    each(x, Math.abs);
    each(w, (value) => -Math.abs(value));
    each(bias, (value) => -Math.abs(value));
  },
  'few above 0': ({ x, w }) => {
    each(x, Math.abs);
    each(w, (value, p) => (p % w.cols < 3 ? value : -Math.abs(value)));
  },
  'each unit above the one before it': ({ x, w }) => {
    each(x, Math.abs);
    each(w, (value, p) => Math.abs(value) * (1 + (p % w.cols)));
  },
  'rows that point nearly the same way, units across it': ({ x, w }) => {
    each(x, (value) => 1 + value * 1e-4);
    for (let j = 0; j < w.cols; j++) {
      let mean = 0;
      for (let p = 0; p < w.rows; p++) mean += w.data[p * w.cols + j] / w.rows;
      column(w, j, (value) => value - mean);
    }
  },
};

interface Case {
  readonly n: number;
  readonly d: number;
  readonly h: number;
  readonly k: number;
  readonly seed: number;
}

function operands(desk: Desk, { n, d, h, seed }: Case): Operands {
  const all = { x: desk.matrix(n, d), w: desk.matrix(d, h), bias: desk.matrix(1, h) };
  for (const [i, matrix] of Object.values(all).entries()) {
    const values = numbers(matrix.data.length, seed + i);
    each(matrix, (_, p) => 2 * values[p] - 1);
  }
  return all;
}

/** gemmTopK and gemmNTTopK against topK of what gemm gives, to the bit. */
function check(kernels: Kernels, one: Case, world: (all: Operands) => void): void {
  const { n, d, h, k } = one;
  assert.ok(worthScreening(n, d, h, k), 'these go by the screen');
  kernels.scoped(() => {
    const desk = new Desk(kernels, one.seed);
    const all = operands(desk, one);
    world(all);
    const { x, w, bias } = all;
    const [z, wT] = [desk.matrix(n, h), desk.matrix(h, d)];
    for (let p = 0; p < w.data.length; p++) wT.data[(p % h) * d + Math.floor(p / h)] = w.data[p];
    for (const b of [undefined, bias.data]) {
      const [expected, got, gotNT] = [desk.withRoom(n, h, n * k), desk.withRoom(n, h, n * k), desk.withRoom(n, h, n * k)];
      kernels.gemm(z, x, w, b);
      const count = kernels.topK(expected, z, k);
      assert.is(kernels.gemmTopK(got, x, w, k, b), count);
      assert.is(kernels.gemmNTTopK(gotNT, x, wT, k, b), count);
      if (count < 0) continue;
      for (const s of [got, gotNT]) {
        assert.equal([...s.start, ...s.end], [...expected.start, ...expected.end]);
        for (let i = 0; i < n; i++) {
          assert.equal([...s.index.subarray(s.start[i], s.end[i])], [...expected.index.subarray(s.start[i], s.end[i])]);
        }
        sameBits(spread(s), spread(expected));
      }
    }
    assert.is(desk.brokenFences, 0);
  });
}

const shapes: readonly Case[] = [
  { n: 97, d: 97, h: 515, k: 7, seed: 1 },
  { n: 101, d: 130, h: 600, k: 18, seed: 2 },
];

for (const [name, kernels] of Object.entries(sets)) {
  for (const [world, change] of Object.entries(worlds)) {
    test(`simd, ${name}: the screened topK of a product is the exact one: ${world}`, () => {
      for (const shape of shapes) check(kernels, shape, change);
    });
  }
}

test('the same for any shape, and for rows of several thousand', () => {
  const shape = fc.record({
    n: fc.integer({ min: 96, max: 120 }),
    d: fc.integer({ min: 96, max: 150 }),
    h: fc.integer({ min: 512, max: 700 }),
    k: fc.integer({ min: 1, max: 16 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });
  const world = fc.constantFrom(...Object.keys(worlds));
  fc.assert(
    fc.property(shape, world, fc.constantFrom(...Object.values(sets)), (one, name, kernels) => check(kernels, one, worlds[name])),
    { numRuns: 25 },
  );
  for (const d of [1025, 3001, 4100]) check(sets['3 threads'], { n: 96, d, h: 513, k: 3, seed: d }, () => {});
});

test('one entry that is not finite, anywhere, is told', () => {
  const one: Case = { n: 96, d: 96, h: 520, k: 4, seed: 5 };
  for (const bad of [Number.NaN, Infinity, -Infinity]) {
    for (const where of ['x', 'w', 'bias'] as const) {
      for (const at of [0, 17, 516]) {
        check(sets['1 thread'], one, (all) => {
          all[where].data[at] = bad;
        });
      }
    }
  }
  // Finite operands, of which one z is not.
  check(sets['1 thread'], one, ({ x, w }) => {
    row(x, 5).fill(1e30);
    column(w, 3, () => 1e30);
  });
});

test('a screen leaves next to nothing to be computed; rows that it gives up are done whole, the others not', () => {
  const kernels = sets['1 thread'];
  kernels.scoped(() => {
    const one: Case = { n: 40, d: 64, h: 1024, k: 16, seed: 3 };
    const desk = new Desk(kernels, 3);
    const { x, w } = operands(desk, one);
    const [s, expected, z] = [desk.withRoom(40, 1024, 640), desk.withRoom(40, 1024, 640), desk.matrix(40, 1024)];
    kernels.gemm(z, x, w);
    kernels.topK(expected, z, 16);
    const whole: number[] = [];
    // A screen that knows all but three rows.
    const screen = ({ count }: Listed) => {
      kernels.topK(s, z, 16);
      count.fill(16);
      for (const i of [0, 7, 39]) {
        count[i] = -1;
        s.end[i] = s.start[i];
      }
      return 3;
    };
    const entries = screenedTopK(kernels, s, x, 16, screen, (some, rows) => {
      whole.push(some.rows);
      return kernels.gemmTopK(some, rows, w, 16);
    });
    assert.equal(whole, [3]);
    assert.is(entries, 640);
    sameBits(spread(s), spread(expected));
    assert.is(
      screenedTopK(
        kernels,
        s,
        x,
        16,
        ({ count }) => {
          count.fill(-1, 0, 1);
          return 1;
        },
        () => -1,
      ),
      -1,
    );
  });
});

test.after(async () => {
  for (const kernels of Object.values(sets)) await kernels.close();
});

test.run();
