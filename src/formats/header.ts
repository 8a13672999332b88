import { bytesOf, type DType, type Entries, entriesAt, type Fail } from './entries.js';

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
  const copy = bytes.slice(begin, end);
  const size = bytesOf(dtype);
  for (let from = 0; size > 1 && from < copy.length; from += size) {
    for (let left = from, right = from + size - 1; left < right; left++, right--) {
      const byte = copy[left];
      copy[left] = copy[right];
      copy[right] = byte;
    }
  }
  return entriesAt(copy, dtype, 0, copy.length);
}
