import { bytesOf, copyOf, type DType, type Entries, entriesAt, type Fail } from './entries.js';

/** What a file says of the entries that follow, from byte `begin` up to byte `end`. */
export interface Header {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

export const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
export const grouped = (n: number): string => n.toLocaleString('en-US');

export function need(bytes: Uint8Array, length: number, what: string, fail: Fail): void {
  if (bytes.length < length) fail(`ends at byte ${grouped(bytes.length)}, within ${what}, expected ${grouped(length)} bytes`);
}

/**
 * The entries, which must be all that follows: a view of `bytes` if they are little-endian and aligned, else a copy.
 * @throws RangeError naming the byte at which the file should end
 */
export function readEntries(bytes: Uint8Array, { dtype, bigEndian, shape, begin, end }: Header, fail: Fail): Entries {
  const entries = `the ${shape.map(grouped).join(' × ')} entries`;
  if (!Number.isSafeInteger(end)) fail(`no file is as large as ${entries} that it should have`);
  need(bytes, end, entries, fail);
  if (bytes.length > end) fail(`goes on after byte ${grouped(end)}, where its ${entries.slice('the '.length)} end`);
  if (!bigEndian) return entriesAt(bytes, dtype, begin, end);
  const copy = copyOf(bytes, begin, end);
  reverseEach(copy.buffer, bytesOf(dtype));
  return entriesAt(copy, dtype, 0, copy.length);
}

/** Reverses the bytes of each entry of that size, in place. */
function reverseEach(buffer: ArrayBuffer, size: number): void {
  if (size === 2) {
    const entries = new Uint16Array(buffer);
    for (let i = 0; i < entries.length; i++) entries[i] = (entries[i] << 8) | (entries[i] >>> 8);
  }
  if (size < 4) return;
  const words = new Uint32Array(buffer);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    words[i] = (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
  }
  if (size < 8) return;
  for (let i = 0; i < words.length; i += 2) {
    const word = words[i];
    words[i] = words[i + 1];
    words[i + 1] = word;
  }
}
