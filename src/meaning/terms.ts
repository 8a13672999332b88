import { log } from '../numbers/elementary.js';
import { stopWords } from './stop-words.js';

/** How texts are taken apart. */
export interface TermOptions {
  /** What is no term. Default: a short list of English words. */
  readonly stopWords?: readonly string[];
  /**
   * A text's words, as they come. Default: runs of letters, marks and digits, with ' and - inside, in lower case. Scripts
   * without spaces (Chinese, Japanese, Thai) need one of their own: Intl.Segmenter's, say.
   */
  readonly tokenize?: (text: string) => readonly string[];
}

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

export const words = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

/**
 * For each of some texts the terms it has, stop words and single letters aside, each once: a text that says a thing ten times
 * says one thing.
 */
export function termsOf(texts: readonly string[], { stopWords: stop = stopWords, tokenize = words }: TermOptions): string[][] {
  const without = new Set(stop);
  const isTerm = (word: string) => word.length > 1 && !without.has(word);
  return texts.map((text) => [...new Set(tokenize(text))].filter(isTerm));
}

/** A term, and how well it tells its class from the others. */
export interface Term {
  readonly term: string;
  /** How many of these documents have it. */
  readonly tf: number;
  /** W_tc */
  readonly weight: number;
}

/** How often each term is in some documents. */
export interface TermCounts {
  readonly of: ReadonlyMap<string, number>;
  /** All of them together. */
  readonly total: number;
}

export function countTerms(documents: Iterable<readonly string[]>): TermCounts {
  const of = new Map<string, number>();
  let total = 0;
  for (const terms of documents) {
    for (const term of terms) of.set(term, (of.get(term) ?? 0) + 1);
    total += terms.length;
  }
  return { of, total };
}

/**
 * The terms that tell some documents from the rest: class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2),
 *   W_tc = tf_tc·ln(1 + A/f_t)
 * tf_tc being how often term t is in class c, f_t how often it is in all classes, A the average number of terms in a class. There
 * are two classes, these documents and the rest, so that f_t is of all documents, and A half of all their terms. (BERTopic's
 * program divides tf by the number of terms in c, which changes no order.) The largest W first, of equal ones the term that came
 * first.
 * @param all the terms of all documents, these included
 */
export function classTerms(documents: readonly (readonly string[])[], all: TermCounts): Term[] {
  const weight = (term: string, tf: number) => tf * log(1 + all.total / 2 / (all.of.get(term) as number));
  return Array.from(countTerms(documents).of, ([term, tf]) => ({ term, tf, weight: weight(term, tf) })).sort(
    (a, b) => b.weight - a.weight,
  );
}
