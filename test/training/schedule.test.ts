import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rateFactor, type Schedule, warmUp } from '../../src/training/schedule.js';
import { near } from '../helpers.js';

const factors = (schedule: Schedule, total: number, steps = total) =>
  Array.from({ length: steps }, (_, t) => rateFactor(t, schedule, total));

test('no schedule: 1 throughout; warm-up over 4 steps: ¼, ½, ¾, 1, 1', () => {
  assert.equal(factors({}, 3), [1, 1, 1]);
  assert.equal(factors({ warmup: 4 }, 5), [0.25, 0.5, 0.75, 1, 1]);
  assert.equal(
    [0, 1, 2].map((t) => warmUp(t, 0)),
    [1, 1, 1],
  );
});

test('linear over all of 4 steps: 1, ¾, ½, ¼, and 0 from then on', () => {
  assert.equal(factors({ decay: 'linear' }, 4, 6), [1, 0.75, 0.5, 0.25, 0, 0]);
});

test('linear over the last 2 of 5 steps, down to a tenth', () => {
  near(factors({ decay: 'linear', decaySteps: 2, final: 0.1 }, 5, 6), [1, 1, 1, 1, 0.55, 0.1], 1e-15);
});

test('cosine: ½(1 + cos πp), p = 0, ¼, ½, ¾, 1', () => {
  near(factors({ decay: 'cosine' }, 4, 5), [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0], 1e-15);
});

test('the decay begins where the warm-up ends', () => {
  near(factors({ warmup: 2, decay: 'linear' }, 6), [0.5, 1, 1, 0.75, 0.5, 0.25], 1e-15);
});

test('a warm-up longer than all steps leaves nothing to decay', () => {
  near(factors({ warmup: 10, decay: 'linear' }, 4), [0.1, 0.2, 0.3, 0.4], 1e-15);
});

test.run();
