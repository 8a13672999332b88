import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../src/index.js';
import { createPlainKernels } from '../src/kernels/plain/plain.js';
import { adamStep } from '../src/training/adam.js';
import { flatten, relativeDifference } from './helpers.js';

type Parameters = Record<string, number[] | number[][]>;
interface Fixture {
  name: string;
  options: SparseAutoencoderOptions;
  x: number[][];
  targets: number[][] | null;
  noise: number[][] | null;
  parameters: Parameters;
  expected: { loss: number; reconstruction: number; sparsity: number; gradients: Parameters };
  adam: { steps: number; losses: number[]; parameters: Parameters };
}

const fixtures: Fixture[] = JSON.parse(readFileSync(new URL('./fixtures/pytorch_kinds.json', import.meta.url), 'utf8'));

function model(fixture: Fixture, options: Partial<SparseAutoencoderOptions>): SparseAutoencoder {
  const sae = new SparseAutoencoder({ ...fixture.options, ...options });
  sae.setParameters(fixture.parameters as never);
  return sae;
}

const givenOf = ({ targets, noise }: Fixture) => ({ ...(targets && { targets }), ...(noise && { noise }) });

test('there are fixtures for every kind, and none leaves a parameter out', () => {
  for (const kind of ['jumprelu', 'gated', 'variational', 'bce', 'prefixes', 'contractive', 'weighted-l1', 'l0', 'gaussian'])
    assert.ok(fixtures.filter((fixture) => JSON.stringify(fixture.options).includes(kind)).length >= 2, kind);
  for (const fixture of fixtures)
    assert.equal(Object.keys(fixture.parameters), Object.keys(model(fixture, {}).parameters), fixture.name);
});

for (const fixture of fixtures) {
  const { expected, adam } = fixture;

  test(`${fixture.name}: loss and gradients within 1e-9 relative, float64`, () => {
    const { gradients, ...terms } = model(fixture, { dtype: 'float64' }).lossAndGradients(fixture.x, givenOf(fixture));
    for (const term of ['loss', 'reconstruction', 'sparsity'] as const)
      assert.ok(relativeDifference([terms[term]], [expected[term]]) <= 1e-9, `${term}: ${terms[term]}, ${expected[term]}`);
    for (const name of Object.keys(fixture.parameters))
      assert.ok(relativeDifference(flatten(gradients[name]), flatten(expected.gradients[name])) <= 1e-9, name);
  });

  test(`${fixture.name}: parameters after ${adam.steps} steps of Adam within 1e-8, float64`, async () => {
    const sae = model(fixture, { dtype: 'float64' });
    const losses = fixture.noise ? stepByStep(sae, fixture) : await fitted(sae, fixture);
    for (const [step, value] of losses.entries())
      assert.ok(Math.abs(value - adam.losses[step]) <= 1e-8 * Math.max(1, value), `loss ${step}`);
    for (const name of Object.keys(fixture.parameters)) {
      const got = flatten(sae.parameters[name]);
      for (const [k, value] of flatten(adam.parameters[name]).entries())
        assert.ok(Math.abs(got[k] - value) <= 1e-8, `${name} ${k}: ${got[k]} ${value}`);
    }
  });

  for (const backend of ['plain', 'simd'] as const)
    test(`${fixture.name}: gradients within 1e-4 relative, the loss within 1e-5, float32, ${backend}`, () => {
      const { gradients, loss } = model(fixture, { dtype: 'float32', backend }).lossAndGradients(fixture.x, givenOf(fixture));
      assert.ok(relativeDifference([loss], [expected.loss]) <= 1e-5, 'loss');
      for (const name of Object.keys(fixture.parameters))
        assert.ok(relativeDifference(flatten(gradients[name]), flatten(expected.gradients[name])) <= 1e-4, name);
    });
}

async function fitted(sae: SparseAutoencoder, { x, targets, adam }: Fixture): Promise<number[]> {
  const how = { epochs: adam.steps, batchSize: x.length, shuffle: false, ...(targets && { targets }) };
  return (await sae.fit(x, how)).loss;
}

/** `fit` draws its own noise; here it is PyTorch's. */
function stepByStep(sae: SparseAutoencoder, fixture: Fixture): number[] {
  const k = createPlainKernels('float64');
  const all = () => Float64Array.from(Object.values(sae.parameters).flatMap(flatten));
  const size = all().length;
  const moments = { m: k.floats(size), v: k.floats(size), step: 0 };
  return Array.from({ length: fixture.adam.steps }, () => {
    const { loss, gradients } = sae.lossAndGradients(fixture.x, givenOf(fixture));
    const theta = all();
    const gradient = Float64Array.from(Object.keys(sae.parameters).flatMap((name) => flatten(gradients[name])));
    adamStep(k, theta, gradient, moments, sae.learningRate);
    let from = 0;
    for (const part of Object.values(sae.parameters)) {
      part.data.set(theta.subarray(from, from + part.data.length));
      from += part.data.length;
    }
    return loss;
  });
}

test.run();
