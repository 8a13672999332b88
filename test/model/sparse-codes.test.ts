import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder as Core } from '../../src/core.js';
import { type Csr, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { readCsr } from '../../src/numbers/csr.js';
import { codes } from '../../src/sparsity/kinds.js';
import { fails, flatten, numbers, sameBits } from '../helpers.js';

/** Zeros written out; what is stored must be no zero. */
function dense({ data, indices, indptr, shape: [rows, cols] }: Csr): number[] {
  const all: number[] = Array(rows * cols).fill(0);
  for (let i = 0; i < rows; i++)
    for (let p = indptr[i]; p < indptr[i + 1]; p++) {
      assert.is.not(data[p], 0);
      all[i * cols + indices[p]] = data[p];
    }
  return all;
}

/** −0 is 0, which is not stored. */
const unsigned = (values: readonly number[]) => values.map((value) => value + 0);

const backends: readonly Partial<SparseAutoencoderOptions>[] = [{ backend: 'plain' }, { backend: 'simd' }, { dtype: 'float64' }];

/** A model of that kind whose units are neither all silent nor all active. */
function model(hiddenActivation: string, sizes: { inputDim: number; hiddenDim: number; outputDim?: number }, more: object) {
  const kind = codes.find(({ name }) => name === hiddenActivation);
  const penalty = kind?.penalty === 'kl' ? 'l1' : kind?.penalty;
  const options = { hiddenActivation, penalty, ...kind?.example, ...sizes, seed: 'csr', ...more } as SparseAutoencoderOptions;
  if (hiddenActivation.endsWith('topk')) options.k = Math.min(3, sizes.hiddenDim);
  if (hiddenActivation === 'jumprelu') options.threshold = 0.2;
  const sae = new SparseAutoencoder(options);
  sae.setParameters({ encoderBias: numbers(sizes.hiddenDim, 8).map((u) => u - 0.7) });
  return sae;
}

function input(rows: number, cols: number, zeros: number) {
  return { data: numbers(rows * cols, rows).map((u) => (u < zeros ? 0 : u)), shape: [rows, cols] };
}

for (const more of backends) {
  const name = JSON.stringify(more);
  test(`${name}: codes by their non-zeros are the codes, and decode alike, bit for bit, for every kind and any sizes`, () => {
    const size = fc.integer({ min: 1, max: 30 });
    const property = fc.property(
      fc.constantFrom(...codes.map((kind) => kind.name)),
      fc.tuple(size, size, size),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(0, 0.5, 0.95, 1),
      fc.constantFrom('identity', 'sigmoid'),
      (kind, [inputDim, hiddenDim, outputDim], rows, zeros, outputActivation) => {
        const sae = model(kind, { inputDim, hiddenDim, outputDim }, { outputActivation, ...more });
        const X = input(rows, inputDim, zeros);
        const [whole, csr] = [sae.transform(X), sae.transform(X, { sparse: true })];
        assert.equal(csr.shape, [rows, hiddenDim]);
        readCsr('transform: F', csr, hiddenDim, 'float32');
        sameBits(dense(csr), unsigned(flatten(whole)), 'code');
        sameBits(flatten(sae.decoder.decode(csr)), flatten(sae.decoder.decode(whole)), 'decoded');
        sameBits(flatten(sae.reconstruct(X)), flatten(sae.decoder.decode(csr)), 'reconstructed');
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
}

test('on 1, 2 and 3 threads, partial last chunks included, the same bits for every kind', () => {
  const rows = 2200;
  const X = { data: Float32Array.from(numbers(rows * 480, 3), (u) => (u < 0.2 ? 0 : u - 0.5)), shape: [rows, 480] };
  for (const { name } of codes) {
    const [one, ...others] = [1, 2, 3].map((threads) => {
      const sae = model(name, { inputDim: 480, hiddenDim: 40 }, { threads, preBias: true, outputActivation: 'identity' });
      sae.setParameters({ decoderBias: numbers(480, 4) });
      const csr = sae.transform(X, { sparse: true });
      sameBits(dense(csr), unsigned(flatten(sae.transform(X))), `${name}, ${threads} threads`);
      return { csr, xHat: flatten(sae.decoder.decode(csr)) };
    });
    assert.ok(one.csr.data.length > rows, name);
    for (const { csr, xHat } of others) {
      assert.equal(csr, one.csr);
      sameBits(xHat, one.xHat);
    }
  }
});

test('by hand: empty rows, one row, ties, fewer than k above 0', () => {
  const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 4, hiddenActivation: 'topk', k: 2, outputActivation: 'identity' });
  sae.setParameters({
    encoderWeight: [
      [1, 1, -1, 0],
      [0, 0, 1, 1],
    ],
    decoderWeight: [
      [1, 0],
      [2, 0],
      [0, 1],
      [0, 3],
    ],
    decoderBias: [0.5, -0.5],
  });
  // Z: [2 2 -2 0], [0 0 0 0], [-1 -1 3 2], [1 1 0 1]
  const X = [
    [2, 0],
    [0, 0],
    [-1, 2],
    [1, 1],
  ];
  assert.equal(sae.transform(X, { sparse: true }), {
    data: Float32Array.of(2, 2, 3, 2, 1, 1),
    indices: Int32Array.of(0, 1, 2, 3, 0, 1),
    indptr: Int32Array.of(0, 2, 2, 4, 6),
    shape: [4, 4],
  });
  assert.equal(flatten(sae.decoder.decode(sae.transform(X, { sparse: true }))), [6.5, -0.5, 0.5, -0.5, 0.5, 8.5, 3.5, -0.5]);
  assert.equal(sae.transform([-1, 0], { sparse: true }), {
    data: Float32Array.of(1),
    indices: Int32Array.of(2),
    indptr: Int32Array.of(0, 1),
    shape: [1, 4],
  });
  assert.is(sae.transform([0, 0], { sparse: true }).data.length, 0);
  assert.equal(flatten(sae.decoder.decode({ data: [], indices: [], indptr: [0, 0], shape: [1, 4] })), [0.5, -0.5]);
});

test('pre-activations beyond the range of floats come as dense codes have them', () => {
  for (const backend of ['plain', 'simd'] as const) {
    const sae = new SparseAutoencoder({ inputDim: 1, hiddenDim: 3, hiddenActivation: 'topk', k: 2, backend });
    sae.setParameters({ encoderWeight: [[3e38, 1, -1]] });
    const X = [[1e10], [1], [-2]];
    sameBits(dense(sae.transform(X, { sparse: true })), flatten(sae.transform(X)));
    assert.is(sae.transform(X, { sparse: true }).data[0], Infinity);
  }
});

test('what is prepared for the model is prepared here, and undone by decode', async () => {
  const options = {
    inputDim: 5,
    hiddenDim: 8,
    outputActivation: 'identity',
    preparation: { center: true, unitRows: true },
  } as const;
  const X = input(40, 5, 0);
  const sae = new SparseAutoencoder({ ...options, dtype: 'float64' });
  await sae.fit(X, { epochs: 2 });
  sameBits(dense(sae.transform(X, { sparse: true })), unsigned(flatten(sae.transform(X))));
  sameBits(flatten(sae.decoder.decode(sae.transform(X, { sparse: true }))), flatten(sae.decoder.decode(sae.transform(X))));
});

test('the core gives and takes the same', () => {
  const options = { inputDim: 5, hiddenDim: 8, seed: 2 } as const;
  const X = input(9, 5, 0.3);
  const [core, sae] = [new Core(options), new SparseAutoencoder(options)];
  const csr = core.transform(X, { sparse: true });
  assert.equal(csr, sae.transform(X, { sparse: true }));
  sameBits(core.decoder.decode(csr).data, flatten(sae.decoder.decode(csr)));
});

test('what is wrong is said', async () => {
  const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 3 });
  await fails(() => sae.transform([[1, Number.NaN]], { sparse: true }), 'transform: X[0, 1] is NaN, expected a finite number');
  await fails(() => sae.transform([[1]], { sparse: true }), 'transform: got rows of 1, expected 2');
  await fails(
    () => sae.transform([[1, 2]], { spares: true } as object),
    'transform: unknown option "spares"; did you mean "sparse"?',
  );
  await fails(() => sae.transform([[1, 2]], { sparse: 1 } as object), 'transform: sparse is 1, expected true or false');
  const bad = { data: [1], indices: [3], indptr: [0, 1], shape: [1, 3] };
  await fails(() => sae.decoder.decode(bad), 'decode: F.indices[0] is 3, expected a whole number from 0 up to 2');
});

test.run();
