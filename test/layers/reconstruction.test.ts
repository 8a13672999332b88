import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { reconstructionScale } from '../../src/layers/reconstruction.js';
import { near } from '../helpers.js';

test('c by hand, for 4 rows of 3 outputs', () => {
  const scales = Object.entries(reconstructionScale).map(([kind, scale]) => [kind, scale(4, 3)]);
  assert.equal(Object.fromEntries(scales), { mse: 1 / 12, sse: 1 / 4, 'half-sse': 1 / 8, bce: 1 / 12 });
});

test('R by hand: x̂ = 0 against T = [[1, 2, 3], [0, 0, 2]], Σ = 18', () => {
  for (const [reconstruction, expected] of Object.entries({ mse: 3, sse: 9, 'half-sse': 4.5 } as const)) {
    const options = { inputDim: 3, hiddenDim: 2, outputActivation: 'identity', penalty: 'none', dtype: 'float64' } as const;
    const sae = new SparseAutoencoder({ ...options, reconstruction: reconstruction as 'mse' });
    sae.setParameters({
      decoderWeight: [
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
    const X = [
      [1, 2, 3],
      [0, 0, 2],
    ];
    const { loss, reconstruction: r, gradients } = sae.lossAndGradients(X);
    near([loss, r, sae.evaluate(X).loss, sae.evaluate(X).reconstruction], Array(4).fill(expected), 1e-15, reconstruction);
    // ∂R/∂b_q = −2c·Σ_i t_iq, and Σ_i t_i = [1, 2, 5].
    const c = expected / 18;
    near(gradients.decoderBias.data, [-2 * c, -4 * c, -10 * c], 1e-15, reconstruction);
  }
});

test('R by hand, bce: y = 0 and t = 0, 1, ½: ln 2 each; y = ±ln 3: x̂ = ¾, ¼', () => {
  const options = { inputDim: 3, hiddenDim: 1, penalty: 'none', dtype: 'float64', reconstruction: 'bce' } as const;
  const sae = new SparseAutoencoder(options);
  sae.setParameters({ decoderWeight: [[0, 0, 0]] });
  near([sae.evaluate([[0, 1, 0.5]]).reconstruction], [Math.LN2], 1e-15);
  sae.setParameters({ decoderBias: [Math.log(3), -Math.log(3), Math.log(3)] });
  const expected = -(Math.log(3 / 4) + Math.log(3 / 4) + 0.5 * Math.log(3 / 4) + 0.5 * Math.log(1 / 4)) / 3;
  const { reconstruction, explainedVariance } = sae.evaluate([[1, 0, 0.5]]);
  near([reconstruction, sae.lossAndGradients([[1, 0, 0.5]]).reconstruction], [expected, expected], 1e-15);
  // One row: T does not vary, and is not met.
  assert.is(explainedVariance, 0);
});

test.run();
