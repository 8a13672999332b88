import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newcombe } from '../../src/meaning/compare.js';
import { type FeatureOptions, Features } from '../../src/meaning/features.js';
import { readAnswers, writePrompts } from '../../src/meaning/prompts.js';
import { fails, near } from '../helpers.js';
import { csr, matrix } from './by-hand.js';

/** Six rows, five units, the last of which is active on none. */
const codes = csr([{ 0: 3, 1: 1 }, { 0: 5 }, { 0: 1, 2: 2 }, { 2: 4 }, { 2: 4, 3: 1 }, { 3: 2 }], 5);
const decoder = matrix([
  [1, 0],
  [1, 1],
  [0, 2],
  [-1, 0],
  [0, 0],
]);
const rows = ['Cat', 'cat', 'dog', 'fish', 'frog', 'toad'];
const read = (options: FeatureOptions = { rows }, given: (string | null)[] = Array(5).fill(null)) =>
  new Features(codes, decoder, () => given, options);

test('densities and top rows: the largest f first, of equal ones the earlier row', () => {
  const features = read();
  near(features.density, [3 / 6, 1 / 6, 3 / 6, 2 / 6, 0], 1e-15);
  assert.equal(features.topRows(2, { count: 2 }), [
    { row: 3, value: 4, name: 'fish' },
    { row: 4, value: 4, name: 'frog' },
  ]);
  assert.equal(features.topRows(4), []);
  assert.equal(read({}).topRows(3)[0], { row: 5, value: 2, name: null });
  assert.equal(
    features.list({ count: 1 }).map(({ unit, rows: [top] }) => [unit, top.name]),
    [
      [0, 'cat'],
      [2, 'fish'],
      [3, 'toad'],
      [1, 'Cat'],
    ],
  );
});

test('names of words: the top rows, those that differ in case alone once; the model’s own names go first', () => {
  assert.equal(read().names, ['cat, dog', 'Cat', 'fish, frog, dog', 'toad, frog', null]);
  const given = [null, 'felines', null, null, 'never'];
  assert.equal(read({ rows }, given).names, ['cat, dog', 'felines', 'fish, frog, dog', 'toad, frog', 'never']);
  assert.is(read({ rows }, given).name(1), 'felines');
  assert.equal(read({}).names, Array(5).fill(null));
});

test('names of texts: the terms that tell a unit’s rows from those of the others; what rows are called stays', () => {
  const texts = ['a cat with fur', 'the cat', 'a dog with fur', 'fish swim', 'frogs swim and jump', 'toads jump'];
  const features = read({ rows, texts });
  const fish = '“fish swim”, “frogs swim and jump”, “a dog with fur”';
  assert.equal(features.names, ['cat', '“a cat with fur”', fish, 'jump', null]);
  assert.is(features.topRows(0)[0].name, 'cat');
  assert.is(read({ texts }).topRows(0)[0].name, 'the cat');
  assert.is(read({ texts, stopWords: ['cat', 'a', 'the', 'with'] }).name(0), '“the cat”, “a cat with fur”');
});

test('names of texts: rows below a third of the loudest have no say; without a term of two texts, the loudest themselves', () => {
  const codes = csr([{ 0: 9 }, { 0: 3 }, { 0: 2.9, 1: 1 }, { 1: 2 }, { 2: 1 }, { 3: 1 }], 4);
  const four = matrix([[1], [1], [1], [1]]);
  const name = (texts: string[]) => new Features(codes, four, () => Array(4).fill(null), { texts }).names;
  const long = 'one two-three four five six seven eight nine ten eleven';
  assert.equal(name(['red hat', 'red shoe', 'blue shoe', '  ', '字'.repeat(60), `${long}\n\ttwelve`]), [
    'red',
    '“blue shoe”',
    `“${'字'.repeat(56)}…”`,
    '“one two-three four five six seven eight nine ten eleven…”',
  ]);
  assert.equal(name(['red hat', 'blue', 'blue red', '', '', ' \n']), ['“red hat”, “blue”', '“blue red”', null, null]);
  const many = csr(Array(7).fill({ 0: 1 }), 1);
  const together = (texts: string[]) => new Features(many, matrix([[1]]), () => [null], { texts }).name(0);
  assert.is(
    together(['cats', ' dogs ', 'the', 'a cow', 'an owl', 'x', 'y']),
    '“cats”, “dogs”, “the”, “a cow”, “an owl”, “x”, “y”',
  );
  assert.is(together(['of', 'the', 'of', 'a'.repeat(46), 'it', '', '']), '“of”, “the”', 'no further than what fits');
});

test('names of texts: a term that may be as frequent in the rest is none of the unit’s', () => {
  const loud = Array.from(
    { length: 10 },
    (_, i) => `carpenter ${i < 6 ? 'near' : 'under'}${i < 4 ? ' door' : i < 6 ? ' lamp' : ''}`,
  );
  const rest = Array.from({ length: 30 }, (_, i) => (i % 2 ? 'near' : 'under'));
  const codes = csr([...loud.map(() => ({ 0: 1 })), ...rest.map(() => ({ 1: 1 }))], 2);
  const texts = [...loud, ...rest];
  const features = new Features(codes, matrix([[1], [1]]), () => [null, null], { texts });
  assert.is(features.name(0), 'carpenter, door');
  // Of 5 terms z is 2.576 (Bonferroni); "door", 4 of 10 against 0 of 30, is surely more, "lamp", 2 of 10, is not.
  near([newcombe(4, 10, 0, 30, 2.5758)[0], newcombe(2, 10, 0, 30, 2.5758)[0]], [0.0731, -0.0416], 1e-3);
  assert.is(features.name(1), '“under”, “near”', 'as common in the others: nothing tells it');
  const common = new Features(csr(Array(7).fill({ 0: 1 }), 1), matrix([[1]]), () => [null], {
    texts: Array(7).fill('same thing'),
  });
  assert.is(common.name(0), '“same thing”', 'without a rest');
});

test('neighbours by decoder: the cosine of rows of W_dec; a row of zeros is near nothing', () => {
  const found = read().neighbors(0, { count: 3 });
  assert.equal(
    found.map(({ unit, name }) => [unit, name]),
    [
      [1, 'Cat'],
      [2, 'fish, frog, dog'],
      [4, null],
    ],
  );
  near(
    found.map(({ similarity }) => similarity),
    [Math.SQRT1_2, 0, 0],
    1e-15,
  );
});

test('neighbours by activity: Jaccard’s index, and none that is never active with it', () => {
  const found = read().neighbors(0, { by: 'activity' });
  assert.equal(found, [
    { unit: 1, similarity: 1 / 3, name: 'Cat' },
    { unit: 2, similarity: 1 / 5, name: 'fish, frog, dog' },
  ]);
  assert.equal(read().neighbors(4, { by: 'activity' }), []);
});

test('compare: some rows against the rest, or against others', () => {
  const features = read();
  const [first] = features.compare([0, 1, 2], undefined, { together: false, confidence: 0.8 });
  assert.equal([first.unit, first.a, first.b, first.name], [0, 1, 0, 'cat, dog']);
  assert.equal(features.compare(Int32Array.of(0, 1, 2) as never, [3, 4, 5], { together: false, confidence: 0.8 })[0], first);
  assert.equal(features.compare([0], [1]), []);
});

test('what is wrong is said in a line', async () => {
  const features = read();
  await fails(() => features.topRows(5), 'topRows: unit is 5, expected a whole number from 0 to 4');
  await fails(() => features.name(-1), 'name: unit is -1, expected a whole number from 0 to 4');
  await fails(
    () => features.neighbors(0, { by: 'colour' as never }),
    /^neighbors: by is "colour", expected one of "decoder", "activity"/,
  );
  await fails(() => features.compare([0, 6]), 'compare: a[1] is 6, expected a row from 0 to 5');
  await fails(() => features.compare([]), 'compare: a is empty, expected at least one row');
  await fails(
    () => features.compare([0, 1], [2, 1]),
    'compare: row 1 is in a and in b, expected sets that have no row in common',
  );
  await fails(() => features.compare([0, 1, 2, 3, 4, 5]), 'compare: a is all 6 rows, expected some to compare them with');
  await fails(
    () => features.compare([0], [1], { confidence: 1 }),
    /^compare: confidence is 1, expected a number between 0 and 1/,
  );
  await fails(() => read({ rows: ['one'] }), 'features: rows is ["one"], expected a list of 6 texts, one a row');
  await fails(() => read({ words: rows } as never), /^features: unknown option "words"; did you mean "rows"\?|expected one of/);
});

test('a prompt shows the rows that a unit is active on, and rows near them that it is silent on', () => {
  const lines = writePrompts(read(), { count: 2 })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(
    lines.map(({ unit }) => unit),
    [0, 2, 3, 1],
  );
  const [first] = lines;
  assert.match(first.prompt, /^5\.00 {2}cat\n3\.00 {2}Cat$/m);
  assert.match(first.prompt, /^0 {2}fish$/m, 'unit 2, which is active with it, is active on fish without it');
  assert.match(first.prompt, '{"unit": 0, "name": "…"}');
});

test('answers are read through code fences, list brackets, commas and other fields; the later of two holds', () => {
  const text =
    '```json\n[\n{"unit": 0, "name": "felines"},\r\n\n{"unit": "3", "name": null, "why": "mixed"}\n]\n```\n{"unit": 0, "name": "cats"}';
  assert.equal(readAnswers(text, 5), { 0: 'cats', 3: null });
  assert.equal(readAnswers('', 5), {});
});

test('an answer that is none is named by its line', async () => {
  const line = '{"unit": 0, "name": "cats"}\n';
  const wrong: [string, string][] = [
    ['Sure! Here it is', 'readAnswers: line 2 is "Sure! Here it is", expected JSON: {"unit": 0, "name": "…"}'],
    ['[1]', 'readAnswers: line 2 is "[1]", expected JSON: {"unit": 0, "name": "…"}'],
    ['{"name": "cats"}', 'readAnswers: line 2: unit is undefined, expected a whole number from 0 to 4'],
    ['{"unit": 5, "name": "cats"}', 'readAnswers: line 2: unit is 5, expected a whole number from 0 to 4'],
    ['{"unit": 1, "name": " "}', 'readAnswers: line 2: name is " ", expected a text, or null for no name'],
    ['{"unit": 1}', 'readAnswers: line 2: name is undefined, expected a text, or null for no name'],
  ];
  for (const [answer, message] of wrong) await fails(() => readAnswers(line + answer, 5), message);
});

test.run();
