import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeModelOptions } from '../../src/core/options.js';
import { SparseAutoencoder } from '../../src/index.js';
import { isSparse, type Matrix, type Rows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { asRows } from '../../src/kernels/rows.js';
import { inputOf } from '../../src/model/layout.js';
import { Memory } from '../../src/sparsity/memory.js';
import { type Corruption, corruption as kind } from '../../src/sparsity/modifiers/corruption.js';
import { flatten, near, numbers, randomRows, sameBits, spread } from '../helpers.js';

const k = createPlainKernels('float64');
const d = 50;
const n = 200;
/** 1 − density of the entries are 0, the others from ½ to 1½. */
const matrix = (density: number): Matrix => {
  const values = numbers(2 * n * d, 7);
  const data = Float64Array.from({ length: n * d }, (_, p) => (values[2 * p] < density ? 0.5 + values[2 * p + 1] : 0));
  return { data, rows: n, cols: d };
};

/** X̃, batch after batch. */
function corrupter(corruption: Corruption, sparse: boolean): (x: Rows) => Float64Array {
  const spec = completeModelOptions({ inputDim: d, hiddenDim: 2, corruption });
  const run = inputOf({ k, spec, capacity: n, memory: new Memory({}, 'seed') }, { sparse, range: [0, 1.5] });
  return (x) => {
    const made = run(x);
    return Float64Array.from(isSparse(made) ? spread(made) : made.data);
  };
}

const share = (data: Float64Array, is: (value: number, p: number) => boolean) => data.filter(is).length / data.length;

test('masking: the share that it says, anew every batch; what is left is left alone', () => {
  const x = matrix(1);
  const corrupt = corrupter({ kind: 'masking', level: 0.3 }, false);
  const [first, second] = [corrupt(x), corrupt(x)];
  for (const made of [first, second]) {
    near([share(made, (value) => value === 0)], [0.3], 0.015);
    assert.ok(made.every((value, p) => value === 0 || value === x.data[p]));
  }
  // Independent: 0.3² of the entries are masked in both.
  near([share(first, (value, p) => value === 0 && second[p] === 0)], [0.09], 0.01);
});

test('masking: both forms of X come to the same, and a sparse one stays sparse', () => {
  const x = matrix(0.2);
  const rows = asRows(k, x);
  assert.ok(isSparse(rows));
  const how = { kind: 'masking', level: 0.4 } as const;
  sameBits(corrupter(how, true)(rows), corrupter(how, false)(x));
});

test('gaussian: mean 0, the standard deviation that it says, of a dense X and of a sparse one', () => {
  for (const density of [1, 0.2]) {
    const x = matrix(density);
    const made = corrupter({ kind: 'gaussian', level: 0.25 }, density < 1)(density < 1 ? asRows(k, x) : x);
    const noise = made.map((value, p) => value - x.data[p]);
    const mean = noise.reduce((a, b) => a + b) / noise.length;
    const variance = noise.reduce((sum, e) => sum + (e - mean) ** 2, 0) / noise.length;
    near([mean, Math.sqrt(variance)], [0, 0.25], 0.01);
    near([share(noise, (e) => Math.abs(e) < 0.25)], [0.6827], 0.015, 'within one standard deviation');
  }
});

test('salt-and-pepper: half of its share each becomes the smallest and the largest of X', () => {
  for (const density of [1, 0.2]) {
    const x = matrix(density);
    const made = corrupter({ kind: 'salt-and-pepper', level: 0.2 }, density < 1)(density < 1 ? asRows(k, x) : x);
    near([share(made, (value) => value === 1.5)], [0.1], 0.01);
    near([share(made, (value, p) => value === 0 && x.data[p] !== 0)], [0.1 * density], 0.01);
    assert.ok(made.every((value, p) => value === 1.5 || value === 0 || value === x.data[p]));
  }
});

test('T stays clean, and nothing but fit corrupts', async () => {
  const X = randomRows(64, 6, 2);
  const options = { inputDim: 6, hiddenDim: 4, dtype: 'float64', learningRate: 1e-12 } as const;
  const make = (level: number) => new SparseAutoencoder({ ...options, corruption: { kind: 'masking', level } });
  // All is masked: the code is that of 0, and T is X.
  const sae = make(1);
  const { loss } = await sae.fit(X, { epochs: 1, batchSize: 64 });
  const blank = X.map((row) => row.map(() => 0));
  const clean = new SparseAutoencoder(options);
  near(loss, [clean.lossAndGradients(blank, { targets: X }).loss], 1e-9);
  const [a, b] = [make(1), clean];
  assert.equal(a.lossAndGradients(X).loss, b.lossAndGradients(X).loss);
  assert.equal(a.evaluate(X).loss, b.evaluate(X).loss);
  assert.equal(flatten(a.transform(X)), flatten(b.transform(X)));
});

test('the option is plain JSON', () => {
  const corruption: Corruption = { kind: 'gaussian', level: 0.1 };
  const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 2, corruption });
  assert.equal(JSON.parse(JSON.stringify(sae)).corruption, corruption);
  assert.ok(kind.options.corruption.check.ok(corruption));
});

test.run();
