import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Noise } from '../../src/numbers/noise.js';
import { Random } from '../../src/numbers/random.js';
import { near } from '../helpers.js';

const noise = (seed: number) => new Noise(Random.stream(seed, 'noise'));

test('uniform: within [0, 1), mean ½, variance 1/12, all bits of use, neighbours uncorrelated', () => {
  const source = noise(1);
  const u = Array.from({ length: 100_000 }, () => source.uniform());
  assert.ok(u.every((value) => value >= 0 && value < 1));
  const mean = u.reduce((a, b) => a + b) / u.length;
  near([mean, u.reduce((sum, value) => sum + (value - mean) ** 2, 0) / u.length], [0.5, 1 / 12], 0.003);
  near([u.slice(1).reduce((sum, value, i) => sum + (value - mean) * (u[i] - mean), 0) / u.length], [0], 0.001);
  for (let bit = 0; bit < 32; bit++)
    near([u.filter((value) => ((value * 2 ** 32) >>> bit) & 1).length / u.length], [0.5], 0.01, `bit ${bit}`);
});

test('gaussian: mean 0, variance 1, no skew, kurtosis 3, for an odd count too', () => {
  const data = new Float64Array(100_001);
  noise(2).fillGaussian(data);
  const moment = (p: number) => data.reduce((sum, value) => sum + value ** p, 0) / data.length;
  near([moment(1), moment(2), moment(3), moment(4)], [0, 1, 0, 3], 0.03);
});

test('it follows from where its source stands, and takes that on', () => {
  const source = Random.stream(3, 'noise');
  const state = source.state;
  const draws = () => {
    const data = new Float64Array(7);
    new Noise(source).fillGaussian(data);
    return Array.from(data);
  };
  const [first, second] = [draws(), draws()];
  assert.not.equal(first, second);
  const again = new Float64Array(7);
  new Noise(Random.from(state)).fillGaussian(again);
  assert.equal(Array.from(again), first);
});

/** xoshiro128** as its authors' C has it, in whole numbers of any size. */
test('uniform is xoshiro128**', () => {
  const words = [0x12345678, 0x9abcdef0, 0x0badf00d, 0x00000001];
  const source = {
    uniform: (() => {
      let i = 0;
      return () => words[i++] / 2 ** 32;
    })(),
  };
  const ours = new Noise(source as unknown as Random);
  const mask = (1n << 32n) - 1n;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const s = words.map(BigInt);
  for (let step = 0; step < 50; step++) {
    const result = (rotl((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
    assert.is(ours.uniform() * 2 ** 32, Number(result), `step ${step}`);
  }
});

test.run();
