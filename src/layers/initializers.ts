import type { FloatArray } from '../kernels/kernels.js';
import type { Random } from '../numbers/random.js';
import { type Layout, partsOf } from './parameters.js';

export type Initializer = 'glorot-uniform' | 'glorot-normal' | 'he-normal';

/** A draw for a weight between `fanIn` and `fanOut` units. */
export const initializers: Readonly<Record<Initializer, (random: Random, fanIn: number, fanOut: number) => number>> = {
  /** U[−a, a], a = √(6/(in + out)): Glorot & Bengio 2010, eq. 16. */
  'glorot-uniform': (random, fanIn, fanOut) => (2 * random.uniform() - 1) * Math.sqrt(6 / (fanIn + fanOut)),
  /** N(0, 2/(in + out)): the same variance; Deeplearning4j's "Xavier". */
  'glorot-normal': (random, fanIn, fanOut) => random.gaussian() * Math.sqrt(2 / (fanIn + fanOut)),
  /** N(0, 2/in): He et al. 2015, eq. 10. */
  'he-normal': (random, fanIn) => random.gaussian() * Math.sqrt(2 / fanIn),
};

/** Fills θ part by part, as each part's `start` says. */
export function initialize(theta: FloatArray, layout: Layout, initializer: Initializer, random: Random): void {
  const draw = initializers[initializer];
  const parts = partsOf(theta, layout);
  for (const { name, start } of layout) {
    const { data, rows, cols } = parts.get(name) as { data: FloatArray; rows: number; cols: number };
    if (start === 'drawn') for (let k = 0; k < data.length; k++) data[k] = draw(random, rows, cols);
    else data.fill(start);
  }
}
