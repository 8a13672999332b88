import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { fails, flatten, near, randomRows } from '../helpers.js';

const make = (options: object) => () =>
  new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, ...options } as SparseAutoencoderOptions);

test('weighted L1 by hand: S = (1/n)Σ|f|·‖w‖, and what it asks of W_enc and W_dec', () => {
  const sae = make({
    inputDim: 2,
    hiddenDim: 2,
    hiddenActivation: 'identity',
    outputActivation: 'identity',
    penalty: 'weighted-l1',
    beta: 2,
    dtype: 'float64',
  })();
  // F = X. Rows of W_dec of length 5 and 13. T is X̂, so that R and its gradient vanish.
  sae.setParameters({
    encoderWeight: [
      [1, 0],
      [0, 1],
    ],
    decoderWeight: [
      [3, 4],
      [5, -12],
    ],
  });
  const X = [
    [1, 0],
    [-2, 3],
  ];
  const { loss, sparsity, gradients } = sae.lossAndGradients(X, { targets: sae.reconstruct(X) });
  near([sparsity, loss], [(3 * 5 + 3 * 13) / 2, 3 * 5 + 3 * 13], 1e-14);
  // dW_dec = (2/2)·Σ|f|·w/‖w‖;  dF = (2/2)·‖w_j‖·sign f, dW_enc = Xᵀ·dF, sign 0 = 0
  near(flatten(gradients.decoderWeight), [(3 * 3) / 5, (3 * 4) / 5, (3 * 5) / 13, (3 * -12) / 13], 1e-14);
  near(flatten(gradients.encoderWeight), [1 * 5 - 2 * -5, -2 * 13, 3 * -5, 3 * 13], 1e-14);
  near([sae.evaluate(X, { targets: sae.reconstruct(X) }).sparsity], [sparsity], 1e-14);
});

test('a decoder row of zeros has no direction, and asks nothing', () => {
  const sae = make({ penalty: 'weighted-l1', dtype: 'float64' })();
  sae.setParameters({
    decoderWeight: [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  });
  const { loss, gradients } = sae.lossAndGradients(randomRows(3, 4));
  assert.ok([loss, ...Object.values(gradients).flatMap(flatten)].every(Number.isFinite));
});

const refused: Record<string, [object, string]> = {
  'l0 without thresholds': [
    { penalty: 'l0' },
    'hiddenActivation is "relu", expected "jumprelu" with penalty "l0", which only a threshold can follow: 1[f ≠ 0] has no slope',
  ],
  'gaussian without a variance': [
    { penalty: 'gaussian' },
    'hiddenActivation is "relu", expected "variational" with penalty "gaussian": no other code has a variance',
  ],
  'kl of a signed draw': [
    { hiddenActivation: 'variational', penalty: 'kl' },
    'hiddenActivation is "variational", expected one that is never negative with penalty "kl": "relu", "sigmoid", "topk", "batch-topk", "jumprelu" or "gated"',
  ],
  'contractive without a σ′': [
    { hiddenActivation: 'gated', contractive: 0.1 },
    'hiddenActivation is "gated", expected one of "relu", "sigmoid", "tanh", "identity" with contractive, which needs a σ′ of each z alone',
  ],
  'bce without a sigmoid': [
    { reconstruction: 'bce', outputActivation: 'tanh' },
    'outputActivation is "tanh", expected "sigmoid" with reconstruction "bce", which compares probabilities',
  ],
  'an option of another kind': [{ threshold: 1 }, 'threshold means something with "jumprelu" alone, which is not asked for'],
  'prefixes that do not end with h': [{ prefixes: [1, 2] }, 'prefixes is [1, 2], expected a list that ends with hiddenDim 3'],
  'prefixes that do not ascend': [
    { prefixes: [2, 2, 3] },
    'prefixes is [2, 2, 3], expected a list of whole numbers, each larger than the one before, like [64, 256, 1024]',
  ],
  'a threshold of 0': [{ hiddenActivation: 'jumprelu', threshold: 0 }, 'threshold is 0, expected a number above 0'],
  'a bandwidth of 0': [{ hiddenActivation: 'jumprelu', bandwidth: 0 }, 'bandwidth is 0, expected a number above 0'],
  'a negative contraction': [{ contractive: -1 }, 'contractive is -1, expected a number of at least 0'],
  'a share above 1': [
    { corruption: { kind: 'masking', level: 1.5 } },
    'corruption is an object (kind, level), expected { kind: "masking", "gaussian" or "salt-and-pepper", level }, level above 0, and at most 1 where it is a share',
  ],
};
for (const [what, [options, message]] of Object.entries(refused)) {
  test(`refused: ${what}`, () => fails(make(options), `SparseAutoencoder: ${message}`));
}

test('corruption: other kinds of nothing are refused too', async () => {
  for (const corruption of [
    {},
    { kind: 'masking' },
    { kind: 'noise', level: 1 },
    { kind: 'gaussian', level: 0 },
    { kind: 'gaussian', level: 1, seed: 2 },
    'masking',
    null,
  ])
    await fails(make({ corruption }), /^SparseAutoencoder: corruption is .*, expected \{ kind: /);
});

test('defaults follow the kind', () => {
  const penalty = (hiddenActivation: string) => make({ hiddenActivation })().options.penalty;
  assert.equal(['relu', 'jumprelu', 'gated', 'variational'].map(penalty), ['kl', 'l0', 'l1', 'gaussian']);
});

test('bce: T must lie in [0, 1], and the entry that does not is named, wherever T comes from', async () => {
  const sae = make({ reconstruction: 'bce' })();
  const good = randomRows(4, 4);
  const bad = good.map((row, i) => row.map((v, q) => (i === 2 && q === 1 ? 1.25 : v)));
  const message = (where: string) => `${where}[2, 1] is 1.25, expected a number from 0 to 1 with reconstruction "bce"`;
  await fails(() => sae.lossAndGradients(bad), message('lossAndGradients: X'));
  await fails(() => sae.evaluate(bad), message('evaluate: X'));
  await fails(() => sae.fit(bad), message('fit: X'));
  await fails(() => sae.fit(good, { targets: bad }), message('fit: targets'));
  await fails(() => sae.fit(good, { validationData: bad }), message('fit: validationData'));
  const wide = good.map((row) => row.map((v) => 9 * v - 4));
  assert.ok(Number.isFinite(sae.evaluate(wide, { targets: good }).loss), 'X itself may be anything');
});

test.run();
