import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/core.js';
import { rowsOf } from '../../src/numbers/matrix.js';
import { kinds } from '../../src/page/kinds.js';
import { optionsOf, settle } from '../../src/page/setup.js';
import { slowStep } from '../../src/page/slow.js';
import { digits, near } from '../helpers.js';

const ROWS = 16;
const x = { data: digits(ROWS).data, rows: ROWS, cols: 784 };
const samples = { x, labels: null, texts: null, image: { width: 28, height: 28 }, range: [0, 1] as const };
const anywhere = { unit: null, entry: null };

async function trained(kind: string): Promise<SparseAutoencoder> {
  const setup = settle({ kind, hidden: 12, seed: 'slow' });
  const sae = new SparseAutoencoder({ ...optionsOf(setup, { inputDim: 784, outputActivation: 'sigmoid' }), threads: 1 });
  await sae.fit(x, { epochs: 20, batchSize: ROWS });
  return sae;
}

for (const { name } of kinds) {
  test(`${name}: the step that is shown is the step that fit takes, and both derivatives agree`, async () => {
    const sae = await trained(name);
    const { adam, loss, lossAfter, unit, entry, check, slice } = slowStep(sae, samples, 0.01, anywhere);
    assert.ok(check.relativeError < 1e-3, `they differ by ${check.relativeError}`);
    near([loss, lossAfter], [slice.loss[(slice.loss.length - 1) / 2], lossAfter], 1e-5, 'J where the weight is');
    const at = unit * 784 + entry;
    assert.is(adam.before, sae.parameters.decoderWeight.data[at]);
    const next = SparseAutoencoder.fromBytes(sae.toBytes({ training: true }), { threads: 1 });
    await next.fit(x, { epochs: 1, batchSize: ROWS, learningRate: 0.01 });
    near([adam.after], [next.parameters.decoderWeight.data[at]], 2e-5, 'the weight after the step');
    assert.ok(lossAfter !== loss);
    assert.is(adam.step, 21);
    const { m, v, mHat, vHat, rate, epsilon, before, after } = adam;
    near([mHat, vHat], [m / (1 - 0.9 ** 21), v / (1 - 0.999 ** 21)], 1e-9);
    near([after], [before - (rate * mHat) / (Math.sqrt(vHat) + epsilon)], 1e-6, 'the line that is shown');
  });
}

test('of one sample, the gradient is f·∂J/∂y, and the forward lines are the model’s', async () => {
  const sae = await trained('kl');
  const one = { ...samples, x: rowsOf(x, 3, 4) };
  const { f, z, y, dy, out, target, adam, unit, entry, active, xHat } = slowStep(sae, one, 0.01, anywhere);
  near([f * dy], [adam.gradient], 1e-6);
  const code = sae.transform(one.x).data;
  assert.is(f, code[unit]);
  near([Math.max(0, z)], [f], 1e-5);
  near([1 / (1 + Math.exp(-y))], [out], 1e-6);
  near(xHat, sae.reconstruct(one.x).data, 1e-5);
  near([dy], [(2 / 784) * (out - target) * out * (1 - out)], 1e-9);
  assert.is(active, code.filter((value) => value !== 0).length);
  assert.is(target, one.x.data[entry]);
});

test.run();
