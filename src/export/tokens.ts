import { show } from '../numbers/checks.js';
import type { CsrLike } from '../numbers/csr.js';
import { entriesOfRow, type SearchWriter, type Settled, shortNumber } from './rows.js';

/** What is left of a float32 beside its 15 lowest bits. */
const KEPT = 0xffff8000;
/** The least positive float32 with all its digits. */
const SMALLEST_NORMAL = 2 ** -126;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * A positive number as Lucene's FeatureField holds it, and with it Elasticsearch's sparse_vector and both engines' rank_features:
 * of a float32 the upper 17 bits, hence 9 significant ones, rounded towards 0. At most 2⁻⁸ of it is lost, 0.4%. Queries'
 * weights stay as they are.
 */
export function nineBits(value: number): number {
  float[0] = value;
  bits[0] &= KEPT;
  return float[0];
}

/**
 * Row i as a map of units' names to numbers. Those below the least normal float32 are left out, as Lucene takes none.
 * @throws RangeError for a number below 0, which these engines refuse
 */
export function tokenMap(codes: CsrLike, i: number, names: readonly string[]): Record<string, number> {
  const entries = entriesOfRow('tokenMap', codes, i);
  const negative = entries.find(({ value }) => value < 0);
  if (negative) {
    const { unit, value } = negative;
    throw new RangeError(
      `tokenMap: row ${i}, unit ${unit} is ${shortNumber(value)}, expected numbers above 0 (of a query, terms leaves out the others)`,
    );
  }
  const kept = entries.filter(({ value }) => value >= SMALLEST_NORMAL);
  return Object.fromEntries(kept.map(({ unit, value }) => [names[unit], shortNumber(value)]));
}

/**
 * Lines for _bulk, a document being { [field]: its token map }; of queries a line each, the body of one _search.
 * @throws RangeError for names that are not one for each unit, each another
 */
function tokenWriter(search: (field: string, tokens: object) => object): (settled: Settled) => SearchWriter {
  return ({ dim, names, field, ids: named, query, limit }) => {
    if (names.length !== dim) throw new RangeError(`names: got ${names.length}, expected ${dim}, one for each unit`);
    const seen = new Map<string, number>();
    for (const [unit, name] of names.entries()) {
      if (typeof name !== 'string' || name === '' || seen.has(name))
        throw new RangeError(
          `names[${unit}] is ${show(name)}${seen.has(name) ? `, as names[${seen.get(name)}]` : ''}, expected a name of its own`,
        );
      seen.set(name, unit);
    }
    let count = 0;
    const line = (codes: CsrLike, i: number, id: string | undefined) => {
      const tokens = tokenMap(codes, i, names);
      if (query) return `${JSON.stringify({ query: search(field, tokens), size: limit })}\n`;
      const action = { index: { _id: named ? id : String(count++) } };
      return `${JSON.stringify(action)}\n${JSON.stringify({ [field]: tokens })}\n`;
    };
    return {
      head: '',
      batch: 100,
      rows: (codes, from, to, ids) => Array.from({ length: to - from }, (_, r) => line(codes, from + r, ids?.[r])).join(''),
      tail: () => '',
      warnings: [],
    };
  };
}

/** For a field of type sparse_vector. Newer versions leave weak tokens of a query out unless they are told not to. */
export const elasticsearchWriter = tokenWriter((field, query_vector) => ({
  sparse_vector: { field, query_vector, prune: false },
}));

/** For a field of type rank_features. */
export const opensearchWriter = tokenWriter((field, query_tokens) => ({ neural_sparse: { [field]: { query_tokens } } }));
