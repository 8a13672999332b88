import { type ArrowVector, isArrow, isListColumn, notLists, readFixedSizeLists } from './arrow.js';
import { show } from './checks.js';
import type { DType, FloatArray, Matrix, Where } from './matrix.js';
import { type EmbeddingRow, entriesOf, isEmbedding, isRow, type RowForm } from './row-forms.js';
import { readRows } from './rows.js';
import { readShaped, readTensor, type ShapedArray, type TensorLike } from './shaped.js';

export type { ArrowVector, EmbeddingRow, RowForm, ShapedArray, TensorLike };

/** What an embedding service answers, as OpenAI's does. */
export interface EmbeddingsResponse {
  readonly data: readonly EmbeddingRow[];
}

/**
 * What the library takes for a matrix: numbers with a shape; a list of rows, each of them numbers in a list or a typed
 * array, or in a form of RowLike; an embeddings response, whose rows go by their `index`; a column of Arrow lists, of
 * apache-arrow or flechette.
 */
export type MatrixLike =
  | ShapedArray
  | TensorLike
  | MatrixOf<ArrayLike<number>>
  | EmbeddingsResponse
  | ArrowVector
  | readonly RowForm[];

/** Numbers in row-major order, rows × cols of them: what the core gives back. */
export interface MatrixOf<Data> {
  readonly data: Data;
  readonly rows: number;
  readonly cols: number;
}

const EXPECTED = 'expected an ndarray, number[][] or { data, shape }';

/**
 * The same, of one row alone: d numbers in a list or a typed array; 4·d bytes, which are float32s; a text of pgvector's,
 * `[0.1,0.2]` or `{1:0.1}/2`; float32s in base64; an Arrow vector; `{ embedding }` of one of these.
 */
export type RowLike = RowForm;

/**
 * A matrix of `dtype` from whatever the caller holds, checked for its form: two dimensions, at least
 * one row, `cols` columns. Shares the caller's memory where that is row-major and of the right type.
 * Entries are not looked at, but those of lists must be numbers: see `checkFinite`.
 */
export function readMatrix(where: Where, input: unknown, cols: number, dtype: DType): Matrix {
  if (Array.isArray(input)) return readRows(where, input, cols, dtype);
  if (isArrow(input)) return readColumn(where, input, cols, dtype);
  if (input !== null && typeof input === 'object' && 'data' in input) {
    if ('shape' in input) return readShaped(where, input as ShapedArray, cols, dtype);
    if ('dims' in input) return readTensor(where, input as TensorLike, cols, dtype);
    if ('rows' in input && 'cols' in input) {
      const { data, rows, cols: width } = input as MatrixOf<ArrayLike<number>>;
      return readShaped(where, { data, shape: [rows, width] }, cols, dtype);
    }
    if (Array.isArray(input.data) && (input.data.length === 0 || isEmbedding(input.data[0])))
      return readRows(where, byIndex(input.data), cols, dtype);
  }
  throw new TypeError(`${where} is ${show(input)}, ${isTable(input) ? 'expected one of its columns: getChild(name)' : EXPECTED}`);
}

/** The same, but d numbers without rows around them, in any form, are one row. */
export function readRowOrMatrix(where: Where, input: unknown, cols: number, dtype: DType): Matrix {
  const row = typeof input === 'string' ? entriesOf(input, cols) : input;
  if (isRow(row) || (isArrow(row) && !isListColumn(row))) return readRows(where, [row], cols, dtype);
  const { data, shape, stride, offset, dims, type } = (input ?? {}) as ShapedArray & TensorLike;
  if (shape?.length === 1)
    return readShaped(where, { data, shape: [1, shape[0]], stride: stride && [shape[0], stride[0]], offset }, cols, dtype);
  if (dims?.length === 1) return readTensor(where, { data, dims: [1, dims[0]], type }, cols, dtype);
  return readMatrix(where, input, cols, dtype);
}

function readColumn(where: Where, column: ArrowVector, cols: number, dtype: DType): Matrix {
  if (!isListColumn(column)) throw notLists(where, column, cols);
  const whole = readFixedSizeLists(column, cols, dtype);
  if (whole) return whole;
  const rows = Array.from({ length: column.length }, (_, i) => column.get(i));
  return readRows(where, rows, cols, dtype);
}

/** A service may answer in another order than it was asked in; `index` says which. Answers joined into one count anew. */
function byIndex(data: readonly EmbeddingRow[]): readonly EmbeddingRow[] {
  const rows: (EmbeddingRow | undefined)[] = Array(data.length).fill(undefined);
  for (const row of data) if (Number(row?.index) in rows) rows[Number(row.index)] = row;
  return rows.includes(undefined) ? data : (rows as EmbeddingRow[]);
}

const isTable = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && 'schema' in value && 'getChild' in value;

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
