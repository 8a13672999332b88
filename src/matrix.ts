import type { FloatArray, Matrix } from './kernels/kernels.js';

export type DType = 'float32' | 'float64';

/** Numbers with a shape: an ndarray of any stride, or a plain object. `stride` defaults to row-major. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly offset?: number;
}

/** What the library takes for a matrix. */
export type MatrixLike = ShapedArray | readonly ArrayLike<number>[];

/** A place in an error: the call, and what it calls its argument. `fit: X` */
export type Where = `${string}: ${string}`;

export const floats = (dtype: DType, n: number): FloatArray => (dtype === 'float32' ? new Float32Array(n) : new Float64Array(n));

/** `value` as an error should show it: short, and with its type where that helps. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) {
    const short = value.length <= 4 && value.every((v) => typeof v !== 'object');
    return short ? `[${value.map(show).join(', ')}]` : `a list of ${value.length}`;
  }
  if (typeof value === 'function') return 'a function';
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${(value as Uint8Array).length ?? value.byteLength}`;
  if (value !== null && typeof value === 'object') {
    const kind = value.constructor?.name ?? 'Object';
    return kind === 'Object' ? `an object (${Object.keys(value).slice(0, 5).join(', ')})` : `a ${kind}`;
  }
  return String(value);
}

const EXPECTED = 'expected an ndarray, number[][] or { data, shape }';

/**
 * A matrix of `dtype` from whatever the caller holds, checked for its form: two dimensions, at least
 * one row, `cols` columns. Shares the caller's memory where that is row-major and of the right type.
 * Entries are not looked at, but those of a number[][] must be numbers: see `checkFinite`.
 */
export function readMatrix(where: Where, input: unknown, cols: number, dtype: DType): Matrix {
  if (Array.isArray(input)) return readRows(where, input, cols, dtype);
  if (input === null || typeof input !== 'object' || !('data' in input) || !('shape' in input)) {
    throw new TypeError(`${where} is ${show(input)}, ${EXPECTED}`);
  }
  return readShaped(where, input as ShapedArray, cols, dtype);
}

function readRows(where: Where, input: readonly unknown[], cols: number, dtype: DType): Matrix {
  const rows = input.length;
  if (rows === 0) throw new RangeError(`${where} is empty, expected at least one row of ${cols}`);
  const data = floats(dtype, rows * cols);
  for (let i = 0; i < rows; i++) {
    const row = input[i];
    const isRow = Array.isArray(row) || (ArrayBuffer.isView(row) && !(row instanceof DataView));
    if (!isRow) throw new TypeError(`${where}[${i}] is ${show(row)}, expected a row of ${cols} numbers`);
    const values = row as unknown as ArrayLike<unknown>;
    if (values.length !== cols) throw rowWidth(where, i, values.length, cols);
    for (let j = 0; j < cols; j++) {
      const value = values[j];
      if (typeof value !== 'number') throw new TypeError(`${where}[${i}, ${j}] is ${show(value)}, expected a number`);
      data[i * cols + j] = value;
    }
  }
  return { data, rows, cols };
}

function rowWidth(where: Where, row: number, got: number, expected: number): RangeError {
  if (row > 0) return new RangeError(`${where}[${row}] has ${got} entries, expected ${expected}`);
  // The one matrix that a call is about need not be named.
  const subject = where.replace(/: [XF]$/, '');
  return new RangeError(`${subject}: got rows of ${got}, expected ${expected}`);
}

function readShaped(where: Where, input: ShapedArray, cols: number, dtype: DType): Matrix {
  const { data, shape } = input;
  if (!shape || typeof shape.length !== 'number' || !Array.from(shape).every((n) => Number.isInteger(n) && n >= 0)) {
    throw new TypeError(`${where}.shape is ${show(shape)}, expected [rows, ${cols}]`);
  }
  if (shape.length !== 2) {
    throw new RangeError(
      `${where} has ${shape.length} dimensions (${Array.from(shape).join(' × ')}), expected 2 (rows × ${cols})`,
    );
  }
  const [rows, width] = shape;
  if (width !== cols) throw rowWidth(where, 0, width, cols);
  if (rows === 0) throw new RangeError(`${where} is empty, expected at least one row of ${cols}`);
  const get = reader(where, data);
  const { stride = [cols, 1], offset: first = 0 } = input;
  const whole = (n: unknown) => Number.isSafeInteger(n);
  if (stride?.length !== 2 || !Array.from(stride).every(whole)) {
    throw new TypeError(`${where}.stride is ${show(stride)}, expected two whole numbers`);
  }
  if (!whole(first)) throw new TypeError(`${where}.offset is ${show(first)}, expected a whole number`);
  const [down, across] = stride;
  const corners = [
    first,
    first + (rows - 1) * down,
    first + (cols - 1) * across,
    first + (rows - 1) * down + (cols - 1) * across,
  ];
  const end = (data as ArrayLike<number>).length;
  if (!input.stride && end !== rows * cols) {
    throw new RangeError(`${where} has ${end} numbers, expected ${rows} × ${cols} = ${rows * cols}`);
  }
  if (Math.min(...corners) < 0 || Math.max(...corners) >= end) {
    throw new RangeError(`${where} reaches beyond its ${end} numbers, expected a shape and stride within them`);
  }
  const Floats = dtype === 'float32' ? Float32Array : Float64Array;
  if (data instanceof Floats && down === cols && across === 1) {
    return { data: data.subarray(first, first + rows * cols), rows, cols };
  }
  const copy = floats(dtype, rows * cols);
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0, at = first + i * down; j < cols; j++, at += across) copy[k++] = get(at);
  }
  return { data: copy, rows, cols };
}

/** Reads entry k of a typed array, a list, or an ndarray's generic store (an object with get and length). */
function reader(where: Where, data: unknown): (k: number) => number {
  const store = data as { get?: (k: number) => number; length?: number } & ArrayLike<number>;
  if (data === null || typeof data !== 'object' || typeof store.length !== 'number') {
    throw new TypeError(`${where}.data is ${show(data)}, expected a typed array or a list of numbers`);
  }
  if (typeof store.get === 'function') return (k) => (store.get as (k: number) => number)(k);
  if (ArrayBuffer.isView(data) && typeof store[0] !== 'bigint') return (k) => store[k];
  return (k) => {
    const value: unknown = store[k];
    if (typeof value !== 'number') throw new TypeError(`${where}.data[${k}] is ${show(value)}, expected a number`);
    return value;
  };
}

/** The index of the first NaN or ±Infinity, or −1. */
export function firstNonFinite(data: FloatArray): number {
  // ∞ − ∞ and NaN − NaN are NaN; every other x − x is 0.
  for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) return i;
  return -1;
}

/** Throws `fit: X[12, 3] is NaN` for the entry that `findNonFinite` found, if it found one. */
export function checkFinite(where: Where, { cols }: Matrix, at: number, value: number, firstRow = 0): void {
  if (at < 0) return;
  const row = firstRow + Math.floor(at / cols);
  throw new RangeError(`${where}[${row}, ${at % cols}] is ${value}, expected a finite number`);
}

/** Rows from … to−1 of a matrix; shares its memory. */
export function rowsOf({ data, cols }: Matrix, from: number, to: number): Matrix {
  return { data: data.subarray(from * cols, to * cols), rows: to - from, cols };
}
