import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../src/index.js';
import { flatten, relativeDifference } from './helpers.js';

type Parameters = Record<'encoderWeight' | 'encoderBias' | 'decoderWeight' | 'decoderBias', number[] | number[][]>;
interface Fixture {
  name: string;
  options: SparseAutoencoderOptions;
  x: number[][];
  targets: number[][] | null;
  parameters: Parameters;
  expected: { loss: number; reconstruction: number; sparsity: number; gradients: Parameters };
  adam: { steps: number; losses: number[]; parameters: Parameters };
}

const fixtures: Fixture[] = JSON.parse(readFileSync(new URL('./fixtures/pytorch.json', import.meta.url), 'utf8'));
const names = ['encoderWeight', 'encoderBias', 'decoderWeight', 'decoderBias'] as const;

function model(fixture: Fixture, options: Partial<SparseAutoencoderOptions>): SparseAutoencoder {
  const sae = new SparseAutoencoder({ ...fixture.options, ...options });
  sae.setParameters(fixture.parameters as never);
  return sae;
}

const targetsOf = (fixture: Fixture) => (fixture.targets ? { targets: fixture.targets } : {});

test('there are fixtures', () => {
  assert.ok(fixtures.length >= 20);
});

for (const fixture of fixtures) {
  test(`${fixture.name}: loss and gradients within 1e-10 relative, float64`, () => {
    const { gradients, ...terms } = model(fixture, { dtype: 'float64' }).lossAndGradients(fixture.x, targetsOf(fixture));
    for (const term of ['loss', 'reconstruction', 'sparsity'] as const) {
      assert.ok(relativeDifference([terms[term]], [fixture.expected[term]]) <= 1e-10, term);
    }
    for (const name of names) {
      assert.ok(relativeDifference(flatten(gradients[name]), flatten(fixture.expected.gradients[name])) <= 1e-10, name);
    }
  });

  test(`${fixture.name}: parameters after 50 steps of Adam within 1e-8, float64`, async () => {
    const sae = model(fixture, { dtype: 'float64' });
    const { loss } = await sae.fit(fixture.x, {
      epochs: fixture.adam.steps,
      batchSize: fixture.x.length,
      shuffle: false,
      ...targetsOf(fixture),
    });
    for (const [step, value] of loss.entries())
      assert.ok(Math.abs(value - fixture.adam.losses[step]) <= 1e-8 * Math.max(1, value), `loss ${step}`);
    for (const name of names) {
      const got = flatten(sae.parameters[name]);
      for (const [k, value] of flatten(fixture.adam.parameters[name]).entries())
        assert.ok(Math.abs(got[k] - value) <= 1e-8, `${name} ${k}: ${got[k]} ${value}`);
    }
  });

  test(`${fixture.name}: gradients within 1e-4 relative, float32`, () => {
    const { gradients, loss } = model(fixture, { dtype: 'float32' }).lossAndGradients(fixture.x, targetsOf(fixture));
    assert.ok(relativeDifference([loss], [fixture.expected.loss]) <= 1e-5, 'loss');
    for (const name of names) {
      assert.ok(relativeDifference(flatten(gradients[name]), flatten(fixture.expected.gradients[name])) <= 1e-4, name);
    }
  });
}

test.run();
