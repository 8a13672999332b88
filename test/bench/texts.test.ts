import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Encoder, embedded, WIDTH } from '../../bench/texts/encode.js';
import { evenly, parseGloss, setAside } from '../../bench/texts/glosses.js';
import { renderTexts } from '../../bench/texts/page.js';
import { asks, best, cosines, lengths, products, recall, recalls, TERMS } from '../../bench/texts/recall.js';
import { type Dense, pick } from '../../bench/texts/rows.js';
import { SparseAutoencoder } from '../../src/index.js';

test('a line of data.noun is a word, a category and a definition without examples', () => {
  const line =
    '02086723 05 n 03 domestic_dog 0 dog 0 Canis_familiaris 0 001 @ 02085998 n 0000 | a member of the genus Canis; common | kept; "the dog barked"; "a dog"  ';
  assert.equal(parseGloss(line), {
    word: 'domestic dog',
    category: 'animal',
    text: 'a member of the genus Canis; common | kept',
  });
  assert.equal(parseGloss('15300051 28 n 01 x 0 000 | "say so"'), { word: 'x', category: 'time', text: '"say so"' });
  assert.is(parseGloss('  1 This software and database is being provided to you, the LICENSEE, by  '), null);
});

test('what is set aside lies evenly over all, and nothing is lost', () => {
  assert.equal(evenly(['a', 'b', 'c', 'd', 'e'], 2), ['a', 'c']);
  const [kept, aside] = setAside(21, 3);
  assert.equal(aside, [0, 7, 14]);
  assert.equal(
    [...kept, ...aside].sort((a, b) => a - b),
    Array.from({ length: 21 }, (_, i) => i),
  );
});

/** Rows that begin with the length of the text, and how often it was asked. */
function fake() {
  const asked: string[] = [];
  const encode: Encoder = async (texts) => {
    asked.push(...texts);
    return texts.map((text) => [text.length, ...Array(WIDTH - 1).fill(0.5)]);
  };
  return { asked, encoder: async () => encode };
}

test('rows that were computed are kept; what an interruption left half is computed again; other texts begin anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'texts-'));
  try {
    const texts = Array.from({ length: 60 }, (_, i) => 'x'.repeat(i));
    const { asked, encoder } = fake();
    const done: number[] = [];
    const rows = await embedded(texts, folder, encoder, (n) => done.push(n));
    assert.equal(done, [25, 50, 60]);
    assert.is(rows.length, 60 * WIDTH);
    assert.is(rows[59 * WIDTH], 59);
    assert.is(rows[59 * WIDTH + 1], 0.5);
    const file = join(folder, 'embeddings.f32');
    const bytes = readFileSync(file);
    assert.equal(await embedded(texts, folder, encoder, () => {}), rows);
    assert.is(asked.length, 60);
    truncateSync(file, 4 * WIDTH * 40 + 5);
    assert.equal(await embedded(texts, folder, encoder, () => {}), rows);
    assert.equal(asked.slice(60), texts.slice(40));
    assert.equal(readFileSync(file), bytes);
    await embedded(['other'], folder, encoder, () => {});
    assert.is(asked.at(-1), 'other');
    assert.is(readFileSync(file).length, 4 * WIDTH);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the best scores, the earlier of equal ones; which share is found', () => {
  assert.equal(best([3, 9, 9, 1, 7], 3), [1, 2, 4]);
  assert.equal(best([3, 9, 9, 1, 7], 3, 1), [2, 4, 0]);
  assert.equal(best([1], 3), [0]);
  assert.is(
    recall(
      [
        [1, 2],
        [3, 4],
      ],
      [
        [2, 1],
        [4, 5],
      ],
    ),
    0.75,
  );
});

test('cosines and sparse products by hand', () => {
  const dense = (data: number[]): Dense => ({ data: Float32Array.from(data), shape: [data.length / 2, 2] });
  const b = dense([1, 0, 3, 4, 0, 0]);
  assert.equal([...lengths(b)], [1, 5, 1]);
  assert.equal([...cosines(dense([0, 0, 0, 2]), 1, b, lengths(b))], [0, 1.6, 0]);
  assert.equal(pick(b, [1, 0]), dense([3, 4, 1, 0]));
  const sparse = (data: number[], indices: number[], indptr: number[]) => ({
    data: Float32Array.from(data),
    indices: Int32Array.from(indices),
    indptr: Int32Array.from(indptr),
    shape: [indptr.length - 1, 4] as [number, number],
  });
  const rows = sparse([1, 2, 5], [0, 3, 3], [0, 2, 3, 3]);
  assert.equal([...products(sparse([9, 2, 3], [1, 0, 3], [0, 1, 3]), 1, rows)], [8, 15, 0]);
});

test('a model that loses nothing finds what a dense search does, with all terms and in two steps', () => {
  const d = 6;
  const identity = Array.from({ length: d }, (_, j) => Array.from({ length: d }, (_, p) => Number(p === j)));
  const linear = { hiddenActivation: 'identity', outputActivation: 'identity', penalty: 'none' } as const;
  const sae = new SparseAutoencoder({ inputDim: d, hiddenDim: d, ...linear });
  sae.setParameters({ encoderWeight: identity, decoderWeight: identity });
  const table = (n: number, from: number): Dense => ({
    data: Float32Array.from({ length: n * d }, (_, i) => (((i + from) * 2654435761) % 97) - 40),
    shape: [n, d],
  });
  const x = table(80, 1);
  for (const ask of asks(sae, x, table(4, 500))) {
    const measured = recalls(sae, sae.transform(x, { sparse: true, normalize: true }), x, ask);
    assert.is(measured[TERMS.indexOf(undefined)], 1);
    assert.is(measured.at(-1), 1);
  }
});

test('the page shows some of the glosses, and judges by all of them which units are dead', () => {
  const [n, d, h] = [4001, 2, 4];
  const sae = new SparseAutoencoder({ inputDim: d, hiddenDim: h, outputActivation: 'identity', penalty: 'none' });
  // The last unit is silent on all rows, the one before it on all but one, which is not shown.
  sae.setParameters({
    encoderWeight: [
      [1, 0, 1, 0],
      [0, 1, 0, 0],
    ],
    encoderBias: [0, 0, -5, -1],
    decoderWeight: Array(h).fill([0, 0]),
  });
  const at = (i: number): [number, number] => (i === 3 ? [9, 0] : [(i >> 1) % 2, 1 - ((i >> 1) % 2)]);
  const x: Dense = { data: Float32Array.from(Array.from({ length: n }, (_, i) => at(i)).flat()), shape: [n, d] };
  const glosses = Array.from({ length: n }, (_, i) => ({ word: `w${i}`, category: i % 2 ? 'act' : 'food', text: `text ${i}` }));
  const html = renderTexts(sae, glosses, x, 10);
  assert.match(html, /measured on 2,000 rows/);
  assert.match(html, /<dt>dead unit<\/dt><dd>1<\/dd>/);
  assert.match(html, />1 of 4 units are dead, active on no row \(25%\)\..*>1 more unit is active on none of these samples\./s);
  assert.match(html, /units that never fire \(dead\)<\/th><td[^>]*>1</);
});

test.run();
