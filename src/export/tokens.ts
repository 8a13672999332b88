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

/** What a unit without a name is called. */
const numbered = (unit: number) => `u${unit}`;

/**
 * Row i as a map of units' names to numbers, u53 for a unit without one. Numbers below the least normal float32 are left out,
 * as Lucene takes none.
 * @throws RangeError for a number below 0, which these engines refuse
 */
export function tokenMap(codes: CsrLike, i: number, names: readonly (string | null)[]): Record<string, number> {
  const entries = entriesOfRow('tokenMap', codes, i);
  const negative = entries.find(({ value }) => value < 0);
  if (negative) {
    const { unit, value } = negative;
    throw new RangeError(
      `tokenMap: row ${i}, unit ${unit} is ${shortNumber(value)}, expected numbers above 0 (of a query, terms leaves out the others)`,
    );
  }
  const kept = entries.filter(({ value }) => value >= SMALLEST_NORMAL);
  return Object.fromEntries(kept.map(({ unit, value }) => [names[unit] ?? numbered(unit), shortNumber(value)]));
}

/** A term of Lucene's has at most 32,766 bytes; a character at most 4. */
const LONGEST = 8000;

/**
 * Names of units, such as `sae.names` and `features.names`, as tokens that both engines take, each unit's its own:
 *   u53         a unit without a name
 *   st__ louis  "__" for a dot, which older versions of Elasticsearch refuse (elasticsearch#109118); its own models do so too
 *   bank (u53)  a name that a unit before it has
 * The same names give the same tokens, to documents and to queries.
 * @throws TypeError for a name that is empty, or no text
 */
export function tokenNames(names: readonly (string | null)[]): string[] {
  const taken = new Set(names.flatMap((name, unit) => (name === null ? [numbered(unit)] : [])));
  return Array.from(names, (name, unit) => {
    if (name === null) return numbered(unit);
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`tokenNames: names[${unit}] is ${show(name)}, expected a text, or null for no name`);
    let token = Array.from(name.replaceAll('.', '__')).slice(0, LONGEST).join('');
    while (taken.has(token)) token += ` (${numbered(unit)})`;
    taken.add(token);
    return token;
  });
}

/**
 * Lines for _bulk, a document being { [field]: its token map }; of queries a line each, the body of one _search.
 * @throws RangeError for names that are not one for each unit, each another
 */
function tokenWriter(search: (field: string, tokens: object) => object): (settled: Settled) => SearchWriter {
  return ({ call, dim, names: given, field, ids: named, query, limit }) => {
    if (given.length !== dim) throw new RangeError(`${call}: got ${given.length} names, expected ${dim}, one for each unit`);
    const names = Array.from(given, (name, unit) => name ?? numbered(unit));
    const seen = new Map<string, number>();
    for (const [unit, name] of names.entries()) {
      if (typeof name !== 'string' || name === '' || seen.has(name))
        throw new RangeError(
          `${call}: names[${unit}] is ${show(name)}${seen.has(name) ? `, as names[${seen.get(name)}]` : ''}, expected a name of its own, as tokenNames gives them`,
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
