import ndarray from 'ndarray';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { show } from '../../src/numbers/checks.js';
import { checkFinite, columnMeans, type DType, rowsOf } from '../../src/numbers/matrix.js';
import { readMatrix } from '../../src/numbers/matrix-like.js';
import { fails, sameBits } from '../helpers.js';

const read = (input: unknown, cols = 3, dtype: DType = 'float64') => readMatrix('call: X', input, cols, dtype);
const six = [1, 2, 3, 4, 5, 6];

const forms: Record<string, unknown> = {
  'number[][]': [
    [1, 2, 3],
    [4, 5, 6],
  ],
  'rows that are typed arrays': [Float32Array.of(1, 2, 3), Int16Array.of(4, 5, 6)],
  '{ data, rows, cols }': { data: Float64Array.from(six), rows: 2, cols: 3 },
  '{ data, shape }': { data: Float64Array.from(six), shape: [2, 3] },
  'data as a list': { data: six, shape: [2, 3] },
  'data of integers': { data: Uint8Array.from(six), shape: [2, 3] },
  'a shape that is a typed array': { data: six, shape: Int32Array.of(2, 3) },
  ndarray: ndarray(Float64Array.from(six), [2, 3]),
  'a transposed ndarray': ndarray([1, 4, 2, 5, 3, 6], [3, 2]).transpose(1, 0),
  'an ndarray with an offset': ndarray([0, 0, ...six, 0], [2, 3], [3, 1], 2),
  'every other column': ndarray([1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0], [2, 3], [6, 2]),
  'negative strides': ndarray([6, 5, 4, 3, 2, 1], [2, 3], [-3, -1], 5),
  'negative rows alone': ndarray([4, 5, 6, 1, 2, 3], [2, 3], [-3, 1], 3),
  'a picked window': ndarray([0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0], [3, 4]).lo(1, 0).hi(2, 3),
  'a generic store': { data: { get: (k: number) => six[k], length: 6 }, shape: [2, 3] },
};
for (const [form, input] of Object.entries(forms)) {
  test(`${form} is read in row-major order, in either precision`, () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const { data, rows, cols } = read(input, 3, dtype);
      assert.instance(data, dtype === 'float32' ? Float32Array : Float64Array);
      assert.equal([rows, cols], [2, 3]);
      sameBits(data, six);
    }
  });
}

test('a stride of 0 repeats a row', () => {
  sameBits(read({ data: [1, 2, 3], shape: [2, 3], stride: [0, 1] }).data, [1, 2, 3, 1, 2, 3]);
});

test('row-major memory of the right type is shared, anything else copied', () => {
  const data = Float64Array.from([9, ...six]);
  assert.is(read({ data: data.subarray(1), shape: [2, 3] }).data.buffer, data.buffer);
  const window = read(ndarray(data, [2, 3], [3, 1], 1));
  assert.is(window.data.buffer, data.buffer);
  sameBits(window.data, six);
  assert.is.not(read({ data: data.subarray(1), shape: [2, 3] }, 3, 'float32').data.buffer, data.buffer);
  assert.is.not(read(ndarray(data, [3, 2]).transpose(1, 0)).data.buffer, data.buffer);
});

const wanted = 'expected an ndarray, number[][] or { data, shape }';
const badStride = /^call: X(\.stride|\.offset| reaches beyond).*expected/;
const refused: Record<string, [unknown, string | RegExp]> = {
  undefined: [undefined, `call: X is undefined, ${wanted}`],
  null: [null, `call: X is null, ${wanted}`],
  'a number': [5, `call: X is 5, ${wanted}`],
  'a bigint': [5n, `call: X is 5n, ${wanted}`],
  text: ['x'.repeat(99), `call: X is "${'x'.repeat(40)}…", ${wanted}`],
  'a function': [() => 1, `call: X is a function, ${wanted}`],
  'another object': [{ rows: 2, cols: 3 }, `call: X is an object (rows, cols), ${wanted}`],
  'a flat typed array': [Float32Array.from(six), `call: X is a Float32Array of 6, ${wanted}`],
  'no rows': [[], 'call: X is empty, expected at least one row of 3'],
  'no rows, with a shape': [{ data: [], shape: [0, 3] }, 'call: X is empty, expected at least one row of 3'],
  'a flat list': [six, 'call: X[0] is 1, expected a row of 3 numbers'],
  'a row that is missing': [[[1, 2, 3], undefined], 'call: X[1] is undefined, expected a row of 3 numbers'],
  'rows too wide': [[[1, 2, 3, 4]], 'call: got rows of 4, expected 3'],
  'rows of nothing': [[[]], 'call: got rows of 0, expected 3'],
  'ragged rows': [
    [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2],
    ],
    'call: X[2] has 2 entries, expected 3',
  ],
  'a hole in a row': [[[1, 2, undefined]], 'call: X[0, 2] is undefined, expected a number'],
  'text in a row': [[[1, '2', 3]], 'call: X[0, 1] is "2", expected a number'],
  'a nested row': [[[1, [2], 3]], 'call: X[0, 1] is [2], expected a number'],
  'a shape of text': [{ data: six, shape: '2, 3' }, 'call: X.shape is "2, 3", expected [rows, 3]'],
  'a shape of fractions': [{ data: six, shape: [2, 2.5] }, 'call: X.shape is [2, 2.5], expected [rows, 3]'],
  'a shape below 0': [{ data: six, shape: [-2, 3] }, 'call: X.shape is [-2, 3], expected [rows, 3]'],
  'one dimension': [ndarray(six), 'call: X has 1 dimensions (6), expected 2 (rows × 3)'],
  'three dimensions': [ndarray(six, [1, 2, 3]), 'call: X has 3 dimensions (1 × 2 × 3), expected 2 (rows × 3)'],
  'a shape too wide': [{ data: six, shape: [3, 2] }, 'call: got rows of 2, expected 3'],
  'too few numbers': [{ data: six, shape: [3, 3] }, 'call: X has 6 numbers, expected 3 × 3 = 9'],
  'too many numbers': [{ data: six, shape: [1, 3] }, 'call: X has 6 numbers, expected 1 × 3 = 3'],
  'data of text': [{ data: 'abcdef', shape: [2, 3] }, 'call: X.data is "abcdef", expected a typed array or a list of numbers'],
  'data of BigInts': [{ data: new BigInt64Array(6), shape: [2, 3] }, 'call: X.data[0] is 0n, expected a number'],
  'an object that is no list of numbers': [
    { data: { length: 6, 0: '1' }, shape: [2, 3] },
    'call: X.data[0] is "1", expected a number',
  ],
  'no data': [{ data: null, shape: [2, 3] }, 'call: X.data is null, expected a typed array or a list of numbers'],
  'text in data': [{ data: [1, 2, 3, 4, '5', 6], shape: [2, 3] }, 'call: X.data[4] is "5", expected a number'],
  'a stride beyond the end': [
    { data: six, shape: [2, 3], stride: [4, 1] },
    'call: X reaches beyond its 6 numbers, expected a shape and stride within them',
  ],
  'an offset before the start': [
    { data: six, shape: [2, 3], stride: [3, 1], offset: -1 },
    'call: X reaches beyond its 6 numbers, expected a shape and stride within them',
  ],
  'a stride that is NaN': [{ data: new Float32Array(6), shape: [2, 3], stride: [Number.NaN, 1] }, badStride],
  'a stride of fractions': [{ data: new Float32Array(9), shape: [2, 3], stride: [1.5, 1] }, badStride],
  'a stride too short': [{ data: new Float32Array(6), shape: [2, 3], stride: [3] }, badStride],
  'an offset of text': [{ data: new Float32Array(6), shape: [2, 3], offset: '0' }, badStride],
};
for (const [what, [input, message]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => fails(() => read(input), message));
}

test('checkFinite names row and column, counted from the first row it was given', async () => {
  const matrix = { data: new Float64Array(6), rows: 2, cols: 3 };
  checkFinite('fit: X', matrix, -1, Number.NaN);
  await fails(() => checkFinite('fit: X', matrix, 5, Number.NaN), 'fit: X[1, 2] is NaN, expected a finite number');
  await fails(() => checkFinite('fit: X', matrix, 3, -Infinity, 128), 'fit: X[129, 0] is -Infinity, expected a finite number');
});

test('rowsOf shares memory', () => {
  const matrix = { data: Float64Array.from(six), rows: 3, cols: 2 };
  const part = rowsOf(matrix, 1, 3);
  assert.equal([part.rows, part.cols], [2, 2]);
  sameBits(part.data, [3, 4, 5, 6]);
  part.data[0] = 9;
  assert.is(matrix.data[2], 9);
});

test('show is short', () => {
  assert.is(show({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }), 'an object (a, b, c, d, e)');
  assert.is(show(Symbol('s')), 'Symbol(s)');
});

test('columnMeans keeps what a sum of doubles rounds off: (2⁵³ + 1 − 2⁵³ + 2)/4, 10⁶ times 0.1, and of the same number itself', () => {
  const means = (cols: number, numbers: ArrayLike<number>) =>
    columnMeans({ data: Float64Array.from(numbers), rows: numbers.length / cols, cols });
  assert.equal(means(2, [2 ** 53, 3, 1, 5, -(2 ** 53), 4, 2, 0]), Float64Array.of(0.75, 3));
  assert.is(means(1, Array(1e6).fill(0.1))[0], 0.1);
  assert.equal(columnMeans({ data: Float32Array.of(1, 2, 3, 5), rows: 2, cols: 2 }), Float64Array.of(2, 3.5));
});

test.run();
