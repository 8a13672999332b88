import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DTYPES, type Tensor } from '../../src/formats/entries.js';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { fails } from '../helpers.js';
import { concat, npyOf, rawBytes, sameTensor, tensors } from './bytes.js';

const read = (bytes: Uint8Array) => readNpy(bytes, 'file');
const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
const types = DTYPES.filter((dtype) => dtype !== 'BF16');

test('what is written is read, every type and any shape, and is a view of the bytes', () => {
  const property = fc.property(tensors(types), (tensor) => {
    const bytes = writeNpy(tensor);
    const got = read(bytes);
    assert.ok(sameTensor(got, tensor));
    if (got.data.length) assert.is(got.data.buffer, bytes.buffer);
  });
  fc.assert(property, { numRuns: 500 });
});

test('bytes in a Buffer, whose slices are views: unaligned or big-endian, what is read is the entries, and the bytes stay', () => {
  const whole = writeNpy({ dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) });
  const swapped = npyOf(header('>f4', '(3,)'), Uint8Array.of(0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0x40, 0x40, 0, 0));
  for (const file of [whole, swapped]) {
    for (const offset of [0, 1]) {
      const bytes = Buffer.concat([new Uint8Array(offset), file]).subarray(offset);
      assert.equal(Array.from(read(bytes).data as Float32Array), [1, 2, 3]);
      assert.equal(Uint8Array.from(bytes), file);
    }
  }
});

test('first dimension fastest: the entry at [i, j, k] is the one at i + 2·(j + 3·k)', () => {
  const data = Float32Array.from({ length: 24 }, (_, k) => k);
  const got = read(npyOf(header('<f4', '(2, 3, 4)', 'True'), rawBytes(data)));
  assert.equal(got.shape, [2, 3, 4]);
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) assert.is(got.data[(i * 3 + j) * 4 + k], i + 2 * (j + 3 * k));
});

test('more rows than a tile, first dimension fastest', () => {
  const [rows, cols] = [150, 7];
  const data = Int32Array.from({ length: rows * cols }, (_, k) => k);
  const got = read(npyOf(header('<i4', `(${rows}, ${cols})`, 'True'), rawBytes(data)));
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) assert.is(got.data[i * cols + j], j * rows + i);
});

test('headers as others write them: no last comma, other orders of keys, Python 2 longs', () => {
  const data = Uint8Array.of(1, 2, 3);
  const texts = [
    "{'shape':(3,),'fortran_order':False,'descr':'|u1'}",
    "{ 'descr' : '|u1' , 'fortran_order' : False, 'shape': (3L,)}",
  ];
  for (const text of texts) assert.equal([...read(npyOf(text, data)).data], [1, 2, 3]);
});

test('writing refuses what npy cannot hold', async () => {
  const bf16: Tensor = { dtype: 'BF16', shape: [1], data: Uint16Array.of(1) };
  await fails(() => writeNpy(bf16), /^npy has no type for BF16, expected one of F16, F32, F64, I8/);
  await fails(() => writeNpy({ dtype: 'F32', shape: [2, 2], data: new Float32Array(3) }), 'npy: 3 entries, expected 2 × 2');
});

const four = new Uint8Array(4);
const good = npyOf(header('<f4', '(1,)'), four);
const gallery: Record<string, [Uint8Array, string | RegExp]> = {
  empty: [new Uint8Array(0), 'file: ends at byte 0, within the magic string, expected 8 bytes'],
  text: [concat([0x31, 0x2c]), 'file: byte 0 is 0x31, expected 0x93 (not an npy file)'],
  'a wrong letter': [concat([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x79, 1, 0]), 'file: byte 5 is 0x79, expected 0x59 (not an npy file)'],
  'version 4': [npyOf(header('<f4', '(1,)'), four, 4), 'file: byte 6 says version 4, expected 1, 2 or 3'],
  'a header of 4 GB': [
    concat([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255]),
    'file: the header has 4,294,967,295 bytes, expected at most 10,000',
  ],
  'a header cut short': [good.slice(0, 20), /^file: ends at byte 20, within the header, expected \d+ bytes$/],
  'no dictionary': [npyOf('hello'), "file: the header is hello, expected {'descr': a type, 'fortran_order': …, 'shape': sizes}"],
  'a key twice': [npyOf("{'shape': (1,), 'shape': (2,), }"), "file: the header has the key 'shape' twice"],
  'a key missing': [npyOf("{'descr': '<f4', 'shape': (1,)}", four), /^file: the header is \{'descr'/],
  'a key more': [
    npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': True}", four),
    /^file: the header is \{'descr'/,
  ],
  'a call instead of a value': [
    npyOf("{'descr': exit(), 'fortran_order': False, 'shape': (1,)}", four),
    /^file: the header is \{'descr': exit/,
  ],
  'more after the dictionary': [
    npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", four),
    /^file: the header is \{'descr'/,
  ],
  'a negative shape': [npyOf(header('<f4', '(-1,)'), four), /^file: the header is \{'descr'/],
  'Python objects': [npyOf(header('|O', '(1,)'), four), /^file: 'descr' is '\|O', expected < or > and one of f2, f4, f8, i1/],
  text32: [npyOf(header('<U3', '(1,)'), four), /^file: 'descr' is '<U3', expected/],
  'complex numbers': [npyOf(header('<c8', '(1,)'), four), /^file: 'descr' is '<c8', expected/],
  'records of several types': [npyOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", four), /\[\('a'/],
  'a shape larger than the file': [
    npyOf(header('<f4', '(1000000, 1000)'), four),
    /^file: ends at byte \d+, within the 1,000,000 × 1,000 entries, expected 4,000,000,\d+ bytes$/,
  ],
  'a shape of 2⁶⁰': [
    npyOf(header('<f4', `(${2n ** 60n},)`), four),
    'file: no file is as large as the 1,152,921,504,606,847,000 entries that it should have',
  ],
  'a shape beyond every number, times 0': [
    npyOf(
      header(
        '<f4',
        `(${Array(32)
          .fill(2n ** 60n)
          .join(', ')}, 0)`,
      ),
    ),
    /^file: no file is as large as the 1,152,/,
  ],
  '65 dimensions': [npyOf(header('<f4', `(${'1, '.repeat(65)})`), four), "file: 'shape' has 65 dimensions, expected at most 64"],
  'a byte too many': [concat(good, [0]), /^file: goes on after byte \d+, where its 1 entries end$/],
};
for (const [what, [bytes, message]] of Object.entries(gallery)) {
  test(`refused: ${what}`, async () => fails(() => read(bytes), message));
}

test('every way to cut a file short is refused', () => {
  for (let length = 0; length < good.length; length++) {
    assert.throws(
      () => read(good.slice(0, length)),
      (error: Error) => error.message.startsWith(`file: ends at byte ${length}, within`),
    );
  }
});

test.run();
