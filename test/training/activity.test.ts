import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { sparseRows } from '../../src/kernels/rows.js';
import { Activity } from '../../src/training/activity.js';
import { numbers } from '../helpers.js';

const k = createPlainKernels('float64');

for (const form of ['dense', 'sparse'] as const)
  test(`${form}: which units have been active, over several batches, as a plain count has it`, () => {
    const h = 40;
    const activity = new Activity(h);
    const seen = new Set<number>();
    for (let batch = 0; batch < 4; batch++) {
      const data = Float64Array.from(numbers(6 * h, batch + 1), (u) => (u < 0.04 ? 1 : 0));
      const f = { data, rows: 6, cols: h };
      const sparse = sparseRows(k, 6, h);
      k.compress(sparse, f);
      activity.add({ f, rows: form === 'dense' ? f : sparse, active: 0 });
      data.forEach((value, at) => void (value && seen.add(at % h)));
      assert.is(activity.silent, h - seen.size);
      for (let j = 0; j < h; j++) assert.is(activity.has(j), seen.has(j));
    }
    assert.ok(seen.size > 10 && seen.size < h, 'some are, some are not');
    activity.reset();
    assert.is(activity.silent, h);
    assert.not(activity.has([...seen][0]));
  });

test.run();
