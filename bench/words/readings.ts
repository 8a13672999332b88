import type { Features } from '../../src/index.js';

/** Words that mean several things. */
export const AMBIGUOUS = 'apple java bank jaguar python mercury amazon orange spring bass crane turkey'.split(' ');

/** What a word comes apart into. */
export interface Reading {
  readonly word: string;
  /** The units that are most active, the largest f first. */
  readonly features: readonly { readonly unit: number; readonly value: number; readonly top: readonly string[] }[];
}

/** What is active on more words than this share of them says how common a word is, or how it is written, and little of what it means. */
export const COMMON = 0.1;

/** A word's five loudest features but for those, each by the words that it is loudest on, this one left out. */
export function readings(features: Features, words: readonly string[], row: number, most = 5, shown = 8): Reading {
  const { data, indices, indptr } = features.codes;
  const entries = Array.from({ length: indptr[row + 1] - indptr[row] }, (_, p) => ({
    unit: indices[indptr[row] + p],
    value: data[indptr[row] + p],
  }));
  const telling = entries.filter(({ unit }) => features.density[unit] <= COMMON);
  const loudest = telling.sort((a, b) => b.value - a.value || a.unit - b.unit).slice(0, most);
  return {
    word: words[row],
    features: loudest.map(({ unit, value }) => {
      const others = features.topRows(unit, { count: shown + 1 }).filter((each) => each.row !== row);
      return { unit, value, top: others.slice(0, shown).map((each) => words[each.row]) };
    }),
  };
}
