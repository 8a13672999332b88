import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { geometricMedian } from '../../src/training/start.js';
import { fails, flatten, near, randomRows } from '../helpers.js';

const matrix = (rows: number[][]) => ({ data: Float64Array.from(rows.flat()), rows: rows.length, cols: rows[0].length });
const distances = (rows: number[][], y: ArrayLike<number>) =>
  rows.reduce((sum, row) => sum + Math.hypot(...row.map((x, j) => x - y[j])), 0);

test('the geometric median by hand: the crossing of the diagonals, wherever the corners are on them', async () => {
  // Of four points in convex position it is where the diagonals meet, here (0, 0); the mean is (1.5, 0.5).
  const cross = [
    [8, 0],
    [-2, 0],
    [0, 3],
    [0, -1],
  ];
  near(await geometricMedian(matrix(cross)), [0, 0], 1e-5);
});

test('Fermat’s point of an equilateral triangle is its centre', async () => {
  const triangle = [
    [1, 0],
    [-0.5, Math.sqrt(0.75)],
    [-0.5, -Math.sqrt(0.75)],
  ];
  near(await geometricMedian(matrix(triangle)), [0, 0], 1e-9);
});

test('a row may be the median: more than half of the rows, or one that the others do not pull away', async () => {
  near(
    await geometricMedian(
      matrix([
        [1, 2],
        [1, 2],
        [1, 2],
        [9, 9],
        [-4, 0],
      ]),
    ),
    [1, 2],
    1e-6,
  );
  // The mean of these is the first row itself, where Weiszfeld's move would divide by 0.
  near(
    await geometricMedian(
      matrix([
        [0, 0],
        [1, 0],
        [-1, 0],
      ]),
    ),
    [0, 0],
    0,
  );
});

test('no point nearby is better: 200 random rows in 5 dimensions', async () => {
  const rows = randomRows(200, 5, 8).map((row) => row.map((x) => x ** 4));
  const y = await geometricMedian(matrix(rows));
  const least = distances(rows, y);
  for (const step of randomRows(50, 5, 9)) {
    const near = y.map((value, j) => value + 0.01 * (step[j] - 0.5));
    assert.ok(distances(rows, near) > least);
  }
});

const X = randomRows(40, 6, 2);
const create = (outputActivation: 'identity' | 'sigmoid' = 'identity') =>
  new SparseAutoencoder({ inputDim: 6, hiddenDim: 4, outputActivation, dtype: 'float64', learningRate: 1e-12 });

test('b_dec starts at the mean or at the median, once', async () => {
  const sae = create();
  await sae.fit(X, { epochs: 1, decoderBias: 'mean' });
  const mean = X[0].map((_, j) => X.reduce((sum, row) => sum + row[j] / 40, 0));
  near(flatten(sae.parameters.decoderBias), mean, 1e-9);
  await sae.fit(X, { epochs: 1, decoderBias: 'median' });
  near(flatten(sae.parameters.decoderBias), mean, 1e-9, 'a second fit goes on from where it stood');
  const other = create();
  await other.fit(X, { epochs: 1, decoderBias: 'median' });
  near(flatten(other.parameters.decoderBias), await geometricMedian(matrix(X)), 1e-9);
});

test('it is X̂ that b_dec is the start of: targets count, and the output must be the identity', async () => {
  const sae = new SparseAutoencoder({
    inputDim: 6,
    hiddenDim: 4,
    outputDim: 2,
    outputActivation: 'identity',
    learningRate: 1e-12,
  });
  await sae.fit(X, { epochs: 1, decoderBias: 'mean', targets: X.map(() => [3, 4]) });
  near(flatten(sae.parameters.decoderBias), [3, 4], 1e-6);
  await fails(
    () => create('sigmoid').fit(X, { decoderBias: 'mean' }),
    'fit: decoderBias is "mean", expected none with outputActivation "sigmoid": "identity" alone gives b_dec the units of X',
  );
});

test.run();
