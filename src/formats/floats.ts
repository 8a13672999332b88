import { halves } from '../numbers/half.js';
import type { Tensor } from './entries.js';

/** What a reader is asked for: the type of the numbers it gives. */
export type FloatType = 'float32' | 'float64';
export type Floats = Float32Array | Float64Array;
export const FLOATS = { float32: Float32Array, float64: Float64Array };

/**
 * The entries as floats: the array itself where it is of that type, else a new one. Integers are not scaled;
 * those past 2⁵³, and float64 asked for as float32, are rounded to the nearest.
 */
export function asFloats({ dtype, data }: Pick<Tensor, 'dtype' | 'data'>, type: FloatType): Floats {
  const Target = FLOATS[type];
  if (data instanceof Target) return data;
  if (dtype === 'F16') return halves(data as Uint16Array, new Target(data.length));
  if (dtype === 'BF16') return new Target(new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const values = new Target(data.length);
    for (let i = 0; i < data.length; i++) values[i] = Number(data[i]);
    return values;
  }
  return new Target(data);
}
