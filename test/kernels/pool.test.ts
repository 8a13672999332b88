import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runModule } from '../helpers.js';

/**
 * Runs in a process of its own: replaces workers as `world` says, trains on three threads, and tells what was
 * asked for (`asked`), what was warned of, whether another thread than the main one ever computed a product,
 * and the parameters. The last is learnt by leaving the product to others until they are done with it.
 */
const told = async (world: string) =>
  JSON.parse(
    await runModule(`
      const { SparseAutoencoder } = await import('./src/index.ts');
      const { createSimdKernels } = await import('./src/kernels/simd/simd.ts');
      const node = process.getBuiltinModule('node:worker_threads');
      const asked = [];
      const warnings = [];
      console.warn = (text) => warnings.push(text);
      ${world}
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const kernels = createSimdKernels({ threads: 3 });
      const [a, b, c] = [0, 0, 0].map(() => ({ data: kernels.floats(90000).fill(1), rows: 300, cols: 300 }));
      let helped = false;
      for (let attempt = 0; attempt < 500 && !helped && warnings.length === 0; attempt++) {
        c.data.fill(0);
        kernels.overlap(() => kernels.gemm(c, a, b), () => {
          for (let spin = 0; spin < 1e6 && !helped; spin++) helped = Atomics.load(new Int32Array(c.data.buffer), c.data.byteOffset / 4) !== 0;
        });
        await wait(20);
      }
      await kernels.close();
      const X = Array.from({ length: 300 }, (_, i) => Array.from({ length: 50 }, (_, j) => ((i * 7 + j * 3) % 11) / 11));
      const sae = new SparseAutoencoder({ inputDim: 50, hiddenDim: 20, seed: 1, backend: 'simd', threads: 3 });
      await sae.fit(X, { epochs: 2, onEpochEnd: () => wait(20) });
      console.log(JSON.stringify({ asked, warnings, helped, theta: Array.from(sae.parameters.encoderWeight.data) }));`),
  );

/** A browser of Node's parts: \`behave\` decides what becomes of a worker that is asked for. */
const browser = (behave: string) => `
  const { build } = await import('esbuild');
  const { outputFiles: [file] } = await build({ entryPoints: ['src/kernels/simd/worker.ts'], write: false });
  const texts = { file: Promise.resolve(file.text) };
  const createObjectURL = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    texts.blob = blob.text();
    return createObjectURL(blob);
  };
  process.getBuiltinModule = undefined;
  globalThis.crossOriginIsolated = true;
  globalThis.Worker = class {
    constructor(url, options) {
      this.kind = String(url).startsWith('blob:') ? 'blob' : 'file';
      asked.push([this.kind, String(url).slice(-'/src/kernels/simd/worker.js'.length), options?.type]);
      (${behave})(this);
    }
    load() {
      const shim = \`
        const { parentPort } = require('node:worker_threads');
        globalThis.addEventListener = (_, on) => parentPort.on('message', (data) => on({ data }));
        Object.defineProperty(globalThis, 'onmessage', { set: (on) => addEventListener('message', on) });\`;
      this.thread = texts[this.kind].then((text) => new node.Worker(shim + text, { eval: true, execArgv: [] }));
      this.thread.then((thread) => thread.unref());
    }
    fail() { setTimeout(() => this.onerror({ message: '', preventDefault() {} }), 5); }
    postMessage(task) { this.thread?.then((thread) => thread.postMessage(task)); }
    terminate() { this.thread?.then((thread) => thread.terminate()); }
  };`;

const file = ['file', '/src/kernels/simd/worker.js', 'module'];
const kinds = (asked: readonly string[][]) => asked.map(([kind]) => kind).join(' ');
const refused = (reason: string) => [
  `sparse-autoencoder: a thread could not be started (${reason}); fewer do the work. threads: 1 asks for none`,
];

const reference = await told('');

test('in Node another thread computes, and nothing is warned of', () => {
  assert.equal([reference.helped, reference.warnings], [true, []]);
});

for (const [what, world, reason] of [
  ['may not start a thread', "node.Worker = class { constructor() { throw new Error('denied'); } };", 'Error: denied'],
  [
    'starts a thread that dies',
    "const { Worker } = node; node.Worker = class extends Worker { constructor(_, options) { super('throw new Error(1)', options); } };",
    'Error: 1',
  ],
]) {
  test(`where Node ${what}, one thread does the work, and says so once`, async () => {
    const { warnings, helped, theta } = await told(world);
    assert.equal([helped, warnings], [false, refused(reason)]);
    assert.equal(theta, reference.theta);
  });
}

test('a browser takes the file next to the library, as a module', async () => {
  const { asked, warnings, helped, theta } = await told(browser('(worker) => worker.load()'));
  assert.equal(asked, [file, file, file, file]);
  assert.equal([helped, warnings], [true, []]);
  assert.equal(theta, reference.theta);
});

for (const [what, behave] of [
  ['is not there', "(worker) => worker.kind === 'file' ? worker.fail() : worker.load()"],
  ['may not be taken', "(worker) => { if (worker.kind === 'file') throw new Error('SecurityError'); worker.load(); }"],
]) {
  test(`where the file ${what}, a browser takes a Blob`, async () => {
    const { asked, warnings, helped, theta } = await told(browser(behave));
    assert.match(kinds(asked), /blob.*blob/);
    assert.equal([helped, warnings], [true, []]);
    assert.equal(theta, reference.theta);
  });
}

for (const [what, behave, reason] of [
  ['fails', '(worker) => worker.fail()', 'its script did not load'],
  ['throws', "() => { throw new Error('SecurityError'); }", 'Error: SecurityError'],
]) {
  test(`where every worker ${what}, one thread does the work, and says so once`, async () => {
    const { asked, warnings, helped, theta } = await told(browser(behave));
    assert.equal([helped, warnings], [false, refused(reason)]);
    assert.match(kinds(asked), /file.*blob/);
    assert.equal(theta, reference.theta);
  });
}

test.run();
