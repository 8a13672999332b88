import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { flatten, near, randomRows, sameBits } from '../helpers.js';

/** What every way to be sparse must do, whatever it is. */
const ways: Record<string, Partial<SparseAutoencoderOptions>> = {
  jumprelu: { hiddenActivation: 'jumprelu', threshold: 0.1, bandwidth: 0.2, beta: 1e-4 },
  'jumprelu, prefixes, masking': {
    hiddenActivation: 'jumprelu',
    prefixes: [4, 9, 30],
    corruption: { kind: 'masking', level: 0.3 },
  },
  gated: { hiddenActivation: 'gated', beta: 0.01 },
  'gated, weighted-l1, bce, prefixes': {
    hiddenActivation: 'gated',
    penalty: 'weighted-l1',
    reconstruction: 'bce',
    prefixes: [10, 30],
  },
  variational: { hiddenActivation: 'variational', reconstruction: 'bce' },
  'variational, prefixes, gaussian': {
    hiddenActivation: 'variational',
    prefixes: [10, 30],
    corruption: { kind: 'gaussian', level: 0.1 },
  },
  'relu, weighted-l1, salt and pepper': {
    penalty: 'weighted-l1',
    beta: 0.01,
    corruption: { kind: 'salt-and-pepper', level: 0.1 },
  },
  'sigmoid, contractive, masking': { hiddenActivation: 'sigmoid', contractive: 0.1, corruption: { kind: 'masking', level: 0.5 } },
  'tanh, contractive, prefixes, weighted-l1': {
    hiddenActivation: 'tanh',
    contractive: 0.1,
    prefixes: [1, 2, 30],
    penalty: 'weighted-l1',
  },
};

/** Rows that are mostly zeros, and rows that are not. */
const inputs = {
  dense: randomRows(70, 20, 3),
  sparse: randomRows(70, 20, 5).map((row) => row.map((u) => (u < 0.7 ? 0 : u))),
};

const create = (options: Partial<SparseAutoencoderOptions>) =>
  new SparseAutoencoder({ inputDim: 20, hiddenDim: 30, seed: 'kinds', learningRate: 0.01, ...options });
const thetaOf = (sae: SparseAutoencoder) => Object.values(sae.parameters).flatMap(flatten);
const how = (epochs: number) => ({ epochs, batchSize: 16 });

for (const [way, options] of Object.entries(ways)) {
  for (const [form, X] of Object.entries(inputs)) {
    test(`${way}, ${form} X: fit(5) + fit(5) = fit(10), also by way of a file`, async () => {
      const [whole, parts] = [create(options), create(options)];
      const { loss } = await whole.fit(X, how(10));
      const first = await parts.fit(X, how(5));
      const loaded = SparseAutoencoder.fromBytes(parts.toBytes({ training: true }));
      for (const half of [parts, loaded]) {
        const second = await half.fit(X, how(5));
        sameBits([...first.loss, ...second.loss], loss);
        sameBits(thetaOf(half), thetaOf(whole));
      }
      assert.ok(loss[9] < loss[0], 'it learns');
    });

    test(`${way}, ${form} X: the same bits on 1 to 4 threads; plain agrees with simd within 1e-4`, async () => {
      const run = async (more: Partial<SparseAutoencoderOptions>) => {
        const sae = create({ ...options, ...more });
        const { loss } = await sae.fit(X, how(3));
        const { gradients } = sae.lossAndGradients(X);
        return [...loss, ...thetaOf(sae), ...Object.values(gradients).flatMap(flatten), ...flatten(sae.transform(X))];
      };
      const [one, ...others] = await Promise.all([1, 2, 3, 4].map((threads) => run({ backend: 'simd', threads })));
      for (const other of others) sameBits(other, one);
      const fixed = [create({ ...options, backend: 'simd' }), create({ ...options, backend: 'plain' })];
      const [simd, plain] = fixed.map((sae) => {
        const { loss, gradients } = sae.lossAndGradients(X);
        return [loss, ...Object.values(gradients).flatMap(flatten), ...flatten(sae.transform(X)), ...flatten(sae.reconstruct(X))];
      });
      near(simd, plain, 1e-4);
    });

    test(`${way}, ${form} X: evaluate has the J of lossAndGradients, float64`, async () => {
      const sae = create({ ...options, dtype: 'float64' });
      await sae.fit(X, how(2));
      const [a, b] = [sae.evaluate(X), sae.lossAndGradients(X)];
      near([a.loss, a.reconstruction, a.sparsity], [b.loss, b.reconstruction, b.sparsity], 1e-12);
      const { validationLoss } = await sae.fit(X, { ...how(1), validationData: X });
      near(validationLoss, [sae.evaluate(X).loss], 1e-12);
    });
  }
}

test.run();
