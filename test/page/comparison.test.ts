import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, othersOf } from '../../src/page/comparison.js';
import { settle } from '../../src/page/setup.js';

const offered = (wanted: Parameters<typeof settle>[0]) =>
  Object.fromEntries(differences.map((each) => [each.name, [...othersOf(settle(wanted), each)]]));

test('what a second run is offered, it can have, and the first has not', () => {
  for (const wanted of [
    {},
    { world: 'words' },
    { kind: 'none', hidden: 16 },
    { kind: 'topk', strength: 1, batch: 1, rate: 0.00001 },
    { kind: 'topk', strength: 64, batch: 1024, rate: 0.1 },
  ]) {
    const setup = settle(wanted);
    for (const [name, others] of Object.entries(offered(wanted))) {
      for (const [value] of others) {
        assert.is(settle({ ...setup, [name]: value })[name as 'rate'], value);
        assert.is.not(value, setup[name as 'rate']);
      }
      assert.is(new Set(others.map(([, label]) => label)).size, others.length);
      assert.is(others.length > 0, name !== 'strength' || setup.kind !== 'none', `${name} of ${setup.kind}`);
    }
  }
});

test('at a limit, what it comes to is what is said', () => {
  assert.equal(offered({ world: 'words' }).strength, [
    [1, '0.1 × 10 = 1'],
    [3, '0.3 × 10 = 3'],
    [30, '3 × 10 = 30'],
    [64, '64'],
  ]);
  assert.equal(offered({ batch: 1000 }).batch, [
    [250, '0.25 × 1000 = 250'],
    [500, '0.5 × 1000 = 500'],
    [1024, '1024'],
  ]);
  assert.is(offered({}).kind[1][1], 'TopK: the k strongest');
});

test.run();
