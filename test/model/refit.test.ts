import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder as Core } from '../../src/core.js';
import { type Csr, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { fails, near, randomRows, sameBits } from '../helpers.js';

type Options = Partial<SparseAutoencoderOptions>;

const X = randomRows(300, 12, 3).map((x) => x.map((u) => u - 0.3));

async function trained(options: Options): Promise<SparseAutoencoder> {
  const sae = new SparseAutoencoder({ inputDim: 12, hiddenDim: 40, outputActivation: 'identity', seed: 3, ...options });
  await sae.fit(X, { epochs: 3 });
  return sae;
}

/** ‖x − x̂‖² of each row. */
function errors(sae: SparseAutoencoder, codes: Csr): number[] {
  const xHat = sae.decoder.decode(codes);
  return X.map((x, i) => x.reduce((sum, v, p) => sum + (v - xHat.get(i, p)) ** 2, 0));
}

test('by hand: (2, 4, −½) of (1, 0, 0), (0.6, 0.8, 0) and (0, 0, 1), all of them active, is 4.4 of the second and nothing else', () => {
  const sae = new SparseAutoencoder({
    ...{ inputDim: 3, hiddenDim: 3, hiddenActivation: 'topk', k: 3, outputActivation: 'identity', dtype: 'float64' },
  });
  const decoderWeight = [
    [1, 0, 0],
    [0.6, 0.8, 0],
    [0, 0, 1],
  ];
  sae.setParameters({
    encoderWeight: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    encoderBias: [0, 0, 1],
    decoderWeight,
    decoderBias: [1, 0, 0],
  });
  const { data, indices } = sae.transform([3, 4, -0.5], { sparse: true, refit: true });
  near(data, [4.4], 1e-12);
  assert.equal(indices, Int32Array.of(1));
});

const kinds: readonly Options[] = [
  { hiddenActivation: 'topk', k: 5 },
  { hiddenActivation: 'topk', k: 5, dtype: 'float64', preBias: true, tied: 'start', unitNorm: true },
  { hiddenActivation: 'batch-topk', k: 5, backend: 'plain' },
  { hiddenActivation: 'relu', beta: 0.01 },
  { hiddenActivation: 'jumprelu', prefixes: [10, 40] },
  { hiddenActivation: 'tanh', penalty: 'l1' },
];
for (const kind of kinds) {
  test(`${JSON.stringify(kind)}: the units and signs of before, no row further from x, and slopes of 0 within 1e-3, in double precision 1e-9`, async () => {
    const sae = await trained(kind);
    const before = sae.transform(X, { sparse: true });
    const after = sae.transform(X, { sparse: true, refit: true });
    const [was, is] = [errors(sae, before), errors(sae, after)];
    is.forEach((error, i) => {
      assert.ok(error <= was[i] * (1 + 1e-5), `row ${i}: ${error} after ${was[i]}`);
    });
    const sum = (all: readonly number[]) => all.reduce((s, v) => s + v, 0);
    assert.ok(sum(is) < 0.99 * sum(was), `${sum(is)} of ${sum(was)}`);
    const xHat = sae.decoder.decode(after);
    const w = sae.parameters.decoderWeight;
    const tolerance = kind.dtype === 'float64' ? 1e-9 : 1e-3;
    for (let i = 0; i < 300; i++) {
      const had = new Map<number, number>();
      for (let p = before.indptr[i]; p < before.indptr[i + 1]; p++) had.set(before.indices[p], before.data[p]);
      const slope = (j: number) => X[i].reduce((s, v, p) => s + (v - xHat.get(i, p)) * w.get(j, p), 0);
      for (let p = after.indptr[i]; p < after.indptr[i + 1]; p++) {
        const j = after.indices[p];
        assert.ok((had.get(j) ?? 0) * after.data[p] > 0, `row ${i}, unit ${j}`);
        assert.ok(Math.abs(slope(j)) < tolerance, `row ${i}, unit ${j}: slope ${slope(j)}`);
        had.delete(j);
      }
      for (const [j, value] of had) assert.ok(slope(j) * Math.sign(value) < tolerance, `row ${i}, unit ${j}, which left`);
    }
  });
}

test('dense codes are the sparse ones; a row alone has the bits that it has among others; normalized, they are divided by ‖x̂‖', async () => {
  const sae = await trained({ hiddenActivation: 'topk', k: 5 });
  const sparse = sae.transform(X, { sparse: true, refit: true });
  const dense = sae.transform(X, { refit: true });
  const unit = sae.transform(X, { sparse: true, refit: true, normalize: true });
  const xHat = sae.decoder.decode(sparse);
  for (let i = 0; i < 300; i++) {
    const [from, to] = [sparse.indptr[i], sparse.indptr[i + 1]];
    const row = sparse.data.slice(from, to);
    sameBits(
      Array.from(sparse.indices.subarray(from, to), (j) => dense.get(i, j)),
      row,
    );
    if (i % 50 === 0) sameBits(sae.transform(X[i], { sparse: true, refit: true }).data, row);
    const length = Math.sqrt(Array.from({ length: 12 }, (_, p) => xHat.get(i, p) ** 2).reduce((s, v) => s + v));
    near(
      unit.data.subarray(from, to),
      Array.from(row, (v) => v / length),
      1e-6,
    );
  }
  assert.is(dense.data.filter((v) => v !== 0).length, sparse.data.length);
  const core = Core.fromBytes(sae.toBytes());
  sameBits(core.transform(X, { sparse: true, refit: true }).data, sparse.data);
});

test('any number of threads has the same bits', () => {
  const many = randomRows(9000, 128, 5);
  const options = { inputDim: 128, hiddenDim: 64, hiddenActivation: 'topk', k: 8, outputActivation: 'identity' } as const;
  const [one, three] = [1, 3].map((threads) =>
    new SparseAutoencoder({ ...options, threads }).transform(many, { sparse: true, refit: true }),
  );
  sameBits(three.data, one.data);
  assert.equal(three.indptr, one.indptr);
});

test('what cannot be refitted is said in a line', async () => {
  const sigmoid = new SparseAutoencoder({ inputDim: 12, hiddenDim: 4, outputActivation: 'sigmoid' });
  const message = 'transform: refit: outputActivation is "sigmoid", expected "identity"';
  fails(() => sigmoid.transform(X, { refit: true }), message);
  const narrow = new SparseAutoencoder({ inputDim: 12, outputDim: 2, hiddenDim: 4, outputActivation: 'identity' });
  fails(
    () => narrow.transform(X, { sparse: true, refit: true }),
    'transform: refit: outputDim is 2, expected inputDim 12: codes are refitted to the rows that they are of',
  );
  fails(() => narrow.transform(X, { refit: 1 as never }), 'transform: refit is 1, expected true or false');
});

test.run();
