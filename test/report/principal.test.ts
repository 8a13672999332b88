import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { principalDirections } from '../../src/report/principal.js';
import { near } from '../helpers.js';
import { noise } from './sample.js';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, value, j) => sum + value * b[j], 0);

test('the directions in which points were laid out are found, with their shares', () => {
  const [n, h] = [60, 4];
  const long = [0.6, 0.8, 0, 0];
  const across = [0, 0, 1, 0];
  const codes = Array.from({ length: n }, (_, i) => {
    const [a, b] = [5 * Math.cos((2 * Math.PI * i) / n), 2 * Math.sin((2 * Math.PI * i) / n)];
    return long.map((value, j) => 10 + a * value + b * across[j]);
  }).flat();
  const { directions, shares, places } = principalDirections(codes, h);
  near([...directions[0]], long, 1e-5, 'first');
  near([...directions[1]], across, 1e-5, 'second');
  near([...shares], [25 / 29, 4 / 29], 1e-9, 'shares');
  near([places[0], places[1]], [5, 0], 1e-4, 'place of the first point');
  near([places[30], places[31]], [0, 2], 1e-4, 'place of a quarter');
});

test('of noise: orthonormal, an eigenvector of the covariance, and no other direction has more variance', () => {
  const [n, h] = [300, 12];
  const codes = noise(n * h, 5).map((value, k) => Math.max(0, value) * (1 + (k % h) / 4));
  const { directions, places, shares } = principalDirections(codes, h);
  const [a, b] = directions;
  near([dot(a, a), dot(b, b), dot(a, b)], [1, 1, 0], 1e-9, 'lengths');
  const mean = Array.from(
    { length: h },
    (_, j) => Array.from({ length: n }, (_, i) => codes[i * h + j]).reduce((s, v) => s + v, 0) / n,
  );
  const along = (v: ArrayLike<number>) =>
    Array.from({ length: n }, (_, i) => Array.from(v).reduce((s, value, j) => s + (codes[i * h + j] - mean[j]) * value, 0));
  const variance = (v: ArrayLike<number>) => dot(along(v), along(v));
  near(
    Array.from({ length: n }, (_, i) => places[2 * i]),
    along(a),
    1e-9,
    'places',
  );
  const covarianceTimes = (v: ArrayLike<number>) =>
    Array.from({ length: h }, (_, j) => along(v).reduce((s, y, i) => s + y * (codes[i * h + j] - mean[j]), 0));
  near(
    covarianceTimes(a).map((value) => value / variance(a)),
    [...a],
    1e-2,
    'eigenvector',
  );
  for (let j = 0; j < h; j++) {
    const axis = Array.from({ length: h }, (_, k) => Number(k === j));
    assert.ok(variance(axis) <= variance(a) * (1 + 1e-6));
  }
  assert.ok(shares[0] >= shares[1] && shares[0] + shares[1] <= 1);
});

test('codes that do not vary, or only one way, do no harm', () => {
  assert.equal([...principalDirections(new Float32Array(12), 3).shares], [0, 0]);
  const line = principalDirections([1, 0, 2, 0, 3, 0, 4, 0], 2);
  near([line.shares[0], line.directions[0][0], line.directions[0][1]], [1, 1, 0], 1e-9, 'line');
  assert.ok(line.shares[1] < 1e-9);
});

test.run();
