import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { elementwise } from '../../src/kernels/elementwise.js';
import type { Elementwise } from '../../src/kernels/kernels.js';
import { codeKind } from '../../src/sparsity/kinds.js';
import { near, numbers } from '../helpers.js';

const kinds = Object.keys(elementwise) as Elementwise[];
const zs = numbers(500).map((u) => 16 * u - 8);

test('there are four', () => {
  assert.equal(kinds.sort(), ['identity', 'relu', 'sigmoid', 'tanh']);
});

test('values by hand', () => {
  const { relu, sigmoid, tanh, identity } = elementwise;
  near([2, -2, 0].map(relu.value), [2, 0, 0], 0);
  near([0, Math.log(3), -Math.log(3)].map(sigmoid.value), [0.5, 0.75, 0.25], 1e-15);
  near([0, Math.log(2), -Math.log(2)].map(tanh.value), [0, 0.6, -0.6], 1e-15);
  near([2, -2, 0].map(identity.value), [2, -2, 0], 0);
});

for (const kind of kinds) {
  const { value, slope } = elementwise[kind];
  const { nonNegative } = codeKind({ hiddenActivation: kind });

  test(`${kind}: the slope, read off the output, is the central difference within 1e-9`, () => {
    const s = 1e-4;
    for (const z of zs) {
      const difference = (8 * (value(z + s) - value(z - s)) - (value(z + 2 * s) - value(z - 2 * s))) / (12 * s);
      near([slope(value(z))], [difference], 1e-9, `z = ${z}`);
    }
  });

  test(`${kind}: NaN stays NaN, and no other number becomes one`, () => {
    assert.ok(Number.isNaN(value(Number.NaN)));
    for (const z of [0, -0, 1e300, -1e300, Infinity, -Infinity, 1e-300]) assert.not(Number.isNaN(value(z)), String(z));
  });

  test(`${kind}: never decreases, and is ${nonNegative ? 'never' : 'somewhere'} negative`, () => {
    const sorted = zs.toSorted((a, b) => a - b).map(value);
    for (let k = 1; k < sorted.length; k++) assert.ok(sorted[k] >= sorted[k - 1]);
    assert.is(sorted[0] >= 0, nonNegative);
  });
}

test('at 0 a ReLU is silent and its slope is 0', () => {
  assert.is(elementwise.relu.slope(elementwise.relu.value(0)), 0);
});

test.run();
