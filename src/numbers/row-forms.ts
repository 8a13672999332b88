import { type ArrowVector, entriesOfArrow, isArrow } from './arrow.js';

/** One row as a database or a service gives it. */
export type RowForm = ArrayLike<number> | string | ArrayBuffer | EmbeddingRow | ArrowVector;

/** A row of an embeddings response, or of a query's result. */
export interface EmbeddingRow {
  readonly embedding: ArrayLike<number> | string | ArrayBuffer | ArrowVector;
  readonly index?: number;
}

/** Numbers, or what came in their place. */
type Entries = ArrayLike<unknown>;

/** Whether it is a Uint8Array, or a Buffer, of any realm. */
const isBytes = (value: unknown): value is Uint8Array => Object.prototype.toString.call(value) === '[object Uint8Array]';
const isBuffer = (value: unknown): value is ArrayBuffer => Object.prototype.toString.call(value) === '[object ArrayBuffer]';

export const isEmbedding = (value: unknown): value is EmbeddingRow =>
  value !== null && typeof value === 'object' && 'embedding' in value;

/**
 * Whether a value is one row by itself, and no list of rows: a list of numbers, a typed array or the bytes of one,
 * `{ embedding }`. Texts are told by what is in them.
 */
export function isRow(value: unknown): boolean {
  if (Array.isArray(value)) return typeof value[0] === 'number';
  return ArrayBuffer.isView(value) || isBuffer(value) || isEmbedding(value);
}

/**
 * The entries of a row of `cols` in any of its forms; null for what is none. Bytes are float32s where they are 4·cols of
 * them, as databases keep vectors, and numbers where they are cols. A text is what pgvector prints of a vector,
 * `[0.1,0.2]`, or of a sparsevec, `{1:0.1,3:0.2}/4`; or float32s in base64, as embedding services send them.
 */
export function entriesOf(row: unknown, cols: number): Entries | null {
  if (Array.isArray(row)) return row;
  if (typeof row === 'string') return entriesOfText(row, cols);
  if (isBytes(row)) return row.length === 4 * cols ? float32s(row) : row;
  if (ArrayBuffer.isView(row)) return row instanceof DataView ? null : (row as unknown as Entries);
  if (isBuffer(row)) return row.byteLength === 4 * cols ? new Float32Array(row) : null;
  if (isEmbedding(row)) return isEmbedding(row.embedding) ? null : entriesOf(row.embedding, cols);
  return isArrow(row) ? entriesOfArrow(row) : null;
}

/** Little-endian float32s: on the same memory where they lie on their alignment. */
function float32s(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 ? new Uint8Array(bytes) : bytes;
  return new Float32Array(buffer, byteOffset, length / 4);
}

function entriesOfText(text: string, cols: number): Entries | null {
  const first = text.trimStart()[0];
  if (first === '[') return listOf(text);
  if (first === '{') return sparseOf(text, cols);
  return base64Floats(text);
}

function base64Floats(text: string): Entries | null {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return bytes.length > 0 && bytes.length % 4 === 0 ? float32s(bytes) : null;
  } catch {
    return null;
  }
}

function listOf(text: string): unknown[] | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const PAIR = /^\s*(\d+)\s*:\s*([^\s:]+)\s*$/;

/** `{index:value,…}/dimensions`, indices from 1. */
function sparseOf(text: string, cols: number): Entries | null {
  const [, pairs, width] = /^\s*\{([^{}]*)\}\s*\/\s*(\d+)\s*$/.exec(text) ?? [];
  if (pairs === undefined) return null;
  if (Number(width) !== cols) return { length: Number(width) };
  const entries = new Float64Array(cols);
  for (const pair of pairs.trim() ? pairs.split(',') : []) {
    const [, index, value] = PAIR.exec(pair) ?? [];
    const at = Number(index) - 1;
    if (!(at >= 0 && at < entries.length) || !Number.isFinite(Number(value))) return null;
    entries[at] = Number(value);
  }
  return entries;
}
