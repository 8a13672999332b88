import { log } from './elementary.js';
import type { Random } from './random.js';

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/**
 * Random numbers by the million: xoshiro128** (Blackman & Vigna 2018), which takes its seed from a stream of the model's,
 * so that where that stream stands says all.
 */
export class Noise {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(source: Random) {
    const word = () => Math.floor(source.uniform() * 2 ** 32) | 0;
    [this.a, this.b, this.c, this.d] = [word(), word(), word(), word() | 1];
  }

  /** U[0, 1), 32 bits. */
  uniform(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotate(this.d, 11);
    return result / 2 ** 32;
  }

  /** Two draws of N(0, 1) at a time, by Marsaglia's polar method (1964), into `out`. */
  private pair(out: Float64Array): void {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const r = u * u + v * v;
      if (r === 0 || r >= 1) continue;
      const scale = Math.sqrt((-2 * log(r)) / r);
      out[0] = u * scale;
      out[1] = v * scale;
      return;
    }
  }

  /** Fills `data` with draws of N(0, 1). */
  fillGaussian(data: { length: number; [at: number]: number }): void {
    const two = new Float64Array(2);
    for (let i = 0; i < data.length; i += 2) {
      this.pair(two);
      data[i] = two[0];
      if (i + 1 < data.length) data[i + 1] = two[1];
    }
  }
}
