/**
 * The types of entry that files hold, by the names that safetensors gives them, widest first: the order in which
 * its reference implementation lays tensors out. F16 and BF16 stay the bits they are, see asFloats.
 */
const TYPES = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

export type DType = keyof typeof TYPES;
export type Entries =
  | BigUint64Array
  | BigInt64Array
  | Float64Array
  | Float32Array
  | Uint32Array
  | Int32Array
  | Uint16Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** An array of numbers as files hold it: entries last dimension fastest. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Entries;
}

export const DTYPES = Object.keys(TYPES) as DType[];
export const bytesOf = (dtype: DType): number => TYPES[dtype].BYTES_PER_ELEMENT;
export const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export type Fail = (what: string) => never;

const visible = (control: string) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** How a reader refuses the file that errors call `name`. Nothing that a file says may steer the terminal that shows it. */
export function failing(name: string): Fail {
  return (what) => {
    throw new RangeError(`${name}: ${what}`.replace(/\p{Cc}/gu, visible));
  };
}

/** Bytes begin … end in memory of their own, which a Buffer's `slice` would not have. */
export const copyOf = (bytes: Uint8Array, begin: number, end: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(bytes.subarray(begin, end));

/** The little-endian entries at bytes begin … end: a view where they lie on their alignment, else a copy. */
export function entriesAt(bytes: Uint8Array, dtype: DType, begin: number, end: number): Entries {
  const size = bytesOf(dtype);
  const at = bytes.byteOffset + begin;
  return at % size
    ? new TYPES[dtype](copyOf(bytes, begin, end).buffer)
    : new TYPES[dtype](bytes.buffer as ArrayBuffer, at, (end - begin) / size);
}
