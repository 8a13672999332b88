import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { fails, flatten, near, projectRoot, randomRows, runModule, sameBits, thetaOf } from '../helpers.js';

const X = randomRows(50, 7, 3);
const V = randomRows(20, 7, 4);
const create = (options: Partial<SparseAutoencoderOptions> = {}) =>
  new SparseAutoencoder({ inputDim: 7, hiddenDim: 5, seed: 'file', learningRate: 0.01, ...options });
const models: Partial<SparseAutoencoderOptions>[] = [{ backend: 'plain' }, { backend: 'simd' }, { dtype: 'float64' }];
const equal = (a: Uint8Array, b: Uint8Array, what: string) => assert.ok(Buffer.from(a).equals(Buffer.from(b)), what);

test('a model comes back from its bytes: options, parameters and answers, and the same bytes again', () => {
  const property = fc.property(
    fc.record({
      inputDim: fc.integer({ min: 1, max: 9 }),
      hiddenDim: fc.integer({ min: 1, max: 9 }),
      outputDim: fc.integer({ min: 1, max: 9 }),
      outputActivation: fc.constantFrom('relu', 'sigmoid', 'tanh', 'identity'),
      dtype: fc.constantFrom('float32', 'float64'),
      seed: fc.oneof(fc.string(), fc.integer()),
      weightDecay: fc.double({ min: 0, max: 1, noNaN: true }),
    }) as fc.Arbitrary<SparseAutoencoderOptions>,
    (options) => {
      const sae = new SparseAutoencoder(options);
      const bytes = sae.toBytes();
      const back = SparseAutoencoder.fromBytes(bytes);
      assert.equal(back.options, sae.options);
      sameBits(thetaOf(back), thetaOf(sae));
      const x = randomRows(3, options.inputDim);
      sameBits(flatten(back.reconstruct(x)), flatten(sae.reconstruct(x)));
      equal(back.toBytes(), bytes, 'bytes');
      equal(
        SparseAutoencoder.fromBytes(sae.toBytes({ training: true })).toBytes({ training: true }),
        sae.toBytes({ training: true }),
        'training',
      );
    },
  );
  fc.assert(property, { numRuns: 60 });
});

test("the tensors have SAELens's names and orientation, and the metadata is text", () => {
  const sae = create({ outputDim: 3 });
  const { tensors, metadata } = readSafetensors(sae.toBytes(), 'model');
  assert.equal([...tensors].map(([name, { dtype, shape }]) => [name, dtype, [...shape]]).sort(), [
    ['W_dec', 'F32', [5, 3]],
    ['W_enc', 'F32', [7, 5]],
    ['b_dec', 'F32', [3]],
    ['b_enc', 'F32', [5]],
    ['memory.beta', 'F64', [1]],
  ]);
  sameBits(tensors.get('W_enc')?.data as Float32Array, flatten(sae.parameters.encoderWeight));
  assert.is(metadata.get('format'), 'sparse-autoencoder');
  assert.equal(JSON.parse(metadata.get('options') as string), sae.options);
});

test('names are in the file, where there are any, and come back, with the training or without', () => {
  const sae = create();
  assert.not(readSafetensors(sae.toBytes(), 'model').metadata.has('names'));
  sae.setNames({ 1: 'Äpfel, "Birnen"', 4: 'four' });
  for (const training of [false, true]) {
    const back = SparseAutoencoder.fromBytes(sae.toBytes({ training }));
    assert.equal(back.names, [null, 'Äpfel, "Birnen"', null, null, 'four']);
    equal(back.toBytes({ training }), sae.toBytes({ training }), 'bytes');
  }
});

test('what others know by another form is written beside it: threshold = e^log_threshold, W_enc of tied weights', () => {
  const jump = create({ hiddenActivation: 'jumprelu', penalty: 'l0' });
  const { tensors } = readSafetensors(jump.toBytes(), 'model');
  near(tensors.get('threshold')?.data as Float32Array, Array(5).fill(0.01), 1e-7);
  equal(SparseAutoencoder.fromBytes(jump.toBytes()).toBytes(), jump.toBytes(), 'jumprelu');
  // It is for others alone: one that is beyond the range of floats is written, and not read.
  jump.setParameters({ logThreshold: Array(5).fill(100) });
  equal(SparseAutoencoder.fromBytes(jump.toBytes()).toBytes(), jump.toBytes(), 'a threshold of Infinity');
  const tied = create({ tied: true, outputActivation: 'identity' });
  const { data } = readSafetensors(tied.toBytes(), 'model').tensors.get('W_enc') as { data: Float32Array };
  sameBits(data, flatten(tied.parameters.encoderWeight));
  equal(SparseAutoencoder.fromBytes(tied.toBytes()).toBytes(), tied.toBytes(), 'tied');
});

for (const options of models) {
  const name = JSON.stringify(options);
  const fitOptions: FitOptions = { batchSize: 8, validationSplit: 0.2 };

  test(`${name}: fit(4), bytes, fit(3) is fit(7), byte for byte; without the training the weights alone go on`, async () => {
    const [whole, first] = [create(options), create(options)];
    const history = await whole.fit(X, { ...fitOptions, epochs: 7 });
    await first.fit(X, { ...fitOptions, epochs: 4 });
    const second = SparseAutoencoder.fromBytes(first.toBytes({ training: true }));
    const rest = await second.fit(X, { ...fitOptions, epochs: 3 });
    equal(second.toBytes({ training: true }), whole.toBytes({ training: true }), 'training');
    assert.equal(rest.validationLoss, history.validationLoss.slice(4));
    const bare = SparseAutoencoder.fromBytes(first.toBytes());
    sameBits(thetaOf(bare), thetaOf(first));
    await bare.fit(X, { ...fitOptions, epochs: 3 });
    assert.not.equal(thetaOf(bare), thetaOf(whole));
  });

  test(`${name}: a fit resumed from any of its checkpoints ends as the one never cut short, early stopping and all`, async () => {
    const plan: FitOptions = {
      epochs: 30,
      batchSize: 8,
      validationData: V,
      earlyStopping: { patience: 3, minDelta: 1e-4 },
    };
    const checkpoints: Uint8Array[] = [];
    const whole = create({ ...options, learningRate: 0.05 });
    await whole.fit(X, { ...plan, epochs: 2 });
    const history = await whole.fit(X, { ...plan, checkpoint: { save: (bytes) => checkpoints.push(bytes) } });
    const expected = whole.toBytes({ training: true });
    assert.is(checkpoints.length, history.loss.length);
    assert.ok(history.loss.length < 30, 'it stopped early');
    for (const bytes of checkpoints) {
      const again = SparseAutoencoder.fromBytes(bytes);
      assert.equal(await again.fit(X, { ...plan, resume: true }), history);
      equal(again.toBytes({ training: true }), expected, 'bytes');
    }
  });

  test(`${name}: a fit aborted anywhere resumes where its last good epoch ended`, async () => {
    const plan: FitOptions = { epochs: 5, batchSize: 8, earlyStopping: { patience: 2 } };
    const whole = create(options);
    const history = await whole.fit(X, plan);
    for (const [epoch, batch] of [
      [1, 0],
      [2, 3],
      [4, 6],
    ]) {
      const cut = create(options);
      const stop = new AbortController();
      const onBatchEnd: FitOptions['onBatchEnd'] = (at) =>
        at.epoch === epoch && at.batch === batch && stop.abort(new Error('cut'));
      await fails(() => cut.fit(X, { ...plan, onBatchEnd, signal: stop.signal }), 'cut');
      const again = SparseAutoencoder.fromBytes(cut.toBytes({ training: true }));
      assert.equal(await again.fit(X, { ...plan, resume: true }), history);
      assert.equal(await cut.fit(X, { ...plan, resume: true }), history, 'in the same process too');
      equal(again.toBytes({ training: true }), whole.toBytes({ training: true }), 'bytes');
    }
  });
}

test('resampling added after the best epoch: its checkpoints come back, and the fit ends as the one never cut short', async () => {
  const plan: FitOptions = { epochs: 6, batchSize: 8 };
  const cut = create();
  const onEpochEnd: FitOptions['onEpochEnd'] = ({ epoch }) => {
    if (epoch === 2) throw new Error('cut');
  };
  await fails(() => cut.fit(X, { ...plan, earlyStopping: { patience: 50 }, onEpochEnd }), 'cut');
  const rest = { ...plan, resume: true, earlyStopping: { patience: 50, minDelta: 10 }, resampling: { every: 1 } };
  const checkpoints: Uint8Array[] = [];
  await cut.fit(X, { ...rest, checkpoint: { save: (bytes) => checkpoints.push(bytes) } });
  assert.is(checkpoints.length, 3);
  for (const bytes of checkpoints) {
    const again = SparseAutoencoder.fromBytes(bytes);
    await again.fit(X, rest);
    equal(again.toBytes({ training: true }), cut.toBytes({ training: true }), 'bytes');
  }
});

test('another process reads it and goes on to the same bytes', async () => {
  const [whole, first] = [create(), create()];
  await whole.fit(X, { epochs: 7, batchSize: 8 });
  await first.fit(X, { epochs: 4, batchSize: 8 });
  const text = await runModule(`
    import { SparseAutoencoder } from '${projectRoot}/src/index.ts';
    const sae = SparseAutoencoder.fromBytes(Buffer.from('${Buffer.from(first.toBytes({ training: true })).toString('base64')}', 'base64'));
    await sae.fit(${JSON.stringify(X)}, { epochs: 3, batchSize: 8 });
    console.log(Buffer.from(sae.toBytes({ training: true })).toString('base64'));
  `);
  equal(Buffer.from(text, 'base64'), whole.toBytes({ training: true }), 'bytes');
});

test('while fit runs the bytes are those of the last good epoch', async () => {
  const [sae, other] = [create(), create()];
  await other.fit(X, { epochs: 1, batchSize: 8 });
  let seen: Uint8Array | undefined;
  await sae.fit(X, {
    epochs: 2,
    batchSize: 8,
    onBatchEnd({ epoch, batch }) {
      if (epoch === 1 && batch === 2) seen = sae.toBytes();
    },
  });
  equal(seen as Uint8Array, other.toBytes(), 'bytes');
});

test('resume is refused where there is nothing to resume, or other rows', async () => {
  const sae = create();
  await fails(() => sae.fit(X, { resume: true }), /^fit: resume: this model is in the middle of no fit/);
  let bytes = sae.toBytes();
  await sae.fit(X, { epochs: 2, batchSize: 8, checkpoint: { save: (b) => (bytes = b as typeof bytes) } });
  const again = () => SparseAutoencoder.fromBytes(bytes);
  await fails(
    () => again().fit(X.slice(1), { batchSize: 8, resume: true }),
    'fit: resume: rows is 49, expected 50, as when the fit began',
  );
  await fails(
    () => again().fit(X, { batchSize: 9, resume: true }),
    'fit: resume: batchSize is 9, expected 8, as when the fit began',
  );
  await fails(
    () => sae.fit(X, { checkpoint: { epochs: 2 } as never }),
    'fit: checkpoint: save is undefined, expected a function',
  );
});

test('backend and threads may be chosen anew', () => {
  const bytes = create({ backend: 'simd' }).toBytes();
  assert.is(SparseAutoencoder.fromBytes(bytes, { backend: 'plain' }).backend, 'plain');
  assert.is(SparseAutoencoder.fromBytes(bytes, { threads: 3 }).options.threads, 3);
});

/** The file of a small model, changed. */
function changed(change: (tensors: Map<string, never>, metadata: Map<string, string>) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(create().toBytes({ training: true }), 'model');
  change(tensors as Map<string, never>, metadata);
  return writeSafetensors(tensors, metadata);
}
const option = (name: string, value: unknown) =>
  changed((_tensors, metadata) => {
    metadata.set('options', JSON.stringify({ ...JSON.parse(metadata.get('options') as string), [name]: value }));
  });
const training = (change: (training: Record<string, unknown>) => void) =>
  changed((_tensors, metadata) => {
    const value = JSON.parse(metadata.get('training') as string);
    change(value);
    metadata.set('training', JSON.stringify(value));
  });

const gallery: Record<string, [() => unknown, string | RegExp]> = {
  'no bytes': [() => 'model', 'fromBytes: got "model", expected a Uint8Array'],
  'an empty file': [() => new Uint8Array(0), /^fromBytes: ends at byte 0/],
  'another program’s file': [
    () => writeSafetensors([]),
    'fromBytes: these are safetensors, but no model: their metadata has no format "sparse-autoencoder"',
  ],
  'a newer version': [
    () => changed((_t, m) => m.set('version', '2')),
    'fromBytes: format version is "2", which a newer version of this library has written, expected 1',
  ],
  'no version': [() => changed((_t, m) => m.delete('version')), 'fromBytes: format version is undefined, expected 1'],
  'options that are no JSON': [
    () => changed((_t, m) => m.set('options', '{')),
    'fromBytes: metadata\'s options is "{", expected a JSON object',
  ],
  'an unknown kind': [
    () => option('hiddenActivation', 'softmax'),
    /^fromBytes: hiddenActivation is "softmax", expected one of "relu"/,
  ],
  'an unknown option': [() => option('depth', 3), /^fromBytes: unknown option "depth"/],
  'a prototype': [
    () => changed((_t, m) => m.set('options', '{"__proto__":{"inputDim":7,"hiddenDim":5}}')),
    /^fromBytes: unknown option "__proto__"/,
  ],
  'sizes beyond the file': [
    () => option('inputDim', 2 ** 40),
    'fromBytes: tensor W_enc is [7,5] of F32, expected [1099511627776,5] of F32',
  ],
  'a missing tensor': [() => changed((t) => t.delete('b_enc')), 'fromBytes: tensor b_enc is missing, expected [5] of F32'],
  'a tensor too many': [() => changed((t) => t.set('W_x', t.get('b_enc') as never)), 'fromBytes: unknown tensor "W_x"'],
  'another precision': [() => option('dtype', 'float64'), 'fromBytes: tensor W_enc is [7,5] of F32, expected [7,5] of F64'],
  'a weight that is NaN': [
    () => changed((t) => ((t.get('W_dec') as unknown as { data: Float32Array }).data[9] = Number.NaN)),
    'fromBytes: W_dec[1, 2] is NaN, expected a finite number',
  ],
  'half a step': [() => training((t) => (t.step = 0.5)), /^fromBytes: metadata's training: step is 0.5/],
  'a stream that stands nowhere': [
    () => training((t) => (t.streams = { shuffle: { i: 0, j: 0, S: [1] } })),
    /streams.shuffle is an object/,
  ],
  'a record that is none': [() => changed((_t, m) => m.set('history', '[{"loss":"low"}]')), /^fromBytes: metadata's history is/],
  'names that are no list': [
    () => changed((_t, m) => m.set('names', '{"0":"zero"}')),
    'fromBytes: metadata\'s names is "{\\"0\\":\\"zero\\"}", expected a JSON list of texts and nulls',
  ],
  'too few names': [() => changed((_t, m) => m.set('names', '["zero"]')), "fromBytes: metadata's names: got 1 names, expected 5"],
  'a name that is none': [
    () => changed((_t, m) => m.set('names', '[null,null,7,null,null]')),
    "fromBytes: metadata's names[2] is 7, expected a text, or null for no name",
  ],
  'a run that is none': [() => training((t) => (t.run = 3)), /run\.shuffle is undefined/],
};
for (const [name, [bytes, message]] of Object.entries(gallery)) {
  test(`refused: ${name}`, () => fails(() => SparseAutoencoder.fromBytes(bytes() as Uint8Array), message));
}

test('10,000 damaged files: a model, or an error that begins with fromBytes', () => {
  const whole = create().toBytes({ training: true });
  const damage = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: whole.length - 1 }).map((length) => whole.slice(0, length)),
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((edits) => {
        const bytes = whole.slice();
        for (const [at, byte] of edits) bytes[at] = byte;
        return bytes;
      }),
  );
  const property = fc.property(damage, (bytes) => {
    try {
      SparseAutoencoder.fromBytes(bytes);
    } catch (error) {
      assert.ok(error instanceof Error && error.message.startsWith('fromBytes: '), String(error));
    }
  });
  fc.assert(property, { numRuns: 10_000 });
});

test.run();
