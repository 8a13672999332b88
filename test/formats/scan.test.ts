import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scanNumber, scanned } from '../../src/formats/scan.js';
import { utf8 } from './bytes.js';

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const texts = fc
  .tuple(fc.constantFrom('', '-'), digits(12), fc.option(digits(24)), fc.option(fc.integer({ min: -30, max: 30 })))
  .map(([sign, whole, part, power]) => `${sign}${whole}${part === null ? '' : `.${part}`}${power === null ? '' : `e${power}`}`);

test('a number is the nearest one to its text, or left to the language', () => {
  let [left, all] = [0, 0];
  for (const single of [false, true]) {
    const property = fc.property(texts, (text) => {
      const value = scanNumber(utf8(`${text},`), 0, single);
      all++;
      if (Number.isNaN(value)) left++;
      else if (single) assert.ok(Object.is(Math.fround(value), Math.fround(Number(text))), text);
      else assert.ok(Object.is(value, Number(text)), text);
      assert.is(scanned.end, text.length);
    });
    fc.assert(property, { numRuns: 20_000 });
  }
  assert.ok(left < 0.6 * all, `${left} of ${all} were left`);
});

test('a float32 halfway between two is told from what lies above it by the last of many digits', () => {
  // 1 + 2⁻²⁴ lies halfway between 1 and the next float32; ties go to even.
  const half = '1.000000059604644775390625';
  for (const text of [half, '1.0000000596046447753906250', '1.000000059604644775390626', '1.000000059604644775390624']) {
    const value = scanNumber(utf8(text), 0, true);
    assert.ok(Number.isNaN(value) || Math.fround(value) === Math.fround(Number(text)), text);
  }
});

test('shortest texts of float32 and float64 are never left where a float32 is wanted', () => {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let i = 0; i < 2000; i++) {
    bits[0] = 0x38000000 + (Math.imul(i, 2654435761) >>> 6);
    for (const text of [String(float[0]), String(float[0] * (1 + 1e-12))])
      assert.is(Math.fround(scanNumber(utf8(text), 0, true)), Math.fround(Number(text)), text);
  }
});

test('what is no number is none', () => {
  for (const text of ['', '-', '.', '-.', 'e5', 'x', '1e', '1e+', 'nan', '+1', ' 1'])
    assert.ok(Number.isNaN(scanNumber(utf8(text), 0, true)), text);
});

test.run();
