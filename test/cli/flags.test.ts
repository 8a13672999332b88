import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addModelFlags, calledByFlags, flagOf, modelFrom, parsed, UsageError } from '../../src/cli/flags.js';
import { modelOptions } from '../../src/core/options.js';
import { SparseAutoencoder } from '../../src/core.js';
import { count } from '../../src/numbers/checks.js';

test('a list of numbers is taken with its brackets and without', () => {
  const prefixes = parsed(modelOptions.prefixes.check);
  assert.equal(prefixes('16,64'), [16, 64]);
  assert.equal(prefixes('16, 64'), [16, 64]);
  assert.equal(prefixes('[16,64]'), [16, 64]);
  for (const wrong of ['64,16', '16,,64', '16,a', '']) assert.throws(() => prefixes(wrong), /^Expected /, wrong);
  assert.throws(() => parsed(count)('1,2'), /^Expected a whole number/);
});

test('what is wrong with a model is called by its flags; what is no option of one is passed on', () => {
  const made = (options: object) => () => calledByFlags(() => new SparseAutoencoder({ inputDim: 3, hiddenDim: 4, ...options }));
  const wrong = (options: object, message: string) =>
    assert.throws(made(options), (error: Error) => error instanceof UsageError && error.message === message, message);
  wrong(
    { hiddenActivation: 'topk' },
    '--k is not given, expected a whole number from 1 to --hidden 4 with --hidden-activation "topk"',
  );
  wrong({ penalty: 'l1', targetL0: 9 }, '--target-l0 is 9, expected a number below --hidden 4');
  assert.is(made({})().hiddenDim, 4);
  const odd = new Error('SparseAutoencoder: the moon is 3');
  assert.throws(
    () =>
      calledByFlags(() => {
        throw odd;
      }),
    (error: Error) => error === odd,
  );
});

test('what --help shows of values with several parts is taken', () => {
  const shown = new Command();
  addModelFlags(shown, {});
  for (const name of ['auxK', 'corruption', 'prefixes']) {
    const { description } = shown.options.find(({ long }) => long === `--${flagOf(name)}`) as { description: string };
    const example = description.slice(description.lastIndexOf(': ') + 2);
    assert.ok(modelOptions[name].check.ok(parsed(modelOptions[name].check)(example)), example);
  }
});

test('what a preset says of its own kind of code has no say where a flag chooses another', () => {
  const from = (...args: string[]) => {
    const command = new Command();
    addModelFlags(command, {});
    return modelFrom(command.parse(args, { from: 'user' }), { seed: '1' }, { hiddenActivation: 'topk', k: 4, tied: 'start' });
  };
  assert.equal(from(), { seed: '1', hiddenActivation: 'topk', k: 4, tied: 'start' });
  assert.equal(from('--hidden-activation', 'batch-topk'), { seed: '1', hiddenActivation: 'batch-topk', k: 4, tied: 'start' });
  assert.equal(from('--hidden-activation', 'jumprelu'), { seed: '1', hiddenActivation: 'jumprelu', tied: 'start' });
});

test.run();
