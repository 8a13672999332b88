import type { FloatArray } from './matrix.js';

/** A float32 of an exponent that bits alone cannot shift: 2¹¹². */
const REBIAS = 2 ** 112;

/**
 * IEEE 754 binary16: the magnitude's bits, moved to where binary32 has them, mean the value times 2⁻¹¹² (the
 * difference of the two biases), subnormals included; ∞ and NaN have all exponent bits set in both.
 */
export function halves<T extends FloatArray>(data: Uint16Array, values: T): T {
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  for (let i = 0; i < data.length; i++) {
    const magnitude = data[i] & 0x7fff;
    word[0] = magnitude << 13;
    let value = float[0] * REBIAS;
    if (magnitude >= 0x7c00) value = magnitude > 0x7c00 ? Number.NaN : Infinity;
    values[i] = data[i] & 0x8000 ? -value : value;
  }
  return values;
}
