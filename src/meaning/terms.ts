import { log } from '../numbers/elementary.js';
import { stopWords } from './stop-words.js';

/** How texts are taken apart. */
export interface TermOptions {
  /** What is no term. Default: a short list of English words. */
  readonly stopWords?: readonly string[];
  /** A text's words, as they come. Default: runs of letters, marks and digits, with ' and - inside, in lower case. */
  readonly tokenize?: (text: string) => readonly string[];
}

/** Words of more than one letter; a letter by itself is a word where its script needs no spaces (Chinese, Japanese, …). */
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
  /** W_tc */
  readonly weight: number;
}

/**
 * The terms that tell a class of documents from the others: class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2),
 *   W_tc = tf_tc·ln(1 + A/f_t)
 * tf_tc being how often term t is in class c, f_t how often it is in all classes, A the average number of terms in a class.
 * (BERTopic's program divides tf by the number of terms in c, which changes no order.) The largest W first, of equal ones the
 * term that came first.
 * @param classes for each class the documents that are in it, by number; a document may be in several
 * @param documents the terms of each document
 */
export function classTerms(classes: readonly (readonly number[])[], documents: readonly (readonly string[])[]): Term[][] {
  const all = new Map<string, number>();
  let total = 0;
  const counts = classes.map((members) => {
    const count = new Map<string, number>();
    for (const i of members) {
      for (const term of documents[i]) {
        count.set(term, (count.get(term) ?? 0) + 1);
        all.set(term, (all.get(term) ?? 0) + 1);
        total++;
      }
    }
    return count;
  });
  const average = total / classes.length;
  return counts.map((count) =>
    Array.from(count, ([term, tf]) => ({ term, weight: tf * log(1 + average / (all.get(term) as number)) })).sort(
      (a, b) => b.weight - a.weight,
    ),
  );
}
