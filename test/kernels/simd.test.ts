import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FitOptions, type History, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { denseRows, sparseRows } from '../../src/kernels/rows.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { digits, flatten, near, randomRows, runModule, runNode, sameBits, spread, thetaOf } from '../helpers.js';

const X = digits(1000);
const plan: FitOptions = { epochs: 3, batchSize: 256 };

async function run(options: Partial<SparseAutoencoderOptions>): Promise<{ history: History; theta: number[] }> {
  const sae = new SparseAutoencoder({ inputDim: 784, hiddenDim: 64, seed: 'bits', backend: 'simd', ...options });
  const history = await sae.fit(X, plan);
  return { history, theta: thetaOf(sae) };
}

const reference = await run({ threads: 1 });

for (const threads of [2, 3, 4, 1] as const) {
  test(`1000 digits, 3 epochs: ${threads} threads${threads === 1 ? ', again,' : ''} give the very bits of 1 thread`, async () => {
    const { history, theta } = await run({ threads });
    sameBits(theta, reference.theta);
    assert.equal(history, reference.history);
  });
}

for (const options of [
  { hiddenActivation: 'sigmoid', outputActivation: 'identity', reconstruction: 'sse' },
  { penalty: 'l1', weightDecay: 1e-4, hiddenDim: 131 },
] as const) {
  test(`${JSON.stringify(options)}: 1 and 3 threads give the same bits`, async () => {
    const [one, three] = [await run({ ...options, threads: 1 }), await run({ ...options, threads: 3 })];
    sameBits(three.theta, one.theta);
    assert.equal(three.history, one.history);
  });
}

test('the losses of plain and simd agree within 1e-4 relative, epoch by epoch', async () => {
  const { history } = await run({ backend: 'plain' });
  for (const term of ['loss', 'reconstruction', 'sparsity'] as const) {
    for (const [epoch, value] of history[term].entries()) {
      const off = Math.abs(reference.history[term][epoch] / value - 1);
      assert.ok(off <= 1e-4, `${term} of epoch ${epoch}: ${off}`);
    }
  }
  assert.ok(history.loss[2] < history.loss[0], 'and it learns');
});

test('auto is simd here', () => {
  assert.is(new SparseAutoencoder({ inputDim: 2, hiddenDim: 2 }).backend, 'simd');
});

/** A child's model: tells its backend, its losses, and its code of a row. */
const learn = (options: string) => `
  const { SparseAutoencoder } = await import('./src/index.ts');
  const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, seed: 'child', ${options} });
  const X = Array.from({ length: 40 }, (_, i) => [i / 40, 1 - i / 40, (i % 7) / 7, 0]);
  const { loss } = await sae.fit(X, { epochs: 3, batchSize: 16 });
  console.log(JSON.stringify({ backend: sae.backend, loss, code: [...sae.transform(X).data] }));`;

for (const [lack, prelude] of Object.entries({
  // tsx needs it to read its first file.
  'WebAssembly is missing': "await import('./src/numbers/elementary.ts'); delete globalThis.WebAssembly;",
  'WebAssembly may not be compiled': "WebAssembly.Module = class { constructor() { throw new Error('forbidden'); } };",
  'WebAssembly has no SIMD': 'WebAssembly.validate = () => false;',
})) {
  test(`where ${lack}, auto is plain, and simd an error`, async () => {
    const got = JSON.parse(await runModule(`${prelude}${learn('')}`));
    assert.is(got.backend, 'plain');
    assert.equal(got, JSON.parse(await runModule(learn("backend: 'plain'"))));
    const refused = await runModule(`${prelude}
      const { SparseAutoencoder } = await import('./src/index.ts');
      try {
        const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, backend: 'simd' });
        sae.backend;
        console.log('no error');
      } catch (error) { console.log(error.message); }`);
    assert.is(refused, 'SparseAutoencoder: backend "simd" needs WebAssembly with SIMD, which this environment lacks or forbids');
  });
}

test('without SharedArrayBuffer the kernels work in memory of their own, with the same bits', async () => {
  const [own, shared] = ['delete globalThis.SharedArrayBuffer;', ''].map((prelude) =>
    runModule(`${prelude}${learn("backend: 'simd', threads: 3")}`),
  );
  assert.equal(JSON.parse(await own), JSON.parse(await shared));
});

/** How many of the process's threads are workers, asked of Node itself. */
const counting = `
  const { SparseAutoencoder } = await import('./src/index.ts');
  const { Worker } = await import('node:worker_threads');
  let running = 0;
  const start = Worker.prototype.postMessage;
  const tracked = new WeakSet();
  const on = Worker.prototype.on;
  Worker.prototype.on = function (event, ...rest) {
    if (!tracked.has(this)) {
      tracked.add(this);
      running++;
      on.call(this, 'exit', () => running--);
    }
    return on.call(this, event, ...rest);
  };
  const X = Array.from({ length: 300 }, (_, i) => Array.from({ length: 50 }, (_, j) => ((i * 7 + j * 3) % 11) / 11));
  const sae = new SparseAutoencoder({ inputDim: 50, hiddenDim: 20, backend: 'simd', threads: 3 });
  const during = [];
  const watch = () => { during.push(running); };`;
const endings = {
  'an ended fit': 'await sae.fit(X, { epochs: 2, onEpochEnd: watch });',
  'an abort in the middle':
    'const stop = new AbortController(); await sae.fit(X, { batchSize: 20, signal: stop.signal, onBatchEnd: () => { watch(); stop.abort(); } }).catch(() => {});',
  'a throwing callback': "await sae.fit(X, { onEpochEnd: () => { watch(); throw new Error('thrown'); } }).catch(() => {});",
  'a bad option': 'await sae.fit(X, { epochs: 0 }).catch(() => {}); during.push(2);',
};
for (const [ending, code] of Object.entries(endings)) {
  test(`after ${ending} no worker is left, and the process ends by itself`, async () => {
    const told = JSON.parse(await runModule(`${counting}${code} console.log(JSON.stringify([during[0], running]));`));
    assert.equal(told, [2, 0]);
  });
}

/** More numbers than one thread should read alone. */
const large =
  'const large = { data: Float32Array.from({ length: 50 * 30000 }, (_, p) => ((p * 7) % 11) / 11), shape: [30000, 50] };';

test('large synchronous calls: 1, 2 and 3 threads give the same bits', () => {
  const rows = 3000;
  const large = { data: Float32Array.from({ length: rows * 784 }, (_, p) => X.data[p % X.data.length]), shape: [rows, 784] };
  const [one, two, three] = ([1, 2, 3] as const).map((threads) => {
    const sae = new SparseAutoencoder({ inputDim: 784, hiddenDim: 64, seed: 'bits', backend: 'simd', threads });
    return [sae.transform(large), sae.reconstruct(large)].map(flatten);
  });
  for (const [i, what] of ['transform', 'reconstruct'].entries()) {
    sameBits(two[i], one[i], `${what}, 2 threads`);
    sameBits(three[i], one[i], `${what}, 3 threads`);
  }
});

test('the threads of a large synchronous call are gone some time after it, and come back for the next', async () => {
  const told = await runModule(`${counting}${large}
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const first = sae.transform(large).data;
    sae.transform(X);
    watch();
    while (running > 0) await wait(20);
    const again = sae.transform(large).data;
    watch();
    console.log(JSON.stringify([...during, first.every((v, p) => v === again[p])]));`);
  assert.equal(JSON.parse(told), [2, 2, true]);
});

test('an entry that is not finite, in a large synchronous call, is named, and the call after it works', async () => {
  const told = await runModule(`${counting}${large}
    const clean = sae.transform(large).data;
    large.data[50 * 29000 + 3] = NaN;
    let message = '';
    try { sae.transform(large); } catch (error) { message = error.message; }
    large.data[50 * 29000 + 3] = ((50 * 29000 + 3) * 7) % 11 / 11;
    console.log(JSON.stringify([message, sae.transform(large).data.every((v, p) => v === clean[p])]));`);
  assert.equal(JSON.parse(told), ['transform: X[29000, 3] is NaN, expected a finite number', true]);
});

test('a process may end in the middle of a fit: workers do not hold it', async () => {
  const { code } = await runNode([
    '--input-type=module',
    '--eval',
    `${counting} await sae.fit(X, { onEpochEnd: () => process.exit(7) });`,
  ]);
  assert.is(code, 7);
});

test('fits at once, each with threads of its own, do not disturb each other', async () => {
  const [a, b, c] = await Promise.all([run({ threads: 2 }), run({ threads: 3 }), run({ backend: 'plain' })]);
  sameBits(a.theta, reference.theta);
  sameBits(b.theta, reference.theta);
  assert.is(c.history.loss.length, 3);
});

test('rows of any width are compressed, also of more than a thread’s scratch has room for', async () => {
  const k = createSimdKernels({ threads: 2 });
  for (const cols of [30_000, 139_264, 139_265, 150_000]) {
    k.scoped(() => {
      const a = denseRows(k, 3, cols);
      for (let p = 0; p < a.data.length; p++) a.data[p] = (p * p) % 7 < 3 ? p % 1000 : 0;
      const s = sparseRows(k, 3, cols);
      assert.is(k.compress(s, a), a.data.filter((x) => x !== 0).length);
      sameBits(spread(s), a.data);
      a.data[2 * cols + 7] = Number.NaN;
      assert.is(k.compress(s, a), -1);
    });
  }
  await k.close();
});

test('more threads than work is no harm', async () => {
  const create = (threads: number) => new SparseAutoencoder({ inputDim: 2, hiddenDim: 1, backend: 'simd', threads });
  const [few, many] = [create(1), create(16)];
  const rows = randomRows(3, 2);
  assert.equal(await many.fit(rows, { epochs: 4 }), await few.fit(rows, { epochs: 4 }));
  near(flatten(many.transform(rows)), flatten(few.transform(rows)), 0);
});

test('wasm.ts is what assembly/ compiles to', async () => {
  const { code, stderr } = await runNode(['src/kernels/simd/build.ts', '--check']);
  assert.is(code, 0, stderr);
});

test.run();
