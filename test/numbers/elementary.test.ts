import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cosPi, exp, log, power, tanh } from '../../src/numbers/elementary.js';
import { numbers } from '../helpers.js';

const view = new DataView(new ArrayBuffer(8));

/** How many doubles lie between a and b. */
function ulps(a: number, b: number): number {
  const place = (x: number) => {
    view.setFloat64(0, x);
    const bits = view.getBigInt64(0);
    return bits < 0n ? -(2n ** 63n) - bits : bits;
  };
  return Number(place(a) - place(b));
}

function within(limit: number, got: (x: number) => number, expected: (x: number) => number, xs: readonly number[]): void {
  for (const x of xs) {
    const [a, b] = [got(x), expected(x)];
    const off = Object.is(a, b) ? 0 : Math.abs(ulps(a, b));
    assert.ok(off <= limit, `at ${x}: ${a}, expected ${b}, ${off} ulp off`);
  }
}

const spread = (from: number, to: number, count = 20000) => numbers(count, 7).map((u) => from + u * (to - from));
/** Numbers of every magnitude a double can have. */
const magnitudes = numbers(20000, 8).map((u, k) => (1 + u) * 2 ** ((k % 2098) - 1074));

test('exp: within 4 ulp of Math.exp from −745 to 709.8, subnormal results included', () => {
  within(4, exp, Math.exp, spread(-745, 709.7));
  within(4, exp, Math.exp, spread(-1, 1));
  within(4, exp, Math.exp, spread(-745.1, -708));
  within(
    4,
    exp,
    Math.exp,
    magnitudes.filter((x) => x < 700),
  );
  within(4, exp, Math.exp, [709.782712893384, -745.1332191019411, 0.34657359027997264, -0.34657359027997264, 1, -1]);
});

test('exp: the exact values', () => {
  assert.is(exp(0), 1);
  assert.is(exp(-0), 1);
  assert.is(exp(Infinity), Infinity);
  assert.is(exp(710), Infinity);
  assert.is(exp(-Infinity), 0);
  assert.is(exp(-746), 0);
  assert.ok(Number.isNaN(exp(Number.NaN)));
  assert.is(exp(-745.13), Number.MIN_VALUE);
});

test('log: within 4 ulp of Math.log, for numbers of every magnitude, subnormals and numbers next to 1 included', () => {
  within(4, log, Math.log, magnitudes);
  within(4, log, Math.log, spread(0.5, 2));
  within(4, log, Math.log, [
    1 + 2 ** -52,
    1 - 2 ** -53,
    Math.SQRT2,
    Math.SQRT1_2,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    2.2250738585072014e-308,
  ]);
});

test('log: the exact values', () => {
  assert.is(log(1), 0);
  assert.is(log(0), -Infinity);
  assert.is(log(-0), -Infinity);
  assert.is(log(Infinity), Infinity);
  for (const x of [-1, -Number.MIN_VALUE, -Infinity, Number.NaN]) assert.ok(Number.isNaN(log(x)), String(x));
});

test('tanh: within 5 ulp of Math.tanh, for numbers of every magnitude', () => {
  within(5, tanh, Math.tanh, spread(-25, 25));
  within(5, tanh, Math.tanh, spread(-0.5, 0.5));
  within(
    5,
    tanh,
    Math.tanh,
    magnitudes.flatMap((x) => [x, -x]),
  );
});

test('tanh: the exact values, and oddness', () => {
  assert.is(tanh(0), 0);
  assert.is(tanh(Infinity), 1);
  assert.is(tanh(-Infinity), -1);
  assert.is(tanh(1000), 1);
  assert.ok(Number.isNaN(tanh(Number.NaN)));
  for (const x of spread(0, 22, 2000)) assert.ok(Math.abs(ulps(tanh(x), -tanh(-x))) <= 4, String(x));
});

test('log inverts exp within 10⁻¹⁵ (1 + |x|)', () => {
  for (const x of spread(-700, 700)) assert.ok(Math.abs(log(exp(x)) - x) <= 1e-15 * (1 + Math.abs(x)), String(x));
});

test('power: exact where the result is, and within a part in 10¹² of ** for Adam’s β to any step', () => {
  assert.is(power(2, 10), 1024);
  assert.is(power(-3, 3), -27);
  assert.is(power(0, 0), 1);
  assert.is(power(7, 0), 1);
  assert.is(power(0.9, 1), 0.9);
  for (const beta of [0.9, 0.999]) {
    for (const n of [2, 3, 17, 1000, 11750, 2 ** 31 + 5]) {
      const expected = beta ** n;
      assert.ok(Math.abs(power(beta, n) - expected) <= 1e-12 * expected, `${beta}^${n}`);
    }
  }
});

test('cos πp from 0 to 1: exact at the ends and in the middle, within 4·10⁻¹⁶ of Math.cos elsewhere', () => {
  assert.is(cosPi(0.5), 0);
  for (let k = 0; k <= 1000; k++) {
    const p = k / 1000;
    assert.ok(Math.abs(cosPi(p) - Math.cos(Math.PI * p)) <= 4e-16, `${p}: ${cosPi(p)}, ${Math.cos(Math.PI * p)}`);
    assert.is(cosPi(p) <= 1 && cosPi(p) >= -1, true);
  }
});

test.run();
