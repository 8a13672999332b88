/**
 * Bytes written as plain ASCII that a compressor takes as well as the bytes themselves: base64 cuts bytes
 * across, and then gzip no longer sees that the same instruction comes again (9.7 kB instead of 7.0).
 *
 * A byte is (byte + 3) mod 256 in base 89: one digit below 89, which are nine of ten bytes of our binary since
 * the prefix of all SIMD instructions, 0xfd, becomes 0; else a leading digit 89 or 90, standing for 1·89 or 2·89,
 * and another. Digits are the characters from '#' on without the backslash, so that no quoted string needs to
 * escape one.
 */

const BASE = 89;
const SHIFT = 3;
const FIRST = 35;
const BACKSLASH = 92;

export function toText(bytes: Uint8Array): string {
  const digit = (value: number): string => {
    const code = FIRST + value;
    return String.fromCharCode(code < BACKSLASH ? code : code + 1);
  };
  let text = '';
  for (const byte of bytes) {
    const value = (byte + SHIFT) % 256;
    const page = Math.floor(value / BASE);
    if (page > 0) text += digit(BASE - 1 + page);
    text += digit(value % BASE);
  }
  return text;
}

export function fromText(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let page = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - FIRST - Number(code > BACKSLASH);
    if (digit < BASE) {
      // Uint8Array takes it mod 256.
      bytes.push(page * BASE + digit - SHIFT);
      page = 0;
    } else {
      page = digit - BASE + 1;
    }
  }
  return Uint8Array.from(bytes);
}
