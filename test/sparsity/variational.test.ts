import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { fails, flatten, near, randomRows, sameBits } from '../helpers.js';

const options = { inputDim: 1, hiddenDim: 1, hiddenActivation: 'variational', outputActivation: 'identity' } as const;

/** x = 2: μ = 2·½ + 1 = 2, ℓ = 2·ln 2, σ = 2. */
function byHand(more = {}): SparseAutoencoder {
  const sae = new SparseAutoencoder({ ...options, reconstruction: 'half-sse', dtype: 'float64', ...more });
  sae.setParameters({
    encoderWeight: [[0.5]],
    encoderBias: [1],
    decoderWeight: [[3]],
    decoderBias: [0],
    logVarianceWeight: [[Math.LN2]],
    logVarianceBias: [0],
  });
  return sae;
}

test('J and ∇J by hand, ε = −½', () => {
  const { gradients, ...terms } = byHand().lossAndGradients([[2]], { noise: [[-0.5]] });
  // f = 2 − 1 = 1, x̂ = 3, R = ½;  S = ½(4 + 4 − 1 − 2 ln 2), β = 1
  const S = 0.5 * (7 - 2 * Math.LN2);
  near([terms.loss, terms.reconstruction, terms.sparsity], [0.5 + S, 0.5, S], 1e-14);
  // df = 3;  dμ = 3 + 2;  dℓ = 3·½·2·(−½) + ½·(4 − 1) = 0
  const expected = {
    encoderWeight: 10,
    encoderBias: 5,
    decoderWeight: 1,
    decoderBias: 1,
    logVarianceWeight: 0,
    logVarianceBias: 0,
  };
  for (const [name, value] of Object.entries(expected)) near(flatten(gradients[name]), [value], 1e-14, name);
});

test('without noise f = μ, as in transform, reconstruct and evaluate', () => {
  const sae = byHand();
  assert.equal([...flatten(sae.transform([[2]])), ...flatten(sae.reconstruct([[2]]))], [2, 6]);
  const { loss, reconstruction, sparsity } = sae.evaluate([[2]]);
  const again = sae.lossAndGradients([[2]]);
  near([loss, reconstruction, sparsity], [again.loss, 8, again.sparsity], 1e-15);
});

test("β's default makes J proportional to the negative ELBO", () => {
  const beta = (more: object) => new SparseAutoencoder({ ...options, inputDim: 8, ...more }).beta;
  assert.equal(
    [
      beta({ reconstruction: 'half-sse' }),
      beta({ reconstruction: 'sse' }),
      beta({ reconstruction: 'mse' }),
      beta({ reconstruction: 'mse', outputDim: 4 }),
      beta({ reconstruction: 'bce', outputActivation: 'sigmoid' }),
      beta({ beta: 0.7 }),
      beta({ penalty: 'l1' }),
    ],
    [1, 2, 0.25, 0.5, 0.125, 0.7, 1e-4],
  );
});

test('fit draws: other noise every step, the same for the same seed, and its mean gradient is not that of f = μ', async () => {
  const X = randomRows(40, 6, 2);
  const run = async (seed: number, steps: number) => {
    const sae = new SparseAutoencoder({ ...options, inputDim: 6, hiddenDim: 5, seed, learningRate: 0.01 });
    const { loss } = await sae.fit(X, { epochs: steps, batchSize: 40, shuffle: false });
    return { loss, theta: Object.values(sae.parameters).flatMap(flatten) };
  };
  const [a, b, c] = [await run(1, 4), await run(1, 4), await run(2, 4)];
  sameBits(a.theta, b.theta);
  assert.not.equal(a.theta, c.theta);
  const still = new SparseAutoencoder({ ...options, inputDim: 6, hiddenDim: 5, seed: 1 });
  assert.ok(a.loss[0] > still.evaluate(X).loss + 0.05, 'noise costs something');
});

test('noise is refused where it means nothing, or is of another shape', async () => {
  const relu = new SparseAutoencoder({ inputDim: 1, hiddenDim: 1 });
  await fails(() => relu.lossAndGradients([[2]], { noise: [[0]] }), /noise: got .*, expected none with hiddenActivation "relu"/);
  const sae = byHand();
  await fails(() => sae.lossAndGradients([[2]], { noise: [[0], [1]] }), 'lossAndGradients: noise has 2 rows, expected 1, as X');
  await fails(() => sae.lossAndGradients([[2]], { noise: [[Number.NaN]] }), /lossAndGradients: noise\[0, 0\] is NaN/);
});

test.run();
