import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BatchReport, SparseAutoencoder } from '../../src/index.js';
import { isSparse } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { Memory } from '../../src/sparsity/memory.js';
import { DataSet, identityOrder } from '../../src/training/batches.js';
import { TrainingState } from '../../src/training/training-state.js';
import { numbers, sameBits, spread } from '../helpers.js';

const backends = {
  'plain float64': createPlainKernels('float64'),
  'plain float32': createPlainKernels('float32'),
  simd: createSimdKernels({ threads: 1 }),
};

/** Row i is i + 1 in the first column, and `zeros` of the others are 0. */
function numbered(rows: number, cols: number, zeros: number) {
  const values = numbers(rows * cols, rows);
  const data = Float32Array.from(values, (u, p) => (p % cols === 0 ? p / cols + 1 : u < zeros ? 0 : u));
  return { data, rows, cols };
}

test('identityOrder counts', () => {
  assert.equal([...identityOrder(4)], [0, 1, 2, 3]);
});

for (const [name, k] of Object.entries(backends)) {
  test(`${name}: batches of any size hand out every row exactly once an epoch, dense or sparse, whole and in order`, () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0, 0.95),
      (rows, batchSize, cols, zeros) =>
        k.scoped(() => {
          const source = numbered(rows, cols, zeros);
          const data = new DataSet(k, 'fit: X', source, Math.min(batchSize, rows));
          const state = TrainingState.create('float32', 1, new Memory({}, rows));
          const order = identityOrder(rows);
          state.shuffle(order);
          const seen: number[] = [];
          for (let from = 0; from < rows; from += batchSize) {
            const to = Math.min(from + batchSize, rows);
            const batch = data.batch(order, from, to);
            assert.equal([batch.rows, batch.cols, isSparse(batch)], [to - from, cols, data.sparse]);
            const all = isSparse(batch) ? spread(batch) : [...batch.data];
            for (let i = 0; i < to - from; i++) {
              const row = all[i * cols] - 1;
              seen.push(row);
              sameBits(all.slice(i * cols, (i + 1) * cols), source.data.subarray(row * cols, (row + 1) * cols));
            }
          }
          assert.equal(seen, [...order]);
          assert.equal(
            seen.toSorted((a, b) => a - b),
            [...identityOrder(rows)],
          );
        }),
    );
    fc.assert(property, { numRuns: 60 });
  });

  test(`${name}: a data set is sparse below the kernels' limit, and knows its largest entry`, () => {
    k.scoped(() => {
      const sparse = new DataSet(k, 'fit: X', { data: Float32Array.of(0, 0, 0, -7, 0, 0.5), rows: 3, cols: 2 }, 2);
      assert.equal([sparse.sparse, sparse.largest], [true, 7]);
      const dense = new DataSet(k, 'fit: X', { data: Float32Array.of(1, 2, 3, -4, 0, 6), rows: 3, cols: 2 }, 2);
      assert.equal([dense.sparse, dense.largest], [false, 6]);
      assert.equal(new DataSet(k, 'fit: X', { data: new Float32Array(4), rows: 2, cols: 2 }, 2).largest, 0);
    });
  });
}

const k = backends.simd;

/** Rows i with i mod 4 in `full` are full, the others empty. As many rows as are sampled are those with i mod 4 = 0. */
function striped(...full: number[]) {
  const [rows, cols] = [1024, 1024];
  return {
    data: Float32Array.from({ length: rows * cols }, (_, p) => (full.includes((p >> 10) % 4) ? 1 + (p % 7) : 0)),
    rows,
    cols,
  };
}

test('of several entries that are not finite the first is named, whatever thread came to it', async () => {
  const threads = createSimdKernels({ threads: 3 });
  for (let round = 0; round < 20; round++) {
    const source = numbered(1000, 50, 0.9);
    source.data[7 * 50 + 3] = Number.NaN;
    for (const row of [8, 400, 999]) source.data[row * 50 + 1] = -Infinity;
    assert.throws(
      () => threads.scoped(() => new DataSet(threads, 'fit: X', source, 2)),
      ({ message }: Error) => message === 'fit: X[7, 3] is NaN, expected a finite number',
    );
  }
  await threads.close();
});

for (const [what, full, sparse] of [
  ['empty and the rest are half full', [1, 3], true],
  ['empty and the rest are full', [1, 2, 3], false],
  ['full and the rest are empty', [0], true],
  ['like the rest', [0, 1, 2, 3], false],
] as const) {
  test(`a data set is sparse or not by all its rows, also if those looked at first are ${what}`, () => {
    k.scoped(() => {
      const source = striped(...full);
      const data = new DataSet({ ...k, sparseBelow: 0.74 }, 'fit: X', source, 2);
      assert.is(data.sparse, sparse);
      for (const row of [0, 1, 510, 511, 1023]) {
        const batch = data.batch(Int32Array.of(row, 0), 0, 1);
        sameBits(isSparse(batch) ? spread(batch) : [...batch.data], source.data.subarray(row * 1024, (row + 1) * 1024));
      }
    });
  });

  test(`an entry that is not finite is named, also if the rows looked at first are ${what}`, () => {
    for (const [at, where] of [
      [0, '0, 0'],
      [700 * 1024 + 5, '700, 5'],
      [2 ** 20 - 1, '1023, 1023'],
    ] as const) {
      const source = striped(...full);
      source.data[at] = at === 0 ? Infinity : Number.NaN;
      assert.throws(
        () => k.scoped(() => new DataSet(k, 'fit: X', source, 2)),
        ({ message }: Error) => message === `fit: X[${where}] is ${source.data[at]}, expected a finite number`,
      );
    }
  });
}

test('fit trains on every row exactly once an epoch, for any batch size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }), async (rows, batchSize) => {
      const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 1, backend: 'plain' });
      const batches: BatchReport[] = [];
      const { data } = numbered(rows, 2, 0);
      await sae.fit({ data, shape: [rows, 2] }, { epochs: 2, batchSize, onBatchEnd: (b) => batches.push(b) });
      const first = batches.filter(({ epoch }) => epoch === 0);
      assert.is(first.length, Math.ceil(rows / batchSize));
      assert.is(
        first.reduce((sum, b) => sum + b.rows, 0),
        rows,
      );
      assert.is(batches.length, 2 * first.length);
    }),
    { numRuns: 30 },
  );
});

test('each epoch is shuffled anew, and the same seed shuffles the same way', () => {
  const orders = ['a', 'a', 'b'].map((seed) => {
    const state = TrainingState.create('float32', 1, new Memory({}, seed));
    return [0, 1, 2].map(() => {
      const order = identityOrder(50);
      state.shuffle(order);
      return [...order].join();
    });
  });
  assert.equal(orders[0], orders[1]);
  assert.is(new Set(orders.flat()).size, 6);
});

test.run();
