import { type Fail, failing } from './entries.js';
import type { FieldOptions } from './fields.js';
import type { FloatType } from './floats.js';
import { kindOf, readJsonObjects, scanList } from './json-objects.js';
import { linesOfJson } from './json-rows.js';
import { asUtf8, faultOf, labelColumn, lines, roomFor, type TextRows } from './text.js';

const [SPACE, BRACE] = [0x20, 0x7b];

/**
 * JSON lines (jsonlines.org), each an array of numbers, or an object: see readJsonObjects. Blank lines are passed over. So is
 * what a file has that is one JSON text, an array of such, or a response that holds one: see linesOfJson.
 * @param name how errors call the file
 * @param options of arrays the label alone, an entry's number from 0, negative from the end: a string, or a number kept
 *   as text
 * @throws RangeError naming the line and the entry
 */
export function readJsonLines(file: Uint8Array, name: string, type: FloatType, options: FieldOptions = {}): TextRows {
  const bytes = asUtf8(file);
  const rows = linesOfJson(bytes, name);
  if (!rows) return readLines(bytes, name, type, options);
  try {
    return readLines(rows, name, type, options);
  } catch (error) {
    // What is a line there is none of the file.
    throw new RangeError((error as Error).message.replace(`${name} line `, `${name} entry `), { cause: error });
  }
}

function readLines(bytes: Uint8Array, name: string, type: FloatType, options: FieldOptions): TextRows {
  const start = lines(bytes).next().value;
  if (start && bytes.subarray(start.begin, start.end).find((byte) => byte > SPACE) === BRACE)
    return readJsonObjects(bytes, name, type, options);
  for (const what of ['embedding', 'text', 'id'] as const)
    if (options[what] !== undefined) failing(name)(`its lines are arrays, which have no fields, expected no ${what} to be named`);
  return readArrays(bytes, name, type, options.label);
}

function readArrays(bytes: Uint8Array, name: string, type: FloatType, label?: string | number): TextRows {
  const labels: string[] = [];
  let data = new Float32Array(0) as TextRows['data'];
  let [rows, width, column, k] = [0, -1, -1, 0];
  for (const line of lines(bytes)) {
    const failLine: Fail = failing(`${name} line ${line.number}`);
    const text = bytes.subarray(line.begin, line.end);
    if (column < 0 && width > 0 && isList(text, data.subarray(k, k + width))) {
      k += width;
      rows++;
      continue;
    }
    const row = parse(text, failLine);
    if (width < 0) {
      width = row.length;
      column = labelColumn(label, width, null, failing(name));
      if (width === (column < 0 ? 0 : 1)) failLine('has no numbers');
      data = roomFor(bytes, width - (column < 0 ? 0 : 1), type);
    }
    if (row.length !== width) failLine(`${row.length} entries, expected ${width}`);
    for (let i = 0; i < width; i++) {
      const value = row[i];
      if (i === column) {
        labels.push(typeof value === 'string' || typeof value === 'number' ? String(value) : failLine(`entry ${i} is no label`));
      } else {
        if (!Number.isFinite(value)) failLine(`entry ${i} is ${kindOf(value)}, expected a number`);
        data[k] = value as number;
        if (!Number.isFinite(data[k])) failLine(`entry ${i}: ${value} ${faultOf(data[k])}`);
        k++;
      }
    }
    rows++;
  }
  if (rows === 0) failing(name)('is empty, expected arrays of numbers');
  const cols = width - (column < 0 ? 0 : 1);
  return { rows, cols, data: data.subarray(0, k), ...(column < 0 ? {} : { labels }) };
}

function parse(line: Uint8Array, fail: Fail): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(line));
  } catch (error) {
    return fail(`is not JSON (${(error as Error).message})`);
  }
  return Array.isArray(value) ? value : fail(`is ${kindOf(value)}, expected an array of numbers`);
}

/** Whether the line is a list of as many numbers as go into `out`, which are then there. */
function isList(line: Uint8Array, out: TextRows['data']): boolean {
  if (line[0] !== 0x5b) return false;
  const end = scanList(line, 0, out);
  return end > 0 && line.subarray(end).every((byte) => byte <= SPACE);
}
