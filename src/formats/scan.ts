/** 10⁰ … 10²²: the powers of ten that a double holds exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Where the last number ended. */
export const scanned = { end: 0 };

/**
 * The decimal number that begins at a byte, straight from the bytes; NaN where there is none, or where it is left to the
 * language. m·10ᵉ of a mantissa below 2⁵³ and |e| ≤ 22 is one multiplication or division of two exact doubles, so it is
 * the double nearest to the text (Clinger 1990). A longer mantissa was rounded at each of its last few digits, which
 * moves it by less than 2⁻⁴⁸ of itself; where a float32 is wanted (`single`) and both ends of that range round to the
 * same one, so does the text.
 */
export function scanNumber(bytes: Uint8Array, begin: number, single: boolean): number {
  let at = begin;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  let digits = -at;
  let mantissa = 0;
  while (isDigit(bytes[at])) mantissa = mantissa * 10 + bytes[at++] - 0x30;
  let exponent = 0;
  if (bytes[at] === POINT) {
    digits--;
    exponent = ++at;
    while (isDigit(bytes[at])) mantissa = mantissa * 10 + bytes[at++] - 0x30;
    exponent -= at;
  }
  digits += at;
  if (digits > 0 && (bytes[at] | 0x20) === 0x65) {
    const sign = bytes[++at];
    if (sign === MINUS || sign === PLUS) at++;
    let power = isDigit(bytes[at]) ? 0 : Number.NaN;
    while (isDigit(bytes[at])) power = power * 10 + bytes[at++] - 0x30;
    exponent += sign === MINUS ? -power : power;
  }
  scanned.end = at;
  if (digits === 0 || !(Math.abs(exponent) <= 22)) return Number.NaN;
  const value = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
  if (mantissa >= 2 ** 53) {
    const above = Math.fround(value * (1 + 2 ** -48));
    const sure = single && digits <= 25 && above < Infinity && Math.fround(value * (1 - 2 ** -48)) === above;
    if (!sure) return Number.NaN;
  }
  return negative ? -value : value;
}
