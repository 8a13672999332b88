import { inspect } from 'node:util';
import ndarray from 'ndarray';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkGradients,
  Decoder,
  Encoder,
  type MatrixLike,
  SparseAutoencoder,
  type SparseAutoencoderOptions,
} from '../src/index.js';
import { fails, flatten, near, numbers, randomRows, sameBits, thetaOf } from './helpers.js';

const X = randomRows(9, 4, 3);
const dtypes = ['float32', 'float64'] as const;
const create = (options: Partial<SparseAutoencoderOptions> = {}) =>
  new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, seed: 'facade', ...options });

test('the fields of the contract, with their defaults, read-only', () => {
  const sae = new SparseAutoencoder({ inputDim: 784, hiddenDim: 64 });
  const { inputDim, hiddenDim, outputDim, sparsityParam, beta, learningRate } = sae;
  assert.equal([inputDim, hiddenDim, outputDim, sparsityParam, beta, learningRate], [784, 64, 784, 0.05, 0.1, 0.001]);
  const { hiddenActivation, outputActivation, reconstruction, penalty, weightDecay, initializer, dtype, backend, threads } =
    sae.options;
  assert.equal([hiddenActivation, outputActivation, reconstruction, penalty], ['relu', 'sigmoid', 'mse', 'kl']);
  assert.equal([weightDecay, initializer, dtype, backend, threads], [0, 'glorot-uniform', 'float32', 'auto', 'auto']);
  assert.instance(sae.encoder, Encoder);
  assert.instance(sae.decoder, Decoder);
  for (const name of ['inputDim', 'hiddenDim', 'outputDim', 'sparsityParam', 'beta', 'learningRate', 'backend', 'options']) {
    assert.throws(() => Object.assign(sae, { [name]: 1 }), TypeError, name);
  }
  assert.throws(() => Object.assign(sae.parameters, { encoderBias: 1 }), TypeError);
  Object.assign(sae.options, { beta: 5 });
  assert.is(sae.beta, 0.1, 'options is a copy');
});

for (const dtype of dtypes) {
  const sae = create({ dtype, outputDim: 2 });
  const targets = randomRows(9, 2);

  test(`${dtype}: results are ndarrays of that type, of their shapes, and not views of each other`, () => {
    const results: [ReturnType<typeof sae.transform>, number[]][] = [
      [sae.transform(X), [9, 3]],
      [sae.encoder.encode(X), [9, 3]],
      [sae.reconstruct(X), [9, 2]],
      [sae.decoder.decode(randomRows(9, 3)), [9, 2]],
      [sae.evaluate(X, { targets }).meanActivation, [3]],
      [sae.parameters.encoderWeight, [4, 3]],
      [sae.parameters.encoderBias, [3]],
      [sae.parameters.decoderWeight, [3, 2]],
      [sae.parameters.decoderBias, [2]],
    ];
    const { gradients } = sae.lossAndGradients(X, { targets });
    for (const [name, gradient] of Object.entries(gradients)) {
      results.push([gradient, sae.parameters[name as keyof typeof gradients].shape]);
    }
    for (const [result, shape] of results) {
      assert.equal(result.shape, shape);
      assert.instance(result.data, dtype === 'float32' ? Float32Array : Float64Array);
      assert.is(result.dtype, dtype);
    }
    const [first, second] = [sae.transform(X), sae.transform(X)];
    first.set(0, 0, 99);
    assert.is.not(second.get(0, 0), 99);
  });

  test(`${dtype}: every form of the same X gives the same bits`, () => {
    const flat = Float64Array.from(X.flat(), Math.fround);
    const other = dtype === 'float32' ? Float32Array.from(flat) : Float32Array.from(flat);
    const transposed = Float64Array.from({ length: 36 }, (_, k) => flat[(k % 9) * 4 + Math.floor(k / 9)]);
    const wide = Float64Array.from({ length: 9 * 10 + 3 }, (_, k) => {
      const [i, j] = [Math.floor((k - 3) / 10), (k - 3) % 10];
      return k >= 3 && j < 8 && j % 2 === 0 ? flat[i * 4 + j / 2] : Number.NaN;
    });
    const store = { get: (k: number) => flat[k], set: () => {}, length: 36 };
    const forms: Record<string, MatrixLike> = {
      'number[][]': X.map((row) => row.map(Math.fround)),
      'typed rows': X.map((row) => Float32Array.from(row)),
      'data and shape': { data: flat, shape: [9, 4] },
      'data as a list': { data: [...flat], shape: [9, 4] },
      'another type': { data: other, shape: [9, 4] },
      ndarray: ndarray(flat, [9, 4]),
      transposed: ndarray(transposed, [4, 9]).transpose(1, 0),
      'strided, with an offset': ndarray(wide, [9, 4], [10, 2], 3),
      'read backwards': ndarray(flat.toReversed(), [9, 4], [-4, -1], 35),
      'stepped twice': ndarray(flat, [9, 4]).step(-1, 1).step(-1, 1) as MatrixLike,
      'a generic store': ndarray(store as never, [9, 4]) as MatrixLike,
    };
    const expected = sae.transform(forms['data and shape']);
    for (const [form, x] of Object.entries(forms)) {
      sameBits(flatten(sae.transform(x)), flatten(expected), form);
      assert.is(sae.evaluate(x, { targets }).loss, sae.evaluate(forms.ndarray, { targets }).loss, form);
      const { gradients } = sae.lossAndGradients(x, { targets });
      sameBits(
        thetaOf({ parameters: gradients } as SparseAutoencoder),
        thetaOf({ parameters: sae.lossAndGradients(flatOf(flat), { targets }).gradients } as SparseAutoencoder),
        form,
      );
    }
  });

  test(`${dtype}: no call changes X, θ or its own answer`, () => {
    const data = numbers(36);
    const x = { data: dtype === 'float32' ? Float32Array.from(data) : Float64Array.from(data), shape: [9, 4] };
    const [before, theta] = [x.data.slice(), thetaOf(sae)];
    const all = () => [
      ...flatten(sae.transform(x)),
      ...flatten(sae.reconstruct(x)),
      sae.evaluate(x, { targets }).loss,
      sae.lossAndGradients(x, { targets }).loss,
    ];
    sameBits(all(), all());
    sameBits(x.data, before);
    sameBits(thetaOf(sae), theta);
  });
}

const flatOf = (data: Float64Array) => ({ data, shape: [9, 4] });

test('parameters are live: writing to them changes the model, and one array holds them all', () => {
  const sae = create({ backend: 'plain' });
  const before = flatten(sae.transform(X));
  sae.parameters.encoderBias.set(1, 100);
  const after = flatten(sae.transform(X));
  assert.ok(after.every((f, k) => (k % 3 === 1 ? f > 90 : f === before[k])));
  assert.is(sae.parameters.encoderWeight.data.buffer, sae.parameters.decoderBias.data.buffer);
});

test('setParameters copies in, all or some, in every form', () => {
  const sae = create({ dtype: 'float64' });
  const encoderWeight = Float64Array.from(numbers(12));
  sae.setParameters({ encoderWeight: { data: encoderWeight, shape: [4, 3] }, decoderBias: [1, 2, 3, 4] });
  sameBits(flatten(sae.parameters.encoderWeight), encoderWeight);
  sameBits(flatten(sae.parameters.decoderBias), [1, 2, 3, 4]);
  encoderWeight.fill(0);
  assert.is.not(sae.parameters.encoderWeight.get(0, 0), 0, 'a copy');
  sae.setParameters({ encoderBias: Float32Array.of(7, 8, 9) });
  sameBits(flatten(sae.parameters.encoderBias), [7, 8, 9]);
  sae.setParameters({ encoderBias: ndarray(Float64Array.of(1, 0, 2, 0, 3), [3], [2]) });
  sameBits(flatten(sae.parameters.encoderBias), [1, 2, 3]);
  sae.setParameters({ encoderBias: ndarray(Float64Array.of(1, 2, 3), [3], [-1], 2) });
  sameBits(flatten(sae.parameters.encoderBias), [3, 2, 1]);
  sae.setParameters({ encoderBias: { data: [4, 5, 6], shape: [3] } });
  sameBits(flatten(sae.parameters.encoderBias), [4, 5, 6]);
  const twin = create({ dtype: 'float64', seed: 'other' });
  twin.setParameters(sae.parameters);
  sameBits(thetaOf(twin), thetaOf(sae));
  sae.setParameters(sae.parameters);
  sameBits(thetaOf(twin), thetaOf(sae), 'its own parameters');
  const weight = ndarray(Float64Array.from(numbers(12)), [3, 4]);
  sae.setParameters({ encoderWeight: weight.transpose(1, 0) });
  assert.is(sae.parameters.encoderWeight.get(3, 1), weight.get(1, 3));
});

const three = [1, 2, 3];
const refused: [string, unknown, string | RegExp][] = [
  ['an unknown name', { encoderWeights: X }, 'setParameters: unknown parameter "encoderWeights"; did you mean "encoderWeight"?'],
  ['another width', { encoderWeight: randomRows(4, 5) }, /^setParameters: encoderWeight\b.*\b5\b.*expected.*\b3\b/],
  ['another height', { encoderWeight: randomRows(5, 3) }, 'setParameters: encoderWeight has 5 rows, expected 4'],
  ['a bias too long', { encoderBias: [1, 2, 3, 4] }, /^setParameters: encoderBias\b.*\b4\b.*expected.*\b3\b/],
  ['a bias that is a matrix', { encoderBias: { data: three, shape: [3, 1] } }, /^setParameters: encoderBias\b.*expected/],
  ['NaN', { encoderBias: [1, 2, Number.NaN] }, /^setParameters: encoderBias\[.*2\] is NaN, expected a finite number$/],
  [
    'Infinity in a weight',
    { decoderWeight: randomRows(3, 4).map((r, i) => (i === 2 ? [0, Infinity, 0, 0] : r)) },
    'setParameters: decoderWeight[2, 1] is Infinity, expected a finite number',
  ],
  ['text', { encoderBias: 'abc' }, 'setParameters: encoderBias is "abc", expected a list of 3 numbers'],
  ['nothing', null, 'setParameters: got null, expected { encoderWeight, encoderBias, decoderWeight, decoderBias }'],
];
for (const [what, values, message] of refused) {
  test(`setParameters refuses ${what}, and sets none, not even those before it`, async () => {
    const sae = create();
    const before = thetaOf(sae);
    const all = values && { decoderBias: [9, 9, 9, 9], ...(values as object) };
    await fails(() => sae.setParameters(all as never), message);
    sameBits(thetaOf(sae), before);
  });
}

/** Each call that takes rows, and what its errors call them. */
const callers: Record<string, (sae: SparseAutoencoder, x: never) => unknown> = {
  'transform: X': (sae, x) => sae.transform(x),
  'reconstruct: X': (sae, x) => sae.reconstruct(x),
  'evaluate: X': (sae, x) => sae.evaluate(x),
  'lossAndGradients: X': (sae, x) => sae.lossAndGradients(x),
  'encode: X': (sae, x) => sae.encoder.encode(x),
  'decode: F': (sae, x) => sae.decoder.decode(x),
  'fit: X': (sae, x) => sae.fit(x),
};
const long = randomRows(300, 4);
const badRows: Record<string, [unknown, (where: string) => string]> = {
  'rows of another width': [randomRows(2, 5), (w) => `${w.split(':')[0]}: got rows of 5, expected 4`],
  'an ndarray of another width': [ndarray(new Float32Array(10), [2, 5]), (w) => `${w.split(':')[0]}: got rows of 5, expected 4`],
  'ragged rows': [
    [
      [1, 2, 3, 4],
      [1, 2, 3],
    ],
    (w) => `${w}[1] has 3 entries, expected 4`,
  ],
  'no rows': [[], (w) => `${w} is empty, expected at least one row of 4`],
  'an ndarray of no rows': [{ data: [], shape: [0, 4] }, (w) => `${w} is empty, expected at least one row of 4`],
  NaN: [
    [
      [0, 0, 0, 0],
      [0, 0, Number.NaN, 0],
    ],
    (w) => `${w}[1, 2] is NaN, expected a finite number`,
  ],
  Infinity: [[[0, Infinity, 0, 0]], (w) => `${w}[0, 1] is Infinity, expected a finite number`],
  'minus Infinity': [[[0, 0, 0, -Infinity]], (w) => `${w}[0, 3] is -Infinity, expected a finite number`],
  'NaN far down': [
    long.map((row, i) => (i === 277 ? [0, 0, 0, Number.NaN] : row)),
    (w) => `${w}[277, 3] is NaN, expected a finite number`,
  ],
  text: ['rows', (w) => `${w} is "rows", expected an ndarray, number[][] or { data, shape }`],
  nothing: [undefined, (w) => `${w} is undefined, expected an ndarray, number[][] or { data, shape }`],
};
for (const backend of ['plain', 'simd'] as const) {
  for (const [where, call] of Object.entries(callers)) {
    test(`${backend}: ${where.replace(':', ' says what is wrong with')}, and has changed nothing`, async () => {
      const sae = create({ backend, hiddenDim: 4 });
      const before = thetaOf(sae);
      for (const [data, message] of Object.values(badRows)) await fails(() => call(sae, data as never), message(where));
      sameBits(thetaOf(sae), before);
      near(flatten(sae.transform(X)), flatten(create({ backend, hiddenDim: 4 }).transform(X)), 0);
    });
  }
}

test('evaluate and lossAndGradients say what is wrong with targets', async () => {
  const sae = create({ outputDim: 2 });
  for (const name of ['evaluate', 'lossAndGradients'] as const) {
    await fails(() => sae[name](X), `${name}: targets is missing, expected 9 rows of 2 (outputDim 2 is not inputDim 4)`);
    await fails(() => sae[name](X, { targets: randomRows(8, 2) }), `${name}: targets has 8 rows, expected 9, as X`);
    await fails(
      () => sae[name](X, { targets: randomRows(9, 3) }),
      new RegExp(`^${name}: targets\\b.*\\b3\\b.*expected.*\\b2\\b`),
    );
  }
});

test('backend says what runs: float64 is plain, and asking for simd there is an error', () => {
  assert.is(create({ backend: 'plain' }).backend, 'plain');
  assert.is(create({ backend: 'simd' }).backend, 'simd');
  assert.is(create().backend, 'simd');
  assert.is(create({ dtype: 'float64' }).backend, 'plain');
});

test('evaluate, lossAndGradients and checkGradients know their options too', async () => {
  const sae = create();
  const X = [[1, 0, 1, 0]];
  await fails(() => sae.evaluate(X, { target: X } as never), 'evaluate: unknown option "target"; did you mean "targets"?');
  await fails(() => sae.evaluate(X, null as never), 'evaluate: got null, expected an object with options');
  await fails(
    () => sae.lossAndGradients(X, { tragets: X } as never),
    'lossAndGradients: unknown option "tragets"; did you mean "targets"?',
  );
  await fails(
    () => checkGradients(sae, X, { sample: 3 } as never),
    'checkGradients: unknown option "sample"; did you mean "samples"?',
  );
  await fails(() => checkGradients(null as never, X), 'checkGradients: got null, expected a SparseAutoencoder');
});

test('setParameters names the entry of a vector that is at fault, and passes over what is undefined', async () => {
  const sae = create();
  await fails(
    () => sae.setParameters({ encoderBias: [0, 1, Number.NaN] }),
    'setParameters: encoderBias[2] is NaN, expected a finite number',
  );
  await fails(() => sae.setParameters({ encoderBias: [0, 1] }), 'setParameters: encoderBias has 2 entries, expected 3');
  sae.setParameters({ encoderBias: undefined, decoderBias: [1, 2, 3, 4] });
  assert.equal(flatten(sae.parameters.decoderBias), [1, 2, 3, 4]);
});

test('more parameters than an array can hold are refused before any is allocated', async () => {
  await fails(
    () => new SparseAutoencoder({ inputDim: 1e9, hiddenDim: 1e9 }),
    /^SparseAutoencoder: these sizes make 2\d+ parameters, expected at most 2147483647$/,
  );
});

test("β's default follows the penalty, and so does whatever is left out", () => {
  assert.equal(
    (['kl', 'l1', 'none'] as const).map((penalty) => create({ penalty }).beta),
    [0.1, 1e-4, 0],
  );
  assert.is(create({ penalty: 'l1', beta: 0.3 }).beta, 0.3);
});

test('one row given as d numbers is one row: the same bits as in a list of rows', async () => {
  const sae = create();
  const [row] = X;
  const forms = [row, Float32Array.from(row), Float64Array.from(row), ndarray(Float64Array.from(row), [4])];
  for (const form of forms) {
    assert.equal(sae.transform(form).shape, [1, 3]);
    const single = Array.from(form instanceof Float32Array ? form : row);
    sameBits(flatten(sae.transform(form)), flatten(sae.transform([single])));
    sameBits(flatten(sae.encoder.encode(form)), flatten(sae.transform([single])));
    sameBits(flatten(sae.reconstruct(form)), flatten(sae.reconstruct([single])));
  }
  const backwards = ndarray([...row].reverse(), [4], [-1], 3);
  sameBits(flatten(sae.transform(backwards)), flatten(sae.transform([row])));
  const code = flatten(sae.transform(row));
  sameBits(flatten(sae.decoder.decode(code)), flatten(sae.reconstruct(row)));
  await fails(() => sae.transform([1, 2, 3]), 'transform: got rows of 3, expected 4');
  await fails(() => sae.transform(new Float32Array(8)), 'transform: got rows of 8, expected 4');
  await fails(() => sae.fit(row as never), `fit: X[0] is ${row[0]}, expected a row of 4 numbers`);
});

test('what is no matrix is named by what it is', async () => {
  const sae = create();
  function* rows() {
    yield [1, 2, 3, 4];
  }
  const expected = 'expected an ndarray, number[][] or { data, shape }';
  await fails(() => sae.fit(rows() as never), `fit: X is a Generator, ${expected}`);
  await fails(() => sae.fit(new Map() as never), `fit: X is a Map, ${expected}`);
  await fails(() => sae.fit(Object.create(null)), `fit: X is an object (), ${expected}`);
});

test('console.log and JSON.stringify say what model it is', () => {
  const sae = create({ penalty: 'none' });
  assert.is(inspect(sae), 'SparseAutoencoder 4-3-4 (relu → sigmoid, no penalty, 31 parameters, float32, simd kernels)');
  assert.is(
    `${create()}`,
    'SparseAutoencoder 4-3-4 (relu → sigmoid, KL, ρ = 0.05, weight 0.1, 31 parameters, float32, simd kernels)',
  );
  assert.equal(new SparseAutoencoder(JSON.parse(JSON.stringify(sae))).options, sae.options);
});

test.run();
