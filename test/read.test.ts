/** Whole files by `readRows`: of every kind that has lists of numbers, the same table. */
import { gzipSync } from 'node:zlib';
import {
  CompressionType,
  type DataType,
  fixedSizeList,
  float16,
  float32,
  float64,
  int32,
  largeList,
  list,
  setCompressionCodec,
  utf8,
} from '@uwdata/flechette';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRows, type TableOptions } from '../src/read.js';
import { utf8 as bytesOf } from './formats/bytes.js';
import { arrowOf, flatParquet, lz4Run, parquetOf, zstdRun } from './formats/columnar.js';
import { fails, sameBits } from './helpers.js';

const rows = Array.from({ length: 7 }, (_, i) => Array.from({ length: 3 }, (_, j) => ((5 * i + 3 * j) % 16) / 8 - 1));
const texts = rows.map((_, i) => `text "${i}"`);
const ids = rows.map((_, i) => `id-${i}`);
const file = { rows, texts, ids };
const columns = { id: ids, text: texts, embedding: rows };
const arrow = (embedding: DataType, options = {}) => arrowOf(columns, { id: utf8(), text: utf8(), embedding }, options);

const jsonl = rows.map((embedding, i) => JSON.stringify({ text: texts[i], embedding, id: ids[i] })).join('\n');
const files: Record<string, Uint8Array> = {
  'JSON lines': bytesOf(jsonl),
  'JSON lines, gzipped': Uint8Array.from(gzipSync(jsonl)),
  'Parquet of float32': parquetOf(file),
  'Parquet of float64': parquetOf({ ...file, type: 'DOUBLE' }),
  'Parquet of float16': parquetOf({ ...file, type: 'FLOAT16' }),
  'Parquet, unpacked': parquetOf({ ...file, codec: 'UNCOMPRESSED' }),
  'Parquet, gzip': parquetOf({ ...file, codec: 'GZIP' }),
  'Parquet, Zstandard': parquetOf({ ...file, codec: 'ZSTD' }),
  'Parquet, LZ4': parquetOf({ ...file, codec: 'LZ4_RAW' }),
  'Parquet in groups of rows': parquetOf({ ...file, rowGroupSize: 3 }),
  'Arrow, fixed-size lists of float32': arrow(fixedSizeList(float32(), 3)),
  'Arrow, fixed-size lists of float16': arrow(fixedSizeList(float16(), 3)),
  'Arrow, fixed-size lists of float64': arrow(fixedSizeList(float64(), 3)),
  'Arrow, lists': arrow(list(float32())),
  'Arrow, lists of float16': arrow(list(float16())),
  'Arrow, large lists': arrow(largeList(float32())),
  'Arrow, a stream in batches': arrow(fixedSizeList(float32(), 3), { format: 'stream', maxBatchRows: 3 }),
  'Arrow, texts by dictionary': arrowOf(columns, { embedding: list(float32()) }),
};
for (const [what, bytes] of Object.entries(files)) {
  test(`${what}: numbers, texts and ids, told by content`, async () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const table = await readRows(bytes, 'file', { dtype });
      assert.is(table.kind, what.split(/[ ,]/)[0].toLowerCase().replace('json', 'jsonl'));
      assert.equal([table.rows, table.cols], [7, 3]);
      assert.instance(table.data, dtype === 'float32' ? Float32Array : Float64Array);
      sameBits(table.data, rows.flat());
      assert.equal([table.ids, table.texts, table.labels, table.names], [ids, texts, undefined, undefined]);
    }
  });
}

test('Arrow packed by Zstandard or LZ4 is unpacked without a codec of the program', async () => {
  // A number whose bytes are all the same: flechette keeps what is packed only where it is smaller.
  const [value] = new Float32Array(Uint8Array.of(63, 63, 63, 63).buffer);
  for (const [type, run] of [
    [CompressionType.ZSTD, zstdRun],
    [CompressionType.LZ4_FRAME, lz4Run],
  ] as const) {
    let runs = 0;
    const encode = (bytes: Uint8Array) => {
      if (bytes.length < 64 || bytes.some((byte) => byte !== 63)) return new Uint8Array(bytes.length + 1);
      runs++;
      return run(bytes);
    };
    setCompressionCodec(type, { encode, decode: (bytes) => bytes });
    const packed = arrowOf({ v: Array(20).fill([value, value]) }, { v: list(float32()) }, { codec: type });
    setCompressionCodec(type, null as never);
    assert.is(runs, 1);
    sameBits(
      (await readRows(packed, 'file')).data,
      Float32Array.from({ length: 40 }, () => value),
    );
  }
});

test('bytes that are a part of others are read the same', async () => {
  for (const whole of [files['Parquet of float32'], files['Arrow, lists']]) {
    const room = new Uint8Array(whole.length + 24);
    room.set(whole, 8);
    sameBits((await readRows(room.subarray(8, 8 + whole.length), 'file')).data, rows.flat());
    sameBits((await readRows(Buffer.from(whole), 'file')).data, rows.flat());
  }
});

test('columns of one number each are the columns of the table', async () => {
  for (const bytes of [
    flatParquet({ id: [7, 8], a: [1, 2], b: [0.5, -1] }),
    arrowOf({ id: [7, 8], a: [1, 2], b: [0.5, -1] }, { id: int32(), a: float64(), b: float32() }),
  ]) {
    const { data, names, ids } = await readRows(bytes, 'file');
    sameBits(data, [1, 0.5, 2, -1]);
    assert.equal(
      [names, ids],
      [
        ['a', 'b'],
        ['7', '8'],
      ],
    );
    const labelled = await readRows(bytes, 'file', { label: 'a', dtype: 'float64' });
    assert.equal([labelled.names, labelled.labels], [['b'], ['1', '2']]);
  }
});

test('float16: subnormals, the largest, and a signed zero', async () => {
  const values = [2 ** -24, 65504, -0, 1 / 1024];
  for (const bytes of [
    parquetOf({ rows: [values], type: 'FLOAT16' }),
    arrowOf({ v: [values] }, { v: fixedSizeList(float16(), 4) }),
  ])
    sameBits((await readRows(bytes, 'file', { dtype: 'float64' })).data, values);
});

test('CSV has columns of texts and ids that are named', async () => {
  const table = bytesOf('id,title,a,b\n1,"one, two",3,4\n2,"three\nfour",5,6\n');
  const { data, ids, texts, names } = await readRows(table, 'file', { id: 'id', text: 1 });
  sameBits(data, [3, 4, 5, 6]);
  assert.equal(
    [ids, texts, names],
    [
      ['1', '2'],
      ['one, two', 'three\nfour'],
      ['a', 'b'],
    ],
  );
  const plain = await readRows(bytesOf('a\tb\tc\nx\t1\t2\n'), 'file', { id: 'a' });
  assert.equal([plain.ids, [...plain.data]], [['x'], [1, 2]]);
});

const two = { a: [[1, 2]], b: [[3]] };
const refused: Record<string, [Uint8Array, TableOptions, string | RegExp]> = {
  'Parquet with a null row': [
    parquetOf({ rows: [[1, 2], null] }),
    {},
    'f row 1: "embedding" is null, expected a list of 2 numbers',
  ],
  'Parquet with a null number': [
    parquetOf({
      rows: [
        [1, 2],
        [1, null],
      ],
    }),
    {},
    'f row 1: "embedding" holds null, expected numbers',
  ],
  'Parquet of ragged rows': [
    parquetOf({ rows: [[1, 2], [1]], rowGroupSize: 1 }),
    {},
    'f row 1: "embedding" has 1 numbers, expected 2',
  ],
  'Parquet without numbers': [parquetOf({ texts }), {}, 'f: has no field of numbers, expected a list of them beside "text"'],
  'Parquet without such a column': [
    parquetOf(file),
    { embedding: 'x' },
    'f: has no field "x" for the embedding, expected one of "embedding"',
  ],
  'Parquet packed in another way': [
    parquetOf({ ...file, codec: 'LZ4' }),
    {},
    'f: column "id" is packed with LZ4, expected one of UNCOMPRESSED, SNAPPY, GZIP, LZ4_RAW, ZSTD',
  ],
  'Parquet that ends early': [files['Parquet of float32'].subarray(0, 100), {}, /^f: broken Parquet data: /],
  'Parquet within gzip': [
    Uint8Array.from(gzipSync(files['Parquet of float32'])),
    {},
    'f: is Parquet within gzip, expected it unpacked',
  ],
  'Arrow of ragged rows': [arrowOf({ v: [[1, 2], [1]] }, { v: list(float32()) }), {}, 'f row 1: "v" has 1 numbers, expected 2'],
  'Arrow with a null row': [
    arrowOf({ v: [[1, 2], null] }, { v: list(float32()) }),
    {},
    'f row 1: "v" is null, expected a list of 2 numbers',
  ],
  'Arrow with a null number': [
    arrowOf({ v: [[1, null]] }, { v: list(float32()) }),
    {},
    'f row 0: "v" holds null, expected numbers',
  ],
  'Arrow of several lists': [
    arrowOf(two, { a: list(float32()), b: list(float32()) }),
    {},
    'f: holds several lists of numbers, expected embedding to name one of "a", "b"',
  ],
  'Arrow with no rows': [arrowOf({ v: [] }, { v: list(float32()) }), {}, 'f: has no rows, expected lists of numbers in "v"'],
  'Arrow that ends early': [files['Arrow, lists'].subarray(0, 300), {}, /^f: broken Arrow data: /],
};
for (const [what, [bytes, options, message]] of Object.entries(refused))
  test(`refused: ${what}`, async () => fails(() => readRows(bytes, 'f', options), message));

test.run();
