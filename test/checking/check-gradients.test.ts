import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flat, objectiveFunction } from '../../src/checking/check-gradients.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { checkGradients, SparseAutoencoder } from '../../src/index.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { Objective } from '../../src/model/objective.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { fails, near, randomRows, sameBits, thetaOf } from '../helpers.js';

const X = randomRows(5, 6);
const create = (options = {}) =>
  new SparseAutoencoder({ inputDim: 6, hiddenDim: 4, dtype: 'float64', beta: 0.5, seed: 3, ...options });

test('every parameter is checked whole, and found right', () => {
  const checks = checkGradients(create(), X);
  assert.equal(
    Object.entries(checks).map(([name, { checked }]) => [name, checked]),
    [
      ['encoderWeight', 24],
      ['encoderBias', 4],
      ['decoderWeight', 24],
      ['decoderBias', 6],
    ],
  );
  for (const [name, { relativeError }] of Object.entries(checks)) assert.ok(relativeError <= 1e-8, name);
});

test('it is pure: θ, moments and the next fit are as they would have been', async () => {
  const [checked, other] = [create(), create()];
  const before = thetaOf(checked);
  checkGradients(checked, X);
  sameBits(thetaOf(checked), before);
  assert.equal(await checked.fit(X, { epochs: 2 }), await other.fit(X, { epochs: 2 }));
});

test('J follows θ, changed where it lies or another', () => {
  const sae = create();
  const { spec, layout, memory } = modelOf(coreOf(sae));
  const x = { data: Float64Array.from(X.flat()), rows: 5, cols: 6 };
  const θ = flat(sae.parameters, layout);
  const J = objectiveFunction(new Objective(createPlainKernels('float64'), spec, 5, false, memory), layout, θ, x, x);
  const other = θ.map((each) => 2 * each);
  const both = [J(θ).value, J(other).value];
  assert.not.equal(both[0], both[1]);
  const probe = other.slice();
  const values = [other, θ].map((each) => {
    probe.set(each);
    return J(probe).value;
  });
  assert.equal([values[1], values[0]], both);
});

/** A model whose gradients are spoilt on the way out. */
class Spoilt extends SparseAutoencoder {
  spoil: (g: ReturnType<SparseAutoencoder['lossAndGradients']>['gradients']) => void = () => {};
  override lossAndGradients(...args: Parameters<SparseAutoencoder['lossAndGradients']>) {
    const result = super.lossAndGradients(...args);
    this.spoil(result.gradients);
    return result;
  }
}

test('one entry off by 1% is caught in its parameter, and its place told; the others stay right', () => {
  const sae = new Spoilt({ inputDim: 6, hiddenDim: 4, dtype: 'float64', seed: 3 });
  sae.spoil = ({ decoderWeight }) => decoderWeight.set(2, 5, decoderWeight.get(2, 5) * 1.01);
  const checks = checkGradients(sae, X);
  assert.ok(checks.decoderWeight.relativeError > 1e-5);
  assert.equal(checks.decoderWeight.worst.at, [2, 5]);
  near([checks.decoderWeight.worst.analytic / checks.decoderWeight.worst.numeric], [1.01], 1e-6);
  for (const name of ['encoderWeight', 'encoderBias', 'decoderBias'] as const)
    assert.ok(checks[name].relativeError <= 1e-8, name);
});

test('a flipped sign of a bias is caught', () => {
  const sae = new Spoilt({ inputDim: 6, hiddenDim: 4, dtype: 'float64', seed: 3 });
  sae.spoil = ({ encoderBias }) => encoderBias.set(1, -encoderBias.get(1));
  const { encoderBias } = checkGradients(sae, X);
  assert.ok(encoderBias.relativeError > 0.1);
  assert.equal(encoderBias.worst.at, [1]);
});

test('step, samples and targets are taken; a float32 model passes at its own precision', () => {
  const wide = create({ outputDim: 2 });
  const { encoderWeight } = checkGradients(wide, X, { targets: randomRows(5, 2), samples: 6, step: 1e-3 });
  assert.is(encoderWeight.checked, 6);
  assert.ok(encoderWeight.relativeError <= 1e-8);
  for (const backend of ['plain', 'simd']) {
    for (const { relativeError } of Object.values(checkGradients(create({ dtype: 'float32', backend }), X))) {
      assert.ok(relativeError <= 1e-4, `${backend}: ${relativeError}`);
    }
  }
});

test('bad rows, targets and options are refused', async () => {
  await fails(() => checkGradients(create(), randomRows(2, 5)), /got rows of 5, expected 6$/);
  await fails(() => checkGradients(create({ outputDim: 2 }), X), /targets is missing, expected 5 rows of 2/);
  await fails(() => checkGradients(create(), X, { step: 0 }), 'checkGradients: step is 0, expected a number above 0');
});

test.run();
