import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelOf } from '../src/core/sparse-autoencoder.js';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../src/index.js';
import { coreOf } from '../src/sparse-autoencoder.js';
import { flatten, near, relativeDifference } from './helpers.js';

type Parameters = Record<string, number[] | number[][]>;
interface Expected {
  loss: number;
  reconstruction: number;
  sparsity: number;
  gradients: Parameters;
}
interface Fixture {
  name: string;
  options: SparseAutoencoderOptions;
  x: number[][];
  targets: number[][] | null;
  parameters: Parameters;
  expected: Expected;
  adam: { steps: number; losses: number[]; parameters: Parameters };
  after: Expected & { threshold: number; silentFor: number[] };
}

const fixtures: Fixture[] = JSON.parse(readFileSync(new URL('./fixtures/pytorch_selected.json', import.meta.url), 'utf8'));

function model({ options, parameters }: Fixture, more: Partial<SparseAutoencoderOptions>): SparseAutoencoder {
  const sae = new SparseAutoencoder({ ...options, ...more });
  sae.setParameters(parameters as never);
  return sae;
}

const targetsOf = ({ targets }: Fixture) => (targets ? { targets } : {});
const memoryOf = (sae: SparseAutoencoder) => modelOf(coreOf(sae)).memory.values;

function agrees(sae: SparseAutoencoder, fixture: Fixture, expected: Expected, tolerance: number): void {
  const { gradients, ...terms } = sae.lossAndGradients(fixture.x, targetsOf(fixture));
  for (const term of ['loss', 'reconstruction', 'sparsity'] as const)
    assert.ok(relativeDifference([terms[term]], [expected[term]]) <= tolerance, `${term}: ${terms[term]} ${expected[term]}`);
  for (const [name, values] of Object.entries(expected.gradients)) {
    const off = relativeDifference(flatten(gradients[name]), flatten(values as number[]));
    assert.ok(off <= tolerance, `${name}: ${off}`);
  }
}

test('there is a fixture for each code that selects, and for all that any kind may have', () => {
  const options = fixtures.map(({ options }) => options);
  for (const hiddenActivation of ['topk', 'batch-topk']) assert.ok(options.some((o) => o.hiddenActivation === hiddenActivation));
  for (const name of ['preBias', 'tied', 'unitNorm', 'auxK'] as const)
    assert.ok(
      options.some((o) => o[name]),
      name,
    );
});

for (const fixture of fixtures) {
  test(`${fixture.name}: loss and gradients within 1e-9 relative, float64`, () => {
    agrees(model(fixture, { dtype: 'float64' }), fixture, fixture.expected, 1e-9);
  });

  test(`${fixture.name}: losses, parameters and memory after 20 steps within 1e-8, gradients then within 1e-7 relative`, async () => {
    const sae = model(fixture, { dtype: 'float64' });
    const { steps, losses, parameters } = fixture.adam;
    const how = { epochs: steps, batchSize: fixture.x.length, shuffle: false, ...targetsOf(fixture) };
    near((await sae.fit(fixture.x, how)).loss, losses, 1e-8, 'losses');
    for (const [name, values] of Object.entries(parameters))
      near(flatten(sae.parameters[name]), flatten(values as number[]), 1e-8, name);
    const { threshold, silentFor } = memoryOf(sae);
    if (threshold) near(threshold, [fixture.after.threshold], 1e-8, 'τ');
    if (silentFor) near(silentFor, fixture.after.silentFor, 0, 'silentFor');
    agrees(sae, fixture, fixture.after, 1e-7);
  });

  for (const backend of ['plain', 'simd'] as const) {
    test(`${fixture.name}: gradients within 1e-4 relative, float32, ${backend}`, () => {
      agrees(model(fixture, { dtype: 'float32', backend }), fixture, fixture.expected, 1e-4);
    });
  }
}

test.run();
