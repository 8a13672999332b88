import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/core.js';
import { reportText } from '../../src/page/files.js';

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

test.run();
