import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InPlace, type InPlaceOptions } from '../../src/formats/in-place.js';
import { fails } from '../helpers.js';

/** Reads lines one after another: of each what stands before its numbers, these, and what stands behind; null for a header. */
function read(lines: readonly string[], cols: number, options: Partial<InPlaceOptions> = {}) {
  const reader = new InPlace({ cols, name: 'stdin', ...options });
  return lines.map((line, i) => {
    const bytes = new TextEncoder().encode(`before${line}\nafter`);
    const out = new Float64Array(cols + 2).fill(-1);
    const to = bytes.length - 6;
    if (!reader.read(bytes, 6, to, i + 1, out, 1)) return null;
    const text = (from: number, end: number) => new TextDecoder().decode(bytes.subarray(from, end));
    assert.is(out[0] + out[cols + 1], -2, 'nothing beside its place is written to');
    return [text(6, reader.begin), [...out.subarray(1, cols + 1)], text(reader.end, to)];
  });
}

const forms: Record<string, [string, number, string, string]> = {
  'an array': ['[1, -2.5,3e2]', 3, '', ''],
  'an array with spaces around': [' [ 1,-2.5 , 300 ] ', 3, ' ', ' '],
  'a field of an object': ['{"id":9007199254740993,"x":[1,-2.5,300]}', 3, '{"id":9007199254740993,"x":', '}'],
  'the first that fits': [
    '{"tags":[1,2],"t":"[1,2,3]\\"[","u":{"x":[1,2,3]},"w":["a",[1,2,3]],"x":[1,-2.5,300],"y":[4,5,6]}',
    3,
    '{"tags":[1,2],"t":"[1,2,3]\\"[","u":{"x":[1,2,3]},"w":["a",[1,2,3]],"x":',
    ',"y":[4,5,6]}',
  ],
  cells: ['1,-2.5,300', 3, '', ''],
  'cells behind keys': ['a b\t\té\t1\t-2.5\t300\r', 3, 'a b\t\té\t', '\r'],
  'cells behind a quoted key': ['"a ""b"", c",1,-2.5,300', 3, '"a ""b"", c",', ''],
  'quoted cells': ['k;"1";"-2.5";300', 3, 'k;', ''],
  'an array behind a key': ['k\t[1,-2.5, 300]', 3, 'k\t', ''],
  'an array in quotes': ['k,"[1,-2.5,300]"', 3, 'k,', ''],
  'a value of its own separators': ['k\t1,-2.5,300', 3, 'k\t', ''],
  'a value with spaces between': ['k\t1 -2.5 300', 3, 'k\t', ''],
  'one number behind a key': ['k,7', 1, 'k,', ''],
};
for (const [what, [line, cols, before, after]] of Object.entries(forms)) {
  test(`${what}: ${line}`, () => {
    const numbers = cols === 1 ? [7] : [1, -2.5, 300];
    assert.equal(read([line, line], cols), [
      [before, numbers, after],
      [before, numbers, after],
    ]);
  });
}

test('a first line of which no cell of the numbers is one names the columns; one of missing values does not', async () => {
  assert.equal(read(['id,a,"b",c', '7,1,2,3'], 3), [null, ['7,', [1, 2, 3], '']]);
  const reader = new InPlace({ cols: 3, name: 'stdin' });
  reader.read(new TextEncoder().encode('id,a,"b",c'), 0, 10, 1, new Float64Array(3), 0);
  assert.equal(reader.names, ['a', 'b', 'c']);
  await fails(() => read(['id,a,b,c'], 3, { header: false }), 'stdin line 1: "a" is not a number');
  await fails(() => read(['1,nan,nan'], 2), 'stdin line 1: "nan" is not a number');
});

test('the field of an object can be named, in any spelling; so can what it is called next, unless another is called so', async () => {
  const line = '{"s":"y","x":[1,2,3],"\\u0079":[4,5,6],"z":[7,8,9]}';
  assert.equal(read([line], 3, { field: 'y' }), [['{"s":"y","x":[1,2,3],"\\u0079":', [4, 5, 6], ',"z":[7,8,9]}']]);
  const reader = new InPlace({ cols: 3, name: 'stdin', field: 'z', calledNext: 'code' });
  const bytes = new TextEncoder().encode(line);
  reader.read(bytes, 0, bytes.length, 1, new Float64Array(3), 0);
  assert.is(line.slice(reader.nameBegin, reader.nameEnd), '"z"');
  assert.is(read([line], 3, { field: 'z', calledNext: 'z' }).length, 1);
  await fails(
    () => read([line], 3, { field: 'z', calledNext: 'y' }),
    'stdin line 1: has a field "y" already, expected another name for that of the numbers',
  );
  await fails(() => read([line], 3, { field: 'q' }), 'stdin line 1: has no field "q", expected an array of 3 numbers in it');
  await fails(
    () => read([line], 2, { field: 'x' }),
    'stdin line 1: has "x" of 3 among its fields, expected an array of 2 numbers',
  );
  for (const other of ['[1,2,3]', '1,2,3'])
    await fails(
      () => read([other], 3, { calledNext: 'c' }),
      'stdin line 1: is no object, which alone has fields, expected no field "c" to be named',
    );
});

test('what is JSON has neither delimiter nor header', async () => {
  for (const line of ['{"x":[1,2,3]}', '[1,2,3]']) {
    await fails(() => read([line], 3, { delimiter: ';' }), 'stdin line 1: is JSON, which has no delimiter ";", expected cells');
    await fails(() => read([line], 3, { header: false }), 'stdin line 1: is JSON, which has no header, expected cells');
  }
});

const broken: [string, string[], string | RegExp][] = [
  ['too few cells', ['1,2'], 'stdin line 1: 2 cells, expected 3 numbers, keys before them or none'],
  ['a cell too few', ['k,1,2,3', 'k,1,2'], 'stdin line 2: 2 numbers, expected 3'],
  ['a cell too many', ['k,1,2,3', 'k,1,2,3,4'], 'stdin line 2: 4 numbers, expected 3'],
  ['a word', ['1,2,3', '1,two,3'], 'stdin line 2: "two" is not a number'],
  ['an empty cell', ['1,2,3', '1,,3'], 'stdin line 2: "" is not a number'],
  ['no brackets', ['k\t[1,2,3]', 'k\t1,2,3'], 'stdin line 2: "1,2,3", expected 3 numbers in brackets'],
  ['an open array', ['k\t[1,2,3]', 'k\t[1,2,3'], /^stdin line 2: /],
  ['two numbers in brackets', ['k\t[1,2,3]', 'k\t[1,2]'], 'stdin line 2: 2 numbers, expected 3'],
  ['an array of two', ['[1,2]'], 'stdin line 1: 2 entries, expected 3 numbers'],
  ['a string among numbers', ['[1,2,"x"]'], 'stdin line 1: entry 2 is "x", expected a number'],
  ['a number as text', ['[1,"2",3]'], 'stdin line 1: entry 1 is "2", expected a number'],
  ['a number as text in a field', ['{"x":[1,"2",3]}'], 'stdin line 1: "x", entry 1 is "2", expected a number'],
  ['no array', ['{"x":1}'], 'stdin line 1: has no array among its fields, expected an array of 3 numbers'],
  [
    'other arrays',
    ['{"x":[1],"y":["a","b"]}'],
    'stdin line 1: has "x" of 1, "y" of 2 among its fields, expected an array of 3 numbers',
  ],
  ['a null in it', ['{"x":[1,null,3]}'], 'stdin line 1: "x", entry 1 is null, expected a number'],
  ['a cut line', ['{"x":[1,2,3]'], /^stdin line 1: is not JSON/],
  ['rubbish around', ['{"id":oops,"x":[1,2,3]}'], /^stdin line 1: is not JSON/],
  ['rubbish behind', ['[1,2,3]]'], /^stdin line 1: is not JSON/],
  ['JSON after JSON', ['[1,2,3]', '7'], 'stdin line 2: is 7, expected an array of 3 numbers'],
  ['more than a float64 holds', ['[1,2,1e999]'], 'stdin line 1: entry 2 is Infinity, expected a number'],
];
for (const [what, lines, message] of broken) test(`refused: ${what}`, () => fails(() => read(lines, 3), message));

test('a number too large for float32 is refused by its line', () =>
  fails(() => {
    const bytes = new TextEncoder().encode('[1,1e39]');
    new InPlace({ cols: 2, name: 'stdin' }).read(bytes, 0, bytes.length, 5, new Float32Array(2), 0);
  }, 'stdin line 5: 1e39 is too large for float32'));

test('every double comes back from its text, in every manner', () => {
  const row = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(row, (numbers) => {
      const plus = numbers.map((x) => x + 0);
      for (const line of [JSON.stringify(plus), JSON.stringify({ a: 'b', c: plus }), plus.join('\t'), `k\t${plus.join(',')}`])
        assert.equal(read([line], numbers.length)[0]?.[1], plus);
    }),
  );
});

test.run();
