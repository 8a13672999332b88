import type { Floats } from './floats.js';
import { POWERS } from './scan.js';

/** What CSV can hold of a table: see Table. */
export interface Writable {
  readonly rows: number;
  readonly cols: number;
  readonly data: Floats;
  readonly names?: readonly string[];
  /** Written as first columns, "id", "text" and "label". */
  readonly ids?: readonly string[];
  readonly texts?: readonly string[];
  readonly labels?: readonly string[];
}

/** How many numbers go into a chunk. */
const CHUNK = 2 ** 14;

/** m·10⁻ᵏ as the language writes it where it needs no exponent, m being whole and above 0, zeros at its end left out. */
function decimalText(m: number, k: number): string {
  let places = k;
  let mantissa = m;
  for (; places > 0 && mantissa % 10 === 0; places--) mantissa /= 10;
  const text = String(mantissa);
  if (places === 0) return text;
  const point = text.length - places;
  return point > 0 ? `${text.slice(0, point)}.${text.slice(point)}` : `0.${'0'.repeat(-point)}${text}`;
}

/**
 * The shortest decimal text that gives this float32 when read as one. Decimals of six digits and more are tried as m/10ᵏ, m
 * whole: both are exact doubles, so that the quotient is what the text would be read as, and no text is made in vain.
 */
function float32Text(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-6 && size < 1e6) {
    // How many digits there are before the point; less than 0 where zeros follow it.
    const whole = Math.floor(Math.log10(size)) + 1;
    for (let digits = 6; digits <= 9; digits++) {
      const power = POWERS[digits - whole];
      const m = Math.round(size * power);
      if (digits === 9 || Math.fround(m / power) === size)
        return value < 0 ? `-${decimalText(m, digits - whole)}` : decimalText(m, digits - whole);
    }
  }
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

/** A number with as many digits as it takes to read the same again; as numpy spells what is not finite. */
export function numberText(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  const short = Number.isInteger(value) && Math.abs(value) <= 2 ** 24;
  return single && !short ? float32Text(value) : String(value);
}

/** A cell in quotes if it has to be (RFC 4180). */
function quoted(cell: string, delimiter: string): string {
  const plain = cell.trim() === cell && cell !== '' && !/["\r\n]/.test(cell) && !cell.includes(delimiter);
  return plain ? cell : `"${cell.replaceAll('"', '""')}"`;
}

/**
 * The text of a table, some rows at a time: a line of names if there are any, then a line a row, numbers with as
 * many digits as it takes to read the same again.
 * @throws RangeError if there are no columns, or not as many numbers, names or labels as there should be
 */
export function* csvChunks(
  { rows, cols, data, names, ids, texts, labels }: Writable,
  delimiter = ',',
): Generator<string, void, undefined> {
  if (cols < 1) throw new RangeError(`csv: ${cols} columns, expected at least 1`);
  if (data.length !== rows * cols) throw new RangeError(`csv: ${data.length} numbers, expected ${rows} × ${cols}`);
  if (names && names.length !== cols) throw new RangeError(`csv: ${names.length} names, expected ${cols}`);
  const beside = Object.entries({ id: ids, text: texts, label: labels }).flatMap(([name, values]) =>
    values ? [{ name, values }] : [],
  );
  for (const { name, values } of beside)
    if (values.length !== rows) throw new RangeError(`csv: ${values.length} ${name}s, expected ${rows}`);
  const single = data instanceof Float32Array;
  if (names) {
    const all = [...beside.map(({ name }) => name), ...names];
    yield `${all.map((name) => quoted(name, delimiter)).join(delimiter)}\n`;
  }
  const atOnce = Math.max(1, Math.floor(CHUNK / cols));
  for (let top = 0; top < rows; top += atOnce) {
    let text = '';
    for (let i = top; i < Math.min(rows, top + atOnce); i++) {
      let line = '';
      for (const { values } of beside) line += quoted(values[i], delimiter) + delimiter;
      for (let j = 0; j < cols; j++) line += (j ? delimiter : '') + numberText(data[i * cols + j], single);
      text += `${line}\n`;
    }
    yield text;
  }
}

/** All of it, as UTF-8. */
export function writeCsv(table: Writable, delimiter = ','): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const chunks = Array.from(csvChunks(table, delimiter), (text) => encoder.encode(text));
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
