import { Checksum } from './checksum.js';
import type { Fail } from './entries.js';
import { grouped } from './header.js';
import { inflate, inflateHead, type Limit } from './inflate.js';

/** A file within a zip archive (PKWARE's APPNOTE.TXT), as the archive's directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: as it is; 8: deflate. */
  readonly method: number;
  readonly packed: Uint8Array;
  /** How many bytes it says it unpacks to. */
  readonly size: number;
  readonly checksum: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** "See the 64-bit field". */
const ELSEWHERE = 0xffffffff;
const ENCRYPTED = 1;

/** Fields by their byte; those that lie outside the file are an error instead. */
class Fields {
  private readonly view: DataView;
  private readonly fail: Fail;

  constructor(bytes: Uint8Array, fail: Fail) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fail = fail;
  }

  within(at: number, length: number): number {
    const { byteLength } = this.view;
    if (!(at >= 0 && at + length <= byteLength)) {
      this.fail(`refers to bytes ${grouped(at)} to ${grouped(at + length)}, but ends at byte ${grouped(byteLength)}`);
    }
    return at;
  }

  u16 = (at: number): number => this.view.getUint16(this.within(at, 2), true);
  u32 = (at: number): number => this.view.getUint32(this.within(at, 4), true);
  u64 = (at: number): number => Number(this.view.getBigUint64(this.within(at, 8), true));

  signature(at: number, expected: number, what: string): void {
    if (this.u32(at) !== expected) this.fail(`byte ${grouped(at)} does not begin ${what} (broken zip archive)`);
  }
}

/**
 * What the archive holds, by name.
 * @throws RangeError naming the byte at fault, or a name that is there twice
 */
export function zipEntries(bytes: Uint8Array, fail: Fail): Map<string, ZipEntry> {
  const fields = new Fields(bytes, fail);
  const { u16, u32, u64 } = fields;
  // The end record has 22 bytes and a comment of at most 65,535.
  let last = bytes.length - 22;
  const first = Math.max(0, last - 0xffff);
  while (last >= first && u32(last) !== END) last--;
  if (last < first) fail(`ends at byte ${grouped(bytes.length)} without a zip directory: cut short?`);
  let at = u32(last + 16);
  let end = at + u32(last + 12);
  if (at === ELSEWHERE || end - at === ELSEWHERE || u16(last + 10) === 0xffff) {
    fields.signature(last - 20, END_64_LOCATOR, 'a zip64 locator');
    const record = u64(last - 20 + 8);
    fields.signature(record, END_64, 'a zip64 end record');
    at = u64(record + 48);
    end = at + u64(record + 40);
  }
  fields.within(at, end - at);

  const entries = new Map<string, ZipEntry>();
  while (at < end) {
    fields.signature(at, DIRECTORY_ENTRY, 'a directory entry');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => u16(at + field));
    const extra = at + 46 + nameLength;
    const name = new TextDecoder().decode(bytes.subarray(fields.within(at + 46, nameLength), extra));
    if (u16(at + 8) & ENCRYPTED) fail(`${JSON.stringify(name.slice(0, 99))} is encrypted`);
    let wide = wideFields(fields, extra, extra + extraLength);
    const [size, packedSize, local] = [24, 20, 42].map((field) => {
      const value = u32(at + field);
      if (value !== ELSEWHERE || wide < 0) return value;
      wide += 8;
      return u64(wide - 8);
    });
    fields.signature(local, LOCAL_HEADER, 'a local header');
    const begin = local + 30 + u16(local + 26) + u16(local + 28);
    const packed = bytes.subarray(fields.within(begin, packedSize), begin + packedSize);
    if (entries.has(name)) fail(`has ${JSON.stringify(name.slice(0, 99))} twice`);
    entries.set(name, { name, method: u16(at + 10), packed, size, checksum: u32(at + 16) });
    at = extra + extraLength + commentLength;
  }
  return entries;
}

/** Where the fields of 64 bits begin, among the extra fields (number, length, data) at from … to; −1 if nowhere. */
function wideFields({ u16 }: Fields, from: number, to: number): number {
  for (let at = from; at + 4 <= to; at += 4 + u16(at + 2)) if (u16(at) === 1) return at + 4;
  return -1;
}

function method({ method }: ZipEntry, fail: Fail): 'stored' | 'deflated' {
  if (method !== 0 && method !== 8) fail(`is compressed by method ${method}, expected 0 (none) or 8 (deflate)`);
  return method === 0 ? 'stored' : 'deflated';
}

/** The beginning of the file. */
export const unzipHead = (entry: ZipEntry, fail: Fail): Uint8Array =>
  method(entry, fail) === 'stored' ? entry.packed : inflateHead(entry.packed, fail);

/** The file, checked by its checksum; a view of the archive where it is not compressed. */
export function unzip(entry: ZipEntry, limit: Limit, fail: Fail): Uint8Array {
  if (method(entry, fail) === 'deflated') return inflate(entry.packed, entry.checksum, limit, fail);
  if (new Checksum().add(entry.packed).value !== entry.checksum) fail('its checksum is not that of the data: broken on the way');
  return entry.packed;
}
