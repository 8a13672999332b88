/** How well an approximate search finds what a dense one does. */

import { modelOf } from '../../src/core/sparse-autoencoder.js';
import type { Csr, QueryOptions, SparseAutoencoder } from '../../src/index.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { evenly } from './glosses.js';
import { type Dense, pick } from './rows.js';

/** Hits that are compared. */
export const HITS = 10;

/** The `count` rows of largest score, the largest first, of equal ones the earlier; `but` is left out. */
export function best(scores: ArrayLike<number>, count: number, but = -1): number[] {
  const found: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (i === but || (found.length === count && scores[i] <= scores[found[count - 1]])) continue;
    let at = found.length === count ? count - 1 : found.length;
    for (; at > 0 && scores[i] > scores[found[at - 1]]; at--) found[at] = found[at - 1];
    found[at] = i;
  }
  return found;
}

/** ‖x‖ of every row; 1 where that is 0. */
export function lengths({ data, shape: [rows, d] }: Dense): Float64Array {
  return new Float64Array(rows).map((_, i) => {
    let square = 0;
    for (let p = i * d; p < (i + 1) * d; p++) square += data[p] ** 2;
    return Math.sqrt(square) || 1;
  });
}

/** The cosine of row q of A with every row of B, of these lengths, times ‖a‖, which changes no order. */
export function cosines(a: Dense, q: number, b: Dense, lengthsOfB: Float64Array): Float64Array {
  const d = b.shape[1];
  const row = a.data.subarray(q * d, (q + 1) * d);
  return lengthsOfB.map((length, i) => {
    let product = 0;
    for (let p = 0, at = i * d; p < d; p++) product += row[p] * b.data[at++];
    return product / length;
  });
}

/** The dot product of row q of A with every row of B, both of them sparse. */
export function products(a: Csr, q: number, b: Csr): Float64Array {
  const row = new Float64Array(a.shape[1]);
  for (let p = a.indptr[q]; p < a.indptr[q + 1]; p++) row[a.indices[p]] = a.data[p];
  return new Float64Array(b.shape[0]).map((_, i) => {
    let sum = 0;
    for (let p = b.indptr[i]; p < b.indptr[i + 1]; p++) sum += b.data[p] * row[b.indices[p]];
    return sum;
  });
}

/** Which share of each list is in the other of the same number, on average. */
export function recall(found: readonly (readonly number[])[], sought: readonly (readonly number[])[]): number {
  const share = (q: number) => sought[q].filter((i) => found[q].includes(i)).length / sought[q].length;
  return sought.reduce((sum, _, q) => sum + share(q), 0) / sought.length;
}

/** Terms of a query; undefined is all. */
export const TERMS = [64, 256, 512, undefined];

/** Queries, and what a dense search finds for them. */
export interface Ask {
  readonly who: string;
  readonly queries: Dense;
  /** The row that each query is, which is left out of its own hits; −1 for those that are none. */
  readonly own: readonly number[];
  readonly nearest: readonly (readonly number[])[];
}

/**
 * What recall is measured with: rows that the index has not, and as many that it has, evenly over it. These are asked for twice: for
 * others than themselves, and as is often done, themselves among their ten, which are a hit that nearly every search finds.
 */
export function asks(sae: SparseAutoencoder, x: Dense, others: Dense): Ask[] {
  const prepared = ({ data, shape }: Dense): Dense => {
    const { data: made } = modelOf(coreOf(sae)).prepare({ data, rows: shape[0], cols: shape[1] });
    return { data: made as Float32Array, shape };
  };
  const space = prepared(x);
  const long = lengths(space);
  const [count] = others.shape;
  const among = evenly([...Array(x.shape[0]).keys()], count);
  const ask = (who: string, queries: Dense, own: readonly number[]): Ask => {
    const q = prepared(queries);
    return { who, queries, own, nearest: own.map((row, i) => best(cosines(q, i, space, long), HITS, row)) };
  };
  return [
    ask('glosses that are not in the index', others, Array(count).fill(-1)),
    ask('that are, each without itself', pick(x, among), among),
    ask('that are, each with itself', pick(x, among), Array(count).fill(-1)),
  ];
}

/**
 * The index's side: f/‖x̂‖ as encoded, f/‖x‖ refitted, all rows that are learned from having the same length, √d. Refitted, q·x̂ is
 * what is known of q·x: see search.ts.
 */
export function indexed(sae: SparseAutoencoder, x: Dense, refit: boolean): Csr {
  if (!refit) return sae.transform(x, { sparse: true, normalize: true });
  const codes = sae.transform(x, { sparse: true, refit });
  return { ...codes, data: codes.data.map((f) => f / Math.sqrt(x.shape[1])) };
}

/** As many rows as a first search gives to a second one, that has all terms. */
export const SECOND = 50;

/** The queries' side: with so many terms, chosen among by how frequent units are in the index as well, or with all. */
export function askedWith(
  sae: SparseAutoencoder,
  queries: Parameters<SparseAutoencoder['query']>[0],
  terms: number | undefined,
  x: Dense,
): Csr {
  return sae.query(queries, terms === undefined ? {} : { terms, density: densityOn(sae, x) });
}

const densities = new WeakMap<SparseAutoencoder, QueryOptions['density']>();

/** On what share of the rows each unit is active, counted once. */
function densityOn(sae: SparseAutoencoder, x: Dense): QueryOptions['density'] {
  const density = densities.get(sae) ?? sae.evaluate(x).density;
  densities.set(sae, density);
  return density;
}

/**
 * Recall@10 by the dot products of codes for each number of terms, and, as the last, of 64 and of 256 terms for the first 50 rows
 * and of all terms among these.
 */
export function recalls(sae: SparseAutoencoder, codes: Csr, x: Dense, { queries, own, nearest }: Ask): number[] {
  const asked = TERMS.map((terms) => askedWith(sae, queries, terms, x));
  const found = (s: Csr) => own.map((row, q) => best(products(s, q, codes), HITS, row));
  const foundTwice = (s: Csr) =>
    own.map((row, q) => {
      const first = best(products(s, q, codes), SECOND, row);
      const again = products(asked[TERMS.indexOf(undefined)], q, codes);
      return best(
        first.map((i) => again[i]),
        HITS,
      ).map((at) => first[at]);
    });
  return [...asked.map(found), foundTwice(asked[0]), foundTwice(asked[1])].map((each) => recall(each, nearest));
}
