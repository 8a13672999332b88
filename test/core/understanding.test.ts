import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder as Core } from '../../src/core.js';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { fails, flatten, near, randomRows, sameBits } from '../helpers.js';

const X = randomRows(30, 6);
const options = {
  inputDim: 6,
  hiddenDim: 12,
  hiddenActivation: 'topk',
  k: 3,
  outputActivation: 'identity',
  dtype: 'float64',
  seed: 1,
} as const satisfies SparseAutoencoderOptions;

async function trained(more: Partial<SparseAutoencoderOptions> = {}) {
  const sae = new SparseAutoencoder({ ...options, ...more } as SparseAutoencoderOptions);
  await sae.fit(X, { epochs: 3, batchSize: 10, ...(!more.outputActivation && { decoderBias: 'mean' }) });
  return sae;
}

/** r·r for a row, from what decode gives. */
function lengthOf(sae: SparseAutoencoder, x: number[]): number {
  const xHat = flatten(sae.decoder.decode(sae.transform(x)));
  return xHat.reduce((sum, value, q) => sum + (value - sae.parameters.decoderBias.get(q)) ** 2, 0);
}

test('explain: contributions add up to ‖x̂ − b_dec‖², shares to 1, and each is of an active unit', async () => {
  const sae = await trained();
  for (const x of X.slice(0, 5)) {
    const parts = sae.explain(x);
    near([parts.reduce((sum, { contribution }) => sum + contribution, 0)], [lengthOf(sae, x)], 1e-12);
    near([parts.reduce((sum, { share }) => sum + share, 0)], [1], 1e-12);
    const f = flatten(sae.transform(x));
    assert.is(parts.length, f.filter((value) => value !== 0).length);
    for (const { unit, activation, name } of parts) {
      assert.is(activation, f[unit]);
      assert.is(name, null);
    }
    assert.equal(sae.explain([x], { count: 2 }), parts.slice(0, 2));
  }
});

test('explain takes names from the model, and names and rows from features', async () => {
  const sae = await trained();
  const rows = X.map((_, i) => `row ${i}`);
  const features = sae.features(X, { rows });
  const [first] = sae.explain(X[4], { features });
  assert.is(first.name, features.name(first.unit));
  assert.equal(first.rows, features.topRows(first.unit, { count: 5 }));
  sae.setNames({ [first.unit]: 'mine' });
  assert.is(sae.explain(X[4])[0].name, 'mine');
  assert.is(sae.explain(X[4], { features })[0].name, 'mine', 'features show what the model is told later');
  assert.is(sae.similarity(X[4], X[4]).shared[0].name, 'mine');
});

test('features: the codes and top rows that transform and topActivations give', async () => {
  const sae = await trained();
  const features = sae.features(X);
  assert.equal(features.codes, sae.transform(X, { sparse: true }));
  for (let unit = 0; unit < 12; unit++) {
    assert.equal(
      features.topRows(unit, { count: 4 }).map(({ row, value }) => ({ row, value })),
      sae.topActivations(X, { unit, count: 4 }),
    );
  }
  near(features.density, sae.evaluate(X).density.data, 1e-15);
  const by = sae.neighbors(3, { count: 4 });
  assert.equal(by, features.neighbors(3, { count: 4 }));
});

test('features: what came with the rows from a file is what they are called, unless something else is said', async () => {
  const sae = await trained();
  const table = { data: Float64Array.from(X.flat()), rows: 30, cols: 6, ids: X.map((_, i) => `id${i}`) };
  const texts = X.map((_, i) => `text ${i}`);
  const nameOf = (...given: Parameters<typeof sae.features>) => sae.features(...given).topRows(sae.explain(X[0])[0].unit)[0];
  const { row } = nameOf(table);
  assert.is(nameOf(table).name, `id${row}`);
  assert.is(nameOf({ ...table, texts } as never).name, `text ${row}`);
  assert.is(nameOf(table, { rows: texts }).name, `text ${row}`);
});

test('similarity: the cosine of x̂ − b_dec, in parts', async () => {
  const sae = await trained();
  const r = (x: number[]) =>
    flatten(sae.decoder.decode(sae.transform(x))).map((value, q) => value - sae.parameters.decoderBias.get(q));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, q) => sum + value * b[q], 0);
  const [a, b] = [r(X[0]), r(X[1])];
  const { cosine, shared, apart } = sae.similarity(X[0], X[1]);
  near([cosine], [dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))], 1e-12);
  near([[...shared, ...apart].reduce((sum, { part }) => sum + part, 0)], [cosine], 1e-12);
});

test('steer: x + Δf·w_j, what is not reconstructed included; set to what it is, a row comes back; one row or several', async () => {
  const sae = await trained();
  const f = flatten(sae.transform(X[0]));
  const w = (j: number) => Array.from({ length: 6 }, (_, q) => sae.parameters.decoderWeight.get(j, q));
  const on = f.findIndex((value) => value !== 0);
  const off = f.indexOf(0);
  near(flatten(sae.steer(X[0], {})), X[0], 0);
  near(flatten(sae.steer(X[0], { [on]: f[on] })), X[0], 1e-15);
  const expected = X[0].map((x, q) => x - f[on] * w(on)[q] + 2 * w(off)[q]);
  near(flatten(sae.steer(X[0], { [on]: 0, [off]: 2 })), expected, 1e-12);
  const xHat = flatten(sae.reconstruct(X[0]));
  near(
    flatten(sae.steer(X[0], { [off]: 2 }, { keepError: false })),
    xHat.map((value, q) => value + 2 * w(off)[q]),
    1e-12,
  );
  const all = sae.steer(X, { [off]: 2 });
  assert.equal(all.shape, [30, 6]);
  near(flatten(all).slice(0, 6), flatten(sae.steer(X[0], { [off]: 2 })), 1e-15);
});

test('steer gives the caller’s units: preparation is undone, each row with its own length', async () => {
  const preparation = { scale: 3, standardize: true, unitRows: true, meanNorm: true };
  const sae = await trained({ preparation });
  near(flatten(sae.steer(X, {})), X.flat(), 1e-12);
  near(flatten(sae.steer(X, {}, { keepError: false })), flatten(sae.reconstruct(X)), 1e-12);
  // Twice the change in the code is twice the change in x.
  const moved = (value: number) => flatten(sae.steer(X[3], { 7: value })).map((x, q) => x - X[3][q]);
  const f = flatten(sae.transform(X[3]))[7];
  near(
    moved(f + 2),
    moved(f + 1).map((x) => 2 * x),
    1e-12,
  );
});

test('steer with a sigmoid output: x + (x̂′ − x̂); rows of another width come out decoded', async () => {
  const sae = await trained({ outputActivation: 'sigmoid' });
  const change = flatten(sae.steer(X[2], { 5: 4 }, { keepError: false })).map((x, q) => x - flatten(sae.reconstruct(X[2]))[q]);
  near(
    flatten(sae.steer(X[2], { 5: 4 })),
    X[2].map((x, q) => x + change[q]),
    1e-12,
  );
  const wide = new SparseAutoencoder({ ...options, outputDim: 4 });
  const code = flatten(wide.transform(X[0]));
  code[5] = 4;
  near(flatten(wide.steer(X[0], { 5: 4 })), flatten(wide.decoder.decode(code)), 1e-12);
  await fails(
    () => wide.steer(X, {}, { keepError: true }),
    'steer: keepError: outputDim is 4, expected inputDim 6: what x̂ lacks is of x',
  );
});

test('compare: rows against rows, as features compare them', async () => {
  const sae = await trained();
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const how = { together: false, confidence: 0.5 };
  const found = sae.compare(X.slice(0, 15), X.slice(15), how);
  assert.ok(found.length > 0);
  assert.equal(found, sae.features(X).compare(numbers(0, 15), numbers(15, 30), how));
  sae.setNames({ [found[0].unit]: 'mine' });
  assert.is(sae.compare(X.slice(0, 15), X.slice(15), how)[0].name, 'mine');
});

test('the class without ndarray gives the same', async () => {
  const sae = await trained();
  const core = Core.fromBytes(sae.toBytes());
  const rows = X.map((_, i) => `row ${i}`);
  assert.equal(core.explain(X[1]), sae.explain(X[1]));
  assert.equal(core.similarity(X[1], X[2]), sae.similarity(X[1], X[2]));
  assert.equal(core.neighbors(2), sae.neighbors(2));
  assert.equal(core.features(X, { rows }).names, sae.features(X, { rows }).names);
  sameBits(core.steer(X, { 2: 1 }).data, flatten(sae.steer(X, { 2: 1 })));
  core.setNames({ 2: 'two' });
  assert.is(core.names[2], 'two');
});

test('names: a list for all, or { unit: name }; what is no name changes none', async () => {
  const sae = new SparseAutoencoder(options);
  assert.equal(sae.names, Array(12).fill(null));
  sae.setNames({ 3: 'three', 4: 'four' });
  sae.setNames({ 4: null });
  assert.equal([sae.names[3], sae.names[4]], ['three', null]);
  const wrong: [unknown, string][] = [
    [null, 'setNames: got null, expected a list of 12 names, or { unit: name }'],
    [new Map([[0, 'one']]), 'setNames: got a Map, expected a list of 12 names, or { unit: name }'],
    [{ '01': 'one' }, 'setNames: unit is "01", expected a whole number from 0 to 11'],
    [['one'], 'setNames: got 1 names, expected 12'],
    [Array(12).fill(''), 'setNames[0] is "", expected a text, or null for no name'],
    [{ 5: 'five', 12: 'twelve' }, 'setNames: unit is "12", expected a whole number from 0 to 11'],
    [{ 5: 'five', 6: 6 }, 'setNames: unit 6 is 6, expected a text, or null for no name'],
    [{ five: 'five' }, 'setNames: unit is "five", expected a whole number from 0 to 11'],
  ];
  for (const [names, message] of wrong) await fails(() => sae.setNames(names as never), message);
  assert.is(sae.names[5], null);
  sae.setNames(Array(12).fill('all'));
  assert.equal(sae.names, Array(12).fill('all'));
});

test('what is wrong with rows and options is said in a line', async () => {
  const sae = new SparseAutoencoder(options);
  await fails(() => sae.explain(X), 'explain: x has 30 rows, expected one');
  await fails(() => sae.explain([1, 2]), 'explain: x: got rows of 2, expected 6');
  await fails(() => sae.explain(X[0], { count: 0 }), /^explain: count is 0, expected/);
  await fails(
    () => sae.explain(X[0], { features: X as never }),
    'explain: features is a list of 30, expected what features(X) of this model gives',
  );
  const other = new SparseAutoencoder({ ...options, hiddenDim: 5 }).features(X);
  await fails(
    () => sae.similarity(X[0], X[1], { features: other }),
    'similarity: features is a Features, expected what features(X) of this model gives',
  );
  await fails(() => sae.similarity(X[0], X), 'similarity: b has 30 rows, expected one');
  await fails(() => sae.neighbors(12), 'neighbors: unit is 12, expected a whole number from 0 to 11');
  await fails(() => sae.steer(X, null as never), 'steer: got null, expected { unit: value }');
  await fails(() => sae.steer(X, new Map([[0, 5]]) as never), 'steer: got a Map, expected { unit: value }');
  await fails(() => sae.steer(X, [1] as never), 'steer: got [1], expected { unit: value }');
  await fails(() => sae.steer(X, { '01': 2 } as never), 'steer: unit is "01", expected a whole number from 0 to 11');
  await fails(() => sae.steer(X, { 1: '2' as never }), 'steer: unit 1 is "2", expected a finite number');
  await fails(() => sae.steer(X, { 12: 1 }), 'steer: unit is "12", expected a whole number from 0 to 11');
  await fails(() => sae.steer(X, { 1: Number.NaN }), 'steer: unit 1 is NaN, expected a finite number');
  await fails(() => sae.features([[1, 2]]), 'features: got rows of 2, expected 6');
  await fails(() => sae.compare([[1, 2]], X), 'compare: A: got rows of 2, expected 6');
});

test.run();
