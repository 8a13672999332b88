import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readJsonLines } from '../../src/formats/jsonl.js';
import { fails } from '../helpers.js';

const read = (text: string) => {
  const { rows, cols, data, ids, texts } = readJsonLines(new TextEncoder().encode(text), 'x.json', 'float64');
  return { rows, cols, data: [...data], ...(ids && { ids: [...ids] }), ...(texts && { texts: [...texts] }) };
};

const objects = [
  { id: 'a', text: 'one, [two] {"three": "\\\\', embedding: [1, -2.5] },
  { id: 'b', text: '\nfour\t', embedding: [3e2, 4] },
];
const arrays = objects.map(({ embedding }) => embedding);
const ofObjects = { rows: 2, cols: 2, data: [1, -2.5, 300, 4], ids: ['a', 'b'], texts: objects.map(({ text }) => text) };
const ofArrays = { rows: 2, cols: 2, data: [1, -2.5, 300, 4] };

for (const indent of [0, 2, '\t']) {
  test(`one JSON text for all rows gives what its lines give, indented by ${JSON.stringify(indent)}`, () => {
    assert.equal(read(objects.map((each) => JSON.stringify(each)).join('\n')), ofObjects);
    assert.equal(read(JSON.stringify(objects, null, indent)), ofObjects);
    assert.equal(read(`\r\n ${JSON.stringify(objects, null, indent)}\r\n`), ofObjects);
    assert.equal(
      read(JSON.stringify({ object: 'list', note: ['[', { data: [[9]] }], data: objects, usage: { n: 1 } }, null, indent)),
      ofObjects,
    );
    assert.equal(read(JSON.stringify(arrays, null, indent)), ofArrays);
    assert.equal(read(JSON.stringify({ embeddings: arrays }, null, indent)), ofArrays);
  });
}

test('lines stay lines, a list called data within them too', () => {
  const lines = objects.map(({ id, embedding }) => JSON.stringify({ id, data: [{ x: 1 }], embedding }));
  assert.equal(read(lines.join('\n')), { ...ofArrays, ids: ['a', 'b'] });
  assert.equal(read('[1,2]\n[3,4]'), { ...ofArrays, data: [1, 2, 3, 4] });
});

test('what is wrong is said by entry, counted from 1 as lines are', async () => {
  const cases: [string, string | RegExp][] = [
    ['[[1,2],\n[3,null]]', 'x.json entry 2: entry 1 is null, expected a number'],
    ['[{"e":[1,2]},\n\n{"e":[1]}]', 'x.json entry 2: 1 numbers, expected 2'],
    ['{"data":[{"e":[1,2]},{"e":[1,]}]}', /^x\.json entry 2: is not JSON/],
    ['[[1,2],[3,4]', 'x.json: ends within its array'],
    ['[["a', 'x.json: ends within its array'],
    ['[[1,2]]\n[[3,4]]', 'x.json: goes on behind its array, expected one JSON text'],
    ['{"data":[[1,2]],"n":oops}', /^x\.json: is not JSON/],
  ];
  for (const [text, message] of cases) await fails(() => read(text), message);
});

test.run();
