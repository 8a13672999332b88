import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSparse, type Matrix, type SparseRows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { asRows, ChunkBuffer, sparseRows } from '../../src/kernels/rows.js';
import { sameBits, spread } from '../helpers.js';

const k = createPlainKernels('float64');
const matrix = (data: number[], cols: number) => ({ data: Float64Array.from(data), rows: data.length / cols, cols });

test('a matrix with enough zeros is held by its others, by hand', () => {
  const rows = asRows(k, matrix([0, 5, 0, 0, 0, 0, 7, 0, 8], 3)) as SparseRows;
  assert.ok(isSparse(rows));
  assert.equal([rows.rows, rows.cols], [3, 3]);
  const row = (i: number) => [...rows.index.subarray(rows.start[i], rows.end[i])];
  assert.equal([row(0), row(1), row(2)], [[1], [], [0, 2]]);
  sameBits([...rows.value.subarray(rows.start[2], rows.end[2])], [7, 8]);
});

test('one with few zeros stays as it is, and so does one just at the limit', () => {
  const dense = matrix([1, 2, 3, 0, 5, 6], 3);
  assert.is(asRows(k, dense), dense);
  const atLimit = matrix([1, 2, 3, 4, 5, 6, 7, 0, 0, 0], 5);
  assert.is(asRows({ ...k, sparseBelow: 0.7 }, atLimit), atLimit);
  assert.ok(isSparse(asRows({ ...k, sparseBelow: 0.71 }, atLimit)));
});

test('all zeros is the sparsest of all', () => {
  const rows = asRows(k, matrix([0, 0, 0, 0], 2)) as SparseRows;
  assert.equal([...rows.start], [...rows.end]);
});

test('room is made for every entry, or for none', () => {
  assert.is(sparseRows(k, 4, 5).index.length, 20);
  assert.is(sparseRows(k, 4, 5).value.length, 20);
  assert.is(sparseRows(k, 4, 5, false).index.length, 0);
  assert.is(sparseRows(k, 4, 5, false).start.length, 4);
});

test('a chunk buffer hands on what was written, in the form that suited the first chunk', () => {
  for (const [first, second, sparse] of [
    [[0, 5, 0, 0], [1, 2, 3, 4], true],
    [[1, 2, 3, 4], [0, 5, 0, 0], false],
  ] as const) {
    const buffer = new ChunkBuffer(k, 2, 2);
    for (const [n, values] of [
      [2, first],
      [2, second],
      [1, second.slice(0, 2)],
    ] as const) {
      buffer.dense(n).data.set(values);
      const rows = buffer.rows(n);
      assert.equal([rows.rows, rows.cols, isSparse(rows)], [n, 2, sparse]);
      sameBits(isSparse(rows) ? spread(rows) : (rows as Matrix).data, values);
    }
  }
});

test.run();
