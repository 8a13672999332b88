import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCase, gradientCases } from '../../src/checking/gradient-cases.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { type LossAndGradients, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { Random } from '../../src/numbers/random.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { flatten, relativeDifference } from '../helpers.js';

const cases = gradientCases();

test('the table has every combination, and the corners that the issue names', () => {
  const names = cases.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  // (relu, sigmoid, topk, batch-topk: kl, l1, none; tanh, identity: l1, none) × 4 × 3 × 2
  const kinds = /^(relu|sigmoid|tanh|identity|topk|batch-topk) (relu|sigmoid|tanh|identity) /;
  assert.is(names.filter((name) => kinds.test(name)).length, (4 * 3 + 2 * 2) * 4 * 3 * 2);
  for (const beside of ['preBias', 'tied', 'unitNorm', 'auxK'])
    assert.is(names.filter((name) => name.startsWith(`${beside}: `)).length, 4 * 3 + 2 * 2, beside);
  for (const corner of ['tangent', 'n = 1', 'h = 1', 'narrower', 'wider'])
    assert.ok(
      names.some((name) => name.includes(corner)),
      corner,
    );
});

test('float64: every parameter of every case within 1e-8 of central differences', () => {
  for (const item of cases) {
    for (const [name, { relativeError }] of Object.entries(checkCase(item))) {
      assert.ok(relativeError <= 1e-8, `${item.name}, ${name}: ${relativeError}`);
    }
  }
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
  return sae.lossAndGradients(rows(n, sae.inputDim), { targets });
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
