import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Initializer, SparseAutoencoder } from '../../src/index.js';
import { initialize } from '../../src/layers/initializers.js';
import { commonParameters, parameterCount, viewParameters } from '../../src/layers/parameters.js';
import { Random } from '../../src/numbers/random.js';
import { flatten, sameBits } from '../helpers.js';

const dims = { inputDim: 150, hiddenDim: 100, outputDim: 50 };
const layout = commonParameters(dims);

/** W_enc (in 150, out 100) and W_dec (in 100, out 50) as drawn. */
function drawn(initializer: Initializer) {
  const theta = new Float64Array(parameterCount(layout)).fill(9);
  initialize(theta, layout, initializer, Random.stream('initializers', 'test'));
  return viewParameters(theta, layout);
}

const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const variance = (xs: Iterable<number>) => mean([...xs].map((x) => x * x));

test('biases start at 0, whatever was there', () => {
  for (const initializer of ['glorot-uniform', 'glorot-normal', 'he-normal'] as const) {
    const { encoderBias, decoderBias } = drawn(initializer);
    assert.ok([...encoderBias, ...decoderBias].every((b) => b === 0));
  }
});

test('glorot-uniform: within ±√(6/(in + out)), filling that range evenly, on both layers', () => {
  const { encoderWeight, decoderWeight } = drawn('glorot-uniform');
  for (const [{ data }, bound] of [
    [encoderWeight, Math.sqrt(6 / 250)],
    [decoderWeight, Math.sqrt(6 / 150)],
  ] as const) {
    const largest = Math.max(...Array.from(data, Math.abs));
    assert.ok(largest <= bound && largest > 0.999 * bound, `${largest} of ${bound}`);
    assert.ok(Math.abs(variance(data) / (bound ** 2 / 3) - 1) < 0.05);
    assert.ok(Math.abs(data.filter((w) => w > 0).length / data.length - 0.5) < 0.03);
  }
});

const variances = {
  'glorot-normal': [2 / 250, 2 / 150],
  'he-normal': [2 / 150, 2 / 100],
} as const;
for (const [initializer, [encoder, decoder]] of Object.entries(variances)) {
  test(`${initializer}: the variance it says, on both layers, and tails as a Gaussian has`, () => {
    const { encoderWeight, decoderWeight } = drawn(initializer as Initializer);
    for (const [{ data }, expected] of [
      [encoderWeight, encoder],
      [decoderWeight, decoder],
    ] as const) {
      assert.ok(Math.abs(variance(data) / expected - 1) < 0.06, `${variance(data)}, expected ${expected}`);
      const beyond = data.filter((w) => Math.abs(w) > 1.959964 * Math.sqrt(expected)).length / data.length;
      assert.ok(Math.abs(beyond - 0.05) < 0.012, `${beyond} beyond 1.96σ`);
    }
  });
}

test('a model starts so, and in both precisions alike', () => {
  const create = (dtype: 'float32' | 'float64') => new SparseAutoencoder({ ...dims, dtype, seed: 'initializers' });
  const [single, double] = [create('float32'), create('float64')];
  for (const name of ['encoderWeight', 'decoderWeight', 'encoderBias', 'decoderBias'] as const) {
    sameBits(flatten(single.parameters[name]), flatten(double.parameters[name]).map(Math.fround), name);
  }
});

test.run();
