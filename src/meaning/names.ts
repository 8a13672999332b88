import { show } from '../numbers/checks.js';
import { normalAbove } from '../numbers/normal.js';
import { newcombe } from './compare.js';
import { classTerms, countTerms, type Term, type TermCounts, type TermOptions, termsOf } from './terms.js';
import type { UnitIndex } from './unit-index.js';

/** What a unit is called, for each; null where it has no name. */
export type Names = readonly (string | null)[];

/** Words in a name that is made here. */
const WORDS = 4;
/** Rows that a name is made from, where they are texts. */
const ROWS = 20;
/** How sure it must be that the terms of a name are no chance. */
const CONFIDENCE = 0.95;
/** Letters of texts that stand for a name. */
const LETTERS = 56;

/**
 * Each unit by the rows that it is most active on, which are words (or titles): the names of the first few, those that differ
 * in the case of their letters alone taken once. A unit that is active on no row has none.
 */
export function namesFromWords(index: UnitIndex, units: number, words: readonly string[]): Names {
  return Array.from({ length: units }, (_, unit) => {
    const different = new Map<string, string>();
    for (const { row } of index.top(unit, ROWS)) {
      const key = words[row].toLowerCase();
      if (different.size < WORDS && key !== '' && !different.has(key)) different.set(key, words[row]);
    }
    return joined([...different.values()]);
  });
}

/**
 * Each unit by the terms that tell the texts that it is most active on from all others: see `classTerms`. A row on which it is
 * below a third of its largest says little of it, a term of one text alone nothing of what texts have in common, and a term that
 * may be as frequent in the rest nothing of this unit: where there is no other, it is called by the text that it is loudest on,
 * “in quotes”, or by the first few, where they are short.
 */
export function namesFromTexts(index: UnitIndex, units: number, texts: readonly string[], options: TermOptions): Names {
  const documents = termsOf(texts, options);
  const all = countTerms(documents);
  return Array.from({ length: units }, (_, unit) => {
    const top = index.top(unit, ROWS);
    const loud = top.filter(({ value }) => value >= top[0].value / 3).map(({ row }) => row);
    const own = ownTerms(documents, loud, all);
    return joined(own.slice(0, WORDS)) ?? quoted(loud.map((row) => texts[row]));
  });
}

/**
 * The terms, the one that tells most first, that two or more of some texts have, and that are more frequent in these than in the
 * rest: by the intervals of `compare`, all of which hold at once. Common terms ("small", "act" or "person" in a dictionary) are in
 * two of any twenty texts.
 */
function ownTerms(documents: readonly (readonly string[])[], loud: readonly number[], all: TermCounts): string[] {
  const rest = documents.length - loud.length;
  const terms = classTerms(
    loud.map((row) => documents[row]),
    all,
  );
  const z = normalAbove((1 - CONFIDENCE) / 2 / Math.max(1, terms.length));
  const isMore = ({ term, tf }: Term) => newcombe(tf, loud.length, (all.of.get(term) as number) - tf, rest, z)[0] > 0;
  return terms.filter((each) => each.tf > 1 && isMore(each)).map(({ term }) => term);
}

const joined = (words: readonly string[]): string | null => (words.length ? words.join(', ') : null);

/** The first of some texts that say anything, cut between words where it is long, and those after it that fit beside it. */
function quoted(texts: readonly string[]): string | null {
  const all = new Set(texts.map((each) => each.replace(/\s+/g, ' ').trim()).filter(Boolean));
  let name = '';
  for (const text of all) {
    const longer = name ? `${name}”, “${text}` : text;
    if (name && longer.length > LETTERS) break;
    name = longer;
  }
  if (name.length > LETTERS) name = `${name.slice(0, LETTERS).replace(/^(.{24,}) \S*$/, '$1')}…`;
  return name ? `“${name}”` : null;
}

/**
 * Names as a caller gives them: for every unit, or { unit: name } for those that change.
 * @throws TypeError or RangeError that begins with `call`
 */
export function readNames(call: string, given: unknown, before: Names): Names {
  if (Array.isArray(given)) {
    if (given.length !== before.length) throw new RangeError(`${call}: got ${given.length} names, expected ${before.length}`);
    return given.map((name, unit) => checkedName(`${call}[${unit}]`, name));
  }
  const names = [...before];
  for (const [unit, name] of byUnit(call, given, before.length, `a list of ${before.length} names, or { unit: name }`)) {
    names[unit] = checkedName(`${call}: unit ${unit}`, name);
  }
  return names;
}

/** What { unit: value } says; a Map, a list or whatever else has an order of its own is none. */
export function byUnit(call: string, given: unknown, units: number, expected: string): [number, unknown][] {
  if (given === null || typeof given !== 'object' || Symbol.iterator in given)
    throw new TypeError(`${call}: got ${show(given)}, expected ${expected}`);
  return Object.entries(given).map(([unit, value]) => [requireUnit(`${call}: unit`, unit, units), value]);
}

export function checkedName(where: string, name: unknown): string | null {
  if (name === null || (typeof name === 'string' && name.trim() !== '')) return name;
  throw new TypeError(`${where} is ${show(name)}, expected a text, or null for no name`);
}

/** A unit's number, or the key of an object that is one. */
export function requireUnit(where: string, unit: unknown, units: number): number {
  const number = typeof unit === 'string' && /^(0|[1-9]\d*)$/.test(unit) ? Number(unit) : unit;
  if (Number.isInteger(number) && (number as number) >= 0 && (number as number) < units) return number as number;
  throw new RangeError(`${where} is ${show(unit)}, expected a whole number from 0 to ${units - 1}`);
}
