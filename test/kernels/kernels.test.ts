import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Elementwise, Kernels } from '../../src/kernels/kernels.js';
import { near, sameBits, spread } from '../helpers.js';
import { activationByHand } from './by-hand.js';
import { type Check, cases, type Shape } from './cases.js';
import { backends, Desk } from './desk.js';

/** Sizes below, at and above every block a kernel may be written in; long and thin, one row, one column. */
const shapes: readonly Shape[] = [
  { n: 1, k: 1, m: 1, density: 1, seed: 1 },
  { n: 1, k: 70, m: 1, density: 0.3, seed: 2 },
  { n: 5, k: 3, m: 7, density: 0.5, seed: 3 },
  { n: 8, k: 16, m: 32, density: 0.2, seed: 4 },
  { n: 33, k: 17, m: 65, density: 0.1, seed: 5 },
  { n: 6, k: 4, m: 9, density: 0, seed: 6 },
  { n: 130, k: 131, m: 64, density: 0.2, seed: 7 },
  { n: 37, k: 300, m: 66, density: 0.05, seed: 8 },
  { n: 20, k: 40, m: 203, density: 0.1, seed: 9 },
];

const anyShape = fc.record({
  n: fc.integer({ min: 1, max: 70 }),
  k: fc.integer({ min: 1, max: 70 }),
  m: fc.integer({ min: 1, max: 70 }),
  density: fc.constantFrom(0, 0.02, 0.2, 0.6, 1),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

function check(kernels: Kernels, run: (desk: Desk, shape: Shape) => Check[], shape: Shape, tolerance: number): void {
  kernels.scoped(() => {
    const desk = new Desk(kernels, shape.seed);
    for (const [what, got, expected] of run(desk, shape)) near(got, expected, tolerance, what);
    assert.is(desk.brokenFences, 0, 'nothing beyond an array was written to');
  });
}

const special = [0, -0, 1e-45, -1e-45, 1e-30, 1, -1, 88, -88, 89, -89, 104, -104, 1e30, -1e30, Infinity, -Infinity, Number.NaN];
const kinds: readonly Elementwise[] = ['relu', 'sigmoid', 'tanh', 'identity'];

for (const { name, create, tolerance } of backends) {
  const kernels = create();
  const within = `within ${tolerance} of loops over doubles`;

  for (const [operation, run] of Object.entries(cases)) {
    test(`${name}: ${operation} ${within}`, () => {
      for (const shape of shapes) check(kernels, run, shape, tolerance);
    });
    test(`${name}: ${operation} ${within}, for any shape from 1 to 70`, () => {
      fc.assert(
        fc.property(anyShape, (shape) => check(kernels, run, shape, tolerance)),
        { numRuns: 15 },
      );
    });
  }

  test(`${name}: sparse products are the dense ones, within ${tolerance}`, () => {
    const property = fc.property(anyShape, ({ n, k, m, density, seed }) => {
      kernels.scoped(() => {
        const desk = new Desk(kernels, seed);
        const [a, b, y] = [desk.random(n, k, density), desk.random(k, m), desk.random(n, m)];
        const [sparse, dense, wide] = [desk.matrix(n, m), desk.matrix(n, m), desk.matrix(n, k)];
        const [weight, weightDense, back] = [desk.matrix(k, m), desk.matrix(k, m), desk.matrix(n, k)];
        const s = desk.compressed(a);
        const t = desk.sparse(k, n);
        kernels.spmm(sparse, s, b);
        kernels.gemm(dense, a, b);
        near(sparse.data, dense.data, tolerance, 'spmm = gemm');
        kernels.transpose(t, s);
        kernels.spmm(weight, t, y);
        kernels.gemmTN(weightDense, a, y);
        near(weight.data, weightDense.data, tolerance, 'spmm of the transpose = gemmTN');
        kernels.sddmm(back, s, y, b);
        kernels.gemmNT(wide, y, b);
        near(
          back.data,
          wide.data.map((value, p) => (a.data[p] === 0 ? 0 : value)),
          tolerance,
          'sddmm = gemmNT, where active',
        );
      });
    });
    fc.assert(property, { numRuns: 30 });
  });

  test(`${name}: a product that overlaps with other work is the same, and the work is done once`, () => {
    kernels.scoped(() => {
      const desk = new Desk(kernels, 9);
      const [a, b] = [desk.random(120, 90, 0.3), desk.random(90, 70)];
      const [alone, overlapped] = [desk.matrix(120, 70), desk.matrix(120, 70)];
      const s = desk.compressed(a);
      kernels.spmm(alone, s, b);
      let times = 0;
      kernels.overlap(
        () => kernels.spmm(overlapped, s, b),
        () => times++,
      );
      sameBits(overlapped.data, alone.data);
      assert.is(times, 1);
      const thrown = () =>
        kernels.overlap(
          () => kernels.spmm(overlapped, s, b),
          () => {
            throw new Error('meanwhile');
          },
        );
      assert.throws(thrown, /meanwhile/);
      kernels.spmm(overlapped, s, b);
      sameBits(overlapped.data, alone.data);
    });
  });

  test(`${name}: what a product's old contents were does not matter, NaN or not`, () => {
    kernels.scoped(() => {
      const desk = new Desk(kernels, 5);
      const [a, b, c] = [desk.random(9, 6, 0.3), desk.random(6, 11), desk.matrix(9, 11)];
      const outputs = [Number.NaN, 0].map((old) => {
        c.data.fill(old);
        kernels.gemm(c, a, b);
        const dense = c.data.slice();
        c.data.fill(old);
        kernels.spmm(c, desk.compressed(a), b);
        return [...dense, ...c.data];
      });
      sameBits(outputs[0], outputs[1]);
    });
  });

  for (const kind of kinds) {
    test(`${name}: ${kind} of zeros, tiny, huge, infinite and NaN, within ${tolerance}`, () => {
      kernels.scoped(() => {
        // Every value in every lane, and in the remainder after the last whole vector.
        const z = { data: kernels.floats(special.length * 5), rows: 5, cols: special.length };
        for (let p = 0; p < z.data.length; p++) z.data[p] = special[p % special.length];
        const expected = Array.from(z.data, (value) => activationByHand(kind, value));
        const alone = { ...z, data: kernels.floats(z.data.length) };
        alone.data.set(z.data);
        const zeros = { ...z, data: kernels.floats(z.data.length) };
        kernels.activate(z, kind);
        near(z.data, expected, tolerance, 'activate');
        kernels.outputLoss(alone, null, zeros, kind, 1);
        near(alone.data, expected, tolerance, 'outputLoss');
      });
    });

    test(`${name}: one NaN among z or t makes the loss of ${kind} NaN, wherever it stands`, () => {
      for (let at = 0; at < 21; at++) {
        kernels.scoped(() => {
          const desk = new Desk(kernels, at);
          const [z, t, dz] = [desk.random(3, 7), desk.random(3, 7), desk.matrix(3, 7)];
          const again = desk.copy(z);
          z.data[at] = Number.NaN;
          assert.ok(Number.isNaN(kernels.outputLoss(z, dz, t, kind, 1)), `z[${at}]`);
          assert.ok(Number.isNaN(z.data[at]) && Number.isNaN(dz.data[at]), 'x̂ and dz have it too');
          t.data[at] = Number.NaN;
          assert.ok(Number.isNaN(kernels.outputLoss(again, null, t, kind, 1)), `t[${at}]`);
        });
      }
    });
  }

  test(`${name}: findNonFinite names the first NaN or ±Infinity, wherever it stands`, () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (let at = 0; at < 40; at++) {
        const x = kernels.floats(40).fill(3e38);
        x[39] = Infinity;
        x[at] = bad;
        assert.is(kernels.findNonFinite(x), at);
      }
    }
  });

  test(`${name}: −0 counts as zero, the smallest number does not`, () => {
    const x = kernels.floats(6);
    x.set([-0, 0, 1e-44, -1e-44, 1, -0]);
    assert.is(kernels.countNonZeros(x), 3);
    assert.is(kernels.compress(new Desk(kernels, 1).sparse(2, 3), { data: x, rows: 2, cols: 3 }), 3);
  });

  test(`${name}: topK tells of a NaN or ±Infinity, wherever it stands in Z`, () => {
    for (let at = 0; at < 21; at++) {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        kernels.scoped(() => {
          const desk = new Desk(kernels, at);
          const [z, identity, s] = [desk.random(3, 7), desk.matrix(7, 7), desk.withRoom(3, 7, 6)];
          for (let p = 0; p < 49; p++) identity.data[p] = Number(p % 8 === 0);
          assert.ok(kernels.topK(s, z, 2) > 0 && kernels.gemmTopK(s, z, identity, 2) > 0);
          z.data[at] = bad;
          assert.is(kernels.topK(s, z, 2), -1);
          assert.is(kernels.gemmTopK(s, z, identity, 2), -1);
          assert.is(kernels.gemmNTTopK(s, z, identity, 2), -1);
        });
      }
    }
  });

  test(`${name}: memory is zeroed, also where a scope has used it before; adopt copies what lies elsewhere`, () => {
    for (let round = 0; round < 3; round++) {
      kernels.scoped(() => {
        const [x, i] = [kernels.floats(1000), kernels.integers(100)];
        assert.ok(x.every((v) => v === 0) && i.every((v) => v === 0));
        x.fill(5);
        i.fill(5);
        assert.is(kernels.adopt(x), x);
        const mine = x.slice();
        sameBits(kernels.adopt(mine), mine);
      });
    }
    assert.throws(() => kernels.scoped(() => fc.assert(fc.property(fc.nat(), () => false))));
  });

  test(`${name}: close may be called twice, and arrays stay readable`, async () => {
    const own = create();
    const x = own.floats(3).fill(7);
    await own.close();
    await own.close();
    sameBits(x, [7, 7, 7]);
  });

  test(`${name}: crossEntropy is finite and exact however large y is, and NaN if any entry is, within ${tolerance}`, () => {
    const ys = [0, 1e-30, 5, -5, 40, -40, 88, -88, 104, -104, 800, -800, 1e30, -1e30];
    const ts = [0, 1, 0.25];
    const pairs = ys.flatMap((y) => ts.map((t) => [y, t] as const));
    for (const [y, t] of pairs) {
      kernels.scoped(() => {
        const [z, target] = [kernels.floats(7), kernels.floats(7)];
        z.fill(y);
        target.fill(t);
        const matrix = (data: typeof z) => ({ data, rows: 1, cols: 7 });
        // y·(1 − t) + ln(1 + e^−y) for y > 0, −y·t + ln(1 + e^y) else.
        const expected = Math.max(y, 0) - t * y + Math.log1p(Math.exp(-Math.abs(y)));
        near([kernels.crossEntropy(matrix(z), null, matrix(target), 1) / 7], [expected], tolerance, `y = ${y}, t = ${t}`);
        z.fill(y);
        z[6] = Number.NaN;
        assert.ok(Number.isNaN(kernels.crossEntropy(matrix(z), null, matrix(target), 1)));
      });
    }
  });

  test.after(() => kernels.close());
}

test('simd: 1 to 4 threads, and strips of either width, give the same bits for every operation', async () => {
  const { createSimdKernels } = await import('../../src/kernels/simd/simd.js');
  const sets = [
    { threads: 1 },
    { threads: 2 },
    { threads: 3 },
    { threads: 4 },
    { threads: 1, wide: true },
    { threads: 2, wide: true },
  ];
  for (const shape of [shapes[6], shapes[7], shapes[8], { n: 300, k: 120, m: 100, density: 0.2, seed: 9 }]) {
    for (const [operation, run] of Object.entries(cases)) {
      const outputs: number[][] = [];
      for (const options of sets) {
        const kernels = createSimdKernels(options);
        outputs.push(run(new Desk(kernels, shape.seed), shape).flatMap(([, got]) => Array.from(got)));
        await kernels.close();
      }
      for (const [i, options] of sets.entries()) sameBits(outputs[i], outputs[0], `${operation}, ${JSON.stringify(options)}`);
    }
  }
});

for (const options of [{ threads: 1 }, { threads: 2 }, { threads: 3, wide: true }]) {
  const on = JSON.stringify(options);
  test(`simd ${on}: a sparse product has the bits of the dense one, however either is cut; so has topK of a wide product`, async () => {
    const { createSimdKernels } = await import('../../src/kernels/simd/simd.js');
    const kernels = createSimdKernels(options);
    for (const { n, k, m, density } of [
      { n: 9, k: 600, m: 190, density: 0.1 },
      { n: 9, k: 600, m: 203, density: 0.01 },
      { n: 5, k: 1100, m: 1001, density: 0.1 },
      { n: 700, k: 270, m: 400, density: 0.02 },
      // Blocks of B's rows, and A of the dense product kept from tile to tile.
      { n: 300, k: 700, m: 130, density: 0.3 },
      // More of A than is kept, for the first tiles.
      { n: 70, k: 1100, m: 130, density: 0.6 },
    ]) {
      kernels.scoped(() => {
        const desk = new Desk(kernels, n);
        const [a, b, c, d] = [desk.random(n, k, density), desk.random(k, m), desk.matrix(n, m), desk.matrix(n, m)];
        const bias = desk.random(1, m).data;
        for (const added of [bias, undefined]) {
          kernels.spmm(c, desk.compressed(a), b, added);
          kernels.gemm(d, a, b, added);
          sameBits(c.data, d.data, `spmm ${n}×${k} · ${k}×${m}`);
        }
        const [s, fused] = [desk.withRoom(n, m, n * 20), desk.withRoom(n, m, n * 20)];
        assert.is(kernels.topK(s, d, 20), kernels.gemmTopK(fused, a, b, 20));
        sameBits(spread(fused), spread(s), 'topK');
        assert.is(desk.brokenFences, 0);
      });
    }
    await kernels.close();
  });
}

test.run();
