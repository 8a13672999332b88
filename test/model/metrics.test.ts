import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { klDivergence as kl } from '../../src/sparsity/penalties/kl.js';
import { fails, flatten, near, randomRows } from '../helpers.js';

/**
 * 2-3-2, identity out, W_enc = [[1, −1, 0], [0, 0, 0]], b_enc = 0: f = [max(x₀, 0), max(−x₀, 0), 0];
 * W_dec = [[1, 0], [0, 1], [5, 5]], so that x̂ = [f₀, f₁].
 */
function byHand(options: Partial<SparseAutoencoderOptions> = {}): SparseAutoencoder {
  const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 3, outputActivation: 'identity', dtype: 'float64', ...options });
  sae.setParameters({
    encoderWeight: [
      [1, -1, 0],
      [0, 0, 0],
    ],
    decoderWeight: [
      [1, 0],
      [0, 1],
      [5, 5],
    ],
  });
  return sae;
}
const X = [
  [2, 0],
  [1, 1],
  [0, 3],
  [-1, 1],
];

for (const dtype of ['float64', 'float32'] as const) {
  test(`${dtype}: evaluate by hand`, () => {
    const {
      loss,
      reconstruction,
      sparsity,
      l0,
      deadUnits,
      explainedVariance: variance,
      meanActivation,
    } = byHand({ dtype }).evaluate(X);
    // F = [2 0 0], [1 0 0], [0 0 0], [0 1 0]; X̂ = [2 0], [1 0], [0 0], [0 1]; errors 0, 1, 9, 1 → 11
    near(flatten(meanActivation), [0.75, 0.25, 0], 1e-7);
    near([reconstruction, l0, deadUnits], [11 / 8, 3 / 4, 1], 1e-7);
    const expected = kl(0.05, 0.75) + kl(0.05, 0.25) + kl(0.05, 0);
    near([sparsity, loss], [expected, 11 / 8 + 0.1 * expected], 1e-6);
    // Means 0.5 and 1.25: variation 5 + 4.75
    near([variance], [1 - 11 / 9.75], 1e-6);
  });
}

test('L1 by hand: Σ|f|/n = 4/4; no penalty: 0; weight decay: (λ/2)·‖W‖² = λ/2·(2 + 52)', () => {
  near([byHand({ penalty: 'l1' }).evaluate(X).sparsity], [1], 1e-15);
  near([byHand({ penalty: 'none' }).evaluate(X).loss], [11 / 8], 1e-15);
  near([byHand({ penalty: 'none', weightDecay: 0.1 }).evaluate(X).loss], [11 / 8 + 2.7], 1e-14);
});

test('a unit is dead only if it is silent on every row, wherever the one row is', () => {
  const sae = byHand({ backend: 'plain' });
  const rows = Array.from({ length: 400 }, () => [1, 0]);
  assert.is(sae.evaluate(rows).deadUnits, 2);
  rows[399] = [-1, 0];
  assert.is(sae.evaluate(rows).deadUnits, 1);
});

for (const options of [
  { backend: 'plain' },
  { backend: 'simd' },
  { dtype: 'float64', penalty: 'l1' },
  { hiddenActivation: 'sigmoid', weightDecay: 0.1, outputDim: 4 },
] as const) {
  test(`${JSON.stringify(options)}: over 700 rows, many chunks, J is lossAndGradients' J of one batch within 1e-6`, () => {
    const sae = new SparseAutoencoder({ inputDim: 12, hiddenDim: 9, ...options });
    const data = randomRows(700, 12, 4);
    const targets = sae.outputDim === 12 ? undefined : randomRows(700, 4);
    const [many, one] = [sae.evaluate(data, { targets }), sae.lossAndGradients(data, { targets })];
    for (const term of ['loss', 'reconstruction', 'sparsity'] as const) near([many[term]], [one[term]], 1e-6, term);
    const code = flatten(sae.transform(data));
    near([many.l0], [code.filter((f) => f !== 0).length / 700], 1e-12);
    near(
      flatten(many.meanActivation),
      Array.from({ length: 9 }, (_, j) => code.reduce((sum, f, p) => sum + (p % 9 === j ? f / 700 : 0), 0)),
      1e-6,
    );
  });
}

test('finite rows that come to what is beyond the range of floats are refused; L0 counts units', async () => {
  const message = /^evaluate: the loss of X is (NaN|Infinity), expected a finite number$/;
  const rows = [Array(6).fill(1), Array(6).fill(3e38), Array(6).fill(1.5e38)];
  const create = (options: Partial<SparseAutoencoderOptions>) => new SparseAutoencoder({ inputDim: 6, hiddenDim: 8, ...options });
  for (const hiddenActivation of ['relu', 'topk', 'gated'] as const)
    await fails(
      () =>
        create({ outputActivation: 'identity', hiddenActivation, ...(hiddenActivation === 'topk' && { k: 2 }) }).evaluate(rows),
      message,
    );
  await fails(() => create({}).evaluate(rows), message);
  // A sigmoid brings all of it back.
  const sae = create({ penalty: 'none' });
  const ones = (n: number, m: number) => Array.from({ length: n }, () => Array(m).fill(1));
  sae.setParameters({ encoderWeight: ones(6, 8), decoderWeight: ones(8, 6) });
  const { l0, density } = sae.evaluate(rows, { targets: ones(3, 6) });
  near([l0], [flatten(density).reduce((a, b) => a + b)], 1e-6);
  assert.is(l0, 8);
});

test.run();
