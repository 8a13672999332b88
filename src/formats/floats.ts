import type { Tensor } from './entries.js';

/** What a reader is asked for: the type of the numbers it gives. */
export type FloatType = 'float32' | 'float64';
export type Floats = Float32Array | Float64Array;
export const FLOATS = { float32: Float32Array, float64: Float64Array };

/** A float32 of an exponent that bits alone cannot shift: 2¹¹². */
const REBIAS = 2 ** 112;

/**
 * The entries as floats: the array itself where it is of that type, else a new one. Integers are not scaled;
 * those past 2⁵³, and float64 asked for as float32, are rounded to the nearest.
 */
export function asFloats({ dtype, data }: Pick<Tensor, 'dtype' | 'data'>, type: FloatType): Floats {
  const Target = FLOATS[type];
  if (data instanceof Target) return data;
  if (dtype === 'F16') return halves(data as Uint16Array, Target);
  if (dtype === 'BF16') return new Target(new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const values = new Target(data.length);
    for (let i = 0; i < data.length; i++) values[i] = Number(data[i]);
    return values;
  }
  return new Target(data);
}

/**
 * IEEE 754 binary16: the magnitude's bits, moved to where binary32 has them, mean the value times 2⁻¹¹² (the
 * difference of the two biases), subnormals included; ∞ and NaN have all exponent bits set in both.
 */
function halves(data: Uint16Array, Target: typeof Float32Array | typeof Float64Array): Floats {
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  const values = new Target(data.length);
  for (let i = 0; i < data.length; i++) {
    const magnitude = data[i] & 0x7fff;
    word[0] = magnitude << 13;
    let value = float[0] * REBIAS;
    if (magnitude >= 0x7c00) value = magnitude > 0x7c00 ? Number.NaN : Infinity;
    values[i] = data[i] & 0x8000 ? -value : value;
  }
  return values;
}
