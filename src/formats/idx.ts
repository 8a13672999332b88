/**
 * The idx format of MNIST and its kin (yann.lecun.com/exdb/mnist): big-endian throughout.
 *   bytes 0–1   0
 *   byte 2      type of an entry, see TYPES
 *   byte 3      number of dimensions, k
 *   bytes 4 …   k sizes, 32 bits each, then the entries, last dimension fastest
 */
export interface IdxArray {
  readonly shape: number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

interface EntryType {
  readonly bytes: number;
  readonly create: (n: number) => IdxArray['data'];
  readonly read: (view: DataView, at: number) => number;
}

const TYPES: Readonly<Record<number, EntryType>> = {
  8: { bytes: 1, create: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, create: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  11: { bytes: 2, create: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) },
  12: { bytes: 4, create: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) },
  13: { bytes: 4, create: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, create: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) },
};

const hex = (byte: number) => `0x${byte.toString(16).padStart(2, '0')}`;
const number = (n: number) => n.toLocaleString('en-US');

/**
 * @param name how errors call the file
 * @param dimensions how many it must have, if that is known
 * @throws RangeError naming the byte at fault
 */
export function parseIdx(bytes: Uint8Array, name: string, dimensions?: number): IdxArray {
  const need = (length: number, what: string) => {
    if (bytes.length < length) {
      throw new RangeError(`${name}: ends at byte ${number(bytes.length)}, within ${what}, expected ${number(length)} bytes`);
    }
  };
  need(4, 'the magic number');
  for (const at of [0, 1]) {
    if (bytes[at] !== 0) throw new RangeError(`${name}: byte ${at} is ${hex(bytes[at])}, expected 0x00 (not an idx file)`);
  }
  const type = TYPES[bytes[2]];
  if (!type) {
    const known = Object.keys(TYPES).map((code) => hex(Number(code)));
    throw new RangeError(`${name}: byte 2 is ${hex(bytes[2])}, expected an entry type (${known.join(', ')})`);
  }
  const k = bytes[3];
  if (k === 0 || (dimensions !== undefined && k !== dimensions)) {
    throw new RangeError(`${name}: byte 3 says ${k} dimensions, expected ${dimensions ?? 'at least 1'}`);
  }
  need(4 + 4 * k, 'the sizes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: k }, (_, i) => view.getUint32(4 + 4 * i));
  const header = 4 + 4 * k;
  const count = shape.reduce((product, size) => product * size, 1);
  const end = header + count * type.bytes;
  need(end, `the ${shape.map(number).join(' × ')} entries`);
  if (bytes.length > end) {
    throw new RangeError(`${name}: goes on after byte ${number(end)}, where its ${shape.map(number).join(' × ')} entries end`);
  }
  if (bytes[2] === 8) return { shape, data: bytes.slice(header) };
  const data = type.create(count);
  for (let i = 0; i < count; i++) data[i] = type.read(view, header + i * type.bytes);
  return { shape, data };
}
