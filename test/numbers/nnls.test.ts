import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NonNegativeLeastSquares } from '../../src/numbers/nnls.js';
import { near, randomRows } from '../helpers.js';

const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, p) => sum + v * b[p], 0);

const NEARNESS = 2 ** -44;

/** f ≥ 0 for vectors w_j and x, from f°. */
function solve(w: readonly number[][], x: readonly number[], start: readonly number[]): number[] {
  const problem = new NonNegativeLeastSquares();
  problem.reserve(w.length);
  w.forEach((row, j) => {
    for (let l = 0; l <= j; l++) problem.gram[(j * (j + 1)) / 2 + l] = product(row, w[l]);
    problem.products[j] = product(row, x);
    problem.f[j] = start[j];
  });
  problem.solve(w.length, NEARNESS);
  return [...problem.f.slice(0, w.length)];
}

function squaredError(w: readonly number[][], x: readonly number[], f: readonly number[]): number {
  return x.reduce((sum, v, p) => sum + (v - f.reduce((made, fj, j) => made + fj * w[j][p], 0)) ** 2, 0);
}

/** The unconstrained answer for some of the vectors, by Gauss; all else 0. */
function leastSquares(w: readonly number[][], x: readonly number[], some: readonly number[]): number[] {
  const a = some.map((j) => [...some.map((l) => product(w[j], w[l])), product(w[j], x)]);
  for (let p = 0; p < some.length; p++)
    for (let q = 0; q < some.length; q++) {
      if (p === q) continue;
      const factor = a[q][p] / a[p][p];
      for (let t = p; t <= some.length; t++) a[q][t] -= factor * a[p][t];
    }
  const f = w.map(() => 0);
  for (const [p, j] of some.entries()) f[j] = a[p][some.length] / a[p][p];
  return f;
}

test('by hand: x = (1, 3) of (1, 0) and (1, 1) would be −2 and 3; of those not below 0 it is 0 and 2', () => {
  const w = [
    [1, 0],
    [1, 1],
  ];
  near(solve(w, [1, 3], [1, 1]), [0, 2], 1e-12);
  near(solve(w, [3, 1], [5, 5]), [2, 1], 1e-12);
  near(solve(w, [-1, -1], [1, 1]), [0, 0], 1e-12);
});

test('what was at 0 comes back: (1, 0) is wanted once (0, 1) is known', () => {
  near(
    solve(
      [
        [1, 0],
        [-0.6, 0.8],
      ],
      [0.2, 1],
      [0, 1],
    ),
    [0.95, 1.25],
    1e-12,
  );
});

test('200 problems of up to 7 vectors, of which some are below 0 otherwise: the best of all their subsets, within 1e-9', () => {
  const rows = randomRows(200 * 8, 9, 4).map((row) => row.map((u) => u - 0.5));
  let bound = 0;
  for (let t = 0; t < 200; t++) {
    const n = 1 + (t % 7);
    const w = rows.slice(8 * t, 8 * t + n);
    const x = rows[8 * t + 7];
    const f = solve(
      w,
      x,
      w.map((_, j) => 0.1 + j),
    );
    assert.ok(f.every((value) => value >= 0));
    bound += f.filter((value) => value === 0).length;
    let best = Infinity;
    for (let subset = 0; subset < 2 ** n; subset++) {
      const of = leastSquares(
        w,
        x,
        [...Array(n).keys()].filter((j) => (subset >> j) & 1),
      );
      if (of.every((value) => value >= 0)) best = Math.min(best, squaredError(w, x, of));
    }
    near([squaredError(w, x, f)], [best], 1e-9, `problem ${t}`);
  }
  assert.ok(bound > 200, `${bound} at 0`);
});

test('40 vectors of 60 numbers: the slope is 0 where f is above 0, and not above 0 where it is 0 (Karush, Kuhn and Tucker)', () => {
  const rows = randomRows(41, 60, 9).map((row) => row.map((u) => u - 0.4));
  const [w, x] = [rows.slice(0, 40), rows[40]];
  const f = solve(
    w,
    x,
    w.map(() => 1),
  );
  const rest = x.map((v, p) => v - f.reduce((sum, fj, j) => sum + fj * w[j][p], 0));
  const positive = f.filter((value) => value > 0).length;
  assert.ok(positive > 5 && positive < 40, `${positive} above 0`);
  f.forEach((value, j) => {
    const slope = product(w[j], rest);
    assert.ok(value > 0 ? Math.abs(slope) < 1e-9 : slope < 1e-9, `slope ${slope} where f is ${value}`);
  });
});

test('vectors that are the same share as they did; a vector of zeros keeps what it had', () => {
  const w = [
    [1, 0],
    [1, 0],
    [0, 0],
  ];
  near(solve(w, [4, 7], [1, 2, 5]), [1.5, 2.5, 5], 1e-6);
});

test.run();
