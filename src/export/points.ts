import type { CsrLike } from '../numbers/csr.js';
import { type SearchWriter, type Settled, sparseValues } from './rows.js';

/** Pinecone's limit of non-zeros where vectors are dense and sparse. */
const MOST_IN_PINECONE = 1_000;

/**
 * Qdrant: a line is the body of one upsert (PUT /collections/…/points) or, of a query, of one search (POST …/points/query). Its ids are
 * whole numbers or UUIDs alone. Where the first of the caller's is one, all are to be; otherwise points are numbered, and
 * the caller's ids go into the payload.
 * @throws RangeError for an id that is none after one that was
 */
export function qdrantWriter({ field, ids: named, query, limit }: Settled): SearchWriter {
  let count = 0;
  let fits = true;
  /** What Qdrant calls the point, and what else is kept of its id. */
  const called = (id: string | undefined) => {
    const own = pointId(id);
    if (count === 0) fits = own !== undefined;
    if (fits && own === undefined)
      throw new RangeError(`qdrant: the id ${JSON.stringify(id)} is no whole number or UUID, expected one, as the first was`);
    const numbered = count++;
    return fits ? { id: own } : { id: numbered, ...(named && { payload: { id } }) };
  };
  return {
    head: '',
    batch: query ? 1 : 100,
    rows: (codes, from, to, ids) => {
      if (query) return lines(from, to, (i) => ({ query: sparseValues(codes, i), using: field, limit }));
      const points = list(from, to, (i) => ({ ...called(ids?.[i - from]), vector: { [field]: sparseValues(codes, i) } }));
      return `${JSON.stringify({ points })}\n`;
    },
    tail: () => '',
    warnings: [],
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id that Qdrant takes as it is. */
const pointId = (id = ''): number | string | undefined => {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  return UUID.test(id) ? id : undefined;
};

/** Pinecone: a line is the body of one upsert (POST /vectors/upsert), or of one query (POST /query). It takes no vector without entries. */
export function pineconeWriter({ ids: named, query, limit }: Settled): SearchWriter {
  let count = 0;
  const warned = { empty: 0, wide: 0 };
  const note = (codes: CsrLike, i: number) => {
    const entries = codes.indptr[i + 1] - codes.indptr[i];
    if (entries === 0) warned.empty++;
    if (entries > MOST_IN_PINECONE) warned.wide++;
    return entries > 0;
  };
  return {
    head: '',
    batch: query ? 1 : 100,
    rows: (codes, from, to, ids) => {
      if (query)
        return lines(from, to, (i) => {
          note(codes, i);
          return { sparseVector: sparseValues(codes, i), topK: limit };
        });
      const vectors = list(from, to, (i) => {
        const id = named ? ids?.[i - from] : String(count);
        count++;
        return note(codes, i) ? [{ id, sparseValues: sparseValues(codes, i) }] : [];
      }).flat();
      return vectors.length ? `${JSON.stringify({ vectors })}\n` : '';
    },
    tail: () => '',
    get warnings() {
      const { empty, wide } = warned;
      return [
        ...(empty
          ? [`pinecone: ${empty} rows have no entries${query ? '' : ' and are left out'}: Pinecone takes no empty vector`]
          : []),
        ...(wide
          ? [`pinecone: ${wide} rows have over ${MOST_IN_PINECONE} entries, more than its sparse-dense indexes take`]
          : []),
      ];
    },
  };
}

const list = <T>(from: number, to: number, make: (i: number) => T): T[] =>
  Array.from({ length: to - from }, (_, r) => make(from + r));

const lines = (from: number, to: number, make: (i: number) => unknown): string =>
  list(from, to, (i) => `${JSON.stringify(make(i))}\n`).join('');
