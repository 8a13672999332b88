import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCase, gradientCases, noiseFor } from '../../src/checking/gradient-cases.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { type LossAndGradients, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { Random } from '../../src/numbers/random.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { flatten, relativeDifference } from '../helpers.js';

const cases = gradientCases();

test('the table has every combination, and the corners that the issue names', () => {
  const names = cases.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  const penaltiesOf = {
    relu: 'kl l1 weighted-l1 none',
    sigmoid: 'kl l1 weighted-l1 none',
    tanh: 'l1 weighted-l1 none',
    identity: 'l1 weighted-l1 none',
    jumprelu: 'kl l1 weighted-l1 l0 none',
    topk: 'kl l1 weighted-l1 none',
    'batch-topk': 'kl l1 weighted-l1 none',
    gated: 'kl l1 weighted-l1 none',
    variational: 'l1 weighted-l1 gaussian none',
  };
  const outputs = ['relu', 'sigmoid', 'tanh', 'identity'].flatMap((σ) => ['mse', 'sse', 'half-sse'].map((R) => `${σ} ${R}`));
  for (const [code, list] of Object.entries(penaltiesOf)) {
    const elementwise = ['relu', 'sigmoid', 'tanh', 'identity'].includes(code);
    const extras = [
      'λ=0.01',
      'preBias',
      'tied',
      'unitNorm',
      'auxK',
      'prefixes=1,3,4',
      'corruption=gaussian',
      ...(elementwise ? ['contractive=0.3'] : []),
    ];
    for (const penalty of list.split(' '))
      for (const rest of [...outputs, 'sigmoid bce', ...extras])
        assert.ok(names.includes(`${code} ${penalty} ${rest}`), `${code} ${penalty} ${rest}`);
    const plain = new RegExp(`^${code} \\S+ (relu|sigmoid|tanh|identity) (mse|sse|half-sse|bce)$`);
    const own = names.filter((name) => plain.test(name));
    assert.is(own.length, list.split(' ').length * (outputs.length + 1), `of ${code}, no other penalty, no other output`);
    for (const pair of [
      'λ=0.01 prefixes=1,3,4',
      'prefixes=1,3,4 corruption=gaussian',
      ...(elementwise ? ['λ=0.01 contractive=0.3', 'contractive=0.3 prefixes=1,3,4'] : []),
    ])
      assert.ok(names.includes(`${code} ${pair}`), `${code} ${pair}`);
  }
  for (const corner of ['tangent', 'n = 1', 'h = 1', 'narrower', 'wider'])
    assert.ok(
      names.some((name) => name.includes(corner)),
      corner,
    );
});

test('float64: every parameter of every case within 1e-8 of central differences', () => {
  for (const item of cases) {
    const checks = Object.entries(checkCase(item));
    const { hiddenActivation = 'relu', tied } = item.options;
    const own = ['gated', 'variational'].includes(hiddenActivation) ? 2 : 0;
    assert.is(checks.length, (tied === true ? 3 : 4) + own, item.name);
    for (const [name, { relativeError }] of checks) {
      assert.ok(relativeError <= 1e-8, `${item.name}, ${name}: ${relativeError}`);
    }
  }
});

test('with corruption the encoder is given other rows than it is asked for', () => {
  const item = cases.find(({ name }) => name === 'relu kl corruption=gaussian') as (typeof cases)[number];
  const { corruption: _, ...clean } = item.options;
  const slope = (options: typeof clean) => checkCase({ ...item, options }).encoderWeight.worst;
  assert.not.equal(slope(item.options), slope(clean));
});

test('KL past its tangent point is what it says', () => {
  const item = cases.find(({ name }) => name.includes('tangent'));
  assert.ok(item?.loudness && item.loudness >= 1);
});

/** The gradients of a case, with parameters and rows as single precision can hold them. */
function gradients(
  { name, options, n = 5, loudness = 0, memory = {} }: (typeof cases)[number],
  how: Partial<SparseAutoencoderOptions>,
): LossAndGradients {
  const random = Random.stream(name, 'float32');
  const draw = (count: number, shift = 0) => Array.from({ length: count }, () => Math.fround(shift + random.uniform()));
  const rows = (count: number, cols: number) => Array.from({ length: count }, () => draw(cols));
  const sae = new SparseAutoencoder({ ...options, seed: name, ...how });
  for (const [what, values] of Object.entries(memory)) modelOf(coreOf(sae)).memory.values[what].set(values);
  const weights = (d: number, h: number) => rows(d, h).map((row) => row.map((u) => Math.fround(u - 0.5)));
  sae.setParameters({
    ...(options.tied === true ? {} : { encoderWeight: weights(sae.inputDim, sae.hiddenDim) }),
    decoderWeight: weights(sae.hiddenDim, sae.outputDim),
    encoderBias: draw(sae.hiddenDim, loudness),
    decoderBias: draw(sae.outputDim),
  });
  const targets = sae.outputDim === sae.inputDim ? undefined : rows(n, sae.outputDim);
  const noise = noiseFor(options, n, random);
  return sae.lossAndGradients(rows(n, sae.inputDim), { targets, noise });
}

for (const backend of ['plain', 'simd'] as const) {
  test(`float32, ${backend}: the gradients of every case agree with float64's within 1e-4 relative, the loss within 1e-5`, () => {
    for (const item of cases) {
      const [single, double] = [gradients(item, { dtype: 'float32', backend }), gradients(item, { dtype: 'float64' })];
      assert.ok(relativeDifference([single.loss], [double.loss]) <= 1e-5, item.name);
      for (const name of Object.keys(double.gradients)) {
        const off = relativeDifference(flatten(single.gradients[name]), flatten(double.gradients[name]));
        assert.ok(off <= 1e-4, `${item.name}, ${name}: ${off}`);
      }
    }
  });
}

test.run();
