import { sparsevec } from '../formats/sparsevec.js';
import type { CsrLike } from '../numbers/csr.js';
import type { SearchWriter, Settled } from './rows.js';

/** As many non-zeros as pgvector takes of a sparsevec in an HNSW index. */
const MOST_INDEXED = 1_000;

/** A line a row. */
export const sparsevecLines = (): SearchWriter => ({
  head: '',
  batch: 1000,
  rows: (codes, from, to) => Array.from({ length: to - from }, (_, r) => `${sparsevec(codes, from + r)}\n`).join(''),
  tail: () => '',
  warnings: [],
});

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** PostgreSQL's texts hold any character but NUL. */
function quoted(text: string): string {
  if (text.includes('\0'))
    throw new RangeError(`sql: the id ${JSON.stringify(text)} holds a NUL, which PostgreSQL's text cannot`);
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * SQL that makes a table of the rows and its HNSW index by dot product, which `<#>` gives negated; or, of queries, a SELECT each.
 * Rows with more non-zeros than an index takes are written all the same, and the index then left out, with a word.
 */
export function sqlWriter({ dim, table, field, ids: named, query, limit }: Settled): SearchWriter {
  const [name, column] = [identifier(table), identifier(field)];
  let count = 0;
  const tooMany: number[] = [];
  const warnings: string[] = [];
  const select = (vector: string) =>
    `SELECT id, -(${column} <#> ${vector}) AS score FROM ${name} ORDER BY ${column} <#> ${vector} LIMIT ${limit};\n`;
  const values = (codes: CsrLike, from: number, to: number, ids: readonly string[] | undefined) => {
    const lines: string[] = [];
    for (let i = from; i < to; i++) {
      if (codes.indptr[i + 1] - codes.indptr[i] > MOST_INDEXED) tooMany.push(count);
      lines.push(`(${named ? quoted((ids as readonly string[])[i - from]) : count}, '${sparsevec(codes, i)}')`);
      count++;
    }
    return `INSERT INTO ${name} (id, ${column}) VALUES\n${lines.join(',\n')};\n`;
  };
  if (query)
    return {
      head: '',
      batch: 1,
      rows: (codes, from, to) => Array.from({ length: to - from }, (_, r) => select(`'${sparsevec(codes, from + r)}'`)).join(''),
      tail: () => '',
      warnings,
    };
  return {
    head: `CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE ${name} (id ${named ? 'text' : 'bigint'} PRIMARY KEY, ${column} sparsevec(${dim}));
`,
    batch: 100,
    rows: values,
    tail: () => {
      if (tooMany.length === 0) return `CREATE INDEX ON ${name} USING hnsw (${column} sparsevec_ip_ops);\n`;
      const others = tooMany.length > 1 ? ` and ${tooMany.length - 1} more` : '';
      warnings.push(
        `sql: no index: over ${MOST_INDEXED} non-zeros, more than pgvector's HNSW takes, in row ${tooMany[0]}${others}`,
      );
      return `-- ${warnings.at(-1)}\n`;
    },
    warnings,
  };
}
