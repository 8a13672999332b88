import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useWideKernels } from '../../src/node.js';
import { runModule } from '../helpers.js';

const major = Number.parseInt(process.versions.node, 10);

test('wide kernels are off unless asked for, and say why they cannot be had, or that they were checked', async () => {
  const told = await runModule(`
    const { isWide } = await import('./src/kernels/simd/binary.ts');
    const { useWideKernels } = await import('./src/node.ts');
    const before = isWide();
    const answer = useWideKernels();
    console.log(JSON.stringify([before, answer, isWide(), useWideKernels() === answer]));`);
  const [before, { wide, reason }, after, same] = JSON.parse(told);
  assert.is(before, false);
  assert.is(after, wide);
  assert.ok(same);
  if (major < 24) assert.is(reason, `this is Node ${process.versions.node}, expected Node 24 or later`);
  else if (process.arch === 'x64' && wide) assert.match(reason, 'each was compared');
  assert.is(wide, reason.startsWith('each was compared'));
});

/** A fit and a code, with or without a line before them, as their numbers. */
const work = (before: string, threads: number) =>
  runModule(`${before}
    const { SparseAutoencoder } = await import('./src/index.ts');
    const X = Array.from({ length: 90 }, (_, i) => Array.from({ length: 37 }, (_, j) => ((i * 7 + j * 3) % 11) / 11));
    const sae = new SparseAutoencoder({ inputDim: 37, hiddenDim: 70, seed: 'wide', threads: ${threads} });
    const { loss } = await sae.fit(X, { epochs: 3, batchSize: 32 });
    console.log(JSON.stringify([loss, [...sae.transform(X).data]]));`);

for (const threads of [1, 3]) {
  test(`asking for them changes no bit, on ${threads} threads`, async () => {
    const asked = "(await import('./src/node.ts')).useWideKernels();";
    assert.is(await work(asked, threads), await work('', threads));
  });
}

test('they are refused once kernels have been compiled', async () => {
  const told = await runModule(`
    const { createSimdKernels } = await import('./src/kernels/simd/simd.ts');
    createSimdKernels({ threads: 1 });
    const { widen } = await import('./src/kernels/simd/wide.ts');
    console.log(widen({ pair() { throw new Error('told'); }, hurry() {} }));`);
  assert.is(told, 'kernels have been compiled without it, expected it to be asked for before anything is computed');
});

/** An engine that gets one number wrong when it pairs. */
const faulty = (operation: string) => `
  let paired = false;
  const told = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class {
    constructor(...given) {
      const { exports } = new Instance(...given);
      const broken = (...args) => exports.${operation}(...args) * (1 + 2 ** -52);
      this.exports = paired ? { ...exports, ${operation}: broken } : exports;
    }
  };
  const { isWide } = await import('./src/kernels/simd/binary.ts');
  const { createSimdKernels } = await import('./src/kernels/simd/simd.ts');
  const { widen } = await import('./src/kernels/simd/wide.ts');
  const pair = (on) => told.push(\`pair \${(paired = on)}\`);
  const reason = widen({ pair, hurry: (on) => told.push(\`hurry \${on}\`) });
  const k = createSimdKernels({ threads: 1 });
  console.log(JSON.stringify({ reason, told, wide: isWide(), sum: k.sumOfAbs(k.floats(3).fill(0.1)) === 3 * Math.fround(0.1) }));`;

test('one bit that differs is found, and kernels are what they were', async () => {
  const { reason, told, wide, sum } = JSON.parse(await runModule(faulty('sumOfAbs')));
  assert.match(reason, /^sumOfAbs \d+×\d+×\d+ has other bits with it$/);
  assert.equal(told, ['pair true', 'hurry true', 'hurry false', 'pair false']);
  assert.is(wide, false);
  assert.ok(sum);
});

test('where nothing differs kernels are wide, whatever the engine makes of it', async () => {
  const told = await runModule(`
    const { isWide } = await import('./src/kernels/simd/binary.ts');
    const { widen } = await import('./src/kernels/simd/wide.ts');
    console.log(JSON.stringify([widen({ pair() {}, hurry() {} }), isWide()]));`);
  assert.equal(JSON.parse(told), ['', true]);
});

test('the second answer is the first', () => {
  assert.is(useWideKernels(), useWideKernels());
});

test.run();
