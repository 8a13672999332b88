import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { detect, type Kind } from '../../src/formats/detect.js';
import { countOf, type DType, type Tensor } from '../../src/formats/entries.js';
import { asFloats } from '../../src/formats/floats.js';
import { TYPES } from '../../src/formats/idx.js';
import { writeNpy } from '../../src/formats/npy.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { readTable, type TableOptions } from '../../src/formats/table.js';
import { readRows } from '../../src/read.js';
import { fails, sameBits } from '../helpers.js';
import { concat, tensors, utf8, writeIdx, writeZip } from './bytes.js';

const F32 = (shape: number[], start = 0): Tensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from({ length: countOf(shape) }, (_, i) => start + i),
});
const gzip = (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes));
const npz = (arrays: Record<string, Tensor>, deflated = true) =>
  writeZip(Object.entries(arrays).map(([name, tensor]) => ({ name: `${name}.npy`, content: writeNpy(tensor), deflated })));

test('the kind is told by content, whatever the name is', () => {
  const files: [Uint8Array, Kind | 'gzip'][] = [
    [writeNpy(F32([2, 2])), 'npy'],
    [npz({ x: F32([2, 2]) }), 'npz'],
    [writeZip([]), 'npz'],
    [writeIdx(F32([2, 2])), 'idx'],
    [writeSafetensors([['x', F32([2, 2])]]), 'safetensors'],
    [utf8('[1,2]\n'), 'jsonl'],
    [gzip(utf8('1,2\n')), 'gzip'],
  ];
  for (const [bytes, kind] of files) for (const name of ['x', 'x.csv', 'x.tsv', 'x.bin']) assert.is(detect(bytes, name), kind);
});

test('text is told by name, or is CSV; what tells nothing is told by name, or is nothing known', () => {
  assert.is(detect(utf8('1,2\n'), 'x'), 'csv');
  assert.is(detect(utf8('1\t2\n'), 'x.tsv'), 'tsv');
  assert.is(detect(utf8('{"a":1}'), 'x.jsonl'), 'jsonl');
  assert.is(detect(utf8('<html>'), 'x.npy'), 'npy');
  assert.is(detect(utf8('<html>'), 'train-images-idx3-ubyte'), 'idx');
  assert.is(detect(utf8('<html>'), 'x.safetensors'), 'safetensors');
  assert.is(detect(concat([1, 2, 3, 0]), 'x.bin'), null);
  assert.is(detect(concat([1, 2, 3, 0]), 'x.constructor'), null);
});

const refused: Record<string, [Uint8Array, string, TableOptions, string | RegExp]> = {
  'no bytes': [new Uint8Array(0), 'x.csv', {}, 'x.csv: is empty'],
  'no known kind': [
    concat([1, 2, 3, 0]),
    'x.bin',
    {},
    'x.bin: is of no known kind, expected one of idx, npy, npz, safetensors, parquet, arrow, jsonl, vectors, word2vec, tsv, csv, or one of them gzipped',
  ],
  'gzip in gzip': [gzip(gzip(utf8('1,2'))), 'x.gz', {}, /^x.gz: is of no known kind/],
  'a page instead of the file': [utf8('<html>'), 'x.npy', {}, 'x.npy: byte 0 is 0x3c, expected 0x93 (not an npy file)'],
  'another kind than asked for': [
    utf8('1,2'),
    'x.csv',
    { kind: 'npy' },
    'x.csv: byte 0 is 0x31, expected 0x93 (not an npy file)',
  ],
  'rows of nothing': [writeNpy(F32([3, 0])), 'x.npy', {}, 'x.npy: has rows of no entries (3 × 0)'],
  'a single number': [writeNpy(F32([])), 'x.npy', {}, 'x.npy: is a single number, expected a table'],
  'no such array': [
    npz({ a: F32([1]), b: F32([2]) }),
    'x.npz',
    { array: 'c' },
    'x.npz: has no array "c", expected one of "a", "b"',
  ],
  'several arrays': [
    npz({ a: F32([1, 2]), b: F32([2, 2]) }),
    'x.npz',
    {},
    'x.npz: holds several arrays, name one of "a" (1 × 2), "b" (2 × 2)',
  ],
  'several tensors': [
    writeSafetensors([
      ['a', F32([1])],
      ['b', F32([2])],
    ]),
    'x.safetensors',
    {},
    'x.safetensors: holds several arrays, name one of "a" (1), "b" (2)',
  ],
  'no arrays': [writeZip([{ name: 'a.txt', content: utf8('a') }]), 'x.npz', {}, 'x.npz: holds no arrays'],
  'no tensors': [writeSafetensors([]), 'x.safetensors', {}, 'x.safetensors: holds no arrays'],
  'no such column': [writeNpy(F32([2, 2])), 'x.npy', { label: 2 }, 'x.npy: has no column 2 for the labels, expected 0 … 1'],
  'a column by name where there are no names': [
    writeNpy(F32([2, 2])),
    'x.npy',
    { label: 'age' },
    'x.npy: has no column "age" for the labels, expected 0 … 1',
  ],
  'labels alone': [writeNpy(F32([2, 1])), 'x.npy', { label: 0 }, 'x.npy: has no column of numbers beside the labels'],
};
for (const [what, [bytes, name, options, message]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => fails(() => readTable(bytes, name, options), message));
}

test('of many arrays some are listed, and none is looked at', async () => {
  const many = writeZip(Array.from({ length: 101 }, (_, i) => ({ name: `${i}.npy`, content: utf8('no array') })));
  const some = Array.from({ length: 12 }, (_, i) => `"${i}"`).join(', ');
  await fails(() => readTable(many, 'x.npz'), `x.npz: holds 101 arrays, name one of ${some} and 89 more`);
});

test('an unpacking function that fails is told of', async () => {
  const gunzip = () => {
    throw new Error('no');
  };
  await fails(
    () => readTable(gzip(utf8('1,2')), 'x.gz', { gunzip }),
    /^x.gz: broken gzip data, or more than 67,108,864 bytes \(.*\): no$/,
  );
});

test('an array by its name, or the only one of two dimensions or more', () => {
  for (const bytes of [npz({ x: F32([2, 3]), y: F32([2]) }), npz({ x: F32([2, 3]), y: F32([2]) }, false)]) {
    assert.equal([...readTable(bytes, 'f').data], [0, 1, 2, 3, 4, 5]);
    const { rows, cols } = readTable(bytes, 'f', { array: 'y' });
    assert.equal([rows, cols], [2, 1]);
  }
  const file = writeSafetensors([
    ['b', F32([4])],
    ['W', F32([2, 2], 10)],
  ]);
  assert.equal([...readTable(file, 'f').data], [10, 11, 12, 13]);
  assert.equal([...readTable(file, 'f', { array: 'b' }).data], [0, 1, 2, 3]);
});

test('a float32 table is a view of the bytes; a column of labels is taken out', () => {
  const bytes = writeNpy(F32([2, 3]));
  assert.is(readTable(bytes, 'f').data.buffer, bytes.buffer);
  const { cols, data, labels } = readTable(bytes, 'f', { label: '-1' });
  assert.is(cols, 2);
  assert.equal([...data], [0, 1, 3, 4]);
  assert.equal(labels, ['2', '5']);
});

test('JSON lines: numbers, labels, and which line and entry is neither', async () => {
  const read = (text: string, options: TableOptions = {}) => readTable(utf8(text), 'f.jsonl', { dtype: 'float64', ...options });
  assert.equal([...read('[1, 2.5]\n\n[-3e2,4]').data], [1, 2.5, -300, 4]);
  const { data, labels, cols } = read('["a",1]\r\n[7,2]\r\n', { label: 0 });
  assert.equal([cols, ...data], [1, 1, 2]);
  assert.equal(labels, ['a', '7']);
  await fails(() => read('[1]\n{"a":1}'), 'f.jsonl line 2: is an object, expected an array of numbers');
  await fails(() => read('[1]\n[1,2]'), 'f.jsonl line 2: 2 entries, expected 1');
  await fails(() => read('[1]\n["x"]'), 'f.jsonl line 2: entry 0 is "x", expected a number');
  await fails(() => read('[1,[1]]'), 'f.jsonl line 1: entry 1 is an array, expected a number');
  await fails(() => read('[1,null]'), 'f.jsonl line 1: entry 1 is null, expected a number');
  await fails(() => read('[1,1e999]'), 'f.jsonl line 1: entry 1 is Infinity, expected a number');
  await fails(() => read('[1,'), /^f.jsonl line 1: is not JSON \(/);
  await fails(() => read('[]'), 'f.jsonl line 1: has no numbers');
  await fails(() => read('["a"]', { label: 0 }), 'f.jsonl line 1: has no numbers');
  await fails(() => read('[null,1]', { label: 0 }), 'f.jsonl line 1: entry 0 is no label');
  await fails(() => read(' \n'), 'f.jsonl: is empty, expected arrays of numbers');
});

test('halves and bfloat16: the value of every one of the 65,536', () => {
  const data = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
  const half = asFloats({ dtype: 'F16', data }, 'float64');
  const brain = asFloats({ dtype: 'BF16', data }, 'float64');
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits >> 15 ? -1 : 1;
    const value = (exponentBits: number, bias: number) => {
      const mantissaBits = 15 - exponentBits;
      const exponent = (bits & 0x7fff) >> mantissaBits;
      const mantissa = bits % 2 ** mantissaBits;
      if (exponent === 2 ** exponentBits - 1) return mantissa ? Number.NaN : sign * Infinity;
      const scaled = exponent ? 2 ** mantissaBits + mantissa : mantissa;
      return sign * scaled * 2 ** (Math.max(1, exponent) - bias - mantissaBits);
    };
    assert.ok(Object.is(half[bits], value(5, 15)), `F16 ${bits}: ${half[bits]}`);
    assert.ok(Object.is(brain[bits], value(8, 127)), `BF16 ${bits}: ${brain[bits]}`);
  }
});

const idxTypes = [...TYPES.values()];
const npyTypes: DType[] = [...idxTypes, 'F16', 'I64', 'U16', 'U32', 'U64', 'BOOL'];
const binaries: Record<string, [readonly DType[], (tensor: Tensor) => Uint8Array]> = {
  idx: [idxTypes, writeIdx],
  npy: [npyTypes, writeNpy],
  'npy.gz': [npyTypes, (tensor) => gzip(writeNpy(tensor))],
  npz: [npyTypes, (tensor) => npz({ x: tensor })],
  safetensors: [[...npyTypes, 'BF16'], (tensor) => writeSafetensors([['x', tensor]])],
};
for (const [kind, [dtypes, write]] of Object.entries(binaries)) {
  test(`round trip, every type and any shape, no rows and 1 × 1 included: ${kind}`, () => {
    const property = fc.property(tensors(dtypes), fc.constantFrom('float32' as const, 'float64' as const), (tensor, dtype) => {
      const [rows, ...rest] = tensor.shape;
      if (rows === undefined && kind === 'idx') return;
      const bytes = write(tensor);
      if (rows === undefined || countOf(rest) === 0) {
        assert.throws(() => readTable(bytes, 'f', { dtype }), /^f(, array "x")?: (is a single number|has rows of no entries)/);
        return;
      }
      const table = readTable(bytes, 'f', { dtype });
      assert.equal([table.rows, table.cols], [rows, countOf(rest)]);
      assert.is(table.data.constructor, dtype === 'float32' ? Float32Array : Float64Array);
      sameBits(table.data, asFloats(tensor, dtype));
    });
    fc.assert(property, { numRuns: 300 });
  });
}

const zip = (more: object) => writeZip([{ name: 'x.npy', content: writeNpy(F32([2, 2])), deflated: true, ...more }]);
const stored = writeZip([{ name: 'x.npy', content: writeNpy(F32([2, 2])) }]);
const zips: Record<string, [Uint8Array, string | RegExp]> = {
  'a wrong checksum': [zip({ checksum: 1 }), 'f, array "x": its checksum is not that of the data: broken on the way'],
  'a flipped bit': [
    stored.map((byte, i) => (i === 170 ? byte ^ 1 : byte)),
    'f, array "x": its checksum is not that of the data: broken on the way',
  ],
  'a size that is none of its own': [zip({ size: 5 }), 'f, array "x": its header asks for 144 bytes, the archive says 5'],
  'a secret': [zip({ flags: 1 }), 'f: "x.npy" is encrypted'],
  'another method': [zip({ method: 12 }), 'f, array "x": is compressed by method 12, expected 0 (none) or 8 (deflate)'],
  'a name twice': [
    writeZip([
      { name: 'x.npy', content: utf8('') },
      { name: 'x.npy', content: utf8('') },
    ]),
    'f: has "x.npy" twice',
  ],
  'no directory': [stored.slice(0, 150), 'f: ends at byte 150 without a zip directory: cut short?'],
  'a directory beyond the end': [
    stored.map((byte, i) => (i === stored.length - 3 ? 0x7f : byte)),
    /^f: refers to bytes 2,130,\d+,\d+ to 2,130,\d+,\d+, but ends at byte \d+$/,
  ],
};
for (const [what, [bytes, message]] of Object.entries(zips)) {
  test(`a zip archive is refused: ${what}`, async () => fails(() => readTable(bytes, 'f'), message));
}

const zeros = new Uint8Array(100 * 2 ** 20);
test('gzip bombs: no more is unpacked than the data says it is, or than 64 MiB, or than is allowed', async () => {
  const small = writeIdx(F32([2, 2]));
  await fails(
    () => readTable(gzip(concat(small, new Uint8Array(2 ** 20))), 'f'),
    'f: unpacks to more than 28 bytes (as its header says)',
  );
  const bomb = gzip(zeros);
  const start = process.memoryUsage().arrayBuffers;
  await fails(
    () => readTable(bomb, 'f.csv.gz'),
    'f.csv.gz: unpacks to more than 67,108,864 bytes (256 times the packed size; maxUnpacked allows more)',
  );
  await fails(
    () => readTable(bomb, 'f.csv.gz', { maxUnpacked: 1000 }),
    'f.csv.gz: unpacks to more than 1,000 bytes (maxUnpacked)',
  );
  assert.ok(process.memoryUsage().arrayBuffers - start < 2 ** 28);
  const claim = writeIdx(F32([2, 2]));
  claim.set([0x7f, 255, 255, 255], 4);
  await fails(() => readTable(gzip(claim), 'f'), /^f: unpacks to more than 67,108,864 bytes/);
});

test('zip bombs: an array may be as large as its own header, the archive and the limit say', async () => {
  const content = new Uint8Array(128 + zeros.length);
  content.set(writeNpy({ dtype: 'U8', shape: [zeros.length], data: zeros }).subarray(0, 128));
  await fails(
    () => readTable(writeZip([{ name: 'x.npy', content, deflated: true }]), 'f'),
    /^f, array "x": unpacks to more than 67,108,864 bytes/,
  );
  const short = writeNpy({ dtype: 'U8', shape: [10], data: new Uint8Array(10) });
  content.set(short);
  const lying = writeZip([{ name: 'x.npy', content, deflated: true, size: short.length }]);
  await fails(() => readTable(lying, 'f'), 'f, array "x": unpacks to more than 138 bytes (as the archive says)');
});

test('gzip of several members is read whole, each checked', async () => {
  const parts = ['1,2\n', '', '3,4\n'.repeat(20_000), '5,6'].map((text) => gzip(utf8(text)));
  const table = readTable(concat(...parts), 'f.csv.gz');
  assert.is(table.rows, 20_002);
  parts[0][parts[0].length - 8] ^= 1;
  await fails(
    () => readTable(concat(...parts), 'f.csv.gz'),
    `f.csv.gz: the checksum at byte ${parts[0].length - 8} is not that of the data: broken on the way`,
  );
  await fails(() => readTable(parts[2].slice(0, -1), 'f.csv.gz'), /^f.csv.gz: the checksum at byte \d+ is not that of the data/);
  await fails(
    () => readTable(parts[2].slice(0, 40), 'f.csv.gz'),
    /^f.csv.gz: broken compressed data before byte 40 of 40 \(unexpected EOF\)$/,
  );
  const raw = deflateRawSync(utf8('1,2'));
  await fails(() => readTable(concat([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], raw), 'f.gz'), /^f.gz: (ends at|broken|the checksum)/);
});

/** 2¹²⁸ − 2¹⁰³ is the least that rounds to no float32. */
const least = '340282356779733661637539395458142568448';
const large: [string, string, string][] = [
  ['f.csv', '1,2\n3,1e300\n', ' line 2, column 1 of 0 … 1: "1e300" is too large for float32'],
  ['f.csv', 'a,b\n-4e38,1\n', ' line 2, column "a": "-4e38" is too large for float32'],
  ['f.csv', `"1",2\n3,"${least}"\n`, ` line 2, column 1 of 0 … 1: "${least}" is too large for float32`],
  ['f.csv', `1\n${'9'.repeat(20)}e20\n`, ` line 2, column 0 of 0 … 0: "${'9'.repeat(20)}e20" is too large for float32`],
  ['f.txt', 'a 1 2\nb 1e39 2\n', ' line 2: "1e39" is too large for float32'],
  ['f.jsonl', '[1,2]\n[1,1e300]\n', ' line 2: entry 1: 1e+300 is too large for float32'],
  ['f.jsonl', '{"v":[1,2]}\n{"v":[1,-1e39]}\n', ' line 2: number 1: -1e+39 is too large for float32'],
  ['f.jsonl', `{"v":[1,2]}\n{"v":[${'9'.repeat(20)}e20,1]}\n`, ' line 2: number 0: 1e+40 is too large for float32'],
  ['f.jsonl', '{"x":1,"y":1e39}\n', ' line 1: "y": 1e+39 is too large for float32'],
];
for (const [name, text, message] of large)
  test(`${JSON.stringify(text.slice(0, 40))} is a table of doubles, not of floats`, async () => {
    await fails(() => readTable(utf8(text), name), name + message);
    assert.ok(readTable(utf8(text), name, { dtype: 'float64' }).data.every(Number.isFinite));
  });

test('the largest float32, and what rounds to it', () => {
  for (const text of ['3.4028234663852886e38', '3.40282356e38'])
    for (const [name, all] of [
      ['f.csv', `1,${text}`],
      ['f.jsonl', `[1,${text}]`],
    ])
      assert.is(readTable(utf8(all), name).data[1], (2 - 2 ** -23) * 2 ** 127, all);
});

const [columns, word2vec] = ['1,2\n', '1 2\nw \0\0\0\0\0\0\0\0'];
const idle: [string, string, TableOptions, string][] = [
  ['f.jsonl', '[1,2]', { array: 'x' }, 'is jsonl, which has no arrays with names, expected no array to be named'],
  ['f.jsonl', '[1,2]', { delimiter: ';' }, 'is jsonl, which has no delimiter, expected no delimiter to be named'],
  ['f.jsonl', '{"v":[1,2]}', { header: false }, 'is jsonl, which has no header, expected no header to be named'],
  ['f.csv', columns, { array: 'x' }, 'is csv, which has no arrays with names, expected no array to be named'],
  ['f.csv', columns, { embedding: 'v' }, 'is csv, which has no fields, expected no embedding to be named'],
  ['f.bin', word2vec, { label: 'x' }, 'is word2vec, which has no labels, expected no label to be named'],
  ['f.parquet', 'PAR1', { array: 'x' }, 'is parquet, which has no arrays with names, expected no array to be named'],
  ['f.arrow', 'ARROW1', { header: true }, 'is arrow, which has no header, expected no header to be named'],
];
for (const [name, text, options, message] of idle)
  test(`refused: ${Object.keys(options)} of ${name}`, async () => {
    await fails(() => readRows(utf8(text), name, options), `${name}: ${message}`);
  });
for (const [name, options] of [
  ['f.npz', { delimiter: ',' }],
  ['f.npy', { array: 'x' }],
  ['f.idx', { header: false }],
  ['f.safetensors', { id: 'x' }],
] as const)
  test(`refused: ${Object.keys(options)} of ${name}, before it is read`, () =>
    fails(() => readRows(utf8('no such file'), name, { kind: name.slice(2) as Kind, ...options }), /, which has no /));

test.run();
