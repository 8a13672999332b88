import { Checksum } from './checksum.js';

/** Sizes and places are 32 bits: beyond that an archive needs zip64, which this does not write. */
const MOST_BYTES = 2 ** 32 - 1;
const LOCAL = 30;
const ENTRY = 46;
const END = 22;
/** 1 January 1980, 0:00, so that the same files give the same archive. */
const DATE = (1 << 5) | 1;

/**
 * A zip archive (PKWARE's APPNOTE.TXT) of files as they are, not compressed.
 * @throws RangeError if it would have 4 GiB or more
 */
export function writeZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  const named = Object.entries(files).map(([name, data]) => ({ name: new TextEncoder().encode(name), data }));
  const sizes = named.map(({ name, data }) => LOCAL + ENTRY + 2 * name.length + data.length);
  const size = END + sizes.reduce((sum, n) => sum + n, 0);
  if (size > MOST_BYTES) throw new RangeError(`zip: ${size} bytes, expected at most ${MOST_BYTES}`);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  /** Fields of 16 bits (n, 2) and of 32 (n, 4), little-endian. */
  const put = (...fields: readonly (readonly [number, 2 | 4])[]) => {
    for (const [value, width] of fields) {
      if (width === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += width;
    }
  };
  const copy = (data: Uint8Array) => {
    bytes.set(data, at);
    at += data.length;
  };
  /** Version 2.0, no flags, stored, time and date, checksum, packed and unpacked size, lengths of name and extra field. */
  const described = ({ name, data }: (typeof named)[number]) =>
    put(
      [20, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [DATE, 2],
      [new Checksum().add(data).value, 4],
      [data.length, 4],
      [data.length, 4],
      [name.length, 2],
      [0, 2],
    );
  const places = named.map((file) => {
    const place = at;
    put([0x04034b50, 4]);
    described(file);
    copy(file.name);
    copy(file.data);
    return place;
  });
  const directory = at;
  for (const [i, file] of named.entries()) {
    put([0x02014b50, 4], [20, 2]);
    described(file);
    // No comment, disk 0, no attributes.
    put([0, 2], [0, 2], [0, 2], [0, 4], [places[i], 4]);
    copy(file.name);
  }
  const length = at - directory;
  put([0x06054b50, 4], [0, 2], [0, 2], [named.length, 2], [named.length, 2], [length, 4], [directory, 4], [0, 2]);
  return bytes;
}
