import { type Fail, failing } from './entries.js';
import { endOfString, parsed } from './in-place.js';
import { isSpace } from './text.js';

const [QUOTE, COMMA, FEED, SPACE, OPEN, CLOSE, BRACE, UNBRACE] = [0x22, 0x2c, 0x0a, 0x20, 0x5b, 0x5d, 0x7b, 0x7d];

/** What responses call their lists: OpenAI's, Ollama's. */
const LISTS = ['"data"', '"embeddings"'];

/** Whether a text begins like one array of rows, which are objects or arrays themselves. */
export function isArrayOfRows(bytes: Uint8Array): boolean {
  const start = skip(bytes, 0);
  const next = bytes[skip(bytes, start + 1)];
  return bytes[start] === OPEN && (next === OPEN || next === BRACE);
}

/**
 * A text that is JSON as a whole, an array of rows or an object with one, as JSON lines, a row a line: what is no row gives
 * way to spaces, a comma between two of them to a line feed. Null, if it is anything else.
 * @throws RangeError if the array does not end, or something follows it
 */
export function linesOfJson(bytes: Uint8Array, name: string): Uint8Array | null {
  const fail = failing(name);
  const start = skip(bytes, 0);
  const isArray = isArrayOfRows(bytes);
  if (!isArray && bytes[start] !== BRACE) return null;
  // The array of rows, and how deep it is.
  let [open, close] = [-1, -1];
  let lines = new Uint8Array(0);
  const level = isArray ? 1 : 2;
  let named = '';
  let at = start;
  for (let depth = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    const within = open >= 0 && close < 0;
    if (byte === QUOTE) {
      const end = Math.min(endOfString(bytes, at, bytes.length), bytes.length - 1);
      if (within) lines.set(bytes.subarray(at, end + 1), at);
      else if (depth === 1) named = new TextDecoder().decode(bytes.subarray(at, end + 1));
      at = end;
      continue;
    }
    if (byte === CLOSE || byte === UNBRACE) depth--;
    if (within && depth < level) close = at;
    else if (within && !isSpace(byte)) lines[at] = byte === COMMA && depth === level ? FEED : byte;
    if (byte === OPEN || byte === BRACE) depth++;
    if (open < 0 && byte === OPEN && depth === level && (isArray || LISTS.includes(named)) && isArrayOfRows(bytes.subarray(at))) {
      open = at;
      lines = new Uint8Array(bytes.length).fill(SPACE);
    }
    if (depth <= 0) break;
  }
  if (isArray && close < 0) fail('ends within its array');
  if (open < 0 || close < 0) return null;
  if (skip(bytes, at + 1) < bytes.length) return isArray ? fail('goes on behind its array, expected one JSON text') : null;
  requireJson(bytes, open, close, fail);
  return lines;
}

/** What is around the array. */
function requireJson(bytes: Uint8Array, open: number, close: number, fail: Fail): void {
  const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
  parsed(`${text(0, open)}0${text(close + 1, bytes.length)}`, fail);
}

function skip(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}
