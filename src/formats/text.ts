import type { Fail } from './entries.js';
import { FLOATS, type Floats, type FloatType } from './floats.js';

/** Rows of numbers read from text. */
export interface TextRows {
  readonly rows: number;
  readonly cols: number;
  readonly data: Floats;
  /** One for each row, if a column of labels was named. */
  readonly labels?: string[];
  /** What the rows are called, and the texts that they are of: one for each row, where the file has them. */
  readonly ids?: string[];
  readonly texts?: string[];
  /** The names of the columns, without that of the labels. */
  readonly names?: string[];
}

/** Text as UTF-8 bytes, without the mark that says so; UTF-16, as Excel writes "Unicode text", is told by its mark. */
export function asUtf8(bytes: Uint8Array): Uint8Array {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe) return new TextEncoder().encode(new TextDecoder('utf-16le').decode(bytes));
  if (a === 0xfe && b === 0xff) return new TextEncoder().encode(new TextDecoder('utf-16be').decode(bytes));
  return a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes;
}

const LINE_FEED = 0x0a;
export const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

export interface Line {
  /** Counted from 1. */
  number: number;
  /** The bytes begin … end, without the line feed. */
  begin: number;
  end: number;
}

/** The lines that are not blank. The object is the same one each time, changed. */
export function* lines(bytes: Uint8Array, from: Line = { number: 0, begin: 0, end: -1 }): Generator<Line, void, undefined> {
  const line = { ...from };
  while (line.end < bytes.length) {
    line.number++;
    line.begin = line.end + 1;
    const lineFeed = bytes.indexOf(LINE_FEED, line.begin);
    line.end = lineFeed < 0 ? bytes.length : lineFeed;
    let at = line.begin;
    while (at < line.end && isSpace(bytes[at])) at++;
    if (at < line.end) yield line;
  }
}

/** How many numbers the rest of a text may hold: no fewer than it does, and no more than its bytes. */
export function roomFor(bytes: Uint8Array, cols: number, type: FloatType): Floats {
  let rows = 1;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) rows++;
  return new FLOATS[type](Math.min(rows * cols, (bytes.length >> 1) + 1));
}

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The number that a text is, whole; NaN for anything else, "NaN" and "inf" included. */
export function numberOf(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Why a text has become an entry that is not finite: it is no number, or one beyond ±3.4·10³⁸. */
export const faultOf = (entry: number): string => (Number.isNaN(entry) ? 'is not a number' : 'is too large for float32');

/** A text from a file, as an error shows it. */
export const shown = (text: string): string => (text.length > 40 ? `"${text.slice(0, 40)}…"` : `"${text}"`);

/** The column of labels, or of `what`: a text is a name or else a number; numbers are from 0, negative from the end. −1 if none is asked for. */
export function labelColumn(
  label: string | number | undefined,
  width: number,
  names: readonly string[] | null,
  fail: Fail,
  what = 'labels',
): number {
  if (label === undefined) return -1;
  const named = typeof label === 'string' && names ? names.indexOf(label) : -1;
  if (named >= 0) return named;
  const number = /^-?\d+$/.test(String(label)) ? Number(label) : Number.NaN;
  const column = number < 0 ? width + number : number;
  if (column >= 0 && column < width) return column;
  const known = names ? `one of ${names.slice(0, 12).map(shown).join(', ')}${names.length > 12 ? ' …' : ''}, or ` : '';
  return fail(
    `has no column ${typeof label === 'string' ? shown(label) : label} for the ${what}, expected ${known}0 … ${width - 1}`,
  );
}
