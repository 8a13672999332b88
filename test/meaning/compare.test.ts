import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, newcombe, wilson } from '../../src/meaning/compare.js';
import { normalAbove } from '../../src/numbers/normal.js';
import { near } from '../helpers.js';

const z = normalAbove(0.025);

test('Newcombe 1998, table II, method 10: eight pairs of proportions, to the four decimals that it prints', () => {
  for (const [[k, m, l, n], low, high] of [
    [[56, 70, 48, 80], 0.0524, 0.3339],
    [[9, 10, 3, 10], 0.1705, 0.809],
    [[6, 7, 2, 7], 0.0582, 0.8062],
    [[5, 56, 0, 29], -0.0381, 0.1926],
    [[0, 10, 0, 20], -0.1611, 0.2775],
    [[0, 10, 0, 10], -0.2775, 0.2775],
    [[10, 10, 0, 20], 0.6791, 1],
    [[10, 10, 0, 10], 0.6075, 1],
  ] as const) {
    assert.equal(
      newcombe(k, m, l, n, z).map((bound) => Number(bound.toFixed(4))),
      [low, high],
      `${k}/${m} − ${l}/${n}`,
    );
  }
});

test("Wilson's interval, as in Newcombe's paper on one proportion, and never outside 0 … 1", () => {
  for (const [k, n, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    assert.equal(
      wilson(k, n, z).map((bound) => Number(bound.toFixed(4))),
      [low, high],
    );
  }
  for (let n = 1; n < 60; n++) {
    const [low, high] = [wilson(0, n, z)[0], wilson(n, n, z)[1]];
    assert.ok(low >= 0 && low < 1e-16 && high <= 1 && high > 1 - 1e-15);
  }
});

test('the interval turns with its sides: A against B is B against A with the signs changed', () => {
  const [low, high] = newcombe(5, 56, 3, 29, z);
  near(newcombe(3, 29, 5, 56, z), [-high, -low], 1e-15);
});

const few = { a: { counts: [30, 5, 0, 10, 0], rows: 40 }, b: { counts: [10, 5, 20, 11, 0], rows: 40 } };

test('the units that surely differ come first by the bound nearest to 0; those that do not are left out', () => {
  const found = differences(few.a, few.b, {});
  assert.equal(
    found.map(({ unit }) => unit),
    [2, 0],
  );
  const [second, first] = [found[0], found[1]];
  assert.equal([first.a, first.b, first.difference], [0.75, 0.25, 0.5]);
  assert.ok(first.low > 0 && second.high < 0 && -second.high >= first.low);
});

test('together, each of the four units that are active anywhere has an eighth of 5% on each side', () => {
  const [, { low, high }] = differences(few.a, few.b, {});
  near([low, high], newcombe(30, 40, 10, 40, normalAbove(0.05 / 8)), 1e-12);
  const alone = differences(few.a, few.b, { together: false });
  const own = alone.find(({ unit }) => unit === 0);
  near([own?.low, own?.high] as number[], newcombe(30, 40, 10, 40, z), 1e-12);
});

test('at a confidence whose share a unit is 1e-14, units that are on all rows here and on one in 1,000 there still differ', () => {
  const [a, b] = [1000, 1].map((count) => ({ counts: Array(4096).fill(count), rows: 1000 }));
  assert.is(differences(a, b, { confidence: 0.9999999999 }).length, 4096);
});

test('of 400 units that differ in nothing about 5% are found one by one, and none together', () => {
  // A repeatable binomial: how many of 100 draws fall below 0.2.
  let state = 7;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const counts = () => Array.from({ length: 400 }, () => Array.from({ length: 100 }, draw).filter((x) => x < 0.2).length);
  const [a, b] = [
    { counts: counts(), rows: 100 },
    { counts: counts(), rows: 100 },
  ];
  const alone = differences(a, b, { together: false }).length;
  assert.ok(alone > 5 && alone < 40, `${alone} of 400`);
  assert.is(differences(a, b, {}).length, 0);
});

test.run();
