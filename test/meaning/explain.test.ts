import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dot, sumOf } from '../../src/meaning/code.js';
import { contributions } from '../../src/meaning/explain.js';
import { near, numbers } from '../helpers.js';
import { code, matrix } from './by-hand.js';

const W = matrix([
  [1, 0],
  [7, 7],
  [1, 1],
]);

test('by hand: f = 2, 3 on (1, 0) and (1, 1) makes r = (5, 3), of whose 34 they have 10 and 24', () => {
  assert.equal(contributions(code([0, 2], [2, 3]), W), [
    { unit: 2, activation: 3, contribution: 24, share: 24 / 34 },
    { unit: 0, activation: 2, contribution: 10, share: 10 / 34 },
  ]);
});

test('a unit that points away from what the others say takes away; nothing is explained of an empty code', () => {
  const [first, second] = contributions(code([0, 1], [4, 1]), matrix([[1], [-1]]));
  assert.equal([first.contribution, second.contribution], [12, -3]);
  assert.equal(contributions(code([], []), W), []);
  assert.equal(contributions(code([0], [0]), W), [{ unit: 0, activation: 0, contribution: 0, share: 0 }]);
});

/** All orders of a list. */
function orders<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, i) => orders(list.filter((_, k) => k !== i)).map((rest) => [first, ...rest]));
}

test('it is the Shapley value of ‖Σ f·w‖², by all orders of five units, to 1e-12', () => {
  const decoder = matrix(Array.from({ length: 5 }, (_, j) => numbers(7, j + 1).map((x) => x - 0.5)));
  const f = numbers(5, 9).map((x) => 2 * x + 0.1);
  const value = (units: number[]) => {
    const r = sumOf(
      code(
        units,
        units.map((j) => f[j]),
      ),
      decoder,
    );
    return dot(r, r);
  };
  const all = orders([0, 1, 2, 3, 4]);
  const shapley = f.map((_, j) => {
    const gains = all.map((order) => value(order.slice(0, order.indexOf(j) + 1)) - value(order.slice(0, order.indexOf(j))));
    return gains.reduce((sum, gain) => sum + gain, 0) / all.length;
  });
  const found = contributions(code([0, 1, 2, 3, 4], f), decoder);
  near(
    [...found].sort((a, b) => a.unit - b.unit).map(({ contribution }) => contribution),
    shapley,
    1e-12,
  );
  near([found.reduce((sum, { share }) => sum + share, 0)], [1], 1e-12);
});

test.run();
