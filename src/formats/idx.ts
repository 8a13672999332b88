import { bytesOf, countOf, type DType, type Fail, failing } from './entries.js';
import { type Header, hex, need, readEntries } from './header.js';

/**
 * The idx format of MNIST and its kin (yann.lecun.com/exdb/mnist): big-endian throughout.
 *   bytes 0–1   0
 *   byte 2      type of an entry, see TYPES
 *   byte 3      number of dimensions, k
 *   bytes 4 …   k sizes, 32 bits each, then the entries, last dimension fastest
 */
export interface IdxArray {
  readonly dtype: DType;
  readonly shape: number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

export const TYPES: ReadonlyMap<number, DType> = new Map([
  [0x08, 'U8'],
  [0x09, 'I8'],
  [0x0b, 'I16'],
  [0x0c, 'I32'],
  [0x0d, 'F32'],
  [0x0e, 'F64'],
]);

/** What comes before the entries. Errors as of parseIdx. */
export function idxHeader(bytes: Uint8Array, name: string, dimensions?: number): Header {
  const fail: Fail = failing(name);
  need(bytes, 4, 'the magic number', fail);
  for (const at of [0, 1]) if (bytes[at] !== 0) fail(`byte ${at} is ${hex(bytes[at])}, expected 0x00 (not an idx file)`);
  const dtype = TYPES.get(bytes[2]);
  if (!dtype) return fail(`byte 2 is ${hex(bytes[2])}, expected an entry type (${[...TYPES.keys()].map(hex).join(', ')})`);
  const k = bytes[3];
  if (k === 0 || (dimensions !== undefined && k !== dimensions)) {
    fail(`byte 3 says ${k} dimensions, expected ${dimensions ?? 'at least 1'}`);
  }
  const begin = 4 + 4 * k;
  need(bytes, begin, 'the sizes', fail);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: k }, (_, i) => view.getUint32(4 + 4 * i));
  return { dtype, bigEndian: true, shape, begin, end: begin + countOf(shape) * bytesOf(dtype) };
}

/**
 * @param name how errors call the file
 * @param dimensions how many it must have, if that is known
 * @throws RangeError naming the byte at fault
 */
export function parseIdx(bytes: Uint8Array, name: string, dimensions?: number): IdxArray {
  const header = idxHeader(bytes, name, dimensions);
  return { ...header, data: readEntries(bytes, header, failing(name)) as IdxArray['data'] };
}
