import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder as Core, modelOf } from '../../src/core/sparse-autoencoder.js';
import { checkGradients, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { removeRadialPart } from '../../src/sparsity/modifiers/unit-norm.js';
import { fails, flatten, near, randomRows, sameBits } from '../helpers.js';

const options = { inputDim: 5, hiddenDim: 7, outputActivation: 'identity', dtype: 'float64', penalty: 'none', seed: 2 } as const;
const make = (more: Partial<SparseAutoencoderOptions>) => new SparseAutoencoder({ ...options, ...more });
const X = randomRows(12, 5, 4);
const transposed = (rows: readonly (readonly number[])[]) => rows[0].map((_, j) => rows.map((row) => row[j]));
const rowsOf = (values: readonly number[], cols: number) =>
  Array.from({ length: values.length / cols }, (_, i) => values.slice(i * cols, (i + 1) * cols));
const lengths = (sae: SparseAutoencoder) => rowsOf(flatten(sae.parameters.decoderWeight), 5).map((row) => Math.hypot(...row));
const memoryOf = (sae: SparseAutoencoder) => modelOf(coreOf(sae)).memory.values;

test('preBias: the code is that of x − b_dec', () => {
  const [with_, without] = [make({ preBias: true }), make({})];
  const bias = [0.1, -0.2, 0.3, 0.4, -0.5];
  with_.setParameters({ decoderBias: bias });
  const shifted = X.map((row) => row.map((x, p) => x - bias[p]));
  near(flatten(with_.transform(X)), flatten(without.transform(shifted)), 1e-14);
});

test('unitNorm: rows start and stay at length 1; lossAndGradients gives ∇J itself', async () => {
  const sae = make({ unitNorm: true });
  near(lengths(sae), Array(7).fill(1), 1e-14);
  for (const [name, { relativeError }] of Object.entries(checkGradients(sae, X))) assert.ok(relativeError < 1e-8, name);
  await sae.fit(X, { epochs: 5, batchSize: 4 });
  near(lengths(sae), Array(7).fill(1), 1e-14);
});

test("unitNorm: the gradient loses its part along the row, whatever the row's length; a row of zeros leaves it", () => {
  const g = { data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 };
  removeRadialPart(g, { data: Float64Array.of(0, 5, 0, 0), rows: 2, cols: 2 });
  near(g.data, [1, 0, 3, 4], 1e-15);
});

test("tied: 'start': W_enc starts as W_decᵀ, of length 1 with unitNorm, and goes its own way", async () => {
  const sae = make({ tied: 'start', unitNorm: true });
  const { encoderWeight, decoderWeight } = sae.parameters;
  sameBits(flatten(encoderWeight), transposed(rowsOf(flatten(decoderWeight), 5)).flat());
  await sae.fit(X, { epochs: 1 });
  assert.not.equal(flatten(encoderWeight), transposed(rowsOf(flatten(decoderWeight), 5)).flat());
});

test('tied: true: encoderWeight is decoderWeight transposed, on the same memory, before, during and after fit', async () => {
  const sae = make({ tied: true });
  const same = () =>
    sameBits(flatten(sae.parameters.encoderWeight), transposed(rowsOf(flatten(sae.parameters.decoderWeight), 5)).flat());
  same();
  await sae.fit(X, { epochs: 2, onBatchEnd: same });
  same();
  sae.parameters.encoderWeight.set(1, 2, 0.25);
  assert.is(sae.parameters.decoderWeight.get(2, 1), 0.25);
  const { gradients } = sae.lossAndGradients(X);
  sameBits(flatten(gradients.encoderWeight), transposed(rowsOf(flatten(gradients.decoderWeight), 5)).flat());
  assert.match(sae.toString(), `${7 * 5 + 7 + 5} parameters`);
});

test('tied: true is the untied model with W_enc = W_decᵀ: J, the code, and gradients that add up', () => {
  const [sae, free] = [make({ tied: true, weightDecay: 0.1 }), make({ weightDecay: 0.1 })];
  free.setParameters(sae.parameters);
  near(flatten(sae.transform(X)), flatten(free.transform(X)), 0);
  const [a, b] = [sae.lossAndGradients(X), free.lossAndGradients(X)];
  near([a.loss], [b.loss], 1e-15);
  const both = transposed(rowsOf(flatten(b.gradients.encoderWeight), 7)).flat();
  near(
    flatten(a.gradients.decoderWeight),
    flatten(b.gradients.decoderWeight).map((g, p) => g + both[p]),
    1e-15,
  );
  near([sae.evaluate(X).loss], [free.evaluate(X).loss], 1e-15);
});

test('tied: true: setParameters writes encoderWeight through, takes both where they agree, and refuses them where not', async () => {
  const sae = make({ tied: true });
  const w = randomRows(5, 7, 9);
  sae.setParameters({ encoderWeight: w });
  sameBits(flatten(sae.parameters.decoderWeight), transposed(w).flat());
  sae.setParameters({ encoderWeight: w, decoderWeight: transposed(w) });
  const other = transposed(w);
  other[3][2] = 9;
  await fails(
    () => sae.setParameters({ encoderWeight: w, decoderWeight: other }),
    `setParameters: encoderWeight[2, 3] is ${w[2][3]}, expected 9, as decoderWeight[3, 2]: they are tied`,
  );
  sameBits(flatten(sae.parameters.decoderWeight), transposed(w).flat());
});

test('tied: true in the core: encoderWeight is a row-major copy of W_decᵀ as it stands', () => {
  const core = new Core({ ...options, tied: true });
  const { decoderWeight } = core.parameters;
  decoderWeight.data[5 * 3 + 2] = 0.75;
  const { data, rows, cols } = core.parameters.encoderWeight;
  assert.equal([rows, cols, data[7 * 2 + 3]], [5, 7, 0.75]);
  assert.equal(Object.keys(core.parameters), ['encoderWeight', 'encoderBias', 'decoderWeight', 'decoderBias']);
  core.setParameters(core.parameters);
});

test('auxK: units count the rows they were silent for, and those that were active start again', async () => {
  const sae = make({ auxK: { k: 2, deadAfter: 10 }, learningRate: 1e-6 });
  sae.setParameters({ encoderBias: [9, 9, 9, 9, 9, -9, -9] });
  await sae.fit(X, { epochs: 1, batchSize: 5, shuffle: false });
  near(memoryOf(sae).silentFor, [0, 0, 0, 0, 0, 12, 12], 0);
});

test('auxK: the dead learn what is left over, by hand; J is the same in evaluate', () => {
  const sae = make({ inputDim: 1, hiddenDim: 2, auxK: { k: 1, deadAfter: 5, coefficient: 0.5 }, reconstruction: 'half-sse' });
  sae.setParameters({ encoderWeight: [[1, 1]], encoderBias: [0, 0.5], decoderWeight: [[0.5], [2]] });
  const before = sae.lossAndGradients([[2]]).loss;
  // f = (2, 2.5), x̂ = 1 + 5 = 6, e = −4; J = 16/2 while none is dead.
  near([before], [8], 1e-14);
  memoryOf(sae).silentFor[1] = 5;
  // z₁ = 2.5, ê = 5: J adds 0.5·(5 + 4)²/2; dê = 0.5·9, dw_dec,1 gains 4.5·2.5, dz₁ = 4.5·2.
  const { loss, gradients } = sae.lossAndGradients([[2]]);
  near([loss], [8 + 20.25], 1e-14);
  near(flatten(gradients.decoderWeight), [4 * 2, 4 * 2.5 + 11.25], 1e-14);
  near(flatten(gradients.encoderWeight), [4 * 0.5 * 2, 4 * 2 * 2 + 18], 1e-14);
  near(flatten(gradients.encoderBias), [2, 8 + 9], 1e-14);
  near(flatten(gradients.decoderBias), [4], 1e-14, 'Ê has no b_dec');
  near([sae.evaluate([[2]]).loss], [loss], 1e-14);
});

test('a pass with all of it at once fits the memory that it asked for', () => {
  const [d, h] = [300, 3000];
  const all = { hiddenActivation: 'topk', k: h / 2, tied: true, preBias: true, auxK: { k: h, deadAfter: 1 } } as const;
  const sae = new SparseAutoencoder({ ...options, inputDim: d, hiddenDim: h, dtype: 'float32', ...all });
  memoryOf(sae).silentFor.fill(1);
  const many = randomRows(200, d, 3);
  near([sae.lossAndGradients(many).loss], [sae.evaluate(many).loss], 1e-5);
});

test('auxK wakes units that would stay dead', async () => {
  const data = randomRows(400, 5, 11).map((row) => row.map((u) => 2 * u - 1));
  const alive = async (more: Partial<SparseAutoencoderOptions>) => {
    const sae = make({ hiddenActivation: 'topk', k: 2, reconstruction: 'sse', learningRate: 0.01, ...more });
    sae.setParameters({ encoderBias: [2, 2, 2, 2, 0, 0, 0] });
    await sae.fit(data, { epochs: 100, batchSize: 50 });
    return sae.evaluate(data).deadUnits;
  };
  assert.is(await alive({}), 2);
  assert.is(await alive({ auxK: { k: 3, deadAfter: 200 } }), 0);
});

test.run();
