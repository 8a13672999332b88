import { choose } from './choose.js';
import { readCsv } from './csv.js';
import { detect, KINDS, type Kind } from './detect.js';
import { countOf, type Fail, failing, type Tensor } from './entries.js';
import type { FieldOptions } from './fields.js';
import { asFloats, type FloatType } from './floats.js';
import { grouped } from './header.js';
import { idxHeader, parseIdx } from './idx.js';
import { exceeds, gunzip, gunzipHead, limitOf } from './inflate.js';
import { readJsonLines } from './jsonl.js';
import { npyHeader, readNpy } from './npy.js';
import { readNpz } from './npz.js';
import { readSafetensors } from './safetensors.js';
import { labelColumn, type TextRows } from './text.js';
import { readWord2vec, readWordVectors } from './word-vectors.js';

export interface TableOptions extends FieldOptions {
  /** The type of the result's numbers; 'float32' by default. */
  readonly dtype?: FloatType;
  /** The kind of file, if neither content nor name should tell it. */
  readonly kind?: Kind;
  /** npz, safetensors: the array's name. By default the only one, or the only one of two dimensions or more. */
  readonly array?: string;
  /** csv, tsv: whether the first line names the columns. By default it does if none of its cells is a number. */
  readonly header?: boolean;
  /** The column of labels: its name, or its number from 0, negative from the end. */
  readonly label?: string | number;
  /** csv: one character. By default the first of tab, semicolon, comma, bar and space that the first line has. */
  readonly delimiter?: string;
  /** gz, npz: the most bytes that may be unpacked; 256 times the packed size by default, or 64 MiB if that is more. */
  readonly maxUnpacked?: number;
  /** Unpacks gzip, to no more than `atMost` bytes: node's zlib is faster than what is built in. */
  readonly gunzip?: (packed: Uint8Array, atMost: number) => Uint8Array;
}

/** rows × cols numbers, row by row, as the file has them: nothing is scaled. */
export interface Table extends TextRows {
  readonly kind: Kind;
}

/**
 * Reads a table of numbers, of any of the formats, gzipped or not. Arrays of more dimensions are flattened to
 * n × the rest; those of one are a column. A table may have no rows, if its file says so, but has columns.
 * `data` may be a view of `bytes`.
 * @param name how errors call the file; what the file is depends on its content first, and on this second
 * @throws RangeError naming the byte, the line and column, or the key at fault
 */
export function readTable(bytes: Uint8Array, name: string, options: TableOptions = {}): Table {
  const fail: Fail = failing(name);
  if (bytes.length === 0) fail('is empty');
  let kind = options.kind ?? detect(bytes, name);
  let file = bytes;
  if (isGzip(bytes)) {
    file = unpacked(bytes, name, options, fail);
    kind = options.kind ?? detect(file, name.replace(/\.gz$/i, ''));
  }
  if (kind === 'vectors' && options.kind === undefined && asksForColumns(options)) kind = 'csv';
  if (kind === null || kind === 'gzip')
    return fail(`is of no known kind, expected one of ${KINDS.join(', ')}, or one of them gzipped`);
  refuseIdle(kind, options, fail);
  return { kind, ...readers[kind](file, name, options, fail) };
}

const WITH_COLUMNS: readonly Kind[] = ['jsonl', 'csv', 'tsv', 'parquet', 'arrow'];
/** Options that mean nothing to every kind: what it takes, and which have it. */
const OWNERS = {
  embedding: ['fields', ['jsonl', 'parquet', 'arrow']],
  text: ['fields', WITH_COLUMNS],
  id: ['fields', WITH_COLUMNS],
  label: ['labels', [...WITH_COLUMNS, 'idx', 'npy', 'npz', 'safetensors']],
  array: ['arrays with names', ['npz', 'safetensors']],
  header: ['header', ['csv', 'tsv']],
  delimiter: ['delimiter', ['csv', 'tsv']],
} as const satisfies Partial<Record<keyof TableOptions, readonly [string, readonly Kind[]]>>;

/** An option that was given and means nothing to a file of that kind is an error. */
export function refuseIdle(kind: Kind, options: TableOptions, fail: Fail): void {
  for (const option of Object.keys(OWNERS) as (keyof typeof OWNERS)[]) {
    const [what, kinds] = OWNERS[option] as readonly [string, readonly Kind[]];
    if (options[option] !== undefined && !kinds.includes(kind))
      fail(`is ${kind}, which has no ${what}, expected no ${option} to be named`);
  }
}

/** What word vectors cannot have, and a text file of columns can. */
const asksForColumns = ({ label, id, text, header, delimiter }: TableOptions) =>
  [label, id, text, header, delimiter].some((option) => option !== undefined);

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

type Reader = (file: Uint8Array, name: string, options: TableOptions, fail: Fail) => TextRows;

const csv: Reader = (file, name, { dtype: type = 'float32', ...options }) => readCsv(file, name, { type, ...options });

const columnar = (format: string) => `is ${format} within gzip, expected it unpacked`;

const readers: Readonly<Record<Kind, Reader>> = {
  idx: (file, name, options, fail) => asTable(parseIdx(file, name), options, fail),
  npy: (file, name, options, fail) => asTable(readNpy(file, name), options, fail),
  npz: (file, name, options, fail) => asTable(readNpz(file, name, options.array, options.maxUnpacked), options, fail),
  safetensors(file, name, options, fail) {
    const { tensors } = readSafetensors(file, name);
    const shapeOf = (key: string) => (tensors.get(key) as Tensor).shape;
    const key = choose([...tensors.keys()], options.array, shapeOf, fail);
    return asTable(tensors.get(key) as Tensor, options, fail);
  },
  jsonl: (file, name, { dtype: type = 'float32', ...fields }) => readJsonLines(file, name, type, fields),
  vectors: (file, name, { dtype: type = 'float32' }) => readWordVectors(file, name, type),
  word2vec: (file, name, { dtype: type = 'float32' }) => readWord2vec(file, name, type),
  parquet: (_file, _name, _options, fail) => fail(columnar('Parquet')),
  arrow: (_file, _name, _options, fail) => fail(columnar('Arrow IPC')),
  tsv: (file, name, options, fail) => csv(file, name, { ...options, delimiter: options.delimiter ?? '\t' }, fail),
  csv,
};

function asTable(tensor: Tensor, { dtype = 'float32', label }: TableOptions, fail: Fail): TextRows {
  const [rows, ...rest] = tensor.shape;
  const width = countOf(rest);
  if (rows === undefined) fail('is a single number, expected a table');
  if (width === 0) fail(`has rows of no entries (${tensor.shape.join(' × ')})`);
  const data = asFloats(tensor, dtype);
  const column = labelColumn(label, width, null, fail);
  if (column < 0) return { rows, cols: width, data };
  const cols = width - 1;
  if (cols === 0) fail('has no column of numbers beside the labels');
  const kept = data.slice(0, rows * cols);
  for (let i = 0, k = 0; k < kept.length; i++) if (i % width !== column) kept[k++] = data[i];
  const labels = Array.from({ length: rows }, (_, i) => String(tensor.data[i * width + column]));
  return { rows, cols, data: kept, labels };
}

/** A file says early how large it is: one that goes on beyond that, or claims more than it can hold, is left there. */
function unpacked(bytes: Uint8Array, name: string, options: TableOptions, fail: Fail): Uint8Array {
  let limit = limitOf(bytes.length, options.maxUnpacked);
  const declared = declaredLength(gunzipHead(bytes, fail), name);
  if (declared !== undefined && declared > limit.bytes) fail(exceeds(limit));
  if (declared !== undefined) limit = { bytes: declared, why: 'as its header says' };
  if (!options.gunzip) return gunzip(bytes, limit, fail);
  try {
    return options.gunzip(bytes, limit.bytes);
  } catch (error) {
    return fail(`broken gzip data, or more than ${grouped(limit.bytes)} bytes (${limit.why}): ${(error as Error).message}`);
  }
}

function declaredLength(head: Uint8Array, name: string): number | undefined {
  const kind = detect(head, name);
  if (kind === 'idx') return idxHeader(head, name).end;
  return kind === 'npy' ? npyHeader(head, name).end : undefined;
}
