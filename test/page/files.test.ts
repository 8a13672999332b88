import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { SparseAutoencoder } from '../../src/core.js';
import { CurveKeeper } from '../../src/page/curve.js';
import { readSamples, reportText } from '../../src/page/files.js';
import { probe } from '../../src/page/look.js';
import type { Run } from '../../src/page/run.js';
import { tenths } from '../../src/report/text.js';
import { noise } from '../report/sample.js';

test('the report of a model that has nothing left to lose says a loss of 0, without a sign', () => {
  // Sigmoid units that are at ρ on every row: KL is −2·10⁻¹⁰ for each of them.
  const sae = new SparseAutoencoder({
    ...{ inputDim: 3, hiddenDim: 64, hiddenActivation: 'sigmoid', outputActivation: 'identity' },
    ...{ sparsityParam: 0.5, dtype: 'float64' },
  });
  sae.parameters.encoderWeight.data.fill(0);
  sae.parameters.decoderWeight.data.fill(0);
  const x = { data: new Float64Array(6), rows: 2, cols: 3 };
  assert.ok(sae.evaluate(x).loss < 0);
  const html = reportText(sae, { x, labels: null, texts: null, image: null, range: [0, 0] }, null);
  assert.match(html, />loss<[^>]*>[^>]*>0\.0000 = /);
  assert.not.match(html, '-0.0000');
});

test('at rest the page says of a model what the report saved from it does', () => {
  const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 6, seed: 1 });
  const x = { data: noise(4 * 2100).map(Math.abs), rows: 2100, cols: 4 };
  const samples = { x, labels: null, texts: null, image: null, range: [0, 1] } as const;
  const [atRest, meanwhile] = [probe(sae, samples, true), probe(sae, samples, false)];
  assert.equal([atRest.samples, meanwhile.samples], [2000, 512]);
  assert.is.not(tenths(100 * atRest.explained), tenths(100 * meanwhile.explained));
  assert.ok(reportText(sae, samples, null).includes(`>${tenths(100 * atRest.explained)}%<`));
});

test('what went wrong is said in the words of the controls', () => {
  const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 6, seed: 1, hiddenActivation: 'relu', penalty: 'l1', beta: 0.02 });
  sae.parameters.encoderBias.data.fill(-100);
  const x = { data: noise(40).map(Math.abs), rows: 10, cols: 4 };
  const html = reportText(sae, { x, labels: null, texts: null, image: null, range: [0, 1] }, null);
  assert.match(html, /All 6 units are dead: .* Try a smaller penalty strength \(it is 0\.02\) or a smaller learning rate\./);
});

test('the report has the names of the columns, and how the units grew by steps', () => {
  const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 6, seed: 1, outputActivation: 'identity' });
  const csv = `height,weight,age,income\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 3},${i % 5},${i % 7}`).join('\n')}`;
  const samples = readSamples(new TextEncoder().encode(csv), 'people.csv');
  const curve = new CurveKeeper();
  const theta = modelOf(sae).live.theta.slice();
  const run = { step: 1500, curve, snapshots: [0, 1200].map((step) => ({ step, theta })), setup: { rate: 0.01 } };
  const html = reportText(sae, samples, run as unknown as Run);
  assert.match(html, /Adds most to (height|weight|age|income) \(/);
  assert.match(html, /<th scope="col">step<\/th><th scope="col">start<\/th><th scope="col">1,200<\/th>/);
});

test.run();
