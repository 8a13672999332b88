import { show } from './checks.js';
import { type DType, type FloatArray, floats, type Matrix, type Where } from './matrix.js';

/** Numbers with a shape: an ndarray of any stride, or a plain object. `stride` defaults to row-major. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly offset?: number;
}

/** What the library takes for a matrix. */
export type MatrixLike = ShapedArray | MatrixOf<ArrayLike<number>> | readonly ArrayLike<number>[];

/** Numbers in row-major order, rows × cols of them: what the core gives back. */
export interface MatrixOf<Data> {
  readonly data: Data;
  readonly rows: number;
  readonly cols: number;
}

const EXPECTED = 'expected an ndarray, number[][] or { data, shape }';

/** The same, of one row alone: d numbers in a list or a typed array. */
export type RowLike = ArrayLike<number>;

/**
 * A matrix of `dtype` from whatever the caller holds, checked for its form: two dimensions, at least
 * one row, `cols` columns. Shares the caller's memory where that is row-major and of the right type.
 * Entries are not looked at, but those of a number[][] must be numbers: see `checkFinite`.
 */
export function readMatrix(where: Where, input: unknown, cols: number, dtype: DType): Matrix {
  if (Array.isArray(input)) return readRows(where, input, cols, dtype);
  if (input !== null && typeof input === 'object' && 'data' in input) {
    if ('shape' in input) return readShaped(where, input as ShapedArray, cols, dtype);
    if ('rows' in input && 'cols' in input) {
      const { data, rows, cols: width } = input as MatrixOf<ArrayLike<number>>;
      return readShaped(where, { data, shape: [rows, width] }, cols, dtype);
    }
  }
  throw new TypeError(`${where} is ${show(input)}, ${EXPECTED}`);
}

/** The same, but d numbers without rows around them are one row. */
export function readRowOrMatrix(where: Where, input: unknown, cols: number, dtype: DType): Matrix {
  const isList = Array.isArray(input) ? typeof input[0] === 'number' : ArrayBuffer.isView(input);
  if (isList) return readRows(where, [input], cols, dtype);
  const { data, shape, stride, offset } = (input ?? {}) as ShapedArray;
  if (shape?.length !== 1) return readMatrix(where, input, cols, dtype);
  return readShaped(where, { data, shape: [1, shape[0]], stride: stride && [shape[0], stride[0]], offset }, cols, dtype);
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

/** n numbers: a list, a typed array, or a vector with a shape or as one row. */
export function readVector(where: Where, input: unknown, n: number, dtype: DType): FloatArray {
  return readRows(where, [listOf(where, input, n)], n, dtype).data;
}

/** The entries of a vector in any of its forms. */
function listOf(where: Where, input: unknown, n: number): ArrayLike<number> {
  let list = input as ArrayLike<number>;
  if (input !== null && typeof input === 'object' && 'shape' in input && 'data' in input) {
    const { data, shape, stride, offset = 0 } = input as ShapedArray;
    const length = shape?.[shape.length - 1];
    const isVector = shape?.length === 1 || (shape?.length === 2 && shape[0] === 1);
    if (!isVector) throw new RangeError(`${where}.shape is ${show(shape)}, expected [${n}]`);
    const step = stride?.[stride.length - 1] ?? 1;
    list = Array.from({ length }, (_, k) => data[offset + k * step]);
  } else if (input !== null && typeof input === 'object' && 'data' in input && 'rows' in input && input.rows === 1) {
    list = (input as MatrixOf<ArrayLike<number>>).data;
  }
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
    throw new TypeError(`${where} is ${show(input)}, expected a list of ${n} numbers`);
  }
  if (list.length !== n) throw new RangeError(`${where} has ${list.length} entries, expected ${n}`);
  const odd = Array.from(list).findIndex((value) => typeof value !== 'number');
  if (odd >= 0) throw new TypeError(`${where}[${odd}] is ${show(list[odd])}, expected a number`);
  return list;
}
