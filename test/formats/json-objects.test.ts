import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTable, type TableOptions } from '../../src/formats/table.js';
import { fails, sameBits } from '../helpers.js';
import { utf8 } from './bytes.js';

const read = (lines: string | readonly unknown[], options: TableOptions = {}) =>
  readTable(
    utf8(
      typeof lines === 'string'
        ? lines
        : lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    ),
    'f',
    { dtype: 'float64', ...options },
  );

const good = { text: 't', v: [1, 2, 3] };

test('the list of numbers is the row, the texts and ids stay beside it', () => {
  const { kind, rows, cols, data, ids, texts, labels, names } = read(
    [
      { id: 7, text: 'a "quoted" [1,2] text', embedding: [1, 2.5, -3e-2], kind: 'x' },
      '',
      { embedding: [1, 2, 3], kind: 'y', text: 'other order' },
    ],
    { label: 'kind' },
  );
  assert.equal([kind, rows, cols], ['jsonl', 2, 3]);
  sameBits(data, [1, 2.5, -0.03, 1, 2, 3]);
  assert.equal([ids, texts, labels, names], [['7', ''], ['a "quoted" [1,2] text', 'other order'], ['x', 'y'], undefined]);
});

test('fields: named ones, nested ones, those found by what they hold', () => {
  const batch = (i: number) => ({
    custom_id: `r${i}`,
    response: { body: { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [i, 2] }], model: 'm' } },
    error: null,
  });
  const nested = read([batch(1), batch(3)]);
  sameBits(nested.data, [1, 2, 3, 2]);
  assert.equal([nested.ids, nested.texts], [['r1', 'r3'], undefined]);
  sameBits(read([batch(1)], { embedding: 'response.body.data.0.embedding' }).data, [1, 2]);

  const two = [{ 'a.b': [1, 2], v: [3, 4, 5], title: 't', body: 'b' }];
  sameBits(read(two, { embedding: 'v' }).data, [3, 4, 5]);
  sameBits(read(two, { embedding: 'a.b' }).data, [1, 2]);
  assert.is(read(two, { embedding: 'v' }).texts, undefined);
  assert.equal(read(two, { embedding: 'v', text: 'title', id: 'body' }).texts, ['t']);
  assert.equal(read([{ word: 'the', v: [1] }]).texts, ['the']);
  assert.is(read([{ object: 'embedding', index: 0, embedding: [1] }]).texts, undefined);
});

test('a text that is something else is its JSON', () => {
  assert.equal(read([good, { text: { a: 1 }, v: [1, 2, 3] }, { text: 5, v: [1, 2, 3] }]).texts, ['t', '{"a":1}', '5']);
});

test("Postgres's texts of vectors are lists", () => {
  sameBits(
    read([
      { id: 1, embedding: '[1,2]' },
      { id: 2, embedding: '[3,4]' },
    ]).data,
    [1, 2, 3, 4],
  );
});

test('objects of numbers alone are rows of them', () => {
  const { data, names, ids } = read([
    { id: 'a', x: 1, y: 2 },
    { y: 4, x: 3, id: 'b' },
  ]);
  sameBits(data, [1, 2, 3, 4]);
  assert.equal(
    [names, ids],
    [
      ['x', 'y'],
      ['a', 'b'],
    ],
  );
});

const space = fc.constantFrom('', ' ', '  ', '\t');
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.constantFrom(
    '0.10000000000000000555',
    '-0',
    '1E5',
    '1e+2',
    '123456789012345678901234567890',
    '0.000000000000000000000000001',
  ),
);
const value = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc.constantFrom('null', '[1,2]', '{"a":[3]}', '"[1]"', '[]', '"\\\\"', '[[5]]'),
);

test('whatever order and spaces the lines have, the numbers are those of JSON.parse', () => {
  const line = fc
    .tuple(
      fc.array(number, { minLength: 3, maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), value), { maxLength: 3 }),
      fc.nat(3),
      space,
    )
    .map(([list, others, at, gap]) => {
      const fields = others.map(([key, text]) => `${gap}"${key}"${gap}:${gap}${text}`);
      fields.splice(at, 0, `"v":${gap}[${gap}${list.join(`${gap},${gap}`)}${gap}]`);
      return `{${fields.join(`${gap},`)}}${gap}`;
    });
  const property = fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
    const expected = lines.flatMap((text) => JSON.parse(text).v as number[]);
    sameBits(read(lines, { embedding: 'v' }).data, expected);
    const single = () => read(lines, { embedding: 'v', dtype: 'float32' }).data;
    const floats = Float32Array.from(expected);
    if (floats.every(Number.isFinite)) sameBits(single(), floats);
    else assert.throws(single, /is too large for float32$/);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('arrays are those of JSON.parse too', () => {
  const line = fc
    .tuple(fc.array(number, { minLength: 3, maxLength: 3 }), space)
    .map(([list, gap]) => `[${gap}${list.join(`${gap},${gap}`)}]${gap}`);
  const property = fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
    sameBits(
      read(lines).data,
      lines.flatMap((text) => JSON.parse(text)),
    );
  });
  fc.assert(property, { numRuns: 1000 });
});

const refused: Record<string, [readonly unknown[], TableOptions, string | RegExp]> = {
  'no numbers': [[{ text: 't' }], {}, 'f: has no field of numbers, expected a list of them beside "text"'],
  'several lists': [[{ a: [1], b: [2, 3] }], {}, 'f: holds several lists of numbers, name one of "a", "b" with --embedding'],
  'no such field': [[good], { embedding: 'x' }, 'f: has no field "x" for the embedding, expected one of "v"'],
  'a field of something else': [
    [good],
    { embedding: 'text' },
    'f: field "text" does not hold numbers in a list for the embedding, expected one of "v"',
  ],
  'no such text': [[good], { text: 'x' }, 'f: has no field "x" for the text, expected one of "text"'],
  'no such id': [[{ v: [1] }], { id: 'x' }, 'f: has no field "x" for the id, and none that holds texts or numbers'],
  'ragged rows': [[good, { ...good, v: [1, 2] }], {}, 'f line 2: 2 numbers, expected 3'],
  'longer rows': [[good, { ...good, v: [1, 2, 3, 4] }], {}, 'f line 2: 4 numbers, expected 3'],
  'a row without': [[good, { text: 'x' }], {}, 'f line 2: "v" is undefined, expected a list of 3 numbers'],
  'a null': [[good, { text: 'x', v: null }], {}, 'f line 2: "v" is null, expected a list of 3 numbers'],
  'another list in its place': [[good, { v: null, w: [1, 2, 3] }], {}, 'f line 2: "v" is null, expected a list of 3 numbers'],
  'a null within': [[good, { v: [1, null, 3] }], {}, 'f line 2: number 1 is null, expected a number'],
  'a text within': [[good, { v: [1, '2', 3] }], {}, 'f line 2: number 1 is "2", expected a number'],
  'what is too large': [[good, '{"v":[1,1e999,3]}'], {}, 'f line 2: number 1 is Infinity, expected a number'],
  NaN: [[good, '{"v":[1,NaN,3]}'], {}, /^f line 2: is not JSON \(.*\)$/],
  'a leading zero': [[good, '{"v":[1,02,3]}'], {}, /^f line 2: is not JSON \(.*\)$/],
  'a bare point': [[good, '{"v":[1,.5,3]}'], {}, /^f line 2: is not JSON \(.*\)$/],
  'an array after objects': [[good, [1, 2, 3]], {}, 'f line 2: is an array, expected an object, as the first line has'],
  'a line that ends early': [[good, '{"v":[1,2,3]'], {}, /^f line 2: is not JSON \(.*\)$/],
  'a flat row without': [[{ x: 1, y: 2 }, { x: 1 }], {}, 'f line 2: "y" is undefined, expected a number'],
};
for (const [what, [lines, options, message]] of Object.entries(refused))
  test(`refused: ${what}`, async () => fails(() => read(lines, options), message));

test('fields are not asked of what has none', async () => {
  await fails(
    () => readTable(utf8('1,2\n'), 'f.csv', { embedding: 'v' }),
    'f.csv: is csv, which has no fields, expected no embedding to be named',
  );
  await fails(
    () => readTable(utf8('[1,2]\n'), 'f', { id: 'v' }),
    'f: its lines are arrays, which have no fields, expected no id to be named',
  );
});

test.run();
