import { show } from './checks.js';
import { halves } from './half.js';
import { type DType, floats, type Matrix, type Where } from './matrix.js';
import { emptyMatrix, rowWidth } from './rows.js';

/** Numbers with a shape: an ndarray of any stride, or a plain object. `stride` defaults to row-major. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly offset?: number;
}

/** The same as transformers.js and ONNX Runtime have it. A Uint16Array of `type` 'float16' is read as such. */
export interface TensorLike {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
  readonly type?: string;
}

/** A tensor of two dimensions, or of one: then it is one row. */
export function readTensor(where: Where, { data, dims, type }: TensorLike, cols: number, dtype: DType): Matrix {
  if (dims?.length === 3) {
    throw new RangeError(
      `${where} has 3 dimensions (${Array.from(dims).join(' × ')}), expected 2 (rows × ${cols}): pool over the tokens first, { pooling: 'mean' } in transformers.js`,
    );
  }
  const half = type === 'float16' && data instanceof Uint16Array;
  return readShaped(where, { data: half ? halves(data, floats(dtype, data.length)) : data, shape: dims }, cols, dtype, 'dims');
}

export function readShaped(where: Where, input: ShapedArray, cols: number, dtype: DType, called = 'shape'): Matrix {
  const { data, shape } = input;
  if (!shape || typeof shape.length !== 'number' || !Array.from(shape).every((n) => Number.isInteger(n) && n >= 0)) {
    throw new TypeError(`${where}.${called} is ${show(shape)}, expected [rows, ${cols}]`);
  }
  if (shape.length !== 2) {
    throw new RangeError(
      `${where} has ${shape.length} dimensions (${Array.from(shape).join(' × ')}), expected 2 (rows × ${cols})`,
    );
  }
  const [rows, width] = shape;
  if (width !== cols) throw rowWidth(where, 0, width, cols);
  if (rows === 0) throw emptyMatrix(where, cols);
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
