import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseIdx } from '../../src/formats/idx.js';
import { fails, sameBits } from '../helpers.js';

/** 2 × 3 bytes: the header by hand. */
const bytes = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];
const parse = (all: readonly number[], dimensions?: number) => parseIdx(Uint8Array.from(all), 'file', dimensions);

test('a file of bytes, by hand', () => {
  const { shape, data } = parse(bytes, 2);
  assert.equal(shape, [2, 3]);
  assert.instance(data, Uint8Array);
  assert.equal([...data], [1, 2, 3, 4, 5, 255]);
});

const types: Record<string, [number, number[], number[], abstract new (...args: never) => unknown]> = {
  'signed bytes': [0x09, [0x7f, 0x80, 0xff], [127, -128, -1], Int8Array],
  shorts: [0x0b, [0x01, 0x02, 0x80, 0x00, 0xff, 0xff], [258, -32768, -1], Int16Array],
  ints: [0x0c, [0, 0, 1, 0, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe], [256, -(2 ** 31), -2], Int32Array],
  floats: [0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0x20, 0, 0, 0x7f, 0x80, 0, 0], [1.5, -2.5, Infinity], Float32Array],
  doubles: [
    0x0e,
    [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    [1.5, -2.5, 5e-324],
    Float64Array,
  ],
};
for (const [name, [code, entries, expected, Numbers]] of Object.entries(types)) {
  test(`${name}, big-endian, by hand`, () => {
    const { shape, data } = parse([0, 0, code, 1, 0, 0, 0, 3, ...entries]);
    assert.equal(shape, [3]);
    assert.instance(data, Numbers as never);
    sameBits(data, expected);
  });
}

test('bytes that lie within a larger buffer are read where they lie, and not shared', () => {
  const within = Uint8Array.from([9, 9, 9, ...bytes, 9]).subarray(3, 3 + bytes.length);
  const { data } = parseIdx(within, 'file');
  within[12] = 77;
  assert.equal([...data], [1, 2, 3, 4, 5, 255]);
});

test('what is written is read, for any shape', () => {
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }), (shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const entries = Array.from({ length: count }, (_, k) => k % 256);
    const parsed = parse([0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, 0, size]), ...entries]);
    assert.equal(parsed.shape, shape);
    assert.equal([...parsed.data], entries);
  });
  fc.assert(property, { numRuns: 50 });
});

const changed = (at: number, byte: number) => bytes.map((b, k) => (k === at ? byte : b));
const gallery: Record<string, [readonly number[], string]> = {
  empty: [[], 'file: ends at byte 0, within the magic number, expected 4 bytes'],
  'three bytes': [[0, 0, 8], 'file: ends at byte 3, within the magic number, expected 4 bytes'],
  gzip: [[0x1f, 0x8b, 8, 0], 'file: byte 0 is 0x1f, expected 0x00 (not an idx file)'],
  text: [[...'hello'].map((c) => c.charCodeAt(0)), 'file: byte 0 is 0x68, expected 0x00 (not an idx file)'],
  'byte 1': [changed(1, 7), 'file: byte 1 is 0x07, expected 0x00 (not an idx file)'],
  'an unknown type': [changed(2, 10), 'file: byte 2 is 0x0a, expected an entry type (0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e)'],
  'no dimensions': [changed(3, 0), 'file: byte 3 says 0 dimensions, expected at least 1'],
  'cut within the sizes': [bytes.slice(0, 10), 'file: ends at byte 10, within the sizes, expected 12 bytes'],
  'cut within the entries': [bytes.slice(0, 17), 'file: ends at byte 17, within the 2 × 3 entries, expected 18 bytes'],
  'a byte too many': [[...bytes, 0], 'file: goes on after byte 18, where its 2 × 3 entries end'],
  'a size larger than any file': [
    changed(4, 255),
    'file: ends at byte 18, within the 4,278,190,082 × 3 entries, expected 12,834,570,258 bytes',
  ],
  'little-endian sizes': [
    [0, 0, 8, 1, 3, 0, 0, 0, 1, 2, 3],
    'file: ends at byte 11, within the 50,331,648 entries, expected 50,331,656 bytes',
  ],
  'doubles cut short': [
    [0, 0, 14, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    'file: ends at byte 15, within the 1 entries, expected 16 bytes',
  ],
};
for (const [what, [all, message]] of Object.entries(gallery)) {
  test(`refused, naming the byte: ${what}`, async () => fails(() => parse(all), message));
}

test('another number of dimensions than asked for is refused: labels given as images', async () => {
  await fails(() => parse(bytes, 3), 'file: byte 3 says 2 dimensions, expected 3');
});

test('every way to cut a file short is refused', () => {
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(
      () => parse(bytes.slice(0, length)),
      (error: Error) => error.message.startsWith(`file: ends at byte ${length}, within`),
    );
  }
});

test.run();
