import { delimiterOf, MISSING } from './csv.js';
import { type Fail, failing } from './entries.js';
import type { Floats } from './floats.js';
import { kindOf } from './json-objects.js';
import { scanNumber, scanned } from './scan.js';
import { isSpace, numberOf, shown } from './text.js';

/**
 * How a line holds its numbers.
 *   json    an array: the line itself, or the first field of that many numbers of the object that the line is
 *   cells   the last cells of the line, keys before them or none
 *   array   the last cell, in brackets, as ClickHouse and pgvector write it, in quotes or not
 *   list    the last cell, bare, with other separators than the line's: Hadoop's key, tab, value
 */
export type Manner = 'json' | 'cells' | 'array' | 'list';

export interface InPlaceOptions {
  /** How many numbers a line has. */
  readonly cols: number;
  /** How errors call the text. */
  readonly name: string;
  /** Between cells. By default the first of tab, semicolon, comma, bar and space that the first line has. */
  readonly delimiter?: string;
  /** Whether a first line of which no cell is a number names the columns. Default true. */
  readonly header?: boolean;
  /** Of objects the field that the numbers are in. By default the first that fits. */
  readonly field?: string;
  /** What that field will be called, if it is called anew: no other may be. */
  readonly calledNext?: string;
}

const [QUOTE, COMMA, RETURN, OPEN, BACKSLASH, CLOSE, BRACE, UNBRACE] = [0x22, 0x2c, 0x0d, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d];

/**
 * Reads lines that have numbers in one place and anything else around them, and says where that place is, so that other
 * text can be put there and the rest left as it came. The first line tells how all of them are written.
 */
export class InPlace {
  /** The bytes of the last line that was read where its numbers stand, brackets and quotes included. */
  begin = 0;
  end = 0;
  /** Of an object those of the field's name, quotes included. */
  nameBegin = 0;
  nameEnd = 0;
  manner: Manner | null = null;
  /** Whether the line is an object, or the array a quoted cell. */
  within: 'object' | 'quotes' | null = null;
  /** Between cells, between numbers, and how many cells come before these. */
  delimiter = '';
  separator = ',';
  keys = 0;
  /** The names of the columns of numbers, if the first line had them. */
  names: readonly string[] | null = null;

  private readonly options: InPlaceOptions;
  private readonly decoder = new TextDecoder();
  /** Where `scan` ended. */
  private stop = 0;

  constructor(options: InPlaceOptions) {
    this.options = options;
  }

  /**
   * Reads the line from … to of `bytes` into `out`, from its entry `at` on. False for a line that names the columns.
   * @throws RangeError naming the line, and the cell, entry or field at fault
   */
  read(bytes: Uint8Array, from: number, to: number, number: number, out: Floats, at: number): boolean {
    const fail = failing(`${this.options.name} line ${number}`);
    const end = bytes[to - 1] === RETURN ? to - 1 : to;
    if (this.manner === null && this.isHeader(bytes, from, end, fail)) return false;
    if (this.manner === 'json') this.readJson(bytes, from, end, fail, out, at);
    else this.readCells(bytes, from, end, fail, out, at);
    return true;
  }

  /** Settles how lines are written; true if this one names the columns. */
  private isHeader(bytes: Uint8Array, from: number, to: number, fail: Fail): boolean {
    const { cols, delimiter, header = true } = this.options;
    let at = from;
    while (isSpace(bytes[at])) at++;
    if (bytes[at] === OPEN || bytes[at] === BRACE) {
      const said = delimiter !== undefined ? `delimiter ${shown(delimiter)}` : this.options.header === false && 'header';
      if (said) fail(`is JSON, which has no ${said}, expected cells`);
      this.manner = 'json';
      return false;
    }
    const text = this.decoder.decode(bytes.subarray(from, to));
    const bracket = /\[[^[\]]*\]"?\s*$/.exec(text);
    // An array is one cell, whatever is in it.
    const plain = bracket ? `${text.slice(0, bracket.index).replace(/"$/, '')}0` : text;
    const between = delimiter ?? delimiterOf(plain);
    const cells = cellsOf(plain, between);
    this.delimiter = between;
    this.separator = between;
    const isList = (list: string[]) => cols > 1 && list.length === cols && !list.some((each) => Number.isNaN(numberOf(each)));
    const last = (cells.at(-1) as string).trim();
    const other = [',', ' ', ';', '|'].find((each) => each !== between && isList(last.split(each)));
    if (bracket) this.manner = 'array';
    else if (other) this.manner = 'list';
    else if (cells.length >= cols) this.manner = 'cells';
    else fail(`${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, expected ${cols} numbers, keys before them or none`);
    this.keys = cells.length - (this.manner === 'cells' ? cols : 1);
    if (bracket) this.separator = ',';
    else if (this.manner === 'list') this.separator = other as string;
    const named = cells.slice(this.keys).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    if (this.manner !== 'cells' || !header || named.some((cell) => MISSING.test(cell) || !Number.isNaN(numberOf(cell))))
      return false;
    this.names = named;
    return true;
  }

  private readJson(bytes: Uint8Array, from: number, to: number, fail: Fail, out: Floats, into: number): void {
    const { cols, field, calledNext } = this.options;
    let at = from;
    while (at < to && isSpace(bytes[at])) at++;
    this.within = bytes[at] === BRACE ? 'object' : null;
    if (!this.within) this.requireNoField(fail);
    for (let depth = 0; at < to; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        const end = endOfString(bytes, at, to);
        // The last text before an array is its name.
        if (depth === 1) [this.nameBegin, this.nameEnd] = [at, end + 1];
        at = end;
      } else if (byte === BRACE) depth++;
      else if (byte === UNBRACE || byte === CLOSE) depth--;
      else if (byte === OPEN) {
        if (
          depth === (this.within ? 1 : 0) &&
          (field === undefined || this.isName(bytes, field, fail)) &&
          this.scan(bytes, at + 1, to, COMMA, fail, out, into) &&
          bytes[this.stop] === CLOSE
        ) {
          this.begin = at;
          this.end = this.stop + 1;
          // What is around it is passed on, so it has to be JSON too.
          if (!this.within && isBlank(bytes, this.end, to)) return;
          const rest = parsed(`${this.text(bytes, from, at)}0${this.text(bytes, this.end, to)}`, fail);
          if (calledNext !== undefined && Object.hasOwn(rest as object, calledNext) && !this.isName(bytes, calledNext, fail))
            fail(`has a field ${shown(calledNext)} already, expected another name for that of the numbers`);
          return;
        }
        depth++;
      }
    }
    explain(parsed(this.text(bytes, from, to), fail), cols, field, fail);
  }

  /** Whether the field that was read is called so. */
  private isName(bytes: Uint8Array, name: string, fail: Fail): boolean {
    const text = this.text(bytes, this.nameBegin, this.nameEnd);
    return text.includes('\\') ? parsed(text, fail) === name : text === `"${name}"`;
  }

  private requireNoField(fail: Fail): void {
    const named = this.options.field ?? this.options.calledNext;
    if (named !== undefined) fail(`is no object, which alone has fields, expected no field ${shown(named)} to be named`);
  }

  private readCells(bytes: Uint8Array, from: number, to: number, fail: Fail, out: Floats, into: number): void {
    this.requireNoField(fail);
    const { keys } = this;
    const delimiter = this.delimiter.charCodeAt(0);
    const { cols } = this.options;
    let at = from;
    for (let key = 0; key < keys; key++) {
      if (bytes[at] === QUOTE) at = endOfCell(bytes, at, to);
      while (at < to && bytes[at] !== delimiter) at++;
      if (at++ >= to) fail(`${key + 1} ${key ? 'cells' : 'cell'}, expected ${keys + (this.manner === 'cells' ? cols : 1)}`);
    }
    this.begin = at;
    this.end = to;
    const array = this.manner === 'array';
    this.within = array && bytes[at] === QUOTE ? 'quotes' : null;
    if (this.within) at++;
    if (array && bytes[at++] !== OPEN) fail(`${shown(this.text(bytes, this.begin, to))}, expected ${cols} numbers in brackets`);
    const whole = this.scan(bytes, at, to, this.separator.charCodeAt(0), fail, out, into);
    let end = this.stop;
    if (array && bytes[end] === CLOSE) end++;
    else if (array) this.refuse(bytes, end, to, fail);
    if (this.within && bytes[end] === QUOTE) end++;
    while (end < to && isSpace(bytes[end]) && bytes[end] !== delimiter) end++;
    if (end < to || !whole) this.refuse(bytes, this.stop, to, fail);
  }

  /** Numbers with separators between, up to whatever else comes: whether they are as many as there should be. */
  private scan(bytes: Uint8Array, from: number, to: number, separator: number, fail: Fail, out: Floats, into: number): boolean {
    const { cols } = this.options;
    const single = out instanceof Float32Array;
    for (let at = from, k = 0; ; at++, k++) {
      while (at < to && isSpace(bytes[at]) && bytes[at] !== separator) at++;
      let value = scanNumber(bytes, at, single);
      let { end } = scanned;
      const next = bytes[end];
      if (value !== value || (end < to && next !== separator && next !== CLOSE && !isSpace(next))) {
        end = at;
        while (end < to && bytes[end] !== separator && bytes[end] !== CLOSE && !isSpace(bytes[end])) end++;
        const text = this.text(bytes, at, end);
        // A cell may be quoted; in JSON that is a text.
        value = numberOf(this.manner === 'json' ? text : text.replace(/^"(.*)"$/, '$1'));
      }
      this.stop = at;
      if (value !== value) return false;
      if (k < cols) {
        out[into + k] = value;
        if (!Number.isFinite(out[into + k])) fail(`${this.text(bytes, at, end)} is too large for float32`);
      }
      while (end < to && isSpace(bytes[end]) && bytes[end] !== separator) end++;
      if (bytes[end] !== separator || end >= to) {
        this.stop = end;
        return k + 1 === cols;
      }
      at = end;
    }
  }

  private text(bytes: Uint8Array, from: number, to: number): string {
    return this.decoder.decode(bytes.subarray(from, to));
  }

  /** Says why the numbers of a line are not those that were expected: what comes at `stop` is none, or their count is wrong. */
  private refuse(bytes: Uint8Array, stop: number, to: number, fail: Fail): never {
    const { cols } = this.options;
    const cells = this.text(bytes, this.begin, to)
      .replace(/^"?\[|\]?"?\s*$/g, '')
      .split(this.separator);
    if (cells.length !== cols) fail(`${cells.length} ${cells.length === 1 ? 'number' : 'numbers'}, expected ${cols}`);
    let end = stop;
    while (end < to && bytes[end] !== this.separator.charCodeAt(0)) end++;
    return fail(`${shown(this.text(bytes, stop, end).trim())} is not a number`);
  }
}

export function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && isSpace(bytes[at])) at++;
  return at === to;
}

/** The closing quote of a JSON string that begins at `at`, or the end of the line. */
export function endOfString(bytes: Uint8Array, at: number, to: number): number {
  for (let p = at + 1; p < to; p++) {
    if (bytes[p] === BACKSLASH) p++;
    else if (bytes[p] === QUOTE) return p;
  }
  return to;
}

/** The byte behind a quoted cell that begins at `at`; quotes in it are doubled. */
function endOfCell(bytes: Uint8Array, at: number, to: number): number {
  for (let p = at + 1; p < to; p++) if (bytes[p] === QUOTE && bytes[++p] !== QUOTE) return p;
  return to;
}

/** The cells of a line, delimiters within quotes left alone. */
const cellsOf = (text: string, delimiter: string): string[] =>
  text.replace(/"[^"]*"/g, (cell) => cell.replaceAll(delimiter, ' ')).split(delimiter);

export function parsed(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`is not JSON (${(error as Error).message})`);
  }
}

/** Why a line that is JSON has no array of `cols` numbers where one is looked for. */
function explain(value: unknown, cols: number, field: string | undefined, fail: Fail): never {
  const wrong = (name: string, array: readonly unknown[]): void => {
    if (array.length !== cols) return;
    const at = array.findIndex((entry) => !Number.isFinite(entry));
    fail(`${name}${at} is ${kindOf(array[at])}, expected a number`);
  };
  if (Array.isArray(value)) {
    wrong('entry ', value);
    fail(`${value.length} entries, expected ${cols} numbers`);
  }
  if (typeof value !== 'object' || value === null) fail(`is ${kindOf(value)}, expected an array of ${cols} numbers`);
  if (field !== undefined && !Object.hasOwn(value as object, field))
    fail(`has no field ${shown(field)}, expected an array of ${cols} numbers in it`);
  const arrays = Object.entries(value as object).filter(
    (each): each is [string, unknown[]] => Array.isArray(each[1]) && (field ?? each[0]) === each[0],
  );
  for (const [name, array] of arrays) wrong(`${shown(name)}, entry `, array);
  const found = arrays.map(([name, { length }]) => `${shown(name)} of ${length}`).join(', ');
  return fail(`has ${found || 'no array'} among its fields, expected an array of ${cols} numbers`);
}
