import { bytesOf, countOf, type DType, type Entries, type Fail, failing, type Tensor } from './entries.js';
import { grouped, type Header, hex, need, readEntries } from './header.js';

/**
 * numpy's own format (numpy.lib.format), versions 1 to 3.
 *   bytes 0–5   0x93, "NUMPY"
 *   bytes 6–7   version, major and minor
 *   2 bytes     N, the length of the header; 4 bytes from version 2 on; little-endian
 *   N bytes     a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
 *   the rest    the entries, last dimension fastest, or the first if fortran_order
 */
const MAGIC = [0x93, ...'NUMPY'].map((c) => (typeof c === 'number' ? c : c.charCodeAt(0)));

/** numpy's own limits. */
const MAX_HEADER = 10_000;
const MAX_DIMENSIONS = 64;

const DTYPE_OF: ReadonlyMap<string, DType> = new Map([
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
  ['i1', 'I8'],
  ['i2', 'I16'],
  ['i4', 'I32'],
  ['i8', 'I64'],
  ['u1', 'U8'],
  ['u2', 'U16'],
  ['u4', 'U32'],
  ['u8', 'U64'],
  ['b1', 'BOOL'],
]);

export interface NpyHeader extends Header {
  /** Whether the first dimension is fastest. */
  readonly fortran: boolean;
}

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/** What comes before the entries. Errors as of readNpy. */
export function npyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const fail: Fail = failing(name);
  const wrong = MAGIC.findIndex((byte, i) => i < bytes.length && bytes[i] !== byte);
  if (wrong >= 0) fail(`byte ${wrong} is ${hex(bytes[wrong])}, expected ${hex(MAGIC[wrong])} (not an npy file)`);
  need(bytes, 8, 'the magic string', fail);
  const version = bytes[6];
  if (version < 1 || version > 3) fail(`byte 6 says version ${version}, expected 1, 2 or 3`);
  const start = version === 1 ? 10 : 12;
  need(bytes, start, "the header's length", fail);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const begin = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (begin - start > MAX_HEADER) fail(`the header has ${grouped(begin - start)} bytes, expected at most ${grouped(MAX_HEADER)}`);
  need(bytes, begin, 'the header', fail);
  const { descr, fortran, shape } = dictionary(new TextDecoder().decode(bytes.subarray(start, begin)).trim(), fail);
  const dtype = DTYPE_OF.get(descr.slice(1));
  if (!dtype || !'<>|='.includes(descr[0])) {
    const known = [...DTYPE_OF.keys()].join(', ');
    return fail(`'descr' is '${descr.slice(0, 99)}', expected < or > and one of ${known}`);
  }
  if (shape.length > MAX_DIMENSIONS) fail(`'shape' has ${shape.length} dimensions, expected at most ${MAX_DIMENSIONS}`);
  return { dtype, bigEndian: descr[0] === '>', fortran, shape, begin, end: begin + countOf(shape) * bytesOf(dtype) };
}

const ITEM = /\s*'(\w+)'\s*:\s*(?:'([^']*)'|(True|False)|\(\s*((?:\d+L?\s*,\s*)*(?:\d+L?\s*)?)\))\s*(?:,|(?=\}$))/y;

/** The three keys, each of which must be there once, with a value of its kind, and no other. */
function dictionary(text: string, fail: Fail): { descr: string; fortran: boolean; shape: number[] } {
  const values = new Map<string, string>();
  let end = text.startsWith('{') ? 1 : text.length;
  ITEM.lastIndex = end;
  for (let match = ITEM.exec(text); match; match = ITEM.exec(text)) {
    const [, key, descr, fortran, shape] = match;
    if (values.has(key)) fail(`the header has the key '${key}' twice`);
    const value = new Map([
      ['descr', descr],
      ['fortran_order', fortran],
      ['shape', shape],
    ]).get(key);
    if (value === undefined) break;
    values.set(key, value);
    end = ITEM.lastIndex;
  }
  const [descr, fortran, shape] = ['descr', 'fortran_order', 'shape'].map((key) => values.get(key));
  if (descr === undefined || fortran === undefined || shape === undefined || text.slice(end).trim() !== '}') {
    return fail(`the header is ${text.slice(0, 99)}, expected {'descr': a type, 'fortran_order': …, 'shape': sizes}`);
  }
  return { descr, fortran: fortran === 'True', shape: shape.match(/\d+/g)?.map(Number) ?? [] };
}

/**
 * Entries come last dimension fastest whichever order the file has; as a view of `bytes` if they lie so, aligned and
 * little-endian.
 * @param name how errors call the file
 * @throws RangeError naming the byte or the key at fault
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const header = npyHeader(bytes, name);
  const { dtype, shape } = header;
  const data = readEntries(bytes, header, failing(name));
  return { dtype, shape, data: header.fortran ? lastFastest(data, shape) : data };
}

/** First dimension fastest → last dimension fastest. A file of n × … is taken as a matrix of n rows. */
function lastFastest(data: Entries, shape: readonly number[]): Entries {
  const [rows, ...rest] = shape;
  const cols = data.length / rows;
  if (rest.length === 0 || data.length === 0) return data;
  // Where the j-th column of the file belongs: the index of its other dimensions, read the other way round.
  const column = new Uint32Array(cols);
  for (let j = 0; j < cols; j++) {
    let left = j;
    let stride = cols;
    for (const size of rest) {
      stride /= size;
      column[j] += (left % size) * stride;
      left = Math.floor(left / size);
    }
  }
  const from = data as Float64Array;
  const to = data.slice() as Float64Array<ArrayBuffer>;
  const TILE = 64;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE);
    for (let j = 0; j < cols; j++) for (let i = top; i < bottom; i++) to[i * cols + column[j]] = from[j * rows + i];
  }
  return to;
}

/**
 * Version 1, little-endian, last dimension fastest: what numpy.save writes.
 * @throws RangeError if there are not as many entries as the shape says, or the type is not one of numpy's (BF16)
 */
export function writeNpy({ dtype, shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const [type] = [...DTYPE_OF].find(([, of]) => of === dtype) ?? [];
  if (!type) throw new RangeError(`npy has no type for ${dtype}, expected one of ${[...DTYPE_OF.values()].join(', ')}`);
  if (data.length !== countOf(shape)) throw new RangeError(`npy: ${data.length} entries, expected ${shape.join(' × ')}`);
  const descr = `${bytesOf(dtype) === 1 ? '|' : '<'}${type}`;
  return npyOf(descr, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** The same of entries as they shall lie in the file, of whatever type of numpy's. */
export function npyOf(descr: string, shape: readonly number[], entries: Uint8Array): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic string, length, text and a line break: a multiple of 64 bytes.
  const begin = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(begin + entries.length);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, begin - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(begin - 11)}\n`), 10);
  bytes.set(entries, begin);
  return bytes;
}
