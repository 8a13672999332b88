import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type GridSpec, gridOf } from '../../src/cli/grid.js';
import { codes } from '../../src/sparsity/kinds.js';

const grid = (changes: Partial<GridSpec> = {}) =>
  gridOf({
    kinds: ['topk', 'relu'],
    levels: [2, 4],
    betas: [],
    seeds: ['1', '2'],
    model: { hiddenDim: 8 },
    inputDim: 5,
    ...changes,
  });

test('every kind at every level with every seed; the level is k where there is one, else the L0 that β is steered to', () => {
  const { runs, skipped } = grid();
  assert.equal(skipped, []);
  assert.equal(
    runs.map(({ kind, penalty, level, value, seed }) => `${kind} ${penalty} ${level} ${value} ${seed}`),
    [
      'topk none k 2 1',
      'topk none k 2 2',
      'topk none k 4 1',
      'topk none k 4 2',
      'relu l1 targetL0 2 1',
      'relu l1 targetL0 2 2',
      'relu l1 targetL0 4 1',
      'relu l1 targetL0 4 2',
    ],
  );
  assert.equal(runs[3].options, { hiddenDim: 8, inputDim: 5, hiddenActivation: 'topk', penalty: 'none', k: 4, seed: '2' });
  assert.equal(runs[4].options, { hiddenDim: 8, inputDim: 5, hiddenActivation: 'relu', penalty: 'l1', targetL0: 2, seed: '1' });
});

test('every kind there is has its place in a grid or a reason why not', () => {
  const { runs, skipped } = grid({ kinds: codes.map(({ name }) => name), betas: [0.1] });
  for (const { name } of codes)
    assert.ok(runs.some(({ kind }) => kind === name) || skipped.some((reason) => reason.startsWith(name)), name);
});

test('where units cannot be counted on, the weight of the penalty is the level, and without weights it is left out', () => {
  const kinds = ['sigmoid', 'tanh'];
  const { runs, skipped } = grid({ kinds, betas: [0.1, 1], seeds: ['1'] });
  assert.equal(
    runs.map(({ kind, penalty, level, value, options }) => `${kind} ${penalty} ${level} ${value} ${options.beta}`),
    ['sigmoid kl beta 0.1 0.1', 'sigmoid kl beta 1 1'],
  );
  assert.is(skipped.length, 1);
  assert.match(skipped[0], 'tanh: hiddenActivation is "tanh", expected one that is never negative with penalty "kl"');
  assert.equal(grid({ kinds }), {
    runs: [],
    skipped: ['sigmoid, tanh: its units are always active, so that --betas alone can say how strong its penalty shall be'],
  });
  const kl = grid({ kinds: ['relu'], model: { hiddenDim: 8, penalty: 'kl' } });
  assert.equal(kl.skipped, [
    'relu: penalty kl cannot be steered to a number of active units, so that --betas alone can say how strong its penalty shall be',
  ]);
});

test('options go to the kinds that have them', () => {
  const { runs } = grid({ model: { hiddenDim: 8, beta: 0.5, sparsityParam: 0.2, weightDecay: 0.01 }, seeds: ['1'], levels: [2] });
  const [topk, relu] = runs.map(({ options }) => options);
  assert.equal([topk.beta, topk.sparsityParam, topk.weightDecay], [undefined, undefined, 0.01]);
  assert.equal([relu.beta, relu.sparsityParam, relu.weightDecay], [0.5, undefined, 0.01]);
});

test('what cannot be is left out, with the reason, and the rest stays', () => {
  const { runs, skipped } = grid({ levels: [2, 9, 2.5], seeds: ['1'] });
  assert.equal(
    runs.map(({ kind, value }) => [kind, value]),
    [
      ['topk', 2],
      ['relu', 2],
      ['relu', 2.5],
    ],
  );
  assert.equal(skipped, [
    'topk: k is 9, expected a whole number from 1 to hiddenDim 8 with hiddenActivation "topk"',
    'topk: k is 2.5, expected a whole number of at least 1',
    'relu: targetL0 is 9, expected a number below hiddenDim 8',
  ]);
});

test.run();
