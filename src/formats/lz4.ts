/** LZ4 (lz4_Block_format.md, lz4_Frame_format.md), whose frames Arrow's Feather files are packed in, and whose blocks Parquet's pages. */

const MAGIC = 0x184d2204;
const LEAST_MATCH = 4;

function broken(what: string): never {
  throw new RangeError(`broken LZ4 data: ${what}`);
}

/**
 * Unpacks a block into `out` from byte `begin` on, and says where it ends there. Each sequence is a token of two half
 * bytes, so many literals, and a match: so many bytes again, less four, of what was written so far back. 15 in either half
 * goes on in the next bytes, up to one below 255. The last sequence has no match.
 */
export function unpackBlock(packed: Uint8Array, out: Uint8Array, begin = 0): number {
  let [from, to] = [0, begin];
  const length = (half: number): number => {
    let sum = half;
    for (let byte = half === 15 ? 255 : 0; byte === 255; sum += byte) {
      if (from >= packed.length) broken('a length without end');
      byte = packed[from++];
    }
    return sum;
  };
  while (from < packed.length) {
    const token = packed[from++];
    const literals = length(token >> 4);
    if (from + literals > packed.length || to + literals > out.length)
      broken('more literals than there are, or than there is room for');
    out.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from >= packed.length) break;
    const back = packed[from] | (packed[from + 1] << 8);
    from += 2;
    const match = length(token & 15) + LEAST_MATCH;
    if (back === 0 || back > to || to + match > out.length) broken('a match beyond what is there, or than there is room for');
    // A match may overlap what it writes: bytes are repeated then.
    if (back >= match) out.copyWithin(to, to - back, to - back + match);
    else for (let k = 0; k < match; k++) out[to + k] = out[to + k - back];
    to += match;
  }
  return to;
}

/** Unpacks frames of what has so many bytes. Checksums are passed over. */
export function unpackFrame(packed: Uint8Array, size: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const out = new Uint8Array(size);
  if (packed.length < 7 || view.getUint32(0, true) !== MAGIC) broken('not a frame');
  const flags = packed[4];
  if (flags >> 6 !== 1 || flags & 1) broken('a frame of another version, or with a dictionary');
  let at = flags & 8 ? 15 : 7;
  let to = 0;
  for (;;) {
    if (at + 4 > packed.length) broken('a frame without end');
    const head = view.getUint32(at, true);
    if (head === 0) break;
    const length = head & 0x7fffffff;
    const block = packed.subarray(at + 4, at + 4 + length);
    if (block.length < length) broken('a block that ends early');
    if (head >>> 31 && to + length > size) broken('more than there is room for');
    if (head >>> 31) out.set(block, to);
    to = head >>> 31 ? to + length : unpackBlock(block, out, to);
    at += 4 + length + (flags & 16 ? 4 : 0);
  }
  if (to !== size) broken(`${to} bytes, expected ${size}`);
  return out;
}
