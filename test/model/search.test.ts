import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder as Core } from '../../src/core.js';
import { type Csr, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { fails, flatten, near, numbers, randomRows, sameBits } from '../helpers.js';

const row = ({ data, indices, indptr }: Csr, i: number) =>
  new Map(Array.from(indices.subarray(indptr[i], indptr[i + 1]), (j, p) => [j, data[indptr[i] + p]]));

/** What an index computes. */
function dot(a: Csr, i: number, b: Csr, l: number): number {
  const other = row(b, l);
  return [...row(a, i)].reduce((sum, [j, value]) => sum + value * (other.get(j) ?? 0), 0);
}
const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, p) => sum + v * b[p], 0);
const cosine = (a: readonly number[], b: readonly number[]) => product(a, b) / Math.sqrt(product(a, a) * product(b, b));

/** z = x on two units, −x on two more; each decodes to where it looks. */
function compass(decoderBias: number[]): SparseAutoencoder {
  const options = { inputDim: 2, hiddenDim: 4, hiddenActivation: 'topk', k: 2, outputActivation: 'identity' } as const;
  const sae = new SparseAutoencoder({ ...options, dtype: 'float64' });
  const out = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  sae.setParameters({ encoderWeight: [out.map(([x]) => x), out.map(([, y]) => y)], decoderWeight: out, decoderBias });
  return sae;
}

test('by hand: a document of (3, 4) is f/5, a query of (6, −8) its cosines, and their dot product −7/25', () => {
  const sae = compass([0, 0]);
  const document = sae.transform([3, 4], { sparse: true, normalize: true });
  assert.equal(document.indices, Int32Array.of(0, 1));
  sameBits(document.data, [3 / 5, 4 / 5]);
  const query = sae.query([6, -8]);
  assert.equal(query.indices, Int32Array.of(0, 1, 2, 3));
  sameBits(query.data, [0.6, -0.8, -0.6, 0.8]);
  near([dot(document, 0, query, 0)], [-7 / 25], 1e-15);
  const some = sae.query(
    [
      [6, -8],
      [-1, 0],
      [0, 0],
    ],
    { terms: 1 },
  );
  assert.equal(some, {
    data: Float64Array.of(0.8, 1),
    indices: Int32Array.of(3, 2),
    indptr: Int32Array.of(0, 1, 2, 2),
    shape: [3, 4],
  });
  assert.equal(sae.query([6, -8], { terms: 3 }).indices, Int32Array.of(0, 3), 'those below 0 are left out');
  assert.is(sae.query([0, 0]).data.length, 0);
});

test('by hand: with density, 0.6 of a unit on 64 documents in 1,000 comes before 0.8 of one on 1, and keeps its value', () => {
  const sae = compass([0, 0]);
  const choose = (density: readonly number[], terms = 1) => sae.query([6, -8], { terms, density });
  // 0.6·0.064^(1/6) = 0.379, 0.8·0.001^(1/6) = 0.253
  for (const [density, column, value] of [
    [[0.064, 1, 1, 0.001], 0, 0.6],
    [[0.064, 1, 1, 0.064], 3, 0.8],
  ] as const) {
    const { indices, data } = choose(density);
    assert.equal(indices, Int32Array.of(column));
    near(data, [value], 1e-15);
  }
  assert.equal(choose([0.5, 0, 0, 0], 4).indices, Int32Array.of(0), 'a unit on no document finds none');
  assert.equal(choose([1, 1, 1, 1], 3), sae.query([6, -8], { terms: 3 }));
});

test('by hand: of b_dec = (1, 0), x̂ = (4, 4) keeps its length, and the dot product misses q·b_dec/(‖q‖·‖x̂‖)', () => {
  const sae = compass([1, 0]);
  const document = sae.transform([3, 4], { sparse: true, normalize: true });
  near(document.data, [3 / Math.sqrt(32), 4 / Math.sqrt(32)], 1e-15);
  const query = sae.query([6, -8]);
  near([dot(document, 0, query, 0)], [cosine([6, -8], [4, 4]) - 6 / (10 * Math.sqrt(32))], 1e-15);
  assert.is(sae.transform([0, 0], { sparse: true, normalize: true }).data.length, 0, 'a row of no features');
});

const kinds: readonly Partial<SparseAutoencoderOptions>[] = [
  { hiddenActivation: 'topk', k: 5 },
  { hiddenActivation: 'topk', k: 5, dtype: 'float64', preBias: true, tied: 'start', unitNorm: true },
  { hiddenActivation: 'batch-topk', k: 5, backend: 'plain' },
  { hiddenActivation: 'relu' },
  { hiddenActivation: 'jumprelu', prefixes: [10, 40] },
  { hiddenActivation: 'tanh', penalty: 'l1' },
];
for (const kind of kinds) {
  test(`${JSON.stringify(kind)}: dot products are cosines with the decoded rows, in the space that X is prepared for, within 1e-5`, async () => {
    const X = randomRows(300, 12, 3).map((x) => x.map((u) => u - 0.3));
    const Q = randomRows(150, 12, 4);
    const preparation = { center: true, unitRows: true, meanNorm: true };
    const sae = new SparseAutoencoder({
      inputDim: 12,
      hiddenDim: 40,
      outputActivation: 'identity',
      seed: 3,
      preparation,
      ...kind,
    });
    await sae.fit(X, { epochs: 3 });
    const prepared = new SparseAutoencoder({ ...sae.options, preparation: {} });
    prepared.setParameters(sae.parameters);
    const mean = Array.from({ length: 12 }, (_, p) => X.reduce((sum, x) => sum + x[p] / 300, 0));
    const prepare = (x: readonly number[]) => {
      const centred = x.map((v, p) => v - mean[p]);
      return centred.map((v) => (v * Math.sqrt(12)) / Math.sqrt(product(centred, centred)));
    };
    for (const bias of [Array(12).fill(0), flatten(sae.parameters.decoderBias)]) {
      sae.setParameters({ decoderBias: bias });
      prepared.setParameters({ decoderBias: bias });
      const documents = sae.transform(X, { sparse: true, normalize: true });
      const queries = sae.query(Q);
      const codes = sae.transform(X, { sparse: true });
      const xHat = prepared.decoder.decode(codes);
      for (let i = 0; i < 300; i += 7) {
        const decoded = Array.from({ length: 12 }, (_, p) => xHat.get(i, p));
        const length = Math.sqrt(product(decoded, decoded));
        const q = prepare(Q[i % 150]);
        const missing = product(q, bias) / (length * Math.sqrt(product(q, q)));
        near([dot(documents, i, queries, i % 150)], [cosine(q, decoded) - missing], 1e-5, `row ${i}`);
      }
      const whole = sae.transform(X, { normalize: true });
      for (let i = 0; i < 300; i++)
        sameBits(
          Array.from({ length: 40 }, (_, j) => whole.get(i, j) + 0),
          Array.from({ length: 40 }, (_, j) => row(documents, i).get(j) ?? 0),
        );
    }
  });
}

test('so many terms are the largest of all products, for any number of threads', () => {
  const Q = { data: Float32Array.from(numbers(2200 * 480, 5), (u) => u - 0.5), shape: [2200, 480] };
  const [one, ...others] = [1, 2, 3].map((threads) => {
    const sae = new SparseAutoencoder({ inputDim: 480, hiddenDim: 60, outputActivation: 'identity', threads, seed: 1 });
    return [undefined, 1, 9, 60, 1000].map((terms) => sae.query(Q, { terms }));
  });
  for (const other of others) assert.equal(other, one);
  const [all, ...some] = one;
  assert.is(all.data.length, 2200 * 60);
  for (const [at, terms] of [1, 9, 60, 60].entries()) {
    for (let i = 0; i < 2200; i += 97) {
      const above = [...row(all, i)].filter(([, value]) => value > 0);
      const largest = above.sort(([j, a], [l, b]) => b - a || j - l).slice(0, terms);
      assert.equal(
        [...row(some[at], i)],
        largest.sort(([j], [l]) => j - l),
      );
    }
  }
});

test('the core gives the same', () => {
  const options = { inputDim: 3, hiddenDim: 5, outputActivation: 'identity', seed: 2 } as const;
  const [core, sae] = [new Core(options), new SparseAutoencoder(options)];
  const X = randomRows(4, 3);
  assert.equal(core.query(X, { terms: 2 }), sae.query(X, { terms: 2 }));
  const how = { sparse: true, normalize: true } as const;
  assert.equal(core.transform(X, how), sae.transform(X, how));
});

test('what is wrong is said', async () => {
  const squashed = new SparseAutoencoder({ inputDim: 2, hiddenDim: 3 });
  const expected = 'outputActivation is "sigmoid", expected "identity"';
  await fails(() => squashed.query([[1, 2]]), `query: ${expected}`);
  for (const sparse of [true, false] as never[])
    await fails(() => squashed.transform([[1, 2]], { sparse, normalize: true }), `transform: normalize: ${expected}`);
  const linear = { outputActivation: 'identity' } as const;
  const coder = new SparseAutoencoder({ inputDim: 2, hiddenDim: 3, outputDim: 4, ...linear });
  await fails(() => coder.query([[1, 2]]), 'query: outputDim is 4, expected inputDim 2: queries are compared with decoded rows');
  const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 3, ...linear });
  await fails(() => sae.query([[1]]), 'query: got rows of 1, expected 2');
  const density = [1, 1, 1];
  await fails(
    () => sae.query([[1, 2]], { density }),
    'query: density is given without terms, expected both: it chooses among them',
  );
  await fails(() => sae.query([[1, 2]], { terms: 1, density: [1] }), 'query: density has 1 entries, expected 3');
  await fails(
    () => sae.query([[1, 2]], { terms: 1, density: [1, 2, 1] }),
    'query: density[1] is 2, expected a number from 0 to 1',
  );
  await fails(() => sae.query([[1, Infinity]]), 'query: X[0, 1] is Infinity, expected a finite number');
  await fails(() => sae.query([[1, 2]], { terms: 0 }), 'query: terms is 0, expected a whole number of at least 1');
  await fails(() => sae.query([[1, 2]], { term: 5 } as object), 'query: unknown option "term"; did you mean "terms"?');
});

test.run();
