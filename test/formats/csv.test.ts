import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CsvOptions, readCsv } from '../../src/formats/csv.js';
import { writeCsv } from '../../src/formats/write-csv.js';
import { fails, sameBits } from '../helpers.js';
import { concat, utf8 } from './bytes.js';

const read = (text: string | Uint8Array, options: Partial<CsvOptions> = {}) =>
  readCsv(typeof text === 'string' ? utf8(text) : text, 'data.csv', { type: 'float64', ...options });
const numbers = (text: string, options?: Partial<CsvOptions>) => [...read(text, options).data];

test('rows of numbers', () => {
  const { rows, cols, data, names, labels } = read('1,2.5\n-3,4e2\n');
  assert.equal([rows, cols], [2, 2]);
  assert.equal([...data], [1, 2.5, -3, 400]);
  assert.is(names, undefined);
  assert.is(labels, undefined);
});

test('the type is the one asked for', () => {
  assert.instance(read('0.1', { type: 'float32' }).data, Float32Array);
  assert.equal(numbers('0.1'), [0.1]);
});

test('the last line may have no end, lines may end like those of Windows, blank ones are passed over', () => {
  assert.equal(numbers('1,2\n3,4'), [1, 2, 3, 4]);
  assert.equal(numbers('\r\n1,2\r\n\r\n3,4\r\n  \r\n'), [1, 2, 3, 4]);
});

test('a header is found if none of its cells is a number', () => {
  assert.equal(read('a,b\n1,2').names, ['a', 'b']);
  assert.is(read('a,b\n').rows, 0);
  assert.is(read('1,2\n').names, undefined);
  assert.equal(read('2010,2011\n1,2', { header: true }).names, ['2010', '2011']);
  assert.equal(read('"a ""b"", c",d\n1,2').names, ['a "b", c', 'd']);
});

test('a line of names among which there are numbers, or of values that are missing, is not taken for a header', async () => {
  await fails(() => read('a,2\n1,2'), 'data.csv line 1, column 0 of 0 … 1: "a" is not a number');
  await fails(() => read('NA,nan\n1,2'), 'data.csv line 1, column 0 of 0 … 1: "NA" is not a number');
  await fails(() => read('a,b\n1,2', { header: false }), 'data.csv line 1, column 0 of 0 … 1: "a" is not a number');
});

test('delimiters: tab, semicolon, comma, bar and space', () => {
  for (const delimiter of ['\t', ';', ',', '|', ' ']) {
    assert.equal(numbers(`1${delimiter}2\n3${delimiter}4\n`), [1, 2, 3, 4], delimiter);
    assert.equal(numbers(`"1"${delimiter}2\n3${delimiter}"4"\n`), [1, 2, 3, 4], delimiter);
  }
  assert.equal(numbers('1:2', { delimiter: ':' }), [1, 2]);
  assert.equal(numbers(' 1, 2\n3 ,4 '), [1, 2, 3, 4]);
});

test('a column of labels, by name or number, is kept as text', () => {
  for (const [label, names] of [
    ['kind', ['a', 'b']],
    [1, ['a', 'b']],
    ['-2', ['a', 'b']],
  ] as const) {
    for (const row of ['1,cat,2', '"1","cat","2"']) {
      const table = read(`a,kind,b\n${row}\n3, dog ,4\n`, { label });
      assert.equal(table.labels, ['cat', 'dog']);
      assert.equal(table.names, names);
      assert.equal([...table.data], [1, 2, 3, 4]);
      assert.is(table.cols, 2);
    }
  }
  assert.equal(read('7,1\n8,2', { label: 0 }).labels, ['7', '8']);
  assert.equal(read('1,x\n2,ü\n', { label: -1 }).labels, ['x', 'ü']);
});

test('cells in quotes may hold delimiters, quotes and line breaks', () => {
  const table = read('a,kind\n1,"x, ""y""\nz"\n2,w\n', { label: 'kind' });
  assert.equal(table.labels, ['x, "y"\nz', 'w']);
  assert.equal([...table.data], [1, 2]);
});

const gallery: Record<string, [string, Partial<CsvOptions>, string]> = {
  empty: ['', {}, 'data.csv: is empty, expected rows of numbers'],
  blank: [' \n\t\n', {}, 'data.csv: is empty, expected rows of numbers'],
  'no number, named': ['age,x\n1,2\n\nabc,3', {}, 'data.csv line 4, column "age": "abc" is not a number'],
  'no number, no names': ['1,2\n3,abc', {}, 'data.csv line 2, column 1 of 0 … 1: "abc" is not a number'],
  'no number, in quotes': ['age,x\n"1","2"\n"3","a\nb"', {}, 'data.csv line 3, column "x": "a\\x0ab" is not a number'],
  'after a line break in quotes': [
    'age,kind\n1,"a\nb"\nx,c',
    { label: 'kind' },
    'data.csv line 4, column "age": "x" is not a number',
  ],
  'nothing there': ['1,2\n3,', {}, 'data.csv line 2, column 1 of 0 … 1: "" is not a number'],
  NaN: ['1,2\n3,NaN', {}, 'data.csv line 2, column 1 of 0 … 1: "NaN" is not a number'],
  infinity: ['1,2\n3,-inf', {}, 'data.csv line 2, column 1 of 0 … 1: "-inf" is not a number'],
  'beyond every number': ['1,2\n3,1e999', {}, 'data.csv line 2, column 1 of 0 … 1: "1e999" is not a number'],
  hexadecimal: ['1,2\n3,0x10', {}, 'data.csv line 2, column 1 of 0 … 1: "0x10" is not a number'],
  'two numbers': ['1,2\n3,4 5', {}, 'data.csv line 2, column 1 of 0 … 1: "4 5" is not a number'],
  'a decimal comma': ['1;2\n3,5;4', {}, 'data.csv line 2, column 0 of 0 … 1: "3,5" is not a number'],
  'a name of two lines, a cell that colours a terminal': [
    '"a\nb"\n\x1b[31m',
    {},
    'data.csv line 3, column "a\\x0ab": "\\x1b[31m" is not a number',
  ],
  'a long cell': [`1,2\n3,${'x'.repeat(99)}`, {}, `data.csv line 2, column 1 of 0 … 1: "${'x'.repeat(40)}…" is not a number`],
  'a cell too few': ['1,2\n3', {}, 'data.csv line 2: 1 cell, expected 2'],
  'a cell too many': ['1,2\n3,4,5', {}, 'data.csv line 2: 3 cells, expected 2'],
  'a cell too many, in quotes': ['1,2\n"3",4,5', {}, 'data.csv line 2: 3 cells, expected 2'],
  'a quote that is not closed': ['1,2\n3,"4', {}, 'data.csv line 2: Quoted field unterminated'],
  'no such column': [
    'a,b\n1,2',
    { label: 'c' },
    'data.csv: has no column "c" for the labels, expected one of "a", "b", or 0 … 1',
  ],
  'no such number': ['1,2', { label: 2 }, 'data.csv: has no column 2 for the labels, expected 0 … 1'],
  'labels alone': ['a\nb', { label: 0 }, 'data.csv: has no column of numbers'],
  'two delimiters': ['1,2', { delimiter: '::' }, 'data.csv: delimiter "::", expected one character that stands in no number'],
  'a digit for a delimiter': [
    '1,2',
    { delimiter: '1' },
    'data.csv: delimiter "1", expected one character that stands in no number',
  ],
};
for (const [what, [text, options, message]] of Object.entries(gallery)) {
  test(`refused: ${what}`, async () => fails(() => read(text, options), message));
}

/** Texts of numbers as people and programs write them, and some that are none. */
const cells = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toExponential()),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toString().toUpperCase()),
  fc.integer().map((n) => `${n}.`),
  fc.bigInt().map(String),
  fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: -30, max: 30 })).map(([a, b, e]) => `+${a}.${b}e${e}`),
  fc.stringMatching(/^ ?[+-]?[0-9]{0,20}[.]?[0-9]{0,20}([eE][+-]?[0-9]{1,2})? ?$/),
  fc.constantFrom('.', '-', '', '-.5', '5.', '1e', '1e+', 'e5', '--1', '1.2.3', '9007199254740993', '1e23', '8.5e22', 'Infinity'),
);

test('every cell read from the bytes is the number that the language reads, and what is quoted the same', () => {
  const property = fc.property(cells, (cell) => {
    const expected = /^\s*[+-]?(\d+[.]?\d*|[.]\d+)(e[+-]?\d+)?\s*$/i.test(cell) ? Number(cell) : Number.NaN;
    for (const text of [`0,${cell},1`, `0,"${cell}",1`]) {
      if (Number.isFinite(expected)) sameBits(numbers(text, { header: false }), [0, expected, 1], text);
      else assert.throws(() => read(text, { header: false }), /is not a number$/, text);
    }
  });
  fc.assert(property, { numRuns: 5000 });
});

test('what is written is read: any shape, either type, names and labels of any kind', () => {
  const finite = { noNaN: true, noDefaultInfinity: true };
  const text = fc
    .oneof(
      fc.string().map((s) => s.trim()),
      fc.constantFrom('a,b', 'say "x"', 'two\nlines', '1.5'),
    )
    .filter((s) => !s.includes('\r'));
  const property = fc.property(
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
    fc.infiniteStream(fc.oneof(fc.float(finite), fc.double(finite), fc.integer())),
    fc.option(fc.infiniteStream(text)),
    fc.option(fc.infiniteStream(text)),
    fc.constantFrom(',', ';', '\t'),
    (rows, cols, single, values, someNames, someLabels, delimiter) => {
      const take = <T>(stream: Iterator<T>, n: number) => Array.from({ length: n }, () => stream.next().value as T);
      const all = take(values, rows * cols);
      const data = single ? Float32Array.from(all).map((x) => (Number.isFinite(x) ? x : 0)) : Float64Array.from(all);
      const names = someNames ? take(someNames, cols).map((name, i) => (i ? name : `n${name}`)) : undefined;
      const labels = someLabels ? take(someLabels, rows) : undefined;
      const bytes = writeCsv({ rows, cols, data, names, labels }, delimiter);
      if (rows === 0 && !names) return assert.is(bytes.length, 0);
      const table = read(bytes, {
        type: single ? 'float32' : 'float64',
        header: names !== undefined,
        label: labels ? 0 : undefined,
        delimiter,
      });
      assert.equal([table.rows, table.cols], [rows, cols]);
      sameBits(table.data, data);
      assert.equal(table.names, names);
      assert.equal(table.labels, labels);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test('float32 is written with as many digits as it needs, and what is no number as numpy spells it', () => {
  const data = Float32Array.of(0.1, 1 / 3, 16777216, -0, 1e-45, 3.4028234663852886e38, Number.NaN, -Infinity);
  const text = new TextDecoder().decode(writeCsv({ rows: 1, cols: 8, data }));
  assert.is(text, '0.1,0.33333334,16777216,-0,1.4013e-45,3.4028235e+38,nan,-inf\n');
});

test('writing refuses what does not fit together', async () => {
  const data = new Float32Array(2);
  await fails(() => writeCsv({ rows: 2, cols: 0, data }), 'csv: 0 columns, expected at least 1');
  await fails(() => writeCsv({ rows: 2, cols: 2, data }), 'csv: 2 numbers, expected 2 × 2');
  await fails(() => writeCsv({ rows: 1, cols: 2, data, names: ['a'] }), 'csv: 1 names, expected 2');
  await fails(() => writeCsv({ rows: 1, cols: 2, data, labels: [] }), 'csv: 0 labels, expected 1');
});

test('a line far longer than others costs no more than its bytes', () => {
  const wide = `${'1,'.repeat(99_999)}1`;
  const start = process.memoryUsage().arrayBuffers;
  assert.throws(() => read(concat(utf8(wide), utf8('\n1'.repeat(100_000)))), /line 2: 1 cell, expected 100000/);
  assert.ok(process.memoryUsage().arrayBuffers - start < 20e6);
});

test.run();
