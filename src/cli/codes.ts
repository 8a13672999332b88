import { type Command, Option } from 'commander';
import { type SearchFormat, searchText, tokenNames, toSciPy } from '../export.js';
import { isSparse } from '../formats/notation.js';
import type { SparseAutoencoder } from '../index.js';
import { count, text } from '../numbers/checks.js';
import type { Csr } from '../numbers/csr.js';
import type { FloatArray } from '../numbers/matrix.js';
import { flag, UsageError } from './flags.js';
import type { matrixOf } from './plan.js';

/** What only codes are written as, and only all at once. */
export const CODE_FILES = ['sql', 'qdrant', 'pinecone', 'elasticsearch', 'opensearch', 'npz'] as const;
export type CodeFile = (typeof CODE_FILES)[number];
export const isCodeFile = (to: string | undefined): to is CodeFile => (CODE_FILES as readonly unknown[]).includes(to);

export interface CodeFlags {
  normalize?: boolean;
  refit?: boolean;
  query?: boolean;
  terms?: number;
  table?: string;
  field?: string;
  names?: boolean;
}

export function addCodeFlags(command: Command): Command {
  const group = 'Codes for a search engine (--to sparsevec, sql, qdrant, pinecone, elasticsearch, opensearch):';
  return command
    .addOption(new Option('--normalize', 'documents: each code divided by the length of what it is decoded to').helpGroup(group))
    .addOption(new Option('--refit', "each row's coefficients fitted to it anew, its units being chosen").helpGroup(group))
    .addOption(new Option('--query', 'queries: what the direction of each unit has of a row').helpGroup(group))
    .addOption(
      flag('--terms <n>', 'of a query the n largest entries above 0 (default: all, those below 0 too)', count).helpGroup(group),
    )
    .addOption(flag('--table <name>', 'what the table of --to sql is called (default: codes)', text).helpGroup(group))
    .addOption(
      flag(
        '--field <name>',
        'what its column, the vector or the field is called, of JSON lines too (default: code; of lines on stdin as it was)',
        text,
      ).helpGroup(group),
    )
    .addOption(
      new Option(
        '--names',
        'elasticsearch, opensearch: tokens are the names that the model has for its units, with "__" for a dot and "(u53)" behind a name that comes again (default: u0, u1, …, as of units without a name)',
      ).helpGroup(group),
    );
}

/** The codes of X in the form that `to` is written from, or X as queries. */
export function codesOf(
  sae: SparseAutoencoder,
  x: ReturnType<typeof matrixOf>,
  { normalize, refit, query, terms, table, field, names }: CodeFlags,
  to: string | undefined,
): FloatArray | Csr {
  const sparse = isSparse(to) || isCodeFile(to);
  if (table !== undefined && to !== 'sql') throw new UsageError('--table is of --to sql');
  if (names && to !== 'elasticsearch' && to !== 'opensearch')
    throw new UsageError('--names is of --to elasticsearch and opensearch, the others know units by number');
  if (names && sae.names.every((name) => name === null))
    throw new Error('--names: the model has none, expected one that `names MODEL DATA --out FILE` has written');
  if (field !== undefined && ['csv', 'tsv', 'npy', 'npz'].includes(to ?? ''))
    throw new UsageError(`--field: ${to} has no fields`);
  if (terms !== undefined && !query) throw new UsageError('--terms is of queries, expected --query beside it');
  if (normalize && query) throw new UsageError('--normalize is of documents, --query of queries, expected one of them');
  if (refit && query) throw new UsageError('--refit is of codes, --query of queries, expected one of them');
  if (query && !sparse)
    throw new UsageError(`--query: ${to ?? 'csv'} has no place for queries, expected --to sparse, sparsevec, npz or an engine`);
  if (query) return sae.query(x, { terms });
  if (sparse) return sae.transform(x, { sparse: true, normalize, refit });
  return sae.transform(x, { normalize, refit }).data as FloatArray;
}

/** All of them as a file's bytes. What an engine will not like about them is said on stderr. */
export function codeFile(
  to: CodeFile,
  codes: Csr,
  { query, table, field, names }: CodeFlags,
  { names: called }: Pick<SparseAutoencoder, 'names'>,
  ids: readonly string[] | undefined,
): Uint8Array {
  if (to === 'npz') return toSciPy(codes);
  const pieces = searchText(to satisfies SearchFormat, codes, {
    query,
    table,
    field,
    ids,
    names: names ? tokenNames(called) : undefined,
  });
  const written: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let step = pieces.next();
  for (; !step.done; step = pieces.next()) written.push(encoder.encode(step.value));
  for (const warning of step.value) process.stderr.write(`${warning}\n`);
  return Buffer.concat(written);
}
