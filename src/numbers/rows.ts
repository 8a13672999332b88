import { show } from './checks.js';
import { type DType, type FloatArray, floats, type Matrix, type Where } from './matrix.js';
import { entriesOf } from './row-forms.js';

/** A list of rows, each in any form, as a matrix: see readMatrix. */
export function readRows(where: Where, input: readonly unknown[], cols: number, dtype: DType): Matrix {
  const rows = input.length;
  if (rows === 0) throw emptyMatrix(where, cols);
  const whole = oneRun(input, cols, dtype);
  if (whole) return { data: whole, rows, cols };
  const data = floats(dtype, rows * cols);
  for (let i = 0; i < rows; i++) {
    const row = input[i];
    const entries = entriesOf(row, cols);
    if (!entries) throw noRow(where, i, row, cols);
    if (entries.length !== cols) throw rowWidth(where, i, entries.length, cols, entries instanceof Uint8Array);
    fill(where, i, entries, data, cols);
  }
  return { data, rows, cols };
}

export const emptyMatrix = (where: Where, cols: number): RangeError =>
  new RangeError(`${where} is empty, expected at least one row of ${cols}`);

function noRow(where: Where, i: number, row: unknown, cols: number): TypeError {
  const texts = typeof row === 'string' ? ', as [0.1,…] or in base64' : '';
  return new TypeError(`${where}[${i}] is ${show(row)}, expected a row of ${cols} numbers${texts}`);
}

/** The error of rows that are of another width; bytes may be as many, or four times as many. */
export function rowWidth(where: Where, row: number, got: number, cols: number, bytes = false): RangeError {
  const expected = `expected ${cols}${bytes ? `, or ${4 * cols} bytes of float32` : ''}`;
  if (row > 0) return new RangeError(`${where}[${row}] has ${got} entries, ${expected}`);
  // The one matrix that a call is about need not be named.
  const subject = where.replace(/: [XF]$/, '');
  return new RangeError(`${subject}: got rows of ${got}, ${expected}`);
}

function fill(where: Where, i: number, entries: ArrayLike<unknown>, data: FloatArray, cols: number): void {
  const at = i * cols;
  if (ArrayBuffer.isView(entries) && typeof entries[0] === 'number') {
    data.set(entries as unknown as ArrayLike<number>, at);
    return;
  }
  for (let j = 0; j < cols; j++) {
    const value = entries[j];
    if (typeof value !== 'number') throw new TypeError(`${where}[${i}, ${j}] is ${show(value)}, expected a number`);
    data[at + j] = value;
  }
}

/** The memory that rows lie in one after the other, as those of a column or a batch often do, if it is of the right type. */
function oneRun(input: readonly unknown[], cols: number, dtype: DType): FloatArray | null {
  const Floats = dtype === 'float32' ? Float32Array : Float64Array;
  const first = input[0];
  if (!(first instanceof Floats)) return null;
  const { buffer, byteOffset: start } = first;
  for (let i = 0; i < input.length; i++) {
    const row = input[i] as FloatArray;
    const follows = row instanceof Floats && row.length === cols && row.buffer === buffer;
    if (!follows || row.byteOffset !== start + i * row.byteLength) return null;
  }
  return new Floats(buffer as ArrayBuffer, start, input.length * cols);
}
