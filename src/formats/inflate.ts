import { Gunzip, Inflate } from 'fflate';
import { Checksum } from './checksum.js';
import type { Fail } from './entries.js';
import { grouped } from './header.js';

/**
 * Compressed data from a stranger: a kilobyte may unpack to a megabyte. Unpacking goes piece by piece and stops as
 * soon as there is more than there may be.
 */
export interface Limit {
  /** The most bytes that may come out. */
  readonly bytes: number;
  /** Where that number is from, as errors put it. */
  readonly why: string;
}

/** Deflate cannot do better than 1032 to 1; data worth keeping stays far below. */
const RATIO = 256;
const ALWAYS_ALLOWED = 2 ** 26;

/** What that many compressed bytes may unpack to, if they do not say how many. */
export function limitOf(packed: number, maxUnpacked?: number): Limit {
  if (maxUnpacked !== undefined) return { bytes: maxUnpacked, why: 'maxUnpacked' };
  return { bytes: Math.max(ALWAYS_ALLOWED, RATIO * packed), why: `${RATIO} times the packed size; maxUnpacked allows more` };
}

export const exceeds = ({ bytes, why }: Limit): string => `unpacks to more than ${grouped(bytes)} bytes (${why})`;

/** How much is unpacked at a time. */
const PIECE = 2 ** 14;
/** As many bytes as tell what a file is, and the smaller pieces in which they are sought. */
const HEAD = 2 ** 14;
const HEAD_PIECE = 2 ** 9;

/** What comes out, chunk after chunk, with the checksum of the present gzip member. */
class Unpacked {
  readonly chunks: Uint8Array[] = [];
  length = 0;
  sum = new Checksum();

  readonly add = (chunk: Uint8Array): void => {
    this.chunks.push(chunk);
    this.length += chunk.length;
    this.sum.add(chunk);
  };

  join(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

type Stream = Pick<Inflate, 'push'>;

/** Pushes piece after piece, each followed by `check`, until that says that it is enough. */
function feed(stream: Stream, bytes: Uint8Array, piece: number, fail: Fail, check: () => boolean): void {
  for (let at = 0; at < bytes.length; at += piece) {
    const end = Math.min(bytes.length, at + piece);
    try {
      stream.push(bytes.subarray(at, end), end === bytes.length);
    } catch (error) {
      fail(`broken compressed data before byte ${grouped(end)} of ${grouped(bytes.length)} (${(error as Error).message})`);
    }
    if (check()) return;
  }
}

/** The beginning of what is compressed, at least, or all of it. */
function headOf(streamTo: (add: Unpacked['add']) => Stream, packed: Uint8Array, fail: Fail): Uint8Array {
  const out = new Unpacked();
  feed(streamTo(out.add), packed, HEAD_PIECE, fail, () => out.length >= HEAD);
  return out.join();
}

export const gunzipHead = (packed: Uint8Array, fail: Fail) => headOf((add) => new Gunzip(add), packed, fail);
export const inflateHead = (packed: Uint8Array, fail: Fail) => headOf((add) => new Inflate(add), packed, fail);

/** Raw deflate data, which must have that checksum (CRC-32) when unpacked. */
export function inflate(packed: Uint8Array, checksum: number, limit: Limit, fail: Fail): Uint8Array<ArrayBuffer> {
  const out = new Unpacked();
  feed(new Inflate(out.add), packed, PIECE, fail, () => out.length > limit.bytes && fail(exceeds(limit)));
  if (out.sum.value !== checksum) fail('its checksum is not that of the data: broken on the way');
  return out.join();
}

/** A gzip file of one member or several, each checked by the length and the checksum that it ends with. */
export function gunzip(packed: Uint8Array, limit: Limit, fail: Fail): Uint8Array<ArrayBuffer> {
  if (packed.length < 18) fail(`ends at byte ${packed.length}, within its gzip data, expected at least 18 bytes`);
  const out = new Unpacked();
  const stream = new Gunzip(out.add);
  let broken: number | undefined;
  const endMember = (end: number) => {
    const view = new DataView(packed.buffer, packed.byteOffset + end - 8);
    const { value, length } = out.sum;
    if (view.getUint32(0, true) !== value || view.getUint32(4, true) !== length % 2 ** 32) broken ??= end - 8;
    out.sum = new Checksum();
  };
  const check = () => {
    if (out.length > limit.bytes) fail(exceeds(limit));
    if (broken !== undefined) fail(`the checksum at byte ${grouped(broken)} is not that of the data: broken on the way`);
    return false;
  };
  stream.onmember = endMember;
  feed(stream, packed, PIECE, fail, check);
  endMember(packed.length);
  check();
  return out.join();
}
