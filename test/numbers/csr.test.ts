import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CsrLike, isCsr, readCsr } from '../../src/numbers/csr.js';
import { fails, sameBits } from '../helpers.js';

/** [0 2 0 1], [0 0 0 0], [5 0 0 0] */
const example = { data: [2, 1, 5], indices: [1, 3, 0], indptr: [0, 2, 2, 3], shape: [3, 4] };

test('lists become typed arrays, and typed arrays of the right type are shared', () => {
  assert.ok(isCsr(example));
  assert.not(isCsr({ data: [1], shape: [1, 1] }));
  const read = readCsr('decode: F', example, 4, 'float64');
  assert.equal(read, {
    data: Float64Array.of(2, 1, 5),
    indices: Int32Array.of(1, 3, 0),
    indptr: Int32Array.of(0, 2, 2, 3),
    shape: [3, 4],
  });
  const again = readCsr('decode: F', read, undefined, 'float64');
  assert.is(again.data, read.data);
  assert.is(again.indices, read.indices);
  sameBits(readCsr('decode: F', read, 4, 'float32').data, Float32Array.of(2, 1, 5));
});

const wrong: Record<string, [Partial<Record<keyof CsrLike, unknown>>, string]> = {
  'another width': [{ shape: [3, 5] }, 'decode: got rows of 5, expected 4'],
  'no rows': [{ shape: [0, 4], indptr: [0] }, 'decode: F is empty, expected at least one row of 4'],
  'no shape': [{ shape: undefined }, 'decode: F.shape is undefined, expected [rows, 4]'],
  'three dimensions': [{ shape: [3, 2, 2] }, 'decode: F.shape is [3, 2, 2], expected [rows, 4]'],
  'no data': [{ data: undefined }, 'decode: F.data is undefined, expected a typed array or a list of numbers'],
  'an indptr too short': [{ indptr: [0, 2, 3] }, 'decode: F.indptr has 3 entries, expected 4, one more than rows'],
  'a first that is not 0': [{ indptr: [1, 2, 2, 3] }, 'decode: F.indptr[0] is 1, expected 0'],
  'an indptr that goes back': [{ indptr: [0, 2, 1, 3] }, 'decode: F.indptr[2] is 1, expected a whole number from 2 on'],
  'an indptr of fractions': [{ indptr: [0, 1.5, 2, 3] }, 'decode: F.indptr[1] is 1.5, expected a whole number from 0 on'],
  'indices too few': [{ indices: [1, 3] }, 'decode: F.indices has 2 entries, expected 3, as indptr ends'],
  'data too many': [{ data: [1, 2, 3, 4] }, 'decode: F.data has 4 entries, expected 3, as indptr ends'],
  'a column too far': [
    { indices: [1, 4, 0] },
    'decode: F.indices[1] is 4, expected a whole number above 1, the column before it, and up to 3',
  ],
  'a column below 0': [{ indices: [-1, 3, 0] }, 'decode: F.indices[0] is -1, expected a whole number from 0 up to 3'],
  'a column twice': [
    { indices: [3, 3, 0] },
    'decode: F.indices[1] is 3, expected a whole number above 3, the column before it, and up to 3',
  ],
  'columns that descend': [
    { indices: [3, 1, 0] },
    'decode: F.indices[1] is 1, expected a whole number above 3, the column before it, and up to 3',
  ],
  'a column that is none': [
    { indices: [1, Number.NaN, 0] },
    'decode: F.indices[1] is NaN, expected a whole number above 1, the column before it, and up to 3',
  ],
  NaN: [{ data: [2, Number.NaN, 5] }, 'decode: F.data[1] is NaN, expected a finite number'],
  text: [{ data: [2, '1', 5] }, 'decode: F.data[1] is "1", expected a finite number'],
};
for (const [what, [change, message]] of Object.entries(wrong)) {
  test(`refused: ${what}`, () =>
    fails(() => readCsr('decode: F', { ...example, ...change } as unknown as CsrLike, 4, 'float32'), message));
}

test.run();
