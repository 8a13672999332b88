/** Words for a page that was built without any: few, made here, and about eight things. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { numbers, projectRoot } from '../helpers.js';

const THINGS = ['fruit', 'river', 'money', 'music', 'sport', 'north', 'metal', 'tree'];
const OF_EACH = 40;
const WIDTH = 100;

/** What belongs to two of the things; among it the word that the page begins with. */
const between: Readonly<Record<string, readonly [number, number]>> = { bank: [1, 2], apple: [0, 7], piano: [3, 7] };

/** Gives a built page words to learn, and the choice of them, in the form of build.ts. Returns how many. */
export function giveWords(folder: string): number {
  const noise = numbers((THINGS.length + 1) * OF_EACH * WIDTH);
  const vectors: number[] = [];
  const words: string[] = [];
  const add = (word: string, things: readonly number[]) => {
    const at = words.push(word) - 1;
    for (let p = 0; p < WIDTH; p++)
      vectors.push(Math.round(80 * (noise[at * WIDTH + p] - 0.5)) + (things.includes(p % THINGS.length) ? 60 : 0));
  };
  for (const [word, things] of Object.entries(between)) add(word, things);
  for (let k = 0; k < OF_EACH; k++) for (const [t, thing] of THINGS.entries()) add(k === 0 ? thing : `${thing}${k}`, [t]);
  const bytes = writeSafetensors(
    [
      ['vectors', { dtype: 'I8', shape: [words.length, WIDTH], data: Int8Array.from(vectors) }],
      ['steps', { dtype: 'F32', shape: [words.length], data: new Float32Array(words.length).fill(0.01) }],
    ],
    [['words', JSON.stringify(words)]],
  );
  const into = (name: string) => join(projectRoot, folder, name);
  writeFileSync(into('words.safetensors.gz'), gzipSync(bytes));
  const page = readFileSync(into('index.html'), 'utf8');
  writeFileSync(into('index.html'), page.replace('id="world-field" hidden', 'id="world-field"'));
  return words.length;
}
