import { checkOptions, count, flag, refuse, requireValue, show, text, when, withoutUndefined } from '../numbers/checks.js';
import { type CsrLike, isCsr } from '../numbers/csr.js';
import { sparsevecLines, sqlWriter } from './pgvector.js';
import { pineconeWriter, qdrantWriter } from './points.js';
import type { SearchOptions, SearchWriter, Settled } from './rows.js';
import { elasticsearchWriter, opensearchWriter } from './tokens.js';

const writers = {
  sparsevec: sparsevecLines,
  sql: sqlWriter,
  qdrant: qdrantWriter,
  pinecone: pineconeWriter,
  elasticsearch: elasticsearchWriter,
  opensearch: opensearchWriter,
} satisfies Record<string, (settled: Settled) => SearchWriter>;

export type SearchFormat = keyof typeof writers;
export const SEARCH_FORMATS = Object.keys(writers) as SearchFormat[];

const checks = {
  dim: count,
  field: text,
  table: text,
  names: when(Array.isArray, 'a list of names'),
  ids: flag,
  query: flag,
  limit: count,
};

/**
 * Rows of CSR as an engine takes them, whichever way they come: all at once (searchText), or a few at a time.
 *   sparsevec       a line a row, {1:0.5,3:2}/1024
 *   sql             CREATE TABLE, INSERT, CREATE INDEX for pgvector; of queries SELECT
 *   qdrant          a line is the body of an upsert; of a query, of a search
 *   pinecone        the same
 *   elasticsearch   lines for _bulk into a field of type sparse_vector; of a query a line, the body of _search
 *   opensearch      the same, of type rank_features
 * @throws RangeError or TypeError for a wrong option
 */
export function searchWriter(format: SearchFormat, options: SearchOptions): SearchWriter {
  return writerFor('searchWriter', format, options);
}

function writerFor(call: string, format: SearchFormat, options: SearchOptions): SearchWriter {
  requireValue(
    `${call}: format`,
    format,
    when((f) => Object.hasOwn(writers, f as string), `one of ${SEARCH_FORMATS.join(', ')}`),
  );
  checkOptions(call, options, checks);
  requireValue(`${call}: dim`, options.dim, count);
  const { dim } = options;
  const settled = { field: 'code', table: 'codes', ids: false, query: false, limit: 10, ...withoutUndefined(options) };
  return writers[format]({ ...settled, call, names: options.names ?? Array(dim).fill(null) });
}

/**
 * All of it, a piece at a time.
 * @param ids one for each row
 */
export function* searchText(
  format: SearchFormat,
  codes: CsrLike,
  { ids: given, ...options }: Omit<SearchOptions, 'dim' | 'ids'> & { ids?: readonly (string | number)[] | undefined } = {},
): Generator<string, SearchWriter['warnings'], undefined> {
  if (!isCsr(codes))
    throw new TypeError(`searchText: codes is ${show(codes)}, expected CSR, as transform gives it with { sparse: true }`);
  const [rows, dim] = codes.shape;
  for (let p = 0; p < codes.indices.length; p++) {
    const j = codes.indices[p];
    if (!(Number.isInteger(j) && j >= 0 && j < dim)) refuse(`searchText: codes.indices[${p}]`, j, `a unit from 0 to ${dim - 1}`);
  }
  const ids = given?.map((id, i) => {
    if (typeof id === 'string' || Number.isFinite(id)) return String(id);
    throw new TypeError(`searchText: ids[${i}] is ${show(id)}, expected a text or a number`);
  });
  if (ids && ids.length !== rows) throw new RangeError(`searchText: got ${ids.length} ids, expected ${rows}, one for each row`);
  const writer = writerFor('searchText', format, { ...options, dim, ids: ids !== undefined });
  if (writer.head) yield writer.head;
  for (let from = 0; from < rows; from += writer.batch) {
    const to = Math.min(from + writer.batch, rows);
    yield writer.rows(codes, from, to, ids?.slice(from, to));
  }
  const tail = writer.tail();
  if (tail) yield tail;
  return [...writer.warnings, ...twice(format, ids)];
}

/** Rows that one id names take each other's place, in every engine. */
function twice(format: SearchFormat, ids: readonly string[] = []): string[] {
  const first = new Map<string, number>();
  const again = ids.flatMap((id, i) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, i);
    return before === undefined ? [] : [`${JSON.stringify(id)} (rows ${before} and ${i})`];
  });
  if (again.length === 0) return [];
  const others = again.length > 1 ? `, and ${again.length - 1} more` : '';
  return [`${format}: an id comes twice, expected one for each row: ${again[0]}${others}`];
}
