import { show } from './checks.js';
import { halves } from './half.js';
import { type DType, type FloatArray, floats, type Matrix, type Where } from './matrix.js';

/** An Arrow column as apache-arrow (Vector) and flechette (Column) have it: here known by its shape alone. */
export interface ArrowVector {
  readonly type: { readonly typeId: number };
  readonly length: number;
  get(index: number): unknown;
}

/** What is looked at beside that, all of it public in both. */
interface Vector extends ArrowVector {
  readonly type: Type;
  readonly nullCount: number;
  readonly data: readonly Chunk[];
  toArray?(): ArrayLike<unknown>;
}

interface Type {
  readonly typeId: number;
  readonly precision?: number;
  /** Entries of a fixed-size list: apache-arrow's name, and flechette's. */
  readonly listSize?: number;
  readonly stride?: number;
  readonly children?: readonly { readonly type: Type }[] | null;
}

/** A record batch's part of a column. */
interface Chunk {
  readonly length: number;
  readonly nullCount: number;
  readonly values?: unknown;
  readonly children: readonly Chunk[];
}

/** Of the format's Schema.fbs. */
const FLOAT = 3;
const HALF = 0;
const FIXED_SIZE_LIST = 16;

export function isArrow(value: unknown): value is ArrowVector {
  if (value === null || typeof value !== 'object') return false;
  const { get, length, type } = value as Partial<ArrowVector>;
  return typeof get === 'function' && typeof length === 'number' && typeof type?.typeId === 'number';
}

const isHalf = ({ typeId, precision }: Type): boolean => typeId === FLOAT && precision === HALF;

/** What a list's entries are, if it is one of lists. */
const entryType = ({ type }: ArrowVector): Type | undefined => (type as Type).children?.[0]?.type;

/** Whether each of its entries is a list: a matrix, and no row. */
export const isListColumn = (column: ArrowVector): boolean => entryType(column) !== undefined;

/** The entries of one list. Where some are null they are got one by one, since toArray shows what lies beneath a null. */
export function entriesOfArrow(row: ArrowVector): ArrayLike<unknown> {
  const { type, nullCount, toArray } = row as Vector;
  if (nullCount > 0 || !toArray) return Array.from({ length: row.length }, (_, j) => row.get(j));
  const values = toArray.call(row);
  return isHalf(type) && values instanceof Uint16Array ? halves(values, new Float32Array(values.length)) : values;
}

/**
 * A column of fixed-size lists of floats, from the memory of its batches: shared, if there is one of the right type. Null
 * where it is none of these, or holds nulls: then its rows are to be read one by one.
 */
export function readFixedSizeLists(column: ArrowVector, cols: number, dtype: DType): Matrix | null {
  const { type, length: rows, data } = column as Vector;
  const child = entryType(column);
  const { listSize = type.stride } = type;
  if (type.typeId !== FIXED_SIZE_LIST || listSize !== cols || child?.typeId !== FLOAT) return null;
  const parts = Array.isArray(data) ? data.map((chunk) => valuesOf(chunk, cols, isHalf(child))) : [];
  if (rows === 0 || parts.includes(null)) return null;
  const [only] = parts;
  const Floats = dtype === 'float32' ? Float32Array : Float64Array;
  if (parts.length === 1 && only instanceof Floats) return { data: only, rows, cols };
  return joined(parts as FloatArray[], rows, cols, dtype);
}

function joined(parts: readonly FloatArray[], rows: number, cols: number, dtype: DType): Matrix {
  const data = floats(dtype, rows * cols);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { data, rows, cols };
}

/** The entries of a batch's lists, one after the other, if none is null. */
function valuesOf({ length, nullCount, children }: Chunk, cols: number, half: boolean): FloatArray | null {
  const [{ values, nullCount: holes }] = children;
  if (nullCount > 0 || holes > 0 || !ArrayBuffer.isView(values)) return null;
  const own = (values as FloatArray).subarray(0, length * cols) as unknown;
  if ((own as FloatArray).length < length * cols) return null;
  if (half) return own instanceof Uint16Array ? halves(own, new Float32Array(own.length)) : null;
  return own as FloatArray;
}

/** The error of a column whose entries are no lists. */
export const notLists = (where: Where, column: ArrowVector, cols: number): TypeError =>
  new TypeError(`${where} is an Arrow column of ${nameOf(column.type)}, expected lists of ${cols} numbers`);

/** apache-arrow's types say what they are; flechette's are plain objects. */
const nameOf = (type: ArrowVector['type']): string => {
  const name = String(type);
  return name.startsWith('[object') ? `type ${show(type.typeId)}` : name;
};
