import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeModelOptions } from '../../src/core/options.js';
import { SparseAutoencoder } from '../../src/index.js';
import { nearest } from '../../src/numbers/checks.js';
import { completeFitOptions } from '../../src/training/fit-options.js';
import { fails } from '../helpers.js';

const sizes = { inputDim: 4, hiddenDim: 3 };
const make = (options: object) => () => completeModelOptions({ ...sizes, ...options });
const activations = 'one of "relu", "sigmoid", "tanh", "identity"';
const codes = `${activations}, "topk", "batch-topk", "jumprelu", "gated", "variational"`;

const wrongModel: Record<string, readonly [unknown, string][]> = {
  inputDim: [0, -1, 2.5, Number.NaN, Infinity, '4', null, 2 ** 60].map((v) => [v, 'a whole number of at least 1']),
  hiddenDim: [0, -3, 0.5].map((v) => [v, 'a whole number of at least 1']),
  outputDim: [0, -3, 0.5].map((v) => [v, 'a whole number of at least 1']),
  sparsityParam: [0, 1, -0.1, 1.1, Number.NaN].map((v) => [v, 'a number between 0 and 1, both excluded']),
  beta: [-1, Infinity, '1'].map((v) => [v, 'a number of at least 0']),
  weightDecay: [-1e-9, Number.NaN].map((v) => [v, 'a number of at least 0']),
  learningRate: [0, -0.1, Infinity].map((v) => [v, 'a number above 0']),
  seed: [{}, Number.NaN, true].map((v) => [v, 'a string or a finite number']),
  threads: [0, 1.5, 65, 'many'].map((v) => [v, '"auto" or a whole number from 1 to 64']),
  hiddenActivation: [
    ['rleu', `${codes}; did you mean "relu"?`],
    ['Sigmoid', `${codes}; did you mean "sigmoid"?`],
    ['jump-relu', `${codes}; did you mean "jumprelu"?`],
    [3, codes],
  ],
  outputActivation: [['tan', `${activations}; did you mean "tanh"?`]],
  reconstruction: [['halfsse', 'one of "mse", "sse", "half-sse", "bce"; did you mean "half-sse"?']],
  penalty: [['kld', 'one of "kl", "l1", "weighted-l1", "l0", "gaussian", "none"; did you mean "kl"?']],
  initializer: [['he_normal', 'one of "glorot-uniform", "glorot-normal", "he-normal"; did you mean "he-normal"?']],
  dtype: [['float16', 'one of "float32", "float64"; did you mean "float32"?']],
  backend: [['smid', 'one of "auto", "plain", "simd"; did you mean "simd"?']],
};

const shown = (value: unknown) =>
  typeof value === 'string' ? `"${value}"` : value !== null && typeof value === 'object' ? 'an object ()' : String(value);

for (const [name, values] of Object.entries(wrongModel)) {
  test(`${name}: every wrong value is refused, saying what came and what was expected`, async () => {
    for (const [value, expected] of values) {
      await fails(make({ [name]: value }), `SparseAutoencoder: ${name} is ${shown(value)}, expected ${expected}`);
    }
  });
}

test('a missing size and options that are none are refused', async () => {
  await fails(
    () => completeModelOptions({ inputDim: 4 } as never),
    'SparseAutoencoder: hiddenDim is undefined, expected a whole number of at least 1',
  );
  await fails(
    () => completeModelOptions({ hiddenDim: 4 } as never),
    'SparseAutoencoder: inputDim is undefined, expected a whole number of at least 1',
  );
  await fails(
    () => completeModelOptions(undefined as never),
    'SparseAutoencoder: got undefined, expected an object with options',
  );
  await fails(() => new SparseAutoencoder(7 as never), 'SparseAutoencoder: got 7, expected an object with options');
});

test('an unknown option brings the nearest valid name', async () => {
  const meant = {
    hiddenDims: 'hiddenDim',
    learningrate: 'learningRate',
    sparsityparm: 'sparsityParam',
    hidenActivation: 'hiddenActivation',
  };
  for (const [got, name] of Object.entries(meant)) {
    await fails(make({ [got]: 1 }), `SparseAutoencoder: unknown option "${got}"; did you mean "${name}"?`);
  }
  await fails(
    make({ toString: 1 }),
    /^SparseAutoencoder: unknown option "toString", expected one of inputDim, hiddenDim, .*threads, .*sparsityParam, weightDecay/,
  );
  await fails(make({ rho: 0.1 }), 'SparseAutoencoder: unknown option "rho"; did you mean "sparsityParam"?');
  await fails(make({ lr: 0.1 }), 'SparseAutoencoder: unknown option "lr"; did you mean "learningRate"?');
  await fails(() => completeFitOptions({ epoch: 1 } as never), 'fit: unknown option "epoch"; did you mean "epochs"?');
  await fails(
    () => completeFitOptions({ earlyStopping: { patient: 1 } } as never),
    'fit: earlyStopping: unknown option "patient"; did you mean "patience"?',
  );
});

test('KL needs a code that is never negative; other penalties take any', async () => {
  for (const hiddenActivation of ['tanh', 'identity'] as const) {
    const message = `SparseAutoencoder: hiddenActivation is "${hiddenActivation}", expected one that is never negative with penalty "kl": "relu", "sigmoid", "topk", "batch-topk", "jumprelu" or "gated"`;
    await fails(make({ hiddenActivation }), message);
    await fails(make({ hiddenActivation, penalty: 'kl' }), message);
    for (const penalty of ['l1', 'none'] as const) make({ hiddenActivation, penalty })();
  }
});

test('simd with float64 is refused, auto is not', async () => {
  await fails(
    make({ backend: 'simd', dtype: 'float64' }),
    'SparseAutoencoder: backend is "simd", expected "plain" or "auto" with dtype "float64"',
  );
  make({ backend: 'auto', dtype: 'float64' })();
});

const wrongFit: Record<string, readonly [unknown, string][]> = {
  epochs: [0, -1, 1.5, '3', null].map((v) => [v, 'a whole number of at least 1']),
  batchSize: [0, -1, 1.5, Infinity].map((v) => [v, 'a whole number of at least 1']),
  shuffle: [[1, 'true or false']],
  validationSplit: [0, 1, -0.5, 2].map((v) => [v, 'a number between 0 and 1, both excluded']),
  onEpochEnd: [['print', 'a function']],
  onBatchEnd: [[5, 'a function']],
  signal: [[{}, 'an AbortSignal']],
};
for (const [name, values] of Object.entries(wrongFit)) {
  test(`fit: ${name}: every wrong value is refused`, async () => {
    for (const [value, expected] of values) {
      await fails(() => completeFitOptions({ [name]: value }), `fit: ${name} is ${shown(value)}, expected ${expected}`);
    }
  });
}

test('fit: earlyStopping is checked inside', async () => {
  const check = (earlyStopping: unknown) => () => completeFitOptions({ earlyStopping } as never);
  await fails(check({ patience: 0 }), 'fit: earlyStopping: patience is 0, expected a whole number of at least 1');
  await fails(check({ minDelta: -1 }), 'fit: earlyStopping: minDelta is -1, expected a number of at least 0');
  await fails(check({ restoreBest: 'yes' }), 'fit: earlyStopping: restoreBest is "yes", expected true or false');
  await fails(check(true), 'fit: earlyStopping: got true, expected an object with options');
});

test('options left out or undefined take their defaults', () => {
  assert.equal(completeModelOptions({ ...sizes, beta: undefined }), completeModelOptions(sizes));
  assert.is(completeModelOptions(sizes).outputDim, 4);
  const { epochs, batchSize, shuffle } = completeFitOptions({ epochs: undefined });
  assert.equal([epochs, batchSize, shuffle], [50, 256, true]);
});

test('nearest counts edits, letter case aside', () => {
  assert.is(nearest('BETA', ['alpha', 'beta']), 'beta');
  assert.is(nearest('kitten', ['sitting', 'written', 'mitten']), 'mitten');
  assert.is(nearest('', ['abc', 'a']), 'a');
});

test('KL is refused a ρ beyond its tangent point, where it falls without end', async () => {
  const message =
    'SparseAutoencoder: sparsityParam is 0.9995, expected at most 0.999 with penalty "kl", which is a falling line from there on';
  await fails(make({ sparsityParam: 0.9995 }), message);
  make({ sparsityParam: 0.999 })();
  make({ sparsityParam: 0.9995, penalty: 'l1' })();
});

test.run();
