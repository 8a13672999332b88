import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { client } from '../../bench/words/client.js';
import { renderWords } from '../../bench/words/page.js';
import { readings } from '../../bench/words/readings.js';
import { SparseAutoencoder, scores } from '../../src/index.js';

/** Four words on three units: a's are 3 and 1 on units 0 and 1, and so on. */
function small() {
  const sae = new SparseAutoencoder({
    inputDim: 3,
    hiddenDim: 3,
    hiddenActivation: 'topk',
    k: 2,
    outputActivation: 'identity',
    dtype: 'float64',
  });
  const identity = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  sae.setParameters({ encoderWeight: identity, decoderWeight: identity });
  const rows = [[3, 1, 0], [2, 4, 0], [5, 0, 2], ...Array(37).fill([0, 0, 0])];
  const words = ['a', '<b>', 'café', ...Array.from({ length: 37 }, (_, i) => `&${i}`)];
  return { sae, rows, words, features: sae.features(rows, { rows: words }) };
}

test('a word by its loudest features, each by the other words that it is loudest on', () => {
  const { features, words } = small();
  assert.equal(readings(features, words, 1), {
    word: '<b>',
    features: [
      { unit: 1, value: 4, top: ['a'] },
      { unit: 0, value: 2, top: ['café', 'a'] },
    ],
  });
  assert.equal(readings(features, words, 3), { word: '&0', features: [] });
});

test('the page needs nothing but itself, holds every entry, and shows words as they are', () => {
  const { sae, rows, words, features } = small();
  const labels = words.map((_, i) => [null, 'x', 'y'][i % 3]);
  const page = renderWords({
    ...{ sae, words, labels, features, sentence: 'chosen <so>', seconds: 1 },
    ...{ scores: scores(sae, rows, { labels }), evaluation: sae.evaluate(rows), read: [readings(features, words, 1)] },
  });
  assert.not.match(page, /(src|href)="(?!#|https:\/\/nlp\.stanford|data:,)/);
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
  assert.match(page, /<a href="#word\/%3Cb%3E">&lt;b&gt;<\/a>/);
  assert.match(page, /"a \\u003cb> café &0 /);
  assert.match(page, /chosen &lt;so&gt;/);
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)?.[1] as string;
  const data = JSON.parse(json);
  const bytes = (name: string) => [...Buffer.from(data[name], 'base64')];
  assert.is(data.words, words.join(' '));
  assert.equal(bytes('counts').slice(0, 4), [2, 2, 2, 0]);
  assert.equal(bytes('units'), [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0]);
  assert.is(data.largest, 5);
  assert.equal(bytes('values'), [153, 51, 204, 102, 255, 102]);
  assert.is(bytes('nearest').length, 2 * 3 * data.neighbors);
});

test('its script is one that parses, and makes no code', () => {
  new Function(client);
  assert.not.match(client, /\beval\b|new Function|innerHTML|setAttribute\('style'/);
});

test.run();
