import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix, SparseRows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { asRows, denseRows } from '../../src/kernels/rows.js';
import {
  entriesOf,
  Selector,
  selectAmong,
  selectedRows,
  sumsOfColumns,
  transposeMatrix,
  writeOut,
} from '../../src/kernels/selected.js';
import { rowsOf } from '../../src/numbers/matrix.js';
import { near, numbers, sameBits, spread } from '../helpers.js';

const k = createPlainKernels('float64');
const matrix = (rows: number, cols: number, seed: number, zeros = 0): Matrix => ({
  data: Float64Array.from(numbers(rows * cols, seed), (u) => (u < zeros ? 0 : u - 0.5)),
  rows,
  cols,
});
const sparse = (a: Matrix): SparseRows => asRows({ ...k, sparseBelow: 2 }, a) as SparseRows;
const select = (values: readonly number[], count: number): number[] => {
  const selector = new Selector(count);
  return Array.from(selector.places.subarray(0, selector.select(Float64Array.from(values), 0, values.length, count)));
};

test('the largest positive ones, of equal ones the earlier, in ascending places', () => {
  assert.equal(select([3, 1, 2, 5, 4], 3), [0, 3, 4]);
  assert.equal(select([1, 2, 2, 2, 1, 2], 3), [1, 2, 3]);
  assert.equal(select([2, 1, 1, 3, 1], 3), [0, 1, 3]);
  assert.equal(select([-1, 0, -0, 2, -3], 4), [3]);
  assert.equal(select([-1, -2], 2), []);
  assert.equal(select([1, Infinity, 2], 1), [1]);
});

test('NaN is selected, so that a model gone wrong says so', () => {
  assert.equal(select([1, 5, Number.NaN, 4], 2), [1, 2]);
  assert.equal(select([Number.NaN, Number.NaN, 4], 2), [0, 1]);
});

test('any run, any count: as sorting by value and place says', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 4 }), fc.double({ min: -1, max: 1, noNaN: true }));
  const property = fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (values, count) => {
    const places = values.flatMap((v, p) => (v > 0 ? [p] : []));
    const sorted = places.sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
    assert.equal(
      select(values, count),
      sorted.sort((a, b) => a - b),
    );
  });
  fc.assert(property, { numRuns: 500 });
});

/** Each row's `most` largest, as gemmTopK leaves them: with room between rows. */
function listed(z: Matrix, most: number): SparseRows {
  const l = selectedRows(k, z.rows, z.cols, z.rows * most);
  k.topK(l, z, most);
  for (let i = z.rows - 1; i >= 0; i--) {
    const [from, to, apart] = [l.start[i], l.end[i], i * most];
    l.index.copyWithin(apart, from, to);
    l.value.copyWithin(apart, from, to);
    l.start[i] = apart;
    l.end[i] = apart + to - from;
  }
  return l;
}

test('all rows together keep `count`, ties to the lower row, then column', () => {
  const z = { data: Float64Array.of(3, 1, 2, 3, 9, 9, 9, 3, -1, -1, -1, -1), rows: 3, cols: 4 };
  const s = selectedRows(k, 3, 4, 6);
  assert.ok(selectAmong(s, listed(z, 4), 4, 5, new Selector(5)));
  near(spread(s), [3, 0, 0, 3, 9, 9, 9, 0, 0, 0, 0, 0], 0);
  assert.is(entriesOf(s), 5);
  assert.not(selectAmong(s, listed(z, 3), 3, 5, new Selector(5)), 'row 1 is in as a whole, and might have had more');
  assert.ok(selectAmong(s, listed(z, 3), 3, 2, new Selector(5)));
  near(spread(s), [0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 0, 0], 0);
});

test('any batch from the lists of its rows: as sorting all of it says, or refused', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 9999 }),
    (rows, cols, listedAtMost, count, seed) => {
      const most = Math.min(listedAtMost, cols);
      const data = Float64Array.from(numbers(rows * cols, seed), (u) => Math.floor(9 * u) - 3);
      const kept = select(Array.from(data), count);
      const s = selectedRows(k, rows, cols, count);
      const whole = selectAmong(s, listed({ data, rows, cols }, most), most, count, new Selector(count));
      const right = kept.length === entriesOf(s) && kept.every((place) => spread(s)[place] === data[place]);
      assert.ok(!whole || right);
      assert.ok(whole || most < cols);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test('Aᵀ, S written out, column sums: as the dense forms have them', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 999 }),
    (n, m, seed) => {
      const s = sparse(matrix(n, m, seed, 0.6));
      const dense: Matrix = { data: Float64Array.from(spread(s)), rows: n, cols: m };
      const expectedT = Array.from({ length: m * n }, (_, at) => dense.data[(at % n) * m + Math.floor(at / n)]);
      const transposed = denseRows(k, m, n);
      transposeMatrix(transposed, dense);
      sameBits(Array.from(transposed.data), expectedT, 'Aᵀ');
      transposeMatrix(transposed, dense, true);
      near(
        transposed.data,
        expectedT.map((v) => 2 * v),
        0,
        'Aᵀ + Aᵀ',
      );
      const half = n >> 1;
      const parts = denseRows(k, m, n);
      transposeMatrix(parts, rowsOf(dense, half, n), false, half);
      transposeMatrix(parts, rowsOf(dense, 0, half));
      sameBits(Array.from(parts.data), expectedT, 'Aᵀ in two parts');

      const written: Matrix = { data: new Float64Array(n * m).fill(7), rows: n, cols: m };
      writeOut(written, s);
      sameBits(Array.from(written.data), Array.from(dense.data), 'S');

      const [sums, columns] = [new Float64Array(m), new Float64Array(m)];
      sumsOfColumns(sums, s);
      k.columnSums(columns, dense);
      near(sums, columns, 1e-14, 'sums');
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test.run();
