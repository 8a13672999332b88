import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/numbers/random.js';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uniform());
const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const moment = (xs: readonly number[], k: number) => mean(xs.map((x) => x ** k));

test('uniform: in [0, 1), with the mean and variance of U[0, 1), and more than 32 bits', () => {
  const xs = draw(Random.stream('uniform', 'test'), 50000);
  assert.ok(xs.every((x) => x >= 0 && x < 1));
  assert.ok(Math.abs(mean(xs) - 0.5) < 0.006, 'mean within 4.6 standard errors');
  assert.ok(
    Math.abs(
      moment(
        xs.map((x) => x - 0.5),
        2,
      ) -
        1 / 12,
    ) < 0.002,
  );
  assert.ok(xs.some((x) => (x * 2 ** 32) % 1 !== 0));
});

test('gaussian: mean 0, variance 1, skewness 0, kurtosis 3, and 95% within 1.96', () => {
  const random = Random.stream('gaussian', 'test');
  const xs = Array.from({ length: 50000 }, () => random.gaussian());
  assert.ok(Math.abs(mean(xs)) < 0.02);
  assert.ok(Math.abs(moment(xs, 2) - 1) < 0.03);
  assert.ok(Math.abs(moment(xs, 3)) < 0.06);
  assert.ok(Math.abs(moment(xs, 4) - 3) < 0.25);
  assert.ok(Math.abs(xs.filter((x) => Math.abs(x) < 1.959964).length / xs.length - 0.95) < 0.005);
});

test('shuffle: always a permutation, and every place equally likely for every entry', () => {
  const random = Random.stream('shuffle', 'test');
  const counts = new Float64Array(25);
  for (let round = 0; round < 5000; round++) {
    const order = Int32Array.of(0, 1, 2, 3, 4);
    random.shuffle(order);
    assert.equal([...order].sort(), [0, 1, 2, 3, 4]);
    for (const [place, entry] of order.entries()) counts[5 * place + entry]++;
  }
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 140, `${count} of about 1000`);
  for (const n of [0, 1]) random.shuffle(new Int32Array(n));
});

test('the same seed and name give the same stream; another seed or name another', () => {
  const first = draw(Random.stream('seed', 'weights'), 20);
  assert.equal(draw(Random.stream('seed', 'weights'), 20), first);
  for (const other of [Random.stream('seed', 'shuffle'), Random.stream('seeds', 'weights'), Random.stream(1, 'weights')]) {
    assert.is(draw(other, 20).filter((x, k) => x === first[k]).length, 0);
  }
  assert.equal(draw(Random.stream(7, 'weights'), 5), draw(Random.stream('7', 'weights'), 5), 'a number is its text');
});

test('streams by name are independent: drawing more of one shifts no other', () => {
  const lone = draw(Random.stream('seed', 'shuffle'), 10);
  const [weights, shuffle] = [Random.stream('seed', 'weights'), Random.stream('seed', 'shuffle')];
  const mixed = Array.from({ length: 10 }, () => {
    draw(weights, 3);
    return shuffle.uniform();
  });
  assert.equal(mixed, lone);
});

test('the state, through JSON too, continues the stream where it stood', () => {
  const random = Random.stream('seed', 'test');
  draw(random, 100);
  const { state } = random;
  const kept = JSON.stringify(state);
  const next = draw(random, 50);
  assert.is(JSON.stringify(state), kept, 'a state does not move');
  assert.equal(draw(Random.from(state), 50), next);
  assert.equal(draw(Random.from(JSON.parse(kept)), 50), next);
});

test('the global generator is left alone', () => {
  const before = Math.random;
  Random.stream('seed', 'test').uniform();
  assert.is(Math.random, before);
});

test.run();
