import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recovery, SparseAutoencoder, SparseWorld } from '../../src/index.js';
import { fails, near, randomRows, sameBits } from '../helpers.js';

const usual = { dimension: 8, features: 20, active: 3, seed: 'world' };
const n = 4000;
const matrix = (rows: number[][]) => ({ data: Float64Array.from(rows.flat()), rows: rows.length, cols: rows[0].length });

/** Which features each row is made of. */
const chosen = (codes: { data: ArrayLike<number>; rows: number; cols: number }) =>
  Array.from({ length: codes.rows }, (_, i) =>
    Array.from({ length: codes.cols }, (_, j) => j).filter((j) => codes.data[i * codes.cols + j] !== 0),
  );

test('a row is Σ c_j·g_j, `active` of them, coefficients within bounds, features of length 1', () => {
  const world = new SparseWorld({ ...usual, noise: 0, dtype: 'float64' });
  const { x, codes } = world.sample(50);
  for (let j = 0; j < 20; j++) near([Math.hypot(...world.features.data.subarray(8 * j, 8 * j + 8))], [1], 1e-12);
  const made = Array.from({ length: 50 * 8 }, (_, at) => {
    const [i, p] = [Math.floor(at / 8), at % 8];
    return Array.from({ length: 20 }, (_, j) => codes.data[i * 20 + j] * world.features.data[j * 8 + p]).reduce((a, b) => a + b);
  });
  near(x.data, made, 1e-12);
  for (const row of chosen(codes)) assert.is(row.length, 3);
  const coefficients = Array.from(codes.data).filter((c) => c !== 0);
  assert.ok(Math.min(...coefficients) >= 0.5 && Math.max(...coefficients) <= 1.5);
  near([coefficients.reduce((a, b) => a + b) / 150], [1], 0.06);
});

test('the same seed gives the same rows, however many are drawn at a time; another seed others', () => {
  const [a, b, c] = [usual, usual, { ...usual, seed: 'other' }].map((options) => new SparseWorld(options));
  const parts = [a.sample(3), a.sample(2)];
  sameBits([...parts[0].x.data, ...parts[1].x.data], b.sample(5).x.data);
  assert.not.equal([...c.sample(5).x.data], [...parts[0].x.data, ...parts[1].x.data]);
});

test('noise has the standard deviation it is said to have', () => {
  const options = { ...usual, dtype: 'float64' as const };
  const world = new SparseWorld({ ...options, noise: 0.25 });
  const { x, codes } = world.sample(n);
  let square = 0;
  for (let i = 0; i < n; i++)
    for (let p = 0; p < 8; p++) {
      let clean = 0;
      for (let j = 0; j < 20; j++) clean += codes.data[i * 20 + j] * world.features.data[j * 8 + p];
      square += (x.data[i * 8 + p] - clean) ** 2;
    }
  near([Math.sqrt(square / (8 * n))], [0.25], 0.01);
});

test('frequencies: even without decay; with decay, the first of two features by their weights, 2 : 1', () => {
  const counts = Array(20).fill(0);
  for (const row of chosen(new SparseWorld(usual).sample(n).codes)) for (const j of row) counts[j]++;
  for (const count of counts) assert.ok(Math.abs(count / n - 3 / 20) < 0.03, String(count));
  const two = chosen(new SparseWorld({ dimension: 2, features: 2, active: 1, decay: 0.5 }).sample(n).codes);
  near([two.filter(([j]) => j === 0).length / n], [2 / 3], 0.03);
});

/** The share of rows whose features are all of one group of so many. */
const together = (rows: number[][], size: number) =>
  rows.filter((row) => new Set(row.map((j) => Math.floor(j / size))).size === 1).length / rows.length;

test('correlation: the second feature is of the first one’s group with probability c + (1 − c)·1/(m − 1)', () => {
  for (const correlation of [0.3, 0.5, 0.9]) {
    const world = new SparseWorld({ dimension: 4, features: 40, active: 2, correlation });
    near([together(chosen(world.sample(n).codes), 2)], [correlation + (1 - correlation) / 39], 0.03, String(correlation));
  }
});

test('correlation: when a last group, smaller than the others, is all there, the rest is drawn by weight', () => {
  const rows = chosen(new SparseWorld({ dimension: 4, features: 7, active: 3, correlation: 0.999 }).sample(n).codes);
  // 0 1 2 | 3 4 5 | 6: beside 6 there are two of the other six, the second of the first's group 2 times in 5.
  const beside = rows.filter((row) => row[2] === 6).map((row) => row.slice(0, 2));
  near([beside.length / n], [1 / 7], 0.03);
  near([together(beside, 3)], [2 / 5], 0.06);
  assert.ok(together(rows, 3) > 0.8, 'the other rows are a group each');
});

test('without correlation the same rows as ever', () =>
  assert.equal(chosen(new SparseWorld(usual).sample(3).codes), [
    [10, 15, 18],
    [0, 6, 13],
    [7, 13, 17],
  ]));

for (const [options, message] of [
  [{ active: 21 }, 'SparseWorld: active is 21, expected at most the 20 features there are'],
  [{ low: 2 }, 'SparseWorld: high is 1.5, expected at least low, 2'],
  [{ decay: 1e-20 }, 'SparseWorld: decay is 1e-20, expected a slower one'],
  [{ features: undefined }, 'SparseWorld: features is undefined, expected a whole number of at least 1'],
] as const)
  test(`a world that cannot be: ${JSON.stringify(options)}`, () =>
    fails(() => new SparseWorld({ ...usual, ...options } as never), message));

test('MMCS by hand: cosines 1, 0.8 and 0; the sign counts, length does not, order does not', () => {
  const truth = matrix([
    [1, 0, 0],
    [0, 2, 0],
    [0, 0, 1],
  ]);
  const learned = matrix([
    [0, 0, -1],
    [3, 4, 0],
    [7, 0, 0],
    [0, 0, 0],
  ]);
  const { mmcs, cosines, nearest } = recovery(truth, learned);
  near(cosines, [1, 0.8, 0], 1e-15);
  near([mmcs], [0.6], 1e-15);
  assert.equal([...nearest].slice(0, 2), [2, 1]);
});

test('a dictionary is its own, in any order and length; another width is refused', () => {
  const rows = randomRows(12, 5, 3);
  const shuffled = [...rows].reverse().map((row) => row.map((x) => 3 * x));
  near([recovery(matrix(rows), matrix(shuffled)).mmcs], [1], 1e-15);
  fails(() => recovery(matrix(rows), matrix([[1, 2]])), 'recovery: learned: got rows of 2, expected 5');
});

test('a dictionary comes in any form of a matrix: the live W_dec, lists, numbers with a shape; what is none is named', () => {
  const sae = new SparseAutoencoder({ inputDim: 5, hiddenDim: 7, seed: 1 });
  const { decoderWeight } = sae.parameters;
  const rows = Array.from({ length: 7 }, (_, j) => Array.from({ length: 5 }, (_, p) => decoderWeight.get(j, p)));
  const truth = randomRows(12, 5, 3);
  const expected = recovery(matrix(truth), matrix(rows));
  const { data } = matrix(truth);
  for (const known of [truth, { data, shape: [12, 5] }])
    for (const learned of [decoderWeight, rows, rows.map((row) => Float32Array.from(row))])
      assert.equal(recovery(known, learned), expected);
  const turned = { data, shape: [5, 12], stride: [1, 5] };
  assert.equal(recovery(turned, turned).cosines.length, 5);
  fails(() => recovery(3 as never, truth), 'recovery: truth is 3, expected an ndarray, number[][] or { data, shape }');
  fails(
    () => recovery(truth, undefined as never),
    'recovery: learned is undefined, expected an ndarray, number[][] or { data, shape }',
  );
  fails(() => recovery([[1, 2]], [[1, Number.NaN]]), 'recovery: learned[0, 1] is NaN, expected a finite number');
});

test.run();
