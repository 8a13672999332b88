import { type Fail, failing } from './entries.js';
import { type Field, type FieldOptions, type Kept, keeping, pick } from './fields.js';
import type { FloatType } from './floats.js';
import { isDigit, scanNumber, scanned } from './scan.js';
import { faultOf, lines, roomFor, shown, type TextRows } from './text.js';

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, MINUS, ZERO, SPACE] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x2d, 0x30, 0x20];

/** How deep the embedding may lie: OpenAI's batches have it at response.body.data.0.embedding. */
const DEEPEST = 6;
/** What stands in the rest of a line for the list that was scanned: no field has it. */
const MARK = '\0';

/**
 * JSON lines, each an object: with a list of numbers, which is the row, or with numbers, which are its entries. Fields
 * within others are named with dots between: `response.body.data.0.embedding`.
 * @param name how errors call the file
 * @throws RangeError naming the line and the field
 */
export function readJsonObjects(bytes: Uint8Array, name: string, type: FloatType, options: FieldOptions): TextRows {
  const start = { ...(lines(bytes).next().value ?? failing(name)('is empty')) };
  const first = parse(bytes.subarray(start.begin, start.end), failing(`${name} line ${start.number}`));
  const fields = fieldsOf(first);
  const picked = pick(fields, options, failing(name));
  const { list, numbers, kept } = picked;
  const names = list === null ? numbers : null;
  const cols = names ? names.length : (listAt(first, list as string)?.length ?? 0);
  if (cols === 0) failing(`${name} line ${start.number}`)(`${shown(list as string)} has no numbers`);
  const data = roomFor(bytes, cols, type);
  const table = { ...keeping(picked) };
  const place = list === null ? -1 : placeOf(bytes.subarray(start.begin, start.end), list);
  let rows = 0;
  for (const line of lines(bytes)) {
    const failLine: Fail = failing(`${name} line ${line.number}`);
    const at = rows * cols;
    const text = bytes.subarray(line.begin, line.end);
    const scan = place < 0 ? null : scanLine(text, place, list as string, data.subarray(at, at + cols));
    const row = scan ?? parse(text, failLine);
    if (!scan) {
      const values = names ? names.map((field) => row[field]) : listAt(row, list as string);
      if (!values)
        failLine(`${shown(list as string)} is ${kindOf(valueAt(row, list as string))}, expected a list of ${cols} numbers`);
      fill(data, at, values as unknown[], names, cols, failLine);
    }
    for (const [what, field] of Object.entries(kept) as [Kept, string][]) (table[what] as string[]).push(textOf(row, field));
    rows++;
  }
  return { rows, cols, data: data.subarray(0, rows * cols), ...table, ...(names && { names: [...names] }) };
}

function fill(
  data: TextRows['data'],
  at: number,
  values: readonly unknown[],
  names: readonly string[] | null,
  cols: number,
  fail: Fail,
): void {
  if (values.length !== cols) fail(`${values.length} numbers, expected ${cols}`);
  for (let j = 0; j < cols; j++) {
    const value = values[j];
    if (!Number.isFinite(value)) fail(`${names ? shown(names[j]) : `number ${j}`} is ${kindOf(value)}, expected a number`);
    data[at + j] = value as number;
    if (!Number.isFinite(data[at + j])) fail(`${names ? shown(names[j]) : `number ${j}`}: ${value} ${faultOf(data[at + j])}`);
  }
}

type Row = Record<string, unknown>;

function parse(line: Uint8Array, fail: Fail): Row {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(line));
  } catch (error) {
    return fail(`is not JSON (${(error as Error).message})`);
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Row) : fail(`is ${kindOf(value)}, expected an object, as the first line has`);
}

export function kindOf(value: unknown): string {
  if (typeof value === 'string') return shown(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Numbers in a list, and pgvector's text of one, which is how Postgres writes it into JSON. */
function listOf(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || value[0] !== '[') return null;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

const isNumbers = (list: unknown[] | null): boolean => list !== null && list.length > 0 && list.every(Number.isFinite);

/** The fields of an object: those of the top, and lists of numbers wherever they are. */
function fieldsOf(row: Row): Field[] {
  const fields: Field[] = [];
  const visit = (value: unknown, path: string, depth: number): void => {
    if (isNumbers(listOf(value))) fields.push({ name: path, kind: 'list' });
    else if (typeof value === 'object' && value !== null && depth < DEEPEST)
      for (const [key, part] of Object.entries(value)) visit(part, path === '' ? key : `${path}.${key}`, depth + 1);
    else if (depth === 1 && typeof value === 'number') fields.push({ name: path, kind: 'number' });
    else if (typeof value === 'string') fields.push({ name: path, kind: depth === 1 ? 'text' : 'other' });
  };
  visit(row, '', 0);
  return fields;
}

/** What is at a path of names with dots between; a name may itself have dots. */
function valueAt(row: unknown, path: string): unknown {
  if (row === null || typeof row !== 'object') return undefined;
  if (Object.hasOwn(row, path)) return (row as Row)[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (Object.hasOwn(row, head)) return valueAt((row as Row)[head], path.slice(dot + 1));
  }
  return undefined;
}

const listAt = (row: Row, path: string): unknown[] | null => listOf(valueAt(row, path));

/** An id or a text as text, what is something else as JSON; what is not there is empty. */
function textOf(row: Row, field: string): string {
  const value = valueAt(row, field);
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Which of a line's lists of numbers the embedding is, counted from 0 as they come; −1 if it is none that can be scanned. */
function placeOf(line: Uint8Array, path: string): number {
  for (let place = 0; ; place++) {
    const begin = listBegin(line, place);
    if (begin < 0) return -1;
    const end = line.indexOf(CLOSE, begin) + 1;
    if (isMarked(restOf(line, begin, end), path)) return place;
  }
}

/**
 * A line whose embedding is scanned from the bytes into `out`: the rest of it, parsed; null where anything is not as it
 * was on the first line, which is then for JSON.parse to tell.
 */
function scanLine(line: Uint8Array, place: number, path: string, out: TextRows['data']): Row | null {
  const begin = listBegin(line, place);
  const end = begin < 0 ? -1 : scanList(line, begin, out);
  const rest = end < 0 ? null : restOf(line, begin, end);
  return rest && isMarked(rest, path) ? rest : null;
}

const isMarked = (rest: Row | null, path: string): boolean => rest !== null && valueAt(rest, path) === MARK;

/** The line parsed, MARK being where the list was. */
function restOf(line: Uint8Array, begin: number, end: number): Row | null {
  const decoder = new TextDecoder();
  try {
    return JSON.parse(`${decoder.decode(line.subarray(0, begin))}"\\u0000"${decoder.decode(line.subarray(end))}`);
  } catch {
    return null;
  }
}

/** Where the list of numbers of that place begins, strings passed over; −1 if there are fewer. */
function listBegin(line: Uint8Array, place: number): number {
  let left = place;
  for (let at = 0; at < line.length; at++) {
    const byte = line[at];
    if (byte === QUOTE) {
      at++;
      while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
    } else if (byte === OPEN) {
      const next = afterSpace(line, at + 1);
      if ((isDigit(line[next]) || line[next] === MINUS) && left-- === 0) return at;
    }
  }
  return -1;
}

function afterSpace(line: Uint8Array, begin: number): number {
  let at = begin;
  while (line[at] === SPACE) at++;
  return at;
}

/** The numbers of a JSON list into `out`, which they must fill. Gives where the list ends, or −1 for whatever is not as simple as that. */
export function scanList(line: Uint8Array, begin: number, out: TextRows['data']): number {
  const single = out instanceof Float32Array;
  let at = begin;
  for (let j = 0; j < out.length; j++) {
    at = afterSpace(line, at + 1);
    const digit = line[at] === MINUS ? at + 1 : at;
    // JSON has no number that begins with a point, or with 0 and a digit.
    if (!isDigit(line[digit]) || (line[digit] === ZERO && isDigit(line[digit + 1]))) return -1;
    let value = scanNumber(line, at, single);
    if (Number.isNaN(value)) {
      scanned.end = at;
      while (isOfNumber(line[scanned.end])) scanned.end++;
      value = Number(String.fromCharCode(...line.subarray(at, scanned.end)));
      if (!Number.isFinite(single ? Math.fround(value) : value)) return -1;
    }
    out[j] = value;
    at = scanned.end;
    if (!isDigit(line[at - 1])) return -1;
    at = afterSpace(line, at);
    if (line[at] !== (j + 1 < out.length ? COMMA : CLOSE)) return -1;
  }
  return at + 1;
}

/** Digits, signs, point, e: what numbers are written with. */
const isOfNumber = (byte: number): boolean =>
  isDigit(byte) || byte === MINUS || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
