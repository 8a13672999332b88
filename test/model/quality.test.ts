import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { densityHistogram, fidelity, outOfReach } from '../../src/model/quality.js';
import { fails, flatten, near, randomRows } from '../helpers.js';

const matrix = (rows: number[][]) => ({ data: Float64Array.from(rows.flat()), rows: rows.length, cols: rows[0].length });

test('by hand: MSE 5/8, FVU 5/40, mean explained variance (1 − 1/10 + 1 − 4/10 + 1 + 1)/4', () => {
  // Columns' means 2 and 3; ‖t − t̄‖² = 10 of each row.
  const t = matrix([
    [3, 6],
    [1, 0],
    [5, 4],
    [-1, 2],
  ]);
  const { mse, fvu, meanExplainedVariance } = fidelity([1, 4, 0, 0], t);
  near([mse, fvu, meanExplainedVariance], [5 / 8, 5 / 40, 3.5 / 4], 1e-15);
});

test('the two explained variances differ where rows do: a row that is far out counts for more in FVU', () => {
  // Means 0; ‖t − t̄‖² = 100, 100, 1, 1. Only the last row is off, by 1: FVU 1/202, of that row 1.
  const { fvu, meanExplainedVariance } = fidelity([0, 0, 0, 1], matrix([[10], [-10], [1], [-1]]));
  near([fvu, meanExplainedVariance], [1 / 202, 3 / 4], 1e-15);
});

test('explained variance, 1 − FVU, by hand: 1, 0, 0.75, −1', () => {
  // Columns [1, 3] and [10, 20]: means 2 and 15, variation 2 + 50 = 52.
  const t = matrix([
    [1, 10],
    [3, 20],
  ]);
  near(
    [0, 52, 13, 104].map((error) => fidelity([error, 0], t).explainedVariance),
    [1, 0, 0.75, -1],
    1e-15,
  );
});

test('what does not vary: FVU 0 if it is met, else 1; and a row that is the mean is explained if it is met', () => {
  assert.equal(fidelity([0, 0], matrix([[2], [2]])), { mse: 0, fvu: 0, explainedVariance: 1, meanExplainedVariance: 1 });
  assert.equal(fidelity([0, 4], matrix([[2], [2]])), { mse: 2, fvu: 1, explainedVariance: 0, meanExplainedVariance: 0.5 });
});

const sevenths = Array(10).fill([0.1, 0.2, 0.1 / 7]);
const milliseconds = (n: number) => Array.from({ length: n }, (_, i) => [1.7e12 + (i % 3)]);
for (const dtype of ['float32', 'float64'] as const) {
  const given = (rows: number[][]) =>
    dtype === 'float64' ? matrix(rows) : { ...matrix(rows), data: Float32Array.from(rows.flat()) };

  test(`${dtype}: what varies by the rounding of its mean alone does not vary`, () => {
    const errors = Array(10).fill(0.25);
    const { fvu, explainedVariance, meanExplainedVariance } = fidelity(errors, given(sevenths));
    assert.equal([fvu, explainedVariance, meanExplainedVariance], [1, 0, 0]);
    assert.is(fidelity(Array(10).fill(0), given(sevenths)).fvu, 0);
  });

  test(`${dtype}: a row that is the mean is explained if it is met, wherever the mean lies`, () => {
    for (const [seed, shift] of [0, 100, -0.5].flatMap((by) => [1, 2, 3, 4].map((seed) => [seed, by]))) {
      const [a, b] = randomRows(2, 5, seed).map((row) => row.map((u) => u + shift));
      const middle = a.map((value, j) => (value + b[j]) / 2);
      const own = a.reduce((sum, value, j) => sum + (value - middle[j]) ** 2, 0);
      const rows = [a, b, middle];
      const about0 = rows.map((row) => row.map((value, j) => value - middle[j]));
      for (const t of [rows, about0].map((all) => given([...all, ...all])))
        near([fidelity(Array(6).fill(0.01), t).meanExplainedVariance], [(2 - (2 * 0.01) / own) / 3], 1e-3);
    }
  });
}

test('what varies little, far from 0, varies: milliseconds of this century, three of them or 100,000', () => {
  near([fidelity([0.5, 0.5, 0.5], matrix(milliseconds(3))).fvu], [0.75], 1e-15);
  near([fidelity(Array(99_999).fill(0.5), matrix(milliseconds(99_999))).fvu], [0.75], 1e-6);
});

test('what an output cannot give: beyond [0, ∞), [0, 1], [−1, 1], nothing; the ends are within', () => {
  const t = matrix([
    [-2, -1, -0.5, 0],
    [0.5, 1, 1.5, 300],
  ]);
  const shares = (['relu', 'sigmoid', 'tanh', 'identity'] as const).map((output) => outOfReach(t, output));
  assert.equal(shares, [3 / 8, 5 / 8, 3 / 8, 0]);
});

test('histogram of log₁₀ density: four bins a decade from 1/n to 1; dead units are in none', () => {
  // log₁₀ 0.01 = −2, 0.1 → −1, 0.18 → −0.745, 0.17 → −0.770, 0.5 → −0.301, 1 → 0, which the last bin holds.
  const bins = densityHistogram([0, 0.01, 0.1, 0.1, 0.18, 0.17, 0.5, 1], 100);
  assert.is(bins.length, 8);
  assert.equal(
    bins.filter(({ units }) => units > 0),
    [
      { from: -2, units: 1 },
      { from: -1, units: 3 },
      { from: -0.75, units: 1 },
      { from: -0.5, units: 1 },
      { from: -0.25, units: 1 },
    ],
  );
  // Every whole power of ten begins its bin, though a logarithm may fall short by a bit.
  for (let digits = 1; digits < 9; digits++) assert.is(densityHistogram([10 ** -digits], 10 ** digits)[0].units, 1);
});

for (const options of [
  { backend: 'plain' },
  { backend: 'simd' },
  { dtype: 'float64', hiddenActivation: 'tanh', penalty: 'l1' },
] as const)
  test(`${JSON.stringify(options)}: evaluate's density, dead units, MSE and variances are those of transform and reconstruct`, () => {
    const sae = new SparseAutoencoder({ inputDim: 12, hiddenDim: 9, seed: 3, ...options });
    sae.setParameters({ encoderBias: [0, -9, 0, 0, -0.4, 0, 0, -9, 0] });
    const X = randomRows(300, 12, 4);
    const e = sae.evaluate(X);
    const code = flatten(sae.transform(X));
    const density = Array.from({ length: 9 }, (_, j) => code.filter((f, at) => at % 9 === j && f !== 0).length / 300);
    near(flatten(e.density), density, 1e-7);
    assert.equal(
      e.deadIndices,
      density.flatMap((share, j) => (share === 0 ? [j] : [])),
    );
    assert.is(e.deadUnits, e.deadIndices.length);
    assert.is(
      e.densityHistogram.reduce((sum, { units }) => sum + units, 0),
      9 - e.deadUnits,
    );
    const xHat = flatten(sae.reconstruct(X));
    const errors = X.map((row, i) => row.reduce((sum, x, p) => sum + (xHat[12 * i + p] - x) ** 2, 0));
    const expected = fidelity(errors, matrix(X));
    near([e.mse, e.fvu, e.meanExplainedVariance], [expected.mse, expected.fvu, expected.meanExplainedVariance], 1e-6);
    assert.is(e.explainedVariance, 1 - e.fvu);
    assert.is(e.outOfReach, matrix(X).data.filter((x) => x < 0 || x > 1).length / 3600);
  });

test('targets count, and are what varies', () => {
  const sae = new SparseAutoencoder({ inputDim: 3, hiddenDim: 2, outputDim: 1, outputActivation: 'identity', dtype: 'float64' });
  sae.setParameters({ decoderWeight: [[0], [0]], decoderBias: [1] });
  const { mse, fvu } = sae.evaluate(randomRows(4, 3), { targets: [[0], [2], [4], [6]] });
  near([mse, fvu], [9, 36 / 20], 1e-12);
});

/** One unit is x₀, the other −x₁, both above 0 only. */
function twoUnits(): SparseAutoencoder {
  const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 2, outputActivation: 'identity' });
  sae.setParameters({
    encoderWeight: [
      [1, 0],
      [0, -1],
    ],
  });
  return sae;
}

test('topActivations: largest first, of equal ones the earlier row, none where the unit is silent', () => {
  const rows = [1, 3, -1, 3, 2, 0].map((x) => [x, 1]);
  const sae = twoUnits();
  assert.equal(sae.topActivations(rows, { unit: 0, count: 3 }), [
    { row: 1, value: 3 },
    { row: 3, value: 3 },
    { row: 4, value: 2 },
  ]);
  assert.equal(sae.topActivations(rows, { unit: 0 }).length, 4);
  assert.equal(sae.topActivations(rows, { unit: 1 }), []);
});

test('topActivations of 10,000 rows, several stretches, are those that sorting the code gives', () => {
  const X = randomRows(10_000, 2, 5).map((row) => row.map((x) => x - 0.5));
  const values = X.map(([, x], row) => ({ row, value: Math.fround(-x) })).sort((a, b) => b.value - a.value || a.row - b.row);
  assert.equal(twoUnits().topActivations(X, { unit: 1, count: 50 }), values.slice(0, 50));
});

for (const [options, message] of [
  [{ unit: 2 }, 'topActivations: unit is 2, expected a whole number from 0 to 1'],
  [{}, 'topActivations: unit is undefined, expected a whole number from 0 to 1'],
  [{ unit: 0, count: 0 }, 'topActivations: count is 0, expected a whole number of at least 1'],
] as const)
  test(`topActivations that make no sense: ${JSON.stringify(options)}`, () =>
    fails(() => twoUnits().topActivations([[1, 2]], options as never), message));

test.run();
