/** T[k][b]: what byte b, with k more bytes behind it, does to the remainder (CRC-32 of IEEE 802.3, reflected). */
const T = Array.from({ length: 4 }, () => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  T[0][byte] = remainder;
}
for (let k = 1; k < 4; k++) for (let b = 0; b < 256; b++) T[k][b] = (T[k - 1][b] >>> 8) ^ T[0][T[k - 1][b] & 255];

/** CRC-32, four bytes at a time, and how many bytes there were. */
export class Checksum {
  private remainder = 0xffffffff;
  length = 0;

  get value(): number {
    return ~this.remainder >>> 0;
  }

  add(bytes: Uint8Array): this {
    const [t0, t1, t2, t3] = T;
    let c = this.remainder;
    let i = 0;
    for (; i + 4 <= bytes.length; i += 4) {
      c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
      c = t3[c & 255] ^ t2[(c >>> 8) & 255] ^ t1[(c >>> 16) & 255] ^ t0[c >>> 24];
    }
    for (; i < bytes.length; i++) c = (c >>> 8) ^ t0[(c ^ bytes[i]) & 255];
    this.remainder = c;
    this.length += bytes.length;
    return this;
  }
}
