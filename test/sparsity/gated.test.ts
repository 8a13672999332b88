import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { flatten, near, randomRows } from '../helpers.js';

/** x = 2, g = 2·1 − 1 = 1, m = 2·1·e^ln 2 + ½ = 4½. */
function byHand(options: Partial<SparseAutoencoderOptions> = {}): SparseAutoencoder {
  const sae = new SparseAutoencoder({
    inputDim: 1,
    hiddenDim: 1,
    hiddenActivation: 'gated',
    outputActivation: 'identity',
    reconstruction: 'sse',
    beta: 0.1,
    dtype: 'float64',
    ...options,
  });
  sae.setParameters({
    encoderWeight: [[1]],
    encoderBias: [-1],
    decoderWeight: [[1]],
    decoderBias: [0],
    magnitudeScale: [Math.LN2],
    magnitudeBias: [0.5],
  });
  return sae;
}

test('J and ∇J by hand', () => {
  const { gradients, ...terms } = byHand().lossAndGradients([[2]]);
  // R = (4.5 − 2)², the gate's own R = (1 − 2)², S = ReLU(g) = 1
  near([terms.loss, terms.reconstruction, terms.sparsity], [6.25 + 1 + 0.1, 6.25, 1], 1e-14);
  // dm = 2·2.5 = 5;  dg = 2·(1 − 2) + 0.1 = −1.9, W_dec and b_dec held constant;  da = dg + 5·2 = 8.1
  const expected = {
    encoderWeight: 2 * 8.1,
    encoderBias: -1.9,
    decoderWeight: 5 * 4.5,
    decoderBias: 5,
    magnitudeScale: 5 * 2 * 2,
    magnitudeBias: 5,
  };
  for (const [name, value] of Object.entries(expected)) near(flatten(gradients[name]), [value], 1e-14, name);
});

test('a shut gate shuts; an open one whose magnitude is negative gives 0, and still learns when to open', () => {
  const sae = byHand();
  assert.equal(flatten(sae.transform([[1], [0.5], [1.5]])), [0, 0, 3.5]);
  sae.setParameters({ magnitudeBias: [-9] });
  assert.equal(flatten(sae.transform([[2]])), [0]);
  const { gradients } = sae.lossAndGradients([[2]]);
  near(flatten(gradients.encoderBias), [-1.9], 1e-14);
  assert.equal(flatten(gradients.magnitudeBias), [0]);
  const { encoderBias, encoderWeight } = byHand().lossAndGradients([[0.5]]).gradients;
  assert.equal([...flatten(encoderBias), ...flatten(encoderWeight)], [0, 0]);
});

test('evaluate has the same J, the second reconstruction and all, over chunks', () => {
  const options = { inputDim: 6, hiddenDim: 9, hiddenActivation: 'gated', dtype: 'float64', weightDecay: 0.01 } as const;
  const sae = new SparseAutoencoder({ ...options, seed: 3 });
  const X = randomRows(300, 6, 2);
  const [a, b] = [sae.evaluate(X), sae.lossAndGradients(X)];
  near([a.loss, a.reconstruction, a.sparsity], [b.loss, b.reconstruction, b.sparsity], 1e-13);
  assert.ok(a.loss > a.reconstruction + sae.beta * a.sparsity + 0.05, 'the second reconstruction counts');
});

test("SAELens's names are what a file calls the parameters", () => {
  const text = new TextDecoder().decode(byHand().toBytes());
  for (const name of ['b_gate', 'r_mag', 'b_mag', 'W_enc', 'W_dec', 'b_dec']) assert.match(text, `"${name}"`);
  assert.not.match(text, '"b_enc"');
});

test.run();
