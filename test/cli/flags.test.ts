import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addModelFlags, asFlag, calledByFlags, flagOf, modelFrom, parsed, UsageError } from '../../src/cli/flags.js';
import { createProgram } from '../../src/cli/program.js';
import { diagnose } from '../../src/core/diagnose.js';
import { modelOptions, type SparseAutoencoderOptions } from '../../src/core/options.js';
import { SparseAutoencoder } from '../../src/core.js';
import { count } from '../../src/numbers/checks.js';
import { historyOf } from '../../src/training/history.js';

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

test('advice names flags, and only such as train has', () => {
  const fine = { l0: 3, deadUnits: 0, saturatedUnits: 0, mse: 0.1, fvu: 0.1, outOfReach: 0 };
  const rising = { ...historyOf([]), loss: [5, 4, 2, 2, 3] };
  const overfit = { ...historyOf([]), loss: [5, 4, 3, 2, 1], validationLoss: [5, 3, 2, 3, 4] };
  const said = (evaluation: Partial<typeof fine>, options: Partial<SparseAutoencoderOptions> = {}, history?: typeof rising) => {
    const sae = new SparseAutoencoder({ inputDim: 20, hiddenDim: 32, outputActivation: 'identity', penalty: 'l1', ...options });
    return diagnose({ ...fine, ...evaluation }, sae.options, history, asFlag);
  };
  const all = [
    said({ l0: 0 }),
    said({ deadUnits: 9 }),
    said({ deadUnits: 9, fvu: 0.95 }),
    said({ l0: 30 }),
    said({ l0: 30 }, { penalty: 'none' }),
    said({ l0: 30 }, { penalty: 'kl' }),
    said({ saturatedUnits: 30, fvu: 0.5 }, { hiddenActivation: 'sigmoid' }),
    said({ l0: 9 }, { targetL0: 3 }),
    said({ l0: 9 }, { hiddenActivation: 'batch-topk', k: 3, penalty: 'none' }),
    said({ mse: 999 }),
    said({ fvu: 1.003 }),
    said({ fvu: 1.5, outOfReach: 0.2 }, { outputActivation: 'sigmoid' }),
    said({}, {}, rising),
    said({}, {}, overfit),
  ];
  for (const sentences of all) assert.ok(sentences.length > 0 && sentences.length < 3);
  const text = all.flat().join('\n');
  assert.not.match(text, /\b[a-z]+[A-Z]|[{}]/, 'no option of the library');
  const train = createProgram('0').commands.find((command) => command.name() === 'train') as Command;
  const flags = new Set(text.match(/--[a-z0-9-]+/g));
  for (const flag of flags)
    assert.ok(
      train.options.some(({ long }) => long === flag),
      flag,
    );
  assert.is(flags.size, 13);
  assert.match(text, /^Only 5\.0% .* --beta 0\.0001 may be too strong: try a smaller one, more epochs, or a larger --lr\.$/m);
  assert.match(text, /Try --standardize, or --scale\.$/m);
  assert.match(text, /Try --output-activation identity: "sigmoid" does not reach 20% of the values\.$/m);
});

test.run();
