import type { FloatArray } from './kernels/kernels.js';
import { type Dimensions, viewParameters } from './parameters.js';
import type { Random } from './random.js';

export type Initializer = 'glorot-uniform' | 'glorot-normal' | 'he-normal';

/** A draw for a weight between `fanIn` and `fanOut` units. */
const draw: Readonly<Record<Initializer, (random: Random, fanIn: number, fanOut: number) => number>> = {
  /** U[−a, a], a = √(6/(in + out)): Glorot & Bengio 2010, eq. 16. */
  'glorot-uniform': (random, fanIn, fanOut) => (2 * random.uniform() - 1) * Math.sqrt(6 / (fanIn + fanOut)),
  /** N(0, 2/(in + out)): the same variance; Deeplearning4j's "Xavier". */
  'glorot-normal': (random, fanIn, fanOut) => random.gaussian() * Math.sqrt(2 / (fanIn + fanOut)),
  /** N(0, 2/in): He et al. 2015, eq. 10. */
  'he-normal': (random, fanIn) => random.gaussian() * Math.sqrt(2 / fanIn),
};

/** Fills θ: both weights drawn, both biases zero. */
export function initialize(theta: FloatArray, dims: Dimensions, initializer: Initializer, random: Random): void {
  const { encoderWeight, decoderWeight } = viewParameters(theta, dims);
  theta.fill(0);
  for (const { data, rows, cols } of [encoderWeight, decoderWeight]) {
    for (let k = 0; k < data.length; k++) data[k] = draw[initializer](random, rows, cols);
  }
}
