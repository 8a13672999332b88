import { TYPES } from './idx.js';
import { isNpy } from './npy.js';
import { isWord2vecHead, isWordVectors } from './word-vectors.js';

/** The formats of tables. */
export const KINDS = [
  'idx',
  'npy',
  'npz',
  'safetensors',
  'parquet',
  'arrow',
  'jsonl',
  'vectors',
  'word2vec',
  'tsv',
  'csv',
] as const;
export type Kind = (typeof KINDS)[number];

/** How files of each kind may be named. */
const ENDINGS: Readonly<Record<string, Kind | 'gzip'>> = {
  npy: 'npy',
  npz: 'npz',
  safetensors: 'safetensors',
  parquet: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  vec: 'vectors',
  tsv: 'tsv',
  tab: 'tsv',
  csv: 'csv',
  txt: 'csv',
  dat: 'csv',
  gz: 'gzip',
};

/** MNIST's files end in -idx3-ubyte. */
const IDX_NAME = /(?:[.-]idx\d*(?:-\w+)?|-ubyte)$/;

function byName(name: string): Kind | 'gzip' | null {
  const ending = /\.(\w+)$/.exec(name.toLowerCase())?.[1] ?? '';
  if (Object.hasOwn(ENDINGS, ending)) return ENDINGS[ending];
  return IDX_NAME.test(name) ? 'idx' : null;
}

const startsWith = (bytes: Uint8Array, ...start: number[]) => start.every((byte, i) => bytes[i] === byte);

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));

function byContent(bytes: Uint8Array): Kind | 'gzip' | null {
  if (startsWith(bytes, 0x1f, 0x8b)) return 'gzip';
  if (isNpy(bytes)) return 'npy';
  // "PK", with a first entry or none at all.
  if (startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0x50, 0x4b, 5, 6)) return 'npz';
  // A header that begins with { after a length below 2³², whose upper half no text has.
  if (bytes[8] === 0x7b && startsWith(bytes.subarray(4), 0, 0, 0, 0)) return 'safetensors';
  if (startsWith(bytes, ...ascii('PAR1'))) return 'parquet';
  // A file of record batches, or a stream of them: its first message, marked as one since version 0.15, has less than 2²⁴ bytes.
  if (startsWith(bytes, ...ascii('ARROW1')) || (startsWith(bytes, 0xff, 0xff, 0xff, 0xff) && bytes[7] === 0)) return 'arrow';
  if (startsWith(bytes, 0, 0) && TYPES.has(bytes[2]) && bytes[3] > 0) return 'idx';
  return null;
}

/** The first characters, if the first bytes are those of text, UTF-16 with its mark included. */
function textStart(bytes: Uint8Array): string | null {
  const start = bytes.subarray(0, 4096);
  const wide = startsWith(start, 0xff, 0xfe) || startsWith(start, 0xfe, 0xff);
  if (!wide && start.some((byte) => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d))) return null;
  const text = new TextDecoder(wide ? (start[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(start).trimStart();
  return text || null;
}

const TEXTUAL: readonly (Kind | 'gzip' | null)[] = ['csv', 'tsv', 'jsonl', 'vectors'];

/**
 * What a file is: told by its first bytes where they are those of one format alone; text that is named like a text
 * format, or like nothing known, by its first line; else by its name.
 */
export function detect(bytes: Uint8Array, name: string): Kind | 'gzip' | null {
  const content = byContent(bytes);
  if (content) return content;
  const named = byName(name);
  const textual = named === null || TEXTUAL.includes(named);
  const text = textual ? textStart(bytes) : null;
  if (text === null) return textual && isWord2vecHead(bytes) ? 'word2vec' : named;
  if (text[0] === '[' || text[0] === '{') return 'jsonl';
  return isWordVectors(text) ? 'vectors' : (named ?? 'csv');
}
