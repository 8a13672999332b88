import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runModule } from './helpers.js';

const MOST_GROWTH = 40;

/**
 * `await held()`: MB of memory once all garbage is collected, so that when V8 would have collected it decides nothing. Buffers are
 * given back behind a collection, by other threads: the least of several is what is held.
 */
const MEASURE = `
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  const { setTimeout: wait } = await import('node:timers/promises');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const size = () => process.memoryUsage().rss / 2 ** 20;
  const held = async () => {
    let least = Infinity;
    for (let round = 0; round < 5; round++) {
      collect();
      await wait(20);
      least = Math.min(least, size());
    }
    return least;
  };
  const { SparseAutoencoder } = await import('./src/index.ts');`;

for (const backend of ['simd', 'plain']) {
  test(`${backend}: 200 more models fitted in one process leave no more than ${MOST_GROWTH} MB more than the first 100 did`, async () => {
    const printed = await runModule(`${MEASURE}
      const X = Array.from({ length: 400 }, (_, i) => Array.from({ length: 64 }, (_, j) => ((i * 7 + j * 3) % 11) / 11));
      const sizes = [];
      for (let model = 1; model <= 300; model++) {
        const sae = new SparseAutoencoder({ inputDim: 64, hiddenDim: 128, backend: '${backend}', threads: 2, seed: model });
        await sae.fit(X, { epochs: 2, batchSize: 64 });
        sae.evaluate(X);
        if (model === 100 || model === 300) sizes.push(await held());
      }
      console.log(JSON.stringify(sizes));`);
    const [first, last] = JSON.parse(printed);
    assert.ok(last - first <= MOST_GROWTH, `${first.toFixed(0)} MB, then ${last.toFixed(0)} MB`);
  });
}

test(`100 more calls of a model too wide for the small scratch memory leave no more than ${MOST_GROWTH} MB more than the first 20 did`, async () => {
  const printed = await runModule(`${MEASURE}
    const sae = new SparseAutoencoder({ inputDim: 784, hiddenDim: 4096 });
    const X = [new Float32Array(784).fill(0.5)];
    const sizes = [];
    for (let call = 1; call <= 120; call++) {
      sae.transform(X);
      if (call === 20 || call === 120) sizes.push(await held());
    }
    console.log(JSON.stringify(sizes));`);
  const [first, last] = JSON.parse(printed);
  assert.ok(last - first <= MOST_GROWTH, `${first.toFixed(0)} MB, then ${last.toFixed(0)} MB`);
});

test('codes by their non-zeros, there and back, take 40 MB at the most where 4,000 × 16,384 have 262', async () => {
  const printed = await runModule(`${MEASURE}
    const options = { inputDim: 8, hiddenDim: 16384, hiddenActivation: 'topk', k: 4, outputActivation: 'identity' };
    const sae = new SparseAutoencoder({ ...options, backend: 'simd' });
    const X = { data: Float32Array.from({ length: 8 * 4000 }, (_, i) => ((i * 7) % 11) / 11), shape: [4000, 8] };
    sae.transform([X.data.subarray(0, 8)], { sparse: true });
    const before = await held();
    const codes = sae.transform(X, { sparse: true, normalize: true });
    sae.query(X, { terms: 4 });
    sae.decoder.decode(codes);
    sae.reconstruct(X);
    console.log(size() - before);`);
  assert.ok(Number(printed) <= 40, `${printed} MB`);
});

test.run();
