import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/core.js';
import { readSamples } from '../../src/page/files.js';
import { unitNames } from '../../src/page/look.js';
import { centred } from '../../src/page/pad.js';
import { wordOf } from '../../src/page/words.js';
import { fails } from '../helpers.js';

const csv = (text: string) => readSamples(new TextEncoder().encode(text), 'mine.csv');

test('a table is samples: pictures where rows may be squares of ink, bars otherwise', () => {
  const bars = csv('1,-2,3\n4,5,6\n');
  assert.is(bars.image, null);
  assert.equal(bars.range, [-2, 6]);
  assert.equal(Array.from(bars.x.data), [1, -2, 3, 4, 5, 6]);
  const row = (value: number) => Array.from({ length: 36 }, (_, p) => (p * value) % 7).join(',');
  const pictures = csv(`${row(1)}\n${row(2)}\n`);
  assert.equal(pictures.image, { width: 6, height: 6 });
  assert.equal(pictures.range, [0, 1]);
  assert.is(pictures.x.data[3], Math.fround(3 / 6));
});

test('what there is nothing to learn from is refused in a sentence', async () => {
  await fails(() => csv('1,2\n'), 'mine.csv has one row, expected two or more to learn from.');
  await fails(() => csv('2,2\n2,2\n'), 'mine.csv holds the number 2 throughout: there is nothing to learn from it.');
  await fails(() => csv('1,2\n3,nan\n'), /^mine\.csv/);
  await fails(() => readSamples(new Uint8Array(), 'none.npy'), 'none.npy: is empty');
});

test('a drawing is moved until its centre of mass is in the middle', () => {
  const ink = new Float32Array(784);
  ink[3 * 28 + 4] = 1;
  ink[5 * 28 + 4] = 1;
  const moved = centred(ink);
  const at = [...moved.keys()].filter((p) => moved[p] > 0).map((p) => [Math.floor(p / 28), p % 28]);
  assert.is(at.length, 2);
  assert.is(at[1][0] - at[0][0], 2);
  assert.ok(Math.abs((at[0][0] + at[1][0]) / 2 - 13.5) <= 0.5 && Math.abs(at[0][1] - 13.5) <= 0.5);
  assert.equal(centred(new Float32Array(784)), new Float32Array(784));
});

test('a word is found by its name or its beginning, and made of the units that are active on it', async () => {
  const eye = Float32Array.from({ length: 9 }, (_, k) => (k % 4 === 0 ? 1 : 0));
  const x = { data: eye, rows: 3, cols: 3 };
  const samples = { x, labels: null, texts: ['one', 'two', 'three'], image: null, range: [0, 1] as const };
  const sae = new SparseAutoencoder({ inputDim: 3, hiddenDim: 3, outputActivation: 'identity' });
  sae.setParameters({ encoderWeight: x, decoderWeight: x });
  assert.equal(unitNames(sae, samples), ['one', 'two', 'three']);
  const { word, parts, nearest } = wordOf(sae, samples, ' Thr');
  assert.is(word, 'three');
  assert.equal(parts, [{ unit: 2, activation: 1, names: 'three' }]);
  assert.equal(nearest[0], { word: 'three', cosine: 1 });
  await fails(() => wordOf(sae, samples, 'four'), '“four” is not among the 3 words.');
});

test.run();
