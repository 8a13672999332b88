/**
 * The words of the page, src/page/words.safetensors.gz:  tsx bench/words/for-page.ts
 *
 * The first 10,000 words of GloVe 6B (Pennington, Socher & Manning 2014; Public Domain Dedication and License 1.0) and their
 * vectors of 100 dimensions, as 8 bits: each row in whole steps, of its own size, from −127 to 127.
 */

import { gzipSync } from 'node:zlib';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { writeWhole } from '../../src/node/files.js';
import { installWords, readWordVectors, WIDTH } from './data.js';

const WORDS = 10_000;

installWords(console.log);
const { words, data } = readWordVectors(WORDS);
const vectors = new Int8Array(data.length);
const steps = new Float32Array(WORDS);
for (let i = 0; i < WORDS; i++) {
  const row = data.subarray(i * WIDTH, (i + 1) * WIDTH);
  steps[i] = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  row.forEach((value, p) => {
    vectors[i * WIDTH + p] = Math.round(value / steps[i]);
  });
}
const bytes = writeSafetensors(
  [
    ['vectors', { dtype: 'I8', shape: [WORDS, WIDTH], data: vectors }],
    ['steps', { dtype: 'F32', shape: [WORDS], data: steps }],
  ],
  [['words', JSON.stringify(words)]],
);
writeWhole('src/page/words.safetensors.gz', gzipSync(bytes));
