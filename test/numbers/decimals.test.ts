import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decimals } from '../../src/numbers/decimals.js';

test('as toFixed, but that 0 has no sign', () => {
  for (const [value, digits, text] of [
    [-1.3e-9, 4, '0.0000'],
    [-0.00005, 4, '-0.0001'],
    [-0.00004, 4, '0.0000'],
    [-0.5, 0, '-1'],
    [-0.4, 0, '0'],
    [-0, 2, '0.00'],
    [-100, 2, '-100.00'],
    [0.18284, 4, '0.1828'],
    [Number.NaN, 4, 'NaN'],
    [-Infinity, 4, '-Infinity'],
  ] as const)
    assert.is(decimals(value, digits), text, `${value}`);
});

test.run();
