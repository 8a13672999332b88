/** 10⁰ … 10²²: the powers of ten that a double holds exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/**
 * Reads decimal numbers straight from bytes. m·10ᵉ of a mantissa below 2⁵³ and |e| ≤ 22 is one multiplication or division
 * of two exact doubles, so it is the double nearest to the text (Clinger 1990); other numbers are left to the language.
 */
export class Scanner {
  /** Where a number is expected; after `read`, the byte behind it. */
  at = 0;

  /** The number that begins here; NaN where there is none, or one to be left to the language. */
  read(bytes: Uint8Array): number {
    let at = this.at;
    const negative = bytes[at] === 0x2d;
    if (negative) at++;
    let digits = -at;
    let mantissa = 0;
    while (isDigit(bytes[at])) mantissa = mantissa * 10 + bytes[at++] - 0x30;
    let exponent = 0;
    if (bytes[at] === 0x2e) {
      digits--;
      exponent = ++at;
      while (isDigit(bytes[at])) mantissa = mantissa * 10 + bytes[at++] - 0x30;
      exponent -= at;
    }
    digits += at;
    if (digits > 0 && (bytes[at] | 0x20) === 0x65) {
      const sign = bytes[++at];
      if (sign === 0x2d || sign === 0x2b) at++;
      let power = isDigit(bytes[at]) ? 0 : Number.NaN;
      while (isDigit(bytes[at])) power = power * 10 + bytes[at++] - 0x30;
      exponent += sign === 0x2d ? -power : power;
    }
    this.at = at;
    if (!(digits > 0 && mantissa < 2 ** 53 && Math.abs(exponent) <= 22)) return Number.NaN;
    const value = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
    return negative ? -value : value;
  }
}
