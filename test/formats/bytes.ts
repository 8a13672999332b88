/** Bytes for the tests of the formats, and writers of formats that the library only reads. */
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { bytesOf, countOf, DTYPES, type DType, type Entries, entriesAt, type Tensor } from '../../src/formats/entries.js';
import { TYPES } from '../../src/formats/idx.js';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const concat = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
export const rawBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

const le = (value: number, bytes: number) => Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** A safetensors file with that header, whatever it is. */
export const safetensorsOf = (header: string, data: Uint8Array = new Uint8Array(0), length = utf8(header).length) =>
  concat(le(length, 8), utf8(header), data);

/** A version 1 npy file with that header, whatever it is. */
export const npyOf = (header: string, data: Uint8Array = new Uint8Array(0), version = 1) =>
  concat([0x93], utf8('NUMPY'), [version, 0], le(utf8(header).length, version === 1 ? 2 : 4), utf8(header), data);

/** An idx file. Every entry is turned to big-endian. */
export function writeIdx({ dtype, shape, data }: Tensor): Uint8Array {
  const [code] = [...TYPES].find(([, type]) => type === dtype) as [number, DType];
  const size = data.BYTES_PER_ELEMENT;
  const raw = rawBytes(data).slice();
  for (let at = 0; at < raw.length; at += size) raw.subarray(at, at + size).reverse();
  return concat(
    [0, 0, code, shape.length],
    shape.flatMap((n) => le(n, 4).reverse()),
    raw,
  );
}

/** word2vec's binary format, with line feeds as its own program writes them, or without, as gensim does. */
export const word2vec = (rows: Record<string, readonly number[]>, feed = '\n', head?: string): Uint8Array => {
  const entries = Object.entries(rows);
  return concat(
    utf8(head ?? `${entries.length} ${entries[0][1].length}\n`),
    ...entries.flatMap(([word, row]) => [utf8(`${word} `), rawBytes(Float32Array.from(row)), utf8(feed)]),
  );
};
export interface Zipped {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  /** Lies. */
  readonly size?: number;
  readonly checksum?: number;
  readonly flags?: number;
  readonly method?: number;
}

/** A zip archive. */
export function writeZip(files: readonly Zipped[]): Uint8Array {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, deflated, size = content.length, checksum, flags = 0, method } of files) {
    const packed = deflated ? Uint8Array.from(deflateRawSync(content)) : content;
    const common = [
      ...le(20, 2),
      ...le(flags, 2),
      ...le(method ?? (deflated ? 8 : 0), 2),
      ...le(0, 4),
      ...le(checksum ?? crc32(content), 4),
      ...le(packed.length, 4),
      ...le(size, 4),
      ...le(utf8(name).length, 2),
      ...le(0, 2),
    ];
    locals.push(concat([0x50, 0x4b, 3, 4], common, utf8(name), packed));
    directory.push(concat([0x50, 0x4b, 1, 2], le(20, 2), common, le(0, 10), le(at, 4), utf8(name)));
    at += (locals.at(-1) as Uint8Array).length;
  }
  const listed = concat(...directory);
  const counts = [...le(files.length, 2), ...le(files.length, 2)];
  return concat(...locals, listed, [0x50, 0x4b, 5, 6], le(0, 4), counts, le(listed.length, 4), le(at, 4), le(0, 2));
}

/** Any shape of 0 to 4 dimensions, small, 1 × 1 and empty ones often among them. */
export const shapes = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom([1, 1], [0, 3], [3, 0], [0], [1], []) },
);

/** So many bytes of a repeatable run. */
function run(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}

/** Tensors of any type and shape, whose entries are any bits at all, or all the same. */
export const tensors = (dtypes: readonly DType[] = DTYPES): fc.Arbitrary<Tensor> =>
  fc.tuple(fc.constantFrom(...dtypes), shapes, fc.integer()).map(([dtype, shape, seed]) => {
    const length = countOf(shape) * bytesOf(dtype);
    const bytes = seed % 8 === 0 ? new Uint8Array(length).fill(seed >> 3) : run(length, seed);
    return { dtype, shape, data: entriesAt(bytes, dtype, 0, length) };
  });

/** Type, shape and bits are the same. */
export const sameTensor = (a: Tensor, b: Tensor): boolean =>
  a.dtype === b.dtype &&
  JSON.stringify(a.shape) === JSON.stringify(b.shape) &&
  (a.data as object).constructor === (b.data as object).constructor &&
  Buffer.compare(rawBytes(a.data), rawBytes(b.data as Entries)) === 0;
