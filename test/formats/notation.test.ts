import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense, sparse } from '../../src/formats/notation.js';
import { numberText } from '../../src/formats/write-csv.js';

test('a row in every notation, by hand', () => {
  const data = Float32Array.from([9, 0, 0.1, 0, -2, 9]);
  assert.is(dense.csv(data, 1, 5), '0,0.1,0,-2');
  assert.is(dense.tsv(data, 1, 5), '0\t0.1\t0\t-2');
  assert.is(dense.jsonl(data, 1, 5), '[0,0.1,0,-2]');
  assert.is(dense.jsonl(Float64Array.from([Number.NaN, -Infinity, 1]), 0, 3), '[null,null,1]');
  const codes = {
    data: Float32Array.from([0.1, -2, 3]),
    indices: Int32Array.from([1, 3, 0]),
    indptr: Int32Array.from([0, 2, 2, 3]),
    shape: [3, 4] as const,
  };
  const rows = (kind: keyof typeof sparse) => [0, 1, 2].map((i) => sparse[kind](codes, i));
  assert.equal(rows('sparse'), [
    '{"indices":[1,3],"values":[0.1,-2]}',
    '{"indices":[],"values":[]}',
    '{"indices":[0],"values":[3]}',
  ]);
  assert.equal(rows('sparsevec'), ['{2:0.1,4:-2}/4', '{}/4', '{1:3}/4']);
});

/** Six digits, and then as many more as it takes, by the language alone. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

test('a float32 is written with the fewest digits, from six on, that give it back', () => {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const check = (value: number) => {
    if (!Number.isFinite(value) || value === 0) return;
    assert.is(numberText(value, true), Number.isInteger(value) && Math.abs(value) <= 2 ** 24 ? String(value) : shortest(value));
    assert.is(Math.fround(Number(numberText(value, true))), value);
  };
  for (let i = 0, state = 1; i < 50_000; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bits[0] = state;
    check(float[0]);
    check(Math.fround(state / 2 ** 31 - 1));
    check(Math.fround((state >>> 12) / 256));
  }
  for (let e = -12; e <= 12; e++)
    for (const near of [1 - 2 ** -24, 1, 1 + 2 ** -23, 0.5, 0.999999]) check(Math.fround(near * 10 ** e));
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), check));
});

test.run();
