import { numberText } from '../formats/write-csv.js';
import type { CsrLike } from '../numbers/csr.js';

/** What the writers of search engines' formats share. */
export interface SearchOptions {
  /** h: how many units there are. */
  dim: number;
  /** What the column, field or vector is called. Default 'code'. */
  field?: string;
  /** The SQL table. Default 'codes'. */
  table?: string;
  /** What each unit is called, where units have names (Elasticsearch, OpenSearch), null for u53; see tokenNames. Default u0, u1, …. */
  names?: readonly (string | null)[] | undefined;
  /** Whether rows come with ids of their own, rather than being numbered from 0. Default false. */
  ids?: boolean;
  /** Whether rows are queries: then each becomes a search for the `limit` nearest. Default false. */
  query?: boolean;
  /** Default 10. */
  limit?: number;
}

export type Settled = Required<SearchOptions> & {
  /** The call, as errors name it. */
  readonly call: string;
};

/** Rows as text: `head`, then `rows` as often as there are some, then `tail`. */
export interface SearchWriter {
  readonly head: string;
  /** How many rows at a time make a request or statement of a good size. */
  readonly batch: number;
  /** Rows from … to−1, with the line break at the end; `ids` are those rows'. */
  rows(codes: CsrLike, from: number, to: number, ids?: readonly string[]): string;
  tail(): string;
  /** What the engine will not like about rows that have been written. */
  readonly warnings: readonly string[];
}

/** One entry of a row, as the engines hold it: a float32 that is not 0. */
export interface Entry {
  readonly unit: number;
  readonly value: number;
}

/**
 * Row i's entries in single precision, which all of these engines have; those that vanish in it are left out.
 * @throws RangeError for one that is not finite there
 */
export function entriesOfRow(call: string, { data, indices, indptr }: CsrLike, i: number): Entry[] {
  const entries: Entry[] = [];
  for (let p = indptr[i]; p < indptr[i + 1]; p++) {
    const value = Math.fround(data[p]);
    if (!Number.isFinite(value))
      throw new RangeError(`${call}: row ${i}, unit ${indices[p]} is ${data[p]}, expected a finite float32`);
    if (value !== 0) entries.push({ unit: indices[p], value });
  }
  return entries;
}

/** A float32 as the double of its shortest decimal, which JSON then writes. */
export const shortNumber = (value: number): number => Number(numberText(value, true));

/** Row i as parallel lists: what clients of Qdrant and Pinecone take for a sparse vector. */
export function sparseValues(codes: CsrLike, i: number): { indices: number[]; values: number[] } {
  const entries = entriesOfRow('sparseValues', codes, i);
  return { indices: entries.map(({ unit }) => unit), values: entries.map(({ value }) => shortNumber(value)) };
}
