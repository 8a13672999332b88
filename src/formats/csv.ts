import Papa from 'papaparse';
import { type Fail, failing } from './entries.js';
import type { FloatType } from './floats.js';
import { scanNumber, scanned } from './scan.js';
import { asUtf8, faultOf, type Line, labelColumn, lines, numberOf, roomFor, shown, type TextRows } from './text.js';

export interface CsvOptions {
  readonly type: FloatType;
  /** Whether the first line names the columns. By default it does if none of its cells is a number. */
  readonly header?: boolean;
  /** Columns that are kept as text, of labels, ids and texts: their names, or their numbers from 0, negative from the end. */
  readonly label?: string | number;
  readonly id?: string | number;
  readonly text?: string | number;
  /** One character. By default the first of tab, semicolon, comma, bar and space that the first line has. */
  readonly delimiter?: string;
}

const QUOTE = 0x22;
const RETURN = 0x0d;
const DELIMITERS = ['\t', ';', ',', '|', ' '];
/** What stands for a number that is not there. */
export const MISSING = /^\s*(?:|nan?|null|none|[+-]?inf(?:inity)?)\s*$/i;

/** What is known of the table when its rows are read. */
interface Columns {
  readonly name: string;
  readonly width: number;
  /** The columns that are kept as text, by number. */
  readonly kept: ReadonlyMap<number, string[]>;
  readonly names: readonly string[] | null;
  readonly delimiter: string;
}

/**
 * Comma-separated values and their kin (RFC 4180). Blank lines are passed over.
 * @param name how errors call the file
 * @throws RangeError naming the line and the column: `data.csv line 12, column "age": "abc" is not a number`
 */
export function readCsv(file: Uint8Array, name: string, { type, header, delimiter, ...options }: CsvOptions): TextRows {
  const fail: Fail = failing(name);
  if (delimiter !== undefined && !/^(?![\w."+-])[\t -~]$/.test(delimiter)) {
    fail(`delimiter ${shown(delimiter)}, expected one character that stands in no number`);
  }
  const bytes = asUtf8(file);
  const start: Line = { number: 0, begin: 0, end: -1 };
  const first = { ...(lines(bytes).next().value ?? fail('is empty, expected rows of numbers')) };

  const line = decode(bytes.subarray(first.begin, first.end), fail);
  const separator = delimiter ?? delimiterOf(line);
  const quotesFollow = bytes.indexOf(QUOTE, first.end) >= 0;
  const cells = firstRecord(quotesFollow ? decode(bytes, fail) : line, separator);
  const named = header ?? (cells.every((cell) => Number.isNaN(numberOf(cell))) && !cells.every((cell) => MISSING.test(cell)));
  const names = named ? cells.map((cell) => cell.trim()) : null;
  const asked = (['label', 'id', 'text'] as const).filter((what) => options[what] !== undefined);
  const at = asked.map((what) => labelColumn(options[what], cells.length, names, fail, `${what}s`));
  const kept = new Map(at.map((column) => [column, [] as string[]]));
  const columns = { name, width: cells.length, kept, names, delimiter: separator };
  const cols = cells.length - kept.size;
  if (cols === 0) fail('has no column of numbers');

  const data = roomFor(bytes, cols, type);
  // Quotes around names alone leave the rows plain.
  const rows =
    quotesFollow || (!named && line.includes('"'))
      ? fillQuoted(data, decode(bytes, fail), named, columns)
      : fillPlain(data, bytes, named ? first : start, columns);
  return {
    rows,
    cols,
    data: data.length > 2 * rows * cols ? data.slice(0, rows * cols) : data.subarray(0, rows * cols),
    ...Object.fromEntries(asked.map((what, k) => [`${what}s`, kept.get(at[k])])),
    ...(names ? { names: names.filter((_, column) => !kept.has(column)) } : {}),
  };
}

function decode(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    return fail(`is too large to read with quotes in it: ${bytes.length} bytes`);
  }
}

/** The first delimiter, in order of how seldom they are anything else, that stands outside quotes. */
export function delimiterOf(line: string): string {
  const bare = line.trim().replace(/"[^"]*"/g, '');
  return DELIMITERS.find((delimiter) => bare.includes(delimiter)) ?? ',';
}

function firstRecord(text: string, delimiter: string): string[] {
  return Papa.parse<string[]>(text.trimStart(), { delimiter, newline: '\n', preview: 1 }).data[0] ?? [];
}

const describe = ({ names, width }: Columns, column: number) =>
  names ? `column ${shown(names[column])}` : `column ${column} of 0 … ${width - 1}`;

function refuse(columns: Columns, line: number, column: number, cell: string, entry: number): never {
  return failing(`${columns.name} line ${line}, ${describe(columns, column)}`)(`${shown(cell.trim())} ${faultOf(entry)}`);
}

function refuseWidth({ name, width }: Columns, line: number, cells: number): never {
  return failing(`${name} line ${line}`)(`${cells} ${cells === 1 ? 'cell' : 'cells'}, expected ${width}`);
}

/** Rows without quotes, straight from the bytes. Returns how many rows there are. */
function fillPlain(data: TextRows['data'], bytes: Uint8Array, from: Line, columns: Columns): number {
  const { width, kept } = columns;
  const delimiter = columns.delimiter.charCodeAt(0);
  const latin = new TextDecoder('latin1');
  const utf8 = new TextDecoder();
  const single = data instanceof Float32Array;
  let k = 0;
  let rows = 0;
  for (const line of lines(bytes, from)) {
    const end = bytes[line.end - 1] === RETURN ? line.end - 1 : line.end;
    let text = '';
    let at = line.begin;
    let column = 0;
    for (; column < width && at <= end; column++, at++) {
      const begin = at;
      const texts = kept.size > 0 && kept.get(column);
      if (texts) {
        while (at < end && bytes[at] !== delimiter) at++;
        texts.push(utf8.decode(bytes.subarray(begin, at)).trim());
        continue;
      }
      if (delimiter !== 0x20) while (bytes[at] === 0x20) at++;
      const scan = scanNumber(bytes, at, single);
      if (!Number.isNaN(scan) && (scanned.end === end || bytes[scanned.end] === delimiter)) {
        at = scanned.end;
        data[k++] = scan;
        continue;
      }
      at = begin;
      while (at < end && bytes[at] !== delimiter) at++;
      text ||= latin.decode(bytes.subarray(line.begin, end));
      data[k] = numberOf(text.slice(begin - line.begin, at - line.begin));
      if (!Number.isFinite(data[k])) refuse(columns, line.number, column, utf8.decode(bytes.subarray(begin, at)), data[k]);
      k++;
    }
    if (column < width || at <= end) {
      let cells = 1;
      for (at = line.begin; at < end; at++) if (bytes[at] === delimiter) cells++;
      refuseWidth(columns, line.number, cells);
    }
    rows++;
  }
  return rows;
}

/** Rows in which cells may be quoted, delimiters and line breaks within them. Returns how many rows there are. */
function fillQuoted(data: TextRows['data'], text: string, header: boolean, columns: Columns): number {
  const { name, width, kept, delimiter } = columns;
  let k = 0;
  let rows = header ? -1 : 0;
  let line = 1;
  let cursor = 0;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step({ data: cells, errors, meta }) {
      const started = line;
      const quotes = errors.find(({ type }) => type === 'Quotes');
      if (quotes) failing(`${name} line ${started}`)(quotes.message);
      for (let at = text.indexOf('\n', cursor); at >= 0 && at < meta.cursor; at = text.indexOf('\n', at + 1)) line++;
      cursor = meta.cursor;
      if ((cells.length === 1 || !delimiter.trim()) && cells.every((cell) => !cell.trim())) return;
      if (rows++ < 0) return;
      if (cells.length !== width) refuseWidth(columns, started, cells.length);
      for (let column = 0; column < width; column++) {
        if (kept.has(column)) kept.get(column)?.push(cells[column].trim());
        else {
          data[k] = numberOf(cells[column]);
          if (!Number.isFinite(data[k])) refuse(columns, started, column, cells[column], data[k]);
          k++;
        }
      }
    },
  });
  return rows;
}
