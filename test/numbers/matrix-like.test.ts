import { columnFromArray, fixedSizeList, float32, list, tableFromArrays, utf8 } from '@uwdata/flechette';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readMatrix, readRowOrMatrix } from '../../src/numbers/matrix-like.js';
import { COLS, forms, listVector, numberVector, plain, ROWS, singles, unaligned } from '../forms.js';
import { fails, sameBits } from '../helpers.js';

const read = (input: unknown, cols = 3) => readMatrix('call: X', input, cols, 'float32');
const readOne = (input: unknown, cols = 3) => readRowOrMatrix('call: X', input, cols, 'float32');

for (const dtype of ['float32', 'float64'] as const) {
  for (const [form, X] of Object.entries(forms)) {
    test(`${form} in ${dtype}`, () => {
      for (const reader of [readMatrix, readRowOrMatrix]) {
        const { data, rows, cols } = reader('call: X', X, COLS, dtype);
        assert.equal([rows, cols], [ROWS, COLS]);
        assert.instance(data, dtype === 'float32' ? Float32Array : Float64Array);
        sameBits(data, plain.flat());
      }
    });
  }
  for (const [form, x] of Object.entries(singles)) {
    test(`one row: ${form} in ${dtype}`, () => {
      const { data, rows } = readRowOrMatrix('call: X', x, COLS, dtype);
      assert.is(rows, 1);
      sameBits(data, plain[1]);
    });
  }
}

test('memory is shared where it will do', () => {
  const all = Float32Array.of(1, 2, 3, 4, 5, 6);
  const column = columnFromArray([Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)], fixedSizeList(float32(), 3));
  const shared: [unknown, ArrayBufferLike][] = [
    [{ data: all, dims: [2, 3] }, all.buffer],
    [[all.subarray(0, 3), all.subarray(3)], all.buffer],
    [column, (column.data[0].children[0].values as Float32Array).buffer],
  ];
  for (const [X, memory] of shared) assert.is(read(X).data.buffer, memory);
  for (const X of [
    [all.subarray(3), all.subarray(0, 3)],
    [all.subarray(0, 3), all.subarray(0, 3)],
  ])
    assert.is.not(read(X).data.buffer, all.buffer);
  assert.is.not(readMatrix('call: X', [all.subarray(0, 3), all.subarray(3)], 3, 'float64').data.buffer, all.buffer);
});

test('bytes are float32s where they are 4·d, numbers where they are d', () => {
  sameBits(
    read([Buffer.from([0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 192]), Uint8Array.of(7, 255, 0)]).data,
    [1, 2, -3, 7, 255, 0],
  );
  sameBits(readOne(unaligned(Buffer.from([0, 0, 128, 63])), 1).data, [1]);
  sameBits(readOne(Buffer.from([9, 8, 7])).data, [9, 8, 7]);
});

test('a Uint16Array of no known type is whole numbers', () => {
  sameBits(read([Uint16Array.of(15360, 0, 1)]).data, [15360, 0, 1]);
  sameBits(read({ data: Uint16Array.of(15360, 0, 1), dims: [1, 3], type: 'uint16' }).data, [15360, 0, 1]);
  sameBits(read({ data: Uint16Array.of(15360, 0, 1), dims: [1, 3], type: 'float16' }).data, [1, 0, 2 ** -24]);
});

test("an answer's rows go by index where each is there once; a list's as they stand", () => {
  const [a, b] = [
    { index: 1, embedding: [4, 5, 6] },
    { index: 0, embedding: [1, 2, 3] },
  ];
  sameBits(read({ data: [a, b] }).data, [1, 2, 3, 4, 5, 6]);
  sameBits(read([a, b]).data, [4, 5, 6, 1, 2, 3]);
  for (const index of [0, 2, -1, 0.5, undefined, null, 2 ** 40])
    sameBits(read({ data: [b, { ...a, index }] }).data, [1, 2, 3, 4, 5, 6]);
});

const wanted = 'expected an ndarray, number[][] or { data, shape }';
const six = [1, 2, 3, 4, 5, 6];
const refused: Record<string, [unknown, string]> = {
  'a tensor that was not pooled': [
    { data: new Float32Array(24), dims: [2, 4, 3] },
    "call: X has 3 dimensions (2 × 4 × 3), expected 2 (rows × 3): pool over the tokens first, { pooling: 'mean' } in transformers.js",
  ],
  'a tensor of other dims': [{ data: six, dims: [3, 2] }, 'call: got rows of 2, expected 3'],
  'a tensor of text dims': [{ data: six, dims: '2' }, 'call: X.dims is "2", expected [rows, 3]'],
  'a tensor of BigInts': [{ data: BigInt64Array.of(1n, 2n, 3n), dims: [1, 3] }, 'call: X.data[0] is 1n, expected a number'],
  'an answer without rows': [{ data: [] }, 'call: X is empty, expected at least one row of 3'],
  'an answer of something else': [{ data: [{ url: 'x' }] }, `call: X is an object (data), ${wanted}`],
  'an answer of other width': [{ data: [{ embedding: [1, 2] }] }, 'call: got rows of 2, expected 3'],
  'an answer of ragged rows': [{ data: [{ embedding: [1, 2, 3] }, { embedding: [1] }] }, 'call: X[1] has 1 entries, expected 3'],
  'no embedding in it': [
    { data: [{ embedding: [1, 2, 3] }, { embedding: null }] },
    'call: X[1] is an object (embedding), expected a row of 3 numbers',
  ],
  'text in it': [[{ embedding: [1, '2', 3] }], 'call: X[0, 1] is "2", expected a number'],
  'base64 of other width': [[{ embedding: Buffer.alloc(16).toString('base64') }], 'call: got rows of 4, expected 3'],
  'base64 of half a number': [
    [Buffer.alloc(10).toString('base64')],
    'call: X[0] is "AAAAAAAAAAAAAA==", expected a row of 3 numbers, as [0.1,…] or in base64',
  ],
  'a word': [['hello'], 'call: X[0] is "hello", expected a row of 3 numbers, as [0.1,…] or in base64'],
  'a text that ends early': [['[1,2'], 'call: X[0] is "[1,2", expected a row of 3 numbers, as [0.1,…] or in base64'],
  'a text of other width': [['[1,2]'], 'call: got rows of 2, expected 3'],
  'a text of texts': [['[1,"2",3]'], 'call: X[0, 1] is "2", expected a number'],
  'a sparse text of other width': [['{1:1}/9'], 'call: got rows of 9, expected 3'],
  'a sparse text with index 0': [['{0:1}/3'], 'call: X[0] is "{0:1}/3", expected a row of 3 numbers, as [0.1,…] or in base64'],
  'a sparse text beyond its end': [['{4:1}/3'], 'call: X[0] is "{4:1}/3", expected a row of 3 numbers, as [0.1,…] or in base64'],
  'a sparse text of NaN': [['{1:NaN}/3'], 'call: X[0] is "{1:NaN}/3", expected a row of 3 numbers, as [0.1,…] or in base64'],
  'a blob of other width': [[Buffer.alloc(16)], 'call: got rows of 16, expected 3, or 12 bytes of float32'],
  'a later blob': [[Buffer.alloc(12), Buffer.alloc(8)], 'call: X[1] has 8 entries, expected 3, or 12 bytes of float32'],
  'an ArrayBuffer of other width': [[new ArrayBuffer(8)], 'call: X[0] is a ArrayBuffer, expected a row of 3 numbers'],
  'a DataView': [[new DataView(new ArrayBuffer(12))], 'call: X[0] is a DataView of 12, expected a row of 3 numbers'],
  'a column of other width': [columnFromArray([[1, 2]], fixedSizeList(float32(), 2)), 'call: got rows of 2, expected 3'],
  'a wider column': [columnFromArray([[1, 2, 3, 4]], fixedSizeList(float32(), 4)), 'call: got rows of 4, expected 3'],
  'a ragged column': [columnFromArray([[1, 2, 3], [1]], list(float32())), 'call: X[1] has 1 entries, expected 3'],
  'a column with no row': [columnFromArray([], fixedSizeList(float32(), 3)), 'call: X is empty, expected at least one row of 3'],
  'a column with a null': [
    columnFromArray([[1, 2, 3], null], fixedSizeList(float32(), 3)),
    'call: X[1] is null, expected a row of 3 numbers',
  ],
  'a column with a null in a row': [
    columnFromArray([[1, null, 3]], fixedSizeList(float32(), 3)),
    'call: X[0, 1] is null, expected a number',
  ],
  'a vector with a null': [[numberVector([1, 0, 3], 1, [1])], 'call: X[0, 1] is null, expected a number'],
  'a column of numbers': [numberVector(six), 'call: X is an Arrow column of type 3, expected lists of 3 numbers'],
  'a column of texts': [columnFromArray(['a'], utf8()), 'call: X is an Arrow column of type 5, expected lists of 3 numbers'],
  'a column of texts in lists': [columnFromArray([['a', 'b', 'c']], list(utf8())), 'call: X[0, 0] is "a", expected a number'],
  'a table': [tableFromArrays({ v: plain }), 'call: X is a Table, expected one of its columns: getChild(name)'],
};
for (const [what, [X, message]] of Object.entries(refused)) test(`refused: ${what}`, async () => fails(() => read(X), message));

const refusedAlone: Record<string, [unknown, string]> = {
  'a word': ['hello', `call: X is "hello", ${wanted}`],
  'a text that ends early': ['[1,2', `call: X is "[1,2", ${wanted}`],
  'a text of rows': ['[[1,2,3]]', `call: X is "[[1,2,3]]", ${wanted}`],
  'a text of an object': ['{"a":1}', `call: X is "{\\"a\\":1}", ${wanted}`],
  'a blob of other width': [Buffer.alloc(13), 'call: got rows of 13, expected 3, or 12 bytes of float32'],
  'an ArrayBuffer of other width': [new ArrayBuffer(4), 'call: X[0] is a ArrayBuffer, expected a row of 3 numbers'],
  'a tensor of one other dimension': [{ data: six, dims: [6] }, 'call: got rows of 6, expected 3'],
};
for (const [what, [x, message]] of Object.entries(refusedAlone))
  test(`refused as one row: ${what}`, async () => fails(() => readOne(x), message));

test('a column that says it is longer than its memory is read row by row', async () => {
  const column = listVector(plain);
  const short = { ...column.data[0], length: 9 };
  const X = Object.assign(Object.create(column), { data: [short] });
  sameBits(readMatrix('call: X', X, COLS, 'float64').data, plain.flat());
});

test.run();
