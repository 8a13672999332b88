import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { Random } from '../../src/numbers/random.js';
import { drawer, sample } from '../../src/training/resampling.js';
import { flatten, near, randomRows } from '../helpers.js';

test('drawer: index i where u falls in its share of the weights, none of weight 0', () => {
  const pick = drawer(Float64Array.from([0, 1, 3, 0, 4, 0]));
  assert.equal([0, 0.1249, 0.125, 0.4999, 0.5, 0.9999].map(pick), [1, 1, 2, 2, 4, 4]);
  assert.equal([0, 0.49, 0.5, 0.99].map(drawer(new Float64Array(2))), [0, 0, 1, 1], 'evenly, where all weigh nothing');
});

test('sample: so many, each at most once, all of them in the end', () => {
  const random = Random.stream(0, 'test');
  const some = sample(10, 4, random);
  assert.is(new Set(some).size, 4);
  assert.equal(
    [...sample(10, 10, random)].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

/**
 * 2-4-2, linear: units 0 and 1 pass x₀ and −x₀, 2 and 3 are dead for good; W_dec rows (1, 0), (−2, 0). x̂ has no x₁, so
 * that L_i = x₁², and the last row alone has any.
 */
function byHand(): SparseAutoencoder {
  const sae = new SparseAutoencoder({
    inputDim: 2,
    hiddenDim: 4,
    outputActivation: 'identity',
    penalty: 'none',
    dtype: 'float64',
    learningRate: 1e-12,
  });
  sae.setParameters({
    encoderWeight: [
      [1, -0.5, 0, 0],
      [0, 0, 0, 0],
    ],
    encoderBias: [0, 0, -1, -7],
    decoderWeight: [
      [1, 0],
      [-2, 0],
      [5, 5],
      [0, 9],
    ],
    decoderBias: [0, 1],
  });
  return sae;
}
const rows = [
  [2, 1],
  [-1, 1],
  [3, 5],
];

test('by hand: dead units point to the row that was lost, as long as they should be; the others stay', async () => {
  const sae = byHand();
  await sae.fit(rows, { epochs: 2, batchSize: 3, resampling: { every: 2, window: 2 } });
  // The third row: x = (3, 5), L = 16; the others have none. x − b_dec = (3, 4), of length 5; mean length of rows 1.5.
  // Columns of W_enc have length 1 and 0.5 on average 0.75: 0.15·(3, 5)/√34.
  near(flatten(sae.parameters.decoderWeight), [1, 0, -2, 0, 0.9, 1.2, 0.9, 1.2], 1e-9);
  const [p, q] = [(0.15 * 3) / Math.sqrt(34), (0.15 * 5) / Math.sqrt(34)];
  near(flatten(sae.parameters.encoderWeight), [1, -0.5, p, p, 0, 0, q, q], 1e-9);
  near(flatten(sae.parameters.encoderBias), [0, 0, 0, 0], 1e-9);
  near(flatten(sae.parameters.decoderBias), [0, 1], 1e-9);
});

test('tied weights have the row alone: the column of W_enc is the row of W_dec', async () => {
  const sae = new SparseAutoencoder({
    inputDim: 2,
    hiddenDim: 3,
    outputActivation: 'identity',
    penalty: 'none',
    tied: true,
    dtype: 'float64',
    learningRate: 1e-12,
  });
  sae.setParameters({
    decoderWeight: [
      [1, 0],
      [2, 0],
      [0, 4],
    ],
    encoderBias: [0, 0, -99],
    decoderBias: [0, 0],
  });
  await sae.fit([[0, 3]], { epochs: 2, batchSize: 1, resampling: { every: 2, window: 2 } });
  // All are silent on (0, 3): with no living unit to go by, rows have length 1.
  const rows = [0, 1, 0, 1, 0, 1];
  near(flatten(sae.parameters.decoderWeight), rows, 1e-9);
  near(
    [0, 1, 2].flatMap((j) => [0, 1].map((p) => sae.parameters.encoderWeight.get(p, j))),
    rows,
    1e-9,
  );
  near(flatten(sae.parameters.encoderBias), [0, 0, 0], 1e-9);
});

test('not before the window is full, not after `until`, not between', async () => {
  for (const resampling of [{ every: 2, window: 3 }, { every: 3 }, { every: 2, until: 1 }]) {
    const sae = byHand();
    await sae.fit(rows, { epochs: 2, batchSize: 3, resampling });
    near(flatten(sae.parameters.encoderBias), [0, 0, -1, -7], 1e-9, JSON.stringify(resampling));
  }
});

test('Adam forgets what it knew of the units: the step after is the first step of θ there', async () => {
  const sae = byHand();
  await sae.fit(rows, { epochs: 2, batchSize: 3, shuffle: false, resampling: { every: 2, window: 2 } });
  const before = flatten(sae.parameters.encoderBias);
  const g = flatten(sae.lossAndGradients(rows).gradients.encoderBias);
  assert.ok(Math.abs(g[2]) > 0.01);
  await sae.fit(rows, { epochs: 1, batchSize: 3, shuffle: false, learningRate: 0.01 });
  // m = g/10, v = g²/1000, and the bias corrections are those of step 3.
  const [m, v] = [(0.1 * g[2]) / (1 - 0.9 ** 3), (0.001 * g[2] ** 2) / (1 - 0.999 ** 3)];
  near([flatten(sae.parameters.encoderBias)[2]], [before[2] - (0.01 * m) / (Math.sqrt(v) + 1e-7)], 1e-6);
});

for (const backend of ['plain', 'simd'] as const)
  test(`${backend}: of 30 units started dead all come alive, and sparse data and targets are no obstacle`, async () => {
    const X = randomRows(200, 10, 4).map((row) => row.map((x) => (x < 0.7 ? 0 : x)));
    const targets = X.map((row) => row.slice(0, 6));
    const sae = new SparseAutoencoder({
      inputDim: 10,
      outputDim: 6,
      hiddenDim: 30,
      outputActivation: 'identity',
      penalty: 'none',
      backend,
      learningRate: 0.005,
    });
    sae.setParameters({ encoderBias: Array(30).fill(-100) });
    const { deadUnits } = await sae.fit(X, { epochs: 12, batchSize: 50, targets, resampling: { every: 8, rows: 100 } });
    assert.is(deadUnits[0], 30);
    assert.is(deadUnits[11], 0);
  });

test.run();
