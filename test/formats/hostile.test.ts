/**
 * Bytes from strangers: whatever a reader is given, it gives a table or an error that names the file, and takes memory
 * in proportion to the file. FUZZ=100000 tries more cases than the 10,000 for each reader.
 */

import { getHeapStatistics } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { fixedSizeList, float32, utf8 as utf8Type } from '@uwdata/flechette';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kind } from '../../src/formats/detect.js';
import type { DType, Tensor } from '../../src/formats/entries.js';
import { TYPES } from '../../src/formats/idx.js';
import { writeNpy } from '../../src/formats/npy.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { readTable, type TableOptions } from '../../src/formats/table.js';
import { readRows } from '../../src/read.js';
import { sameBits } from '../helpers.js';
import { concat, npyOf, safetensorsOf, tensors, utf8, word2vec, writeIdx, writeZip } from './bytes.js';
import { arrowOf, parquetOf } from './columnar.js';

const CASES = Number(process.env.FUZZ ?? 10_000);

const idxTypes = [...TYPES.values()];
const npyTypes: DType[] = [...idxTypes, 'F16', 'I64', 'U16', 'U32', 'U64', 'BOOL'];
const number = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: -99, max: 99 }) },
  { weight: 20, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom('abc', '', '"1"', '"a', 'NaN', '1e999', '0x1', '"a\nb"') },
);
const lines = (open: string, close: string) =>
  fc
    .integer({ min: 1, max: 5 })
    .chain((width) => fc.array(fc.array(number, { minLength: width - 1 || 1, maxLength: width, size: 'max' }), { maxLength: 6 }))
    .map((rows) => rows.map((row) => `${open}${row.join(',')}${close}`).join('\n'))
    .map(utf8);
const gzip = (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes));
const npz = (list: readonly Tensor[]) =>
  writeZip(list.map((tensor, i) => ({ name: `${'xyz'[i]}.npy`, content: writeNpy(tensor), deflated: i % 2 === 0 })));

/** What headers may claim: nothing, too little, too much, more than any number holds. */
const claims = fc.constantFrom(
  '0',
  '1',
  '-1',
  '3',
  '0.5',
  '255',
  '65536',
  '4294967295',
  `${2n ** 53n}`,
  `${2n ** 60n}`,
  `${2n ** 64n}`,
  '1e300',
  '[]',
  '{}',
  '"1"',
  'null',
);
const keys = fc.constantFrom('a', 'b', '__proto__', '__metadata__', 'constructor', 'dtype', 'shape', 'data_offsets', '');
const quoted = (text: string) => JSON.stringify(text);
const list = (n: number) => fc.array(claims, { maxLength: n }).map((items) => `[${items}]`);
const types = fc.constantFrom('F32', 'F64', 'U8', 'BOOL', 'BF16', 'F8_E4M3', '__proto__').map(quoted);
const entry = fc
  .tuple(
    fc.oneof(types, claims),
    fc.oneof(list(3), claims),
    fc.oneof(list(3), claims),
    fc.constantFrom('', ',"shape":[]', ',"x":{}'),
  )
  .map(([dtype, shape, offsets, more]) => `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}${more}}`);
const lyingSafetensors = fc
  .tuple(
    fc.array(fc.tuple(keys, fc.oneof(entry, claims)), { maxLength: 4 }),
    fc.uint8Array({ maxLength: 32 }),
    fc.option(fc.constantFrom(0, 1, 8, 1e8, 1e9, 2 ** 31, 2 ** 53, 2 ** 60)),
  )
  .map(([entries, data, length]) =>
    safetensorsOf(`{${entries.map(([key, value]) => `${quoted(key)}:${value}`)}}`, data, length ?? undefined),
  );
const lyingNpy = fc
  .tuple(
    fc.constantFrom('<f4', '>f8', '|b1', '<f2', '|O', '<U7', '', '__proto__', '<i16'),
    fc.array(claims, { maxLength: 3 }),
    fc.constantFrom('True', 'False', '1'),
    fc.constantFrom(1, 2, 3),
    fc.uint8Array({ maxLength: 64 }),
  )
  .map(([descr, shape, fortran, version, data]) =>
    npyOf(
      `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape.map((size) => `${size},`).join('')}), }`,
      data,
      version,
    ),
  );

const spaced = (bytes: Uint8Array) => bytes.map((byte) => (byte === 0x2c ? 0x20 : byte));
const word = fc.stringMatching(/^[a-z]{1,9}$/);
const words = fc.tuple(
  fc.dictionary(word, fc.array(fc.float(), { minLength: 2, maxLength: 2 }), { minKeys: 1, maxKeys: 5 }),
  fc.constantFrom('', '\n'),
  fc.option(fc.tuple(claims, claims).map(([rows, cols]) => `${rows} ${cols}\n`)),
);

/** Whole files of each kind, and files that lie in ways of their own. */
const files: Record<Exclude<Kind, 'parquet' | 'arrow'> | 'gzip', fc.Arbitrary<Uint8Array>> = {
  idx: tensors(idxTypes).map(writeIdx),
  npy: fc.oneof(tensors(npyTypes).map(writeNpy), lyingNpy),
  npz: fc.array(tensors(npyTypes), { maxLength: 3 }).map(npz),
  safetensors: fc.oneof(
    { weight: 3, arbitrary: tensors().map((tensor) => writeSafetensors([['x', tensor]], [['__proto__', 'y']])) },
    { weight: 1, arbitrary: lyingSafetensors },
  ),
  csv: lines('', ''),
  tsv: lines('', '').map((bytes) => bytes.map((byte) => (byte === 0x2c ? 9 : byte))),
  jsonl: fc.oneof(
    lines('[', ']'),
    lines('{"id":1,"v":[', ']}'),
    lines('{"v":[', '],"text":"a [1,2] b"}'),
    lines('{"a":', ',"b":2}'),
  ),
  vectors: fc
    .oneof(
      lines('word,', ''),
      lines('word,', '').map((bytes) => concat(utf8('5 3\n'), bytes)),
    )
    .map(spaced),
  word2vec: words.map(([rows, feed, head]) => word2vec(rows, feed, head ?? undefined)),
  gzip: fc.oneof(tensors(idxTypes).map(writeIdx), tensors(npyTypes).map(writeNpy), lines('', '')).map(gzip),
};

/** What happens to files: cut, bits flipped, numbers overwritten, parts moved; or nothing; or they never were any. */
type Damage = (bytes: Uint8Array) => Uint8Array;
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Uint8Array, share: number) => Math.floor(share * bytes.length);
const changed = (bytes: Uint8Array, change: (copy: Uint8Array) => void) => {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy);
  return copy;
};
const flips: fc.Arbitrary<Damage> = fc.array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 4 }).map(
  (bits) => (bytes) =>
    changed(bytes, (copy) => {
      for (const [share, bit] of bits) copy[at(copy, share)] ^= 1 << bit;
    }),
);
const cuts: fc.Arbitrary<Damage> = place.map((share) => (bytes) => bytes.slice(0, at(bytes, share)));
const numbers: fc.Arbitrary<Damage> = fc
  .tuple(
    place,
    fc.constantFrom(
      [0],
      [255],
      [0, 0, 0, 0],
      [255, 255, 255, 255],
      [255, 255, 255, 127],
      [0, 0, 0, 0, 0, 0, 0, 16],
      Array(8).fill(255),
    ),
  )
  .map(
    ([share, value]) =>
      (bytes) =>
        changed(bytes, (copy) => copy.set(value.slice(0, copy.length - at(copy, share)), at(copy, share))),
  );
const moves: fc.Arbitrary<Damage> = fc.tuple(place, place, place).map(
  ([a, b, c]) =>
    (bytes) =>
      concat(bytes.subarray(0, at(bytes, a)), bytes.subarray(at(bytes, b)), bytes.subarray(0, at(bytes, c))),
);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: flips },
  { weight: 2, arbitrary: cuts },
  { weight: 3, arbitrary: numbers },
  { weight: 1, arbitrary: moves },
  { weight: 1, arbitrary: fc.constant<Damage>((bytes) => bytes) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((random) => () => random) },
);

/** What unpacking needs whatever it unpacks, and how many times its size a file may take. */
const ROOM = 2 ** 23;
const TIMES = 32;

/** Reads, which must end in one of the ways that are allowed; whether it was without an error. */
function reads(bytes: Uint8Array, read: () => void): boolean {
  const before = getHeapStatistics().external_memory;
  let whole = true;
  try {
    read();
  } catch (error) {
    whole = false;
    assert.instance(error, RangeError);
    const { message } = error as Error;
    assert.match(message, /^file(, array "[^\n]*")?( line \d+(, column [^\n]*)?)?: ./s);
    assert.ok(message.length < 600, message);
  }
  const taken = getHeapStatistics().external_memory - before;
  assert.ok(taken < ROOM + TIMES * bytes.length, `${taken} bytes for a file of ${bytes.length}`);
  return whole;
}

const usual: fc.Arbitrary<TableOptions> = fc.record(
  {
    dtype: fc.constantFrom('float32' as const, 'float64' as const),
    label: fc.constantFrom(0, -1, 'x', 7),
    array: fc.constantFrom('x', '__proto__'),
    header: fc.boolean(),
  },
  { requiredKeys: [] },
);
const options: fc.Arbitrary<TableOptions> = fc.oneof(
  { weight: 4, arbitrary: usual },
  {
    weight: 1,
    arbitrary: fc.record({ id: fc.constantFrom('id', 'x', 0), text: fc.constantFrom('text', -1) }, { requiredKeys: [] }),
  },
);

/** What means something to a kind of file: anything else is refused before the file is looked at. */
const meant = (kind: string, { label, array, header, ...others }: TableOptions): TableOptions => ({
  ...others,
  ...(kind !== 'word2vec' && { label }),
  ...(['npz', 'safetensors'].includes(kind) && { array }),
  ...(['csv', 'tsv'].includes(kind) && { header }),
});

function sound({ rows, cols, data, labels, ids, texts }: ReturnType<typeof readTable>): void {
  assert.is(data.length, rows * cols);
  assert.ok(cols > 0);
  for (const beside of [labels, ids, texts]) if (beside) assert.is(beside.length, rows);
}

for (const [kind, file] of Object.entries(files)) {
  test(`${CASES.toLocaleString('en-US')} broken or lying files, each a table or a clear error: ${kind}`, () => {
    let tables = 0;
    const property = fc.property(file, damage, options, fc.boolean(), (whole, hurt, given, told) => {
      const bytes = hurt(whole);
      const more = meant(kind, given);
      const asked = told && kind !== 'gzip' ? { ...more, kind: kind as Kind } : more;
      tables += Number(
        reads(bytes, () => {
          sound(readTable(bytes, 'file', asked));
        }),
      );
    });
    fc.assert(property, { numRuns: CASES, includeErrorInReport: true });
    const share = tables / CASES;
    assert.ok(share > 0.01 && share < 0.9, `${tables} were read: the cases are too rough, or too kind`);
  });
}

test(`${CASES.toLocaleString('en-US')} broken or lying containers, each read whole or refused: safetensors`, () => {
  const property = fc.property(files.safetensors, damage, (whole, hurt) => {
    const bytes = hurt(whole);
    reads(bytes, () => {
      const { tensors } = readSafetensors(bytes, 'file');
      let size = 0;
      for (const { data } of tensors.values()) size += data.byteLength;
      const header = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      assert.is(8 + header + size, bytes.length, 'the tensors are all that there is');
    });
  });
  fc.assert(property, { numRuns: CASES, includeErrorInReport: true });
  assert.is(({} as { x?: unknown }).x, undefined);
});

/** Libraries read these, which trust what they are given: what can be told before is, and a file that ends early. */
const three = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const cut = {
  parquet: [parquetOf({ rows: three, texts: ['a', 'b', 'c'] }), parquetOf({ rows: three, codec: 'ZSTD', rowGroupSize: 1 })],
  arrow: [{ format: 'file' as const }, { format: 'stream' as const, maxBatchRows: 1 }].map((options) =>
    arrowOf({ v: three, text: ['a', 'b', 'c'] }, { v: fixedSizeList(float32(), 2), text: utf8Type() }, options),
  ),
};
for (const [kind, files] of Object.entries(cut)) {
  test(`files that end after any of their bytes, each a clear error or the rows before: ${kind}`, async () => {
    for (const whole of files) {
      for (let end = 0; end < whole.length; end++) {
        try {
          const table = await readRows(whole.slice(0, end), 'file', { kind: kind as Kind });
          sound(table);
          assert.is(kind, 'arrow');
          sameBits(table.data, three.flat().slice(0, table.data.length));
        } catch (error) {
          assert.instance(error, RangeError, String((error as Error).stack));
          assert.match((error as Error).message, /^file( row \d+)?: ./s);
        }
      }
    }
  });
}

test('what carries a checksum is read as it was, or not at all', () => {
  const tensor = tensors(['F32', 'U8', 'I16']).filter(({ shape, data }) => shape.length > 0 && data.length > 0);
  for (const write of [(t: Tensor) => npz([t]), (t: Tensor) => gzip(writeNpy(t)), (t: Tensor) => gzip(writeIdx(t))]) {
    const property = fc.property(tensor, flips, (content, flip) => {
      const whole = write(content);
      const { rows, cols, data } = readTable(whole, 'file');
      let got: ReturnType<typeof readTable>;
      try {
        got = readTable(flip(whole), 'file');
      } catch {
        return;
      }
      assert.equal([got.rows, got.cols], [rows, cols]);
      sameBits(got.data, data);
    });
    fc.assert(property, { numRuns: CASES / 10 });
  }
});

test.run();
