import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runModule } from './helpers.js';

const MOST_GROWTH = 40;

for (const backend of ['simd', 'plain']) {
  test(`${backend}: 50 more models fitted in one process take no more than ${MOST_GROWTH} MB more than the first 50 did`, async () => {
    const printed = await runModule(`
      const { SparseAutoencoder } = await import('./src/index.ts');
      const X = Array.from({ length: 400 }, (_, i) => Array.from({ length: 64 }, (_, j) => ((i * 7 + j * 3) % 11) / 11));
      let most = 0;
      const peaks = [];
      for (let model = 1; model <= 100; model++) {
        const sae = new SparseAutoencoder({ inputDim: 64, hiddenDim: 128, backend: '${backend}', threads: 2, seed: model });
        await sae.fit(X, { epochs: 2, batchSize: 64 });
        sae.evaluate(X);
        most = Math.max(most, process.memoryUsage().rss / 2 ** 20);
        if (model % 50 === 0) {
          peaks.push(most);
          most = 0;
        }
      }
      console.log(JSON.stringify(peaks));`);
    const [first, second] = JSON.parse(printed);
    assert.ok(second - first <= MOST_GROWTH, `${first.toFixed(0)} MB, then ${second.toFixed(0)} MB`);
  });
}

test(`100 more calls of a model too wide for the small scratch memory take no more than ${MOST_GROWTH} MB more than the first 20 did`, async () => {
  const printed = await runModule(`
    const { SparseAutoencoder } = await import('./src/index.ts');
    const sae = new SparseAutoencoder({ inputDim: 784, hiddenDim: 4096 });
    const X = [new Float32Array(784).fill(0.5)];
    const sizes = [];
    for (let call = 1; call <= 120; call++) {
      sae.transform(X);
      if (call === 20 || call === 120) sizes.push(process.memoryUsage().rss / 2 ** 20);
    }
    console.log(JSON.stringify(sizes));`);
  const [first, last] = JSON.parse(printed);
  assert.ok(last - first <= MOST_GROWTH, `${first.toFixed(0)} MB, then ${last.toFixed(0)} MB`);
});

test('codes by their non-zeros, there and back, take 40 MB at the most where 4,000 × 16,384 have 262', async () => {
  const printed = await runModule(`
    const { SparseAutoencoder } = await import('./src/index.ts');
    const options = { inputDim: 8, hiddenDim: 16384, hiddenActivation: 'topk', k: 4, outputActivation: 'identity' };
    const sae = new SparseAutoencoder({ ...options, backend: 'simd' });
    const X = { data: Float32Array.from({ length: 8 * 4000 }, (_, i) => ((i * 7) % 11) / 11), shape: [4000, 8] };
    sae.transform([X.data.subarray(0, 8)], { sparse: true });
    const before = process.memoryUsage().rss;
    const codes = sae.transform(X, { sparse: true, normalize: true });
    sae.query(X, { terms: 4 });
    sae.decoder.decode(codes);
    sae.reconstruct(X);
    console.log((process.memoryUsage().rss - before) / 2 ** 20);`);
  assert.ok(Number(printed) <= 40, `${printed} MB`);
});

test.run();
