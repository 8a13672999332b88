import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parsed } from '../../src/cli/flags.js';
import { modelOptions } from '../../src/core/options.js';
import { count } from '../../src/numbers/checks.js';

test('a list of numbers is taken with its brackets and without', () => {
  const prefixes = parsed(modelOptions.prefixes.check);
  assert.equal(prefixes('16,64'), [16, 64]);
  assert.equal(prefixes('16, 64'), [16, 64]);
  assert.equal(prefixes('[16,64]'), [16, 64]);
  for (const wrong of ['64,16', '16,,64', '16,a', '']) assert.throws(() => prefixes(wrong), /^Expected /, wrong);
  assert.throws(() => parsed(count)('1,2'), /^Expected a whole number/);
});

test.run();
