import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/core.js';
import { Random } from '../../src/numbers/random.js';
import { distRatio } from '../../src/scores/dist-ratio.js';
import { logisticRegression } from '../../src/scores/logistic.js';
import { precision } from '../../src/scores/precision.js';
import { probes } from '../../src/scores/probing.js';
import { axes, principalComponents, projection, randomDirections } from '../../src/scores/readings.js';
import { scores } from '../../src/scores/scores.js';
import { Tops } from '../../src/scores/tops.js';

const matrix = (rows: readonly (readonly number[])[]) => ({
  data: Float64Array.from(rows.flat()),
  rows: rows.length,
  cols: rows[0].length,
});
const near = (a: number, b: number, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a}, expected ${b}`);
const oneEnd = (width: number) => ({ width, bothEnds: false, of: (x: ReturnType<typeof matrix>) => x });

test('the rows a feature is largest on: positive ones, the largest first, of equal ones the earlier, in several turns', () => {
  const tops = new Tops(oneEnd(2), 3);
  tops.add(
    matrix([
      [1, 0],
      [5, -1],
      [1, 2],
    ]),
    0,
  );
  tops.add(
    matrix([
      [1, 2],
      [9, 0],
      [0.5, 2],
      [7, 0],
    ]),
    3,
    (row) => row !== 6,
  );
  assert.equal([...tops.of(0)], [4, 1, 0]);
  assert.equal([...tops.of(1)], [2, 3, 5]);
});

test('both ends of an axis have lists of their own, the negative ones behind', () => {
  const tops = new Tops(axes(matrix([[0, 0]])), 2);
  tops.add(
    matrix([
      [1, -3],
      [-2, -4],
      [3, 0],
      [-1, -5],
    ]),
    0,
  );
  assert.equal(
    [0, 1, 2, 3].map((list) => [...tops.of(list)]),
    [[2, 0], [], [1, 3], [3, 1]],
  );
});

test('DistRatio by hand: five rows of a square and its middle, 1 apart, against a row 10 away', () => {
  // Corners (±1, 0), (0, ±1) and the middle: of ten pairs four are 1 apart, four √2, two 2.
  const x = matrix([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0], ...Array(2000).fill([0, 10])]);
  const tops = new Tops(oneEnd(3), 20);
  const f = Array.from({ length: x.rows }, (_, i) => [i < 5 ? 5 - i : 0, i < 4 ? 1 : 0, i >= 5 ? 1 : 0]);
  tops.add(matrix(f), 0);
  const within = (4 * 1 + 4 * Math.SQRT2 + 2 * 2) / 10;
  const apart = (2 * Math.sqrt(101) + 9 + 11 + 10) / 5;
  // The second feature has four rows; those of the third are one and the same.
  const { value, features } = distRatio(x, tops, 1);
  assert.is(features, 1);
  near(value, apart / within);
});

test('Precision@20 by hand: hits among the top rows that are there, of 20; the first of equal features', () => {
  const of = Array.from({ length: 60 }, (_, i) => (i < 30 ? 0 : 1));
  const f = Array.from({ length: 60 }, (_, i) => [i >= 12 && i < 42 ? 100 - i : 0, i >= 45 ? 1 : 0, i >= 45 ? 2 : 0]);
  const tops = new Tops(oneEnd(3), 20);
  tops.add(matrix(f), 0);
  const found = precision(tops, of, ['early', 'late'], [0, 1]);
  assert.equal(found, [
    { label: 'early', precision: 18 / 20, feature: 0 },
    { label: 'late', precision: 15 / 20, feature: 1 },
  ]);
});

test('logistic regression of a 2 × 2 table: w is the log odds ratio, b the log odds, sides weighed alike', () => {
  // x = 1: 6 true, 2 false; x = 0: 3 true, 9 false. Weights 20/(2·9) and 20/(2·11).
  const table = [
    [1, 1, 6],
    [1, 0, 2],
    [0, 1, 3],
    [0, 0, 9],
  ].flatMap(([x, y, n]) => Array<[number, number]>(n).fill([x, y]));
  const rows = table.map((_, i) => i);
  const { weights, score } = logisticRegression([table.map(([x]) => x)], rows, (i) => table[i][1] === 1, 1e-9);
  near(weights[0], Math.log(6 / 2 / (3 / 9)), 1e-7);
  near(weights[1], Math.log(((3 / 9) * 11) / 9), 1e-7);
  assert.ok(score(0) > 0 && score(19) < 0);
});

test('its gradient vanishes where it ends, with a ridge, and sides that can be told apart stay finite', () => {
  const random = Random.stream(1, 'logistic');
  const n = 200;
  const columns = [0, 1, 2].map(() => Array.from({ length: n }, () => random.gaussian()));
  const noisy = Array.from({ length: n }, (_, i) => columns[0][i] - columns[1][i] + random.gaussian() > 0.5);
  for (const y of [noisy, columns[0].map((value) => value > 0)]) {
    const { weights, score } = logisticRegression(
      columns,
      columns[0].map((_, i) => i),
      (i) => y[i],
      1,
    );
    const positives = y.filter(Boolean).length;
    const pull = y.map((is, i) => (n / (2 * (is ? positives : n - positives))) * (1 / (1 + Math.exp(-score(i))) - Number(is)));
    columns.forEach((column, j) => {
      near(
        column.reduce((sum, value, i) => sum + value * pull[i], weights[j]),
        0,
        1e-4,
      );
    });
    near(
      pull.reduce((sum, each) => sum + each, 0),
      0,
      1e-4,
    );
  }
});

test('a probe by hand: the feature that differs most is chosen; one of three kept rows is wrong', () => {
  // Two labels, and rows of none. Feature 1 tells them apart, but for row 7, which is kept; feature 0 is noise.
  const of = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1, -1, 0, 0, 1, 1, 1];
  const f = of.map((label, i) => [i % 2, i === 7 || label === 0 ? 3 : label === -1 ? 100 : 1]);
  const [one, both] = probes(matrix(f), oneEnd(2), of, ['a', 'b'], [0, 1], [1, 2]);
  assert.equal(
    one.map(({ features }) => features),
    [[1], [1]],
  );
  assert.equal(
    both.map(({ features }) => features),
    [
      [1, 0],
      [1, 0],
    ],
  );
  // Kept: row 3 of a, 7 and 15 of b.
  for (const { accuracy } of one) near(accuracy, (1 / 1 + 1 / 2) / 2);
});

test('principal components of points along (3, 4)/5, and projections', () => {
  const x = matrix([
    [3, 4],
    [-3, -4],
    [6, 8],
    [-6, -8],
    [0.8, -0.6],
    [-0.8, 0.6],
  ]);
  const { data } = principalComponents(x).of(x);
  const expected = [5, 0, -5, 0, 10, 0, -10, 0, 0, 1, 0, -1];
  expected.forEach((value, at) => {
    near(Math.abs(data[at]), Math.abs(value), 1e-12);
  });
  near(data[0], 5);
  assert.equal(
    [
      ...projection(
        matrix([
          [1, 1],
          [2, -1],
          [0, 3],
        ]),
        false,
      ).of(matrix([[5, 7]])).data,
    ],
    [12, 3, 21],
  );
});

test('random directions have length 1, point everywhere, and follow from the seed', () => {
  const identity = matrix([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const m = 4000;
  const { data } = randomDirections(3, m, 1).of(identity);
  for (let j = 0; j < m; j += 97) near(data[j] ** 2 + data[m + j] ** 2 + data[2 * m + j] ** 2, 1, 1e-6);
  for (const p of [0, 1, 2])
    near(Array.from(data.subarray(p * m, (p + 1) * m)).reduce((sum, each) => sum + each, 0) / m, 0, 0.03);
  assert.equal(randomDirections(3, 5, 1).of(identity).data, randomDirections(3, 5, 1).of(identity).data);
  assert.not.equal(randomDirections(3, 5, 2).of(identity).data, randomDirections(3, 5, 1).of(identity).data);
});

/** 200 rows of two labels, each with an axis of its own turned by 45°, which two units read. */
function world() {
  const random = Random.stream(1, 'scores');
  const rows = Array.from({ length: 200 }, (_, i) => {
    const [a, b] = i % 2 ? [1 + random.uniform(), 0.1 * random.uniform()] : [0.1 * random.uniform(), 1 + random.uniform()];
    return [a + b, a - b, random.gaussian()];
  });
  const sae = new SparseAutoencoder({ inputDim: 3, hiddenDim: 3, hiddenActivation: 'topk', k: 1, outputActivation: 'identity' });
  sae.setParameters({
    encoderWeight: [
      [1, 1, 0],
      [1, -1, 0],
      [0, 0, 0.01],
    ],
    encoderBias: [0, 0, 0],
  });
  return { sae, rows, labels: rows.map((_, i) => (i % 2 ? 'odd' : i > 190 ? null : 'even')) };
}

test('scores of a model that reads the labels off, beside readings that do not', () => {
  const { sae, rows, labels } = world();
  const { readings, labels: judged, k } = scores(sae, rows, { labels, k: 2 });
  assert.equal(judged, ['even', 'odd']);
  assert.is(k, 2);
  assert.equal(
    readings.map(({ reading, features }) => `${reading} ${features}`),
    ['units 3', 'raw axes 3', 'PCA 3', 'random directions 3'],
  );
  const [units, raw] = readings;
  assert.is(units.precision, 1);
  assert.equal(
    units.precisions.map(({ feature }) => feature),
    [1, 0],
  );
  assert.is(units.probe1, 1);
  assert.ok(raw.probe1 >= 0.5 && raw.distRatio.value > 0);
  assert.is(raw.distRatio.features, 5, 'the first axis has one end');
});

test('without labels there is DistRatio, and labels of fewer than 20 rows are not judged', () => {
  const { sae, rows } = world();
  const [units] = scores(sae, rows).readings;
  assert.ok(units.distRatio.value > 1);
  assert.ok(Number.isNaN(units.precision) && Number.isNaN(units.probe1));
  const labels = rows.map((_, i) => (i < 10 ? 'few' : i < 100 ? '' : 'many'));
  assert.equal(scores(sae, rows, { labels }).labels, ['', 'many']);
});

test('bad options are named', () => {
  const { sae, rows } = world();
  assert.throws(
    () => scores(sae, rows, { labels: ['a'] }),
    /^scores: labels is \["a"\], expected a list of 200 texts, or null, one a row$/,
  );
  assert.throws(() => scores(sae, rows, { k: 0 }), /^scores: k is 0, expected a whole number of at least 1$/);
  assert.throws(() => scores(sae, [[1, 2]]), /^scores: /);
});

test.run();
