import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '../../src/export/pack.js';
import { toModule } from '../../src/export.js';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { codes } from '../../src/sparsity/kinds.js';
import { fails, flatten, inTemporaryFolder, near, projectRoot, randomRows, runNode } from '../helpers.js';
import { meanRowCase, roundedRowCase } from './cases.js';

interface Module {
  encode(x: ArrayLike<number>): Float32Array;
  decode(f: ArrayLike<number>): Float32Array;
  reconstruct(x: ArrayLike<number>): Float32Array;
  inputDim: number;
}

/** The module in a context that has nothing but the language, and atob. */
function run(code: string): Module {
  const body = code.replaceAll(/^export /gm, '');
  const context = { atob, Uint8Array, Float32Array, Float64Array, Int8Array, ArrayBuffer };
  return runInNewContext(`(() => { ${body}; return { encode, decode, reconstruct, inputDim }; })()`, context);
}

const outputs = ['relu', 'sigmoid', 'tanh', 'identity'] as const;

for (const { name, example } of codes) {
  test(`${name}: encode, decode and reconstruct are the model's within 1e-6, whatever the sizes and the preparation`, () => {
    const property = fc.property(
      fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 20 })),
      fc.constantFrom(...outputs),
      fc.constantFrom<SparseAutoencoderOptions['preparation']>({}, { scale: 2 }, { unitRows: true }),
      fc.constantFrom<Partial<SparseAutoencoderOptions>>({}, { preBias: true }, { tied: true, preBias: true }),
      fc.integer({ min: 1, max: 5 }),
      ([inputDim, hiddenDim, width], outputActivation, preparation, wiring, n) => {
        const outputDim = wiring.preBias ? inputDim : width;
        const hiddenActivation = name as SparseAutoencoderOptions['hiddenActivation'];
        const sae = new SparseAutoencoder({
          inputDim,
          hiddenDim,
          outputDim,
          outputActivation,
          hiddenActivation,
          ...example,
          ...wiring,
          penalty: 'none',
          preparation,
        });
        sae.setParameters({ decoderBias: randomRows(1, outputDim, 7)[0] });
        const module = run(toModule(sae).code);
        const X = randomRows(n, inputDim, n);
        near(module.encode(X.flat()), flatten(sae.transform(X)), 1e-6, 'encode');
        near(module.reconstruct(X.flat()), flatten(sae.reconstruct(X)), 1e-6, 'reconstruct');
        const F = randomRows(n, hiddenDim, n);
        near(module.decode(F.flat()), flatten(sae.decoder.decode(F)), 1e-6, 'decode');
      },
    );
    fc.assert(property, { numRuns: 40 });
  });
}

test('what preparation has learned goes with it', async () => {
  const sae = new SparseAutoencoder({
    inputDim: 6,
    hiddenDim: 4,
    outputActivation: 'identity',
    preparation: { standardize: true, unitRows: true, meanNorm: true },
  });
  const X = randomRows(40, 6).map((row) => row.map((u, j) => 10 * u * (j + 1) + j));
  await sae.fit(X, { epochs: 2, batchSize: 8 });
  const module = run(toModule(sae).code);
  near(module.encode(X.flat()), flatten(sae.transform(X)), 1e-5);
  near(module.reconstruct(X.flat()), flatten(sae.reconstruct(X)), 1e-4);
});

test('a row that is the mean but for rounding is not made a unit one', async () => {
  const { sae, X } = await meanRowCase();
  const module = run(toModule(sae).code);
  near(module.encode(X.flat()), flatten(sae.transform(X)), 1e-6);
  near(module.reconstruct(X.flat()), flatten(sae.reconstruct(X)), 1e-6);
});

test('nor one that is it but for the rounding of large numbers: it is 0', async () => {
  const { sae, X } = await roundedRowCase();
  const module = run(toModule(sae).code);
  near(module.encode(X.flat()), flatten(sae.transform(X)), 1e-6);
  near(module.reconstruct(X.flat()), flatten(sae.reconstruct(X)), 1e-6);
});

test('names go with it, where there are any', () => {
  const sae = new SparseAutoencoder({ inputDim: 5, hiddenDim: 3 });
  const names = () => JSON.parse(/^export const names = (.*);$/m.exec(toModule(sae).code)?.[1] ?? '');
  assert.equal(names(), []);
  sae.setNames({ 1: '"one"; import' });
  assert.equal(names(), [null, '"one"; import', null]);
});

test('8 bits: each row in steps of max|w|/127, the error as stated, a quarter of the size', () => {
  const values = Float32Array.from([1, -0.5, 0.003, 0, 0, 0]);
  const { source, error } = pack(values, 3, 8);
  assert.match(source, /^steps\('[\w+/=]+', '[\w+/=]+', 3\)$/);
  // 0.5 = 63.5 steps of 1/127 and rounds to 63 or 64; 0.003 = 0.381 steps and rounds to 0.
  near([error.largest], [0.5 / 127], 1e-7);
  near([error.relative], [Math.sqrt((0.5 / 127) ** 2 + 0.003 ** 2) / Math.sqrt(1.25 + 9e-6)], 1e-6);
  const sae = new SparseAutoencoder({ inputDim: 64, hiddenDim: 32 });
  const [whole, small] = [toModule(sae).code, toModule(sae, { bits: 8 }).code];
  const weights = (4 / 3) * 4 * 2 * 64 * 32;
  assert.ok(whole.length - weights < 5000 && small.length - weights / 4 < 6000, `${whole.length}, ${small.length}`);
  assert.match(small, /^\/\/ encoderWeight: 8 bits, largest error 0\.00\d+, relative 0\.00\d+$/m);
  const X = randomRows(20, 64);
  near(run(small).encode(X.flat()), flatten(sae.transform(X)), 0.02);
});

test('it has no import and no eval, and runs where code must not be made from strings', () =>
  inTemporaryFolder(async (folder) => {
    const sae = new SparseAutoencoder({ inputDim: 5, hiddenDim: 3, seed: 'module' });
    const { code, types } = toModule(sae);
    assert.not.match(code, /\bimport\b|\beval\b|\bFunction\b|\brequire\b/);
    writeFileSync(join(folder, 'model.mjs'), code);
    writeFileSync(join(folder, 'model.d.mts'), types);
    const program = `import { encode, inputDim } from './model.mjs'; console.log(JSON.stringify([...encode(new Float32Array(inputDim).fill(0.5))]));`;
    writeFileSync(join(folder, 'program.mjs'), program);
    const { stdout, stderr, code: end } = await runNode(['--disallow-code-generation-from-strings', join(folder, 'program.mjs')]);
    assert.is(end, 0, stderr);
    near(JSON.parse(stdout), flatten(sae.transform([0.5, 0.5, 0.5, 0.5, 0.5])), 1e-6);
    const use = `import { encode } from './model.mjs';\nexport const f: Float32Array = encode([1, 2]);\n`;
    writeFileSync(join(folder, 'use.mts'), use);
    const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
    const checked = await runNode([
      tsc,
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      '',
      join(folder, 'use.mts'),
    ]);
    assert.is(checked.stdout, '');
  }));

test('numbers that are no whole rows, and what is no model, are refused', async () => {
  const module = run(toModule(new SparseAutoencoder({ inputDim: 5, hiddenDim: 3 })).code);
  for (const x of [[], [1, 2, 3], null])
    assert.throws(() => module.encode(x as never), /^encode: got .*, expected a multiple of 5$/);
  await fails(() => toModule({} as never), 'toModule: got an object (), expected a SparseAutoencoder');
  await fails(
    () => toModule(new SparseAutoencoder({ inputDim: 5, hiddenDim: 3 }), { bits: 16 as never }),
    'toModule: bits is 16, expected 8 or 32',
  );
});

test.run();
