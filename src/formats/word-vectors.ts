import { type Fail, failing } from './entries.js';
import { FLOATS, type Floats, type FloatType } from './floats.js';
import { grouped } from './header.js';
import { scanNumber, scanned } from './scan.js';
import { asUtf8, faultOf, lines, numberOf, roomFor, shown, type TextRows } from './text.js';

const [LINE_FEED, RETURN, SPACE, TAB] = [0x0a, 0x0d, 0x20, 0x09];

/** "400000 300": how many words follow, of how many numbers each. */
const HEADER = /^(\d{1,12}) (\d{1,9})\s*$/;
/** The longest word of a binary file: more is no such file. */
const LONGEST_WORD = 10_000;

const headerOf = (line: string): [words: number, cols: number] | null => {
  const [, words, cols] = HEADER.exec(line) ?? [];
  return words === undefined ? null : [Number(words), Number(cols)];
};

/** Whether a text begins with word vectors: a word, then numbers, at least two; after a header or without one. */
export function isWordVectors(head: string): boolean {
  const [first = '', ...others] = head.trimStart().split('\n', 3);
  const header = headerOf(first) !== null;
  const [word, ...cells] = (header ? (others[0] ?? '') : first).trimEnd().split(/[ \t]/);
  // The head of a file may end within a number.
  if (others.length === Number(header)) cells.pop();
  const areNumbers = cells.length >= 2 && cells.every((cell) => !Number.isNaN(numberOf(cell)));
  return areNumbers && (header || Number.isNaN(numberOf(word)));
}

/** Whether a file's first line is the header of word2vec's binary format; what follows then is no text. */
export function isWord2vecHead(bytes: Uint8Array): boolean {
  const end = bytes.subarray(0, 32).indexOf(LINE_FEED);
  return end > 0 && headerOf(new TextDecoder('latin1').decode(bytes.subarray(0, end))) !== null;
}

/**
 * Word vectors as text, as GloVe, word2vec and fastText write them: a word and its numbers on each line, spaces between;
 * after a first line that says how many of how many, or without one. A word may have spaces in it: the numbers are the
 * last ones.
 * @param name how errors call the file
 * @throws RangeError naming the line
 */
export function readWordVectors(file: Uint8Array, name: string, type: FloatType): TextRows {
  const bytes = asUtf8(file);
  const fail: Fail = failing(name);
  const start = { ...(lines(bytes).next().value ?? fail('is empty, expected words and their numbers')) };
  const first = utf8.decode(bytes.subarray(start.begin, start.end)).trimEnd();
  const header = headerOf(first);
  const cols = header ? header[1] : first.split(/[ \t]+/).length - 1;
  if (cols < 1) fail(`line ${start.number} has no numbers, expected a word and its numbers`);
  const data = roomFor(bytes, cols, type);
  const ids: string[] = [];
  for (const line of lines(bytes, header ? start : undefined)) {
    const text = bytes.subarray(line.begin, line.end);
    const row = data.subarray(ids.length * cols, (ids.length + 1) * cols);
    ids.push(scanRow(text, row) ?? splitRow(text, row, failing(`${name} line ${line.number}`)));
  }
  if (header && ids.length !== header[0])
    fail(`has ${grouped(ids.length)} words, expected ${grouped(header[0])}, as line ${start.number} says`);
  return { rows: ids.length, cols, data: data.subarray(0, ids.length * cols), ids };
}

const isGap = (byte: number) => byte === SPACE || byte === TAB || byte === RETURN;
const utf8 = new TextDecoder();

/** A line of one word, straight from the bytes: the word, its numbers in `row`; null for whatever is not as simple as that. */
function scanRow(text: Uint8Array, row: Floats): string | null {
  const single = row instanceof Float32Array;
  let end = text.length;
  while (isGap(text[end - 1])) end--;
  let at = 0;
  while (at < end && !isGap(text[at])) at++;
  const word = at;
  for (let j = 0; j < row.length; j++) {
    const value = scanNumber(text, at + 1, single);
    if (Number.isNaN(value)) return null;
    row[j] = value;
    at = scanned.end;
    if (at !== end && !isGap(text[at])) return null;
  }
  return at === end && word > 0 ? utf8.decode(text.subarray(0, word)) : null;
}

function splitRow(text: Uint8Array, row: Floats, fail: Fail): string {
  const cells = utf8
    .decode(text)
    .trimEnd()
    .split(/[ \t]+/);
  const cols = row.length;
  if (cells.length <= cols) fail(`${cells.length - 1} numbers, expected a word and ${cols}`);
  const words = cells.splice(0, cells.length - cols);
  for (let j = 0; j < cols; j++) {
    row[j] = numberOf(cells[j]);
    if (!Number.isFinite(row[j])) fail(`${shown(cells[j])} ${faultOf(row[j])}`);
  }
  return words.join(' ');
}

/**
 * word2vec's binary format: a line "words numbers", then for each word its bytes, a space, and its float32s,
 * little-endian; a line feed after them, or none.
 * @param name how errors call the file
 * @throws RangeError naming the byte
 */
export function readWord2vec(bytes: Uint8Array, name: string, type: FloatType): TextRows {
  const fail: Fail = failing(name);
  let at = bytes.subarray(0, 32).indexOf(LINE_FEED) + 1;
  const header = headerOf(utf8.decode(bytes.subarray(0, at)));
  if (!header) return fail('does not begin with a line that says how many words of how many numbers (not a word2vec file)');
  const [words, cols] = header;
  const least = at + words * (2 + 4 * cols);
  if (cols === 0) fail('says that its words have no numbers');
  if (bytes.length < least)
    fail(`ends at byte ${grouped(bytes.length)}, expected at least ${grouped(least)} for ${grouped(words)} words of ${cols}`);
  const data = new FLOATS[type](words * cols);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids: string[] = [];
  for (let i = 0; i < words; i++) {
    if (bytes[at] === LINE_FEED) at++;
    const length = bytes.subarray(at, at + LONGEST_WORD).indexOf(SPACE);
    if (length < 0)
      fail(`byte ${grouped(at)}: word ${grouped(i)} does not end, expected a space within ${grouped(LONGEST_WORD)} bytes`);
    ids.push(utf8.decode(bytes.subarray(at, at + length)));
    at += length + 1;
    if (at + 4 * cols > bytes.length)
      fail(`ends at byte ${grouped(bytes.length)}, within word ${grouped(i)} of ${grouped(words)}`);
    for (let j = 0; j < cols; j++, at += 4) data[i * cols + j] = view.getFloat32(at, true);
  }
  if (bytes[at] === LINE_FEED) at++;
  if (at < bytes.length) fail(`goes on after byte ${grouped(at)}, where its ${grouped(words)} words end`);
  return { rows: words, cols, data, ids };
}
