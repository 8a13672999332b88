import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { detect } from '../../src/formats/detect.js';
import { readTable } from '../../src/formats/table.js';
import { fails, sameBits } from '../helpers.js';
import { concat, utf8, word2vec } from './bytes.js';

const text = 'the 0.418 0.24968 -0.41242\n, 1e-3 -0 0.2999999999999999889\nNew York 1 2 3\n';
const words = ['the', ',', 'New York'];
const values = [0.418, 0.24968, -0.41242, 1e-3, -0, 0.3, 1, 2, 3];

const binary = { the: [0.5, -1, 2], 'of-π': [1e-8, 3, 4] };

test('text: GloVe, word2vec with its header, carriage returns, tabs, trailing spaces', () => {
  const files: Record<string, string> = {
    'glove.txt': text,
    'w2v.txt': `3 3\n${text}`,
    'w2v.vec': `3 3\n${text.replaceAll('\n', ' \n')}`,
    windows: text.replaceAll('\n', '\r\n'),
    'x.tsv': text.replaceAll(/ (?=[-\d])/g, '\t'),
    'no end': text.trimEnd(),
  };
  for (const [name, content] of Object.entries(files)) {
    for (const dtype of ['float32', 'float64'] as const) {
      const table = readTable(utf8(content), name, { dtype });
      assert.is(table.kind, 'vectors', name);
      assert.equal([table.rows, table.cols, table.ids], [3, 3, words], name);
      sameBits(table.data, dtype === 'float32' ? Float32Array.from(values) : values, name);
    }
  }
  const packed = Uint8Array.from(gzipSync(utf8(text)));
  assert.equal(readTable(packed, 'glove.txt.gz').ids, words);
});

test('binary, with line feeds or without', () => {
  for (const feed of ['\n', '']) {
    const table = readTable(word2vec(binary, feed), 'x.bin');
    assert.equal([table.kind, table.rows, table.cols, table.ids], ['word2vec', 2, 3, ['the', 'of-π']]);
    sameBits(table.data, Float32Array.from(Object.values(binary).flat()));
  }
});

test('told from tables: by what the first line begins with', () => {
  const kinds: [string, string, string][] = [
    ['the 1 2\n', 'x', 'vectors'],
    ['5 3\nthe 1 2 3\n', 'x', 'vectors'],
    ['1 2 3\n4 5 6\n', 'x.txt', 'csv'],
    ['5 3\n1 2\n', 'x', 'csv'],
    ['a b c\n1 2 3\n', 'x', 'csv'],
    ['the 1\n', 'x', 'csv'],
    ['setosa,5.1,3.5\n', 'x', 'csv'],
    [`the ${Array(2000).fill('0.25').join(' ')}\n`, 'x', 'vectors'],
    [`9 2000\nthe ${Array(2000).fill('0.25').join(' ')}\n`, 'x', 'vectors'],
  ];
  for (const [content, name, kind] of kinds) assert.is(detect(utf8(content), name), kind, content.slice(0, 20));
});

test('a file whose columns are asked for is one of columns', () => {
  const { kind, labels, cols } = readTable(utf8('setosa 5.1 3.5\nvirginica 6 3\n'), 'x.txt', { label: 0 });
  assert.equal([kind, labels, cols], ['csv', ['setosa', 'virginica'], 2]);
});

const read = (content: string | Uint8Array) => () => readTable(typeof content === 'string' ? utf8(content) : content, 'f');
const whole = word2vec(binary);
const refused: Record<string, [string | Uint8Array, string | RegExp]> = {
  'a line too short': ['the 1 2 3\nof 1 2\n', 'f line 2: 2 numbers, expected a word and 3'],
  'a line of what is no number': ['the 1 2 3\nof 1 x 3\n', 'f line 2: "x" is not a number'],
  NaN: ['the 1 2 3\nof 1 nan 3\n', 'f line 2: "nan" is not a number'],
  'fewer words than said': ['3 2\nthe 1 2\nof 1 2\n', 'f: has 2 words, expected 3, as line 1 says'],
  'more words than said': ['1 2\nthe 1 2\nof 1 2\n', 'f: has 2 words, expected 1, as line 1 says'],
  'fewer numbers than said': ['1 4\nthe 1 2\n', 'f line 2: 2 numbers, expected a word and 4'],
  'binary that ends early': [whole.subarray(0, 20), 'f: ends at byte 20, expected at least 32 for 2 words of 3'],
  'binary that ends within a word': [
    concat(utf8('2 3\n'), utf8('a '), new Uint8Array(12), utf8('\nlonger '), new Uint8Array(8)),
    'f: ends at byte 34, within word 1 of 2',
  ],
  'binary that goes on': [concat(whole, [0, 1]), /^f: goes on after byte \d+, where its 2 words end$/],
  'binary that claims what no file holds': [
    word2vec(binary, '\n', '999999999999 300\n'),
    /^f: ends at byte \d+, expected at least .* for 999,999,999,999 words of 300$/,
  ],
  'binary of a word without end': [
    concat(utf8('1 1\n'), new Uint8Array(20_000).fill(1)),
    'f: byte 4: word 0 does not end, expected a space within 10,000 bytes',
  ],
};
for (const [what, [content, message]] of Object.entries(refused))
  test(`refused: ${what}`, async () => fails(read(content), message));

test.run();
