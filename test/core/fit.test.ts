import ndarray from 'ndarray';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { fails, flatten, near, randomRows, sameBits, thetaOf } from '../helpers.js';

const X = randomRows(50, 7, 3);
const backends = ['plain', 'simd'] as const;
const create = (options: Partial<SparseAutoencoderOptions> = {}) =>
  new SparseAutoencoder({ inputDim: 7, hiddenDim: 5, seed: 'fit', learningRate: 0.01, threads: 2, ...options });

/** θ after so many epochs of an undisturbed fit, and the losses of the epochs that follow it. */
async function undisturbed(
  options: Partial<SparseAutoencoderOptions>,
  epochs: number,
): Promise<{ theta: number[]; next: number[] }> {
  const sae = create(options);
  if (epochs > 0) await sae.fit(X, { epochs, batchSize: 8 });
  return { theta: thetaOf(sae), next: (await sae.fit(X, { epochs: 2, batchSize: 8 })).loss };
}

/** Asserts that `sae` stands as after so many good epochs: θ, moments and shuffling alike, and can be fitted again. */
async function standsAfter(sae: SparseAutoencoder, options: Partial<SparseAutoencoderOptions>, epochs: number): Promise<void> {
  const { theta, next } = await undisturbed(options, epochs);
  sameBits(thetaOf(sae), theta, `θ after ${epochs} epochs`);
  assert.equal((await sae.fit(X, { epochs: 2, batchSize: 8 })).loss, next);
}

for (const backend of backends) {
  test(`${backend}: aborting before fit rejects with the reason, and nothing has changed`, async () => {
    const sae = create({ backend });
    const reason = new Error('not today');
    await fails(() => sae.fit(X, { epochs: 3, batchSize: 8, signal: AbortSignal.abort(reason) }), 'not today');
    await standsAfter(sae, { backend }, 0);
  });

  test(`${backend}: aborting in the middle of epoch 3 leaves the model as epoch 2 did, and gives the very reason`, async () => {
    const sae = create({ backend });
    const stop = new AbortController();
    const reason = { any: 'value' };
    const onBatchEnd: FitOptions['onBatchEnd'] = ({ epoch, batch }) => epoch === 2 && batch === 3 && stop.abort(reason);
    const caught = await sae.fit(X, { epochs: 9, batchSize: 8, signal: stop.signal, onBatchEnd }).then(
      () => assert.unreachable('fit did not reject'),
      (error) => error,
    );
    assert.is(caught, reason);
    await standsAfter(sae, { backend }, 2);
  });

  test(`${backend}: a callback that throws or rejects leaves the model as the last good epoch did`, async () => {
    const inBatch = create({ backend });
    const thrown = () => inBatch.fit(X, { batchSize: 8, onBatchEnd: ({ epoch, batch }) => fail(epoch === 1 && batch === 0) });
    await fails(thrown, 'callback');
    await standsAfter(inBatch, { backend }, 1);
    const atEpoch = create({ backend });
    await fails(() => atEpoch.fit(X, { batchSize: 8, onEpochEnd: async ({ epoch }) => fail(epoch === 1) }), 'callback');
    await standsAfter(atEpoch, { backend }, 2);
  });

  test(`${backend}: divergence names the epoch, the batch and the likely cause, and leaves the last good epoch's model`, async () => {
    const sae = create({ backend, learningRate: 1e30, outputActivation: 'identity' });
    const message =
      /^fit: the (loss became (Infinity|NaN) in epoch 1 of 4, batch [23] of 7), expected a finite number; likely cause: learningRate 1e\+30 too large; the model is as it stood before fit$/;
    const before = thetaOf(sae);
    await fails(() => sae.fit(X, { epochs: 4, batchSize: 8 }), message);
    sameBits(thetaOf(sae), before);
  });

  test(`${backend}: huge entries of X are named as the likely cause`, async () => {
    const sae = create({ backend, reconstruction: 'sse', outputActivation: 'identity' });
    const huge = X.map((row) => row.map((x) => x * 1e25));
    const before = thetaOf(sae);
    await fails(
      () => sae.fit(huge, { batchSize: 8 }),
      /^fit: the loss became (Infinity|NaN) in epoch 1 of 50, batch [12] of 7, expected a finite number; likely cause: entries as large as 9\.\d+e\+24 \(scale X, say to 0 … 1\), or learningRate 0\.01 too large; the model is as it stood before fit$/,
    );
    sameBits(thetaOf(sae), before);
  });

  test(`${backend}: a β that is huge is named as the likely cause`, async () => {
    const sae = create({ backend, penalty: 'l1', beta: 1e39, outputActivation: 'identity' });
    await fails(() => sae.fit(X, { batchSize: 8 }), /^fit: the .* became .* likely cause: beta 1e\+39 too large; the model/);
  });

  test(`${backend}: divergence in a later epoch leaves the model as it was at the end of the epoch before`, async () => {
    const sae = create({ backend });
    const onBatchEnd: FitOptions['onBatchEnd'] = ({ epoch, batch }) => {
      if (epoch === 2 && batch === 1) sae.parameters.decoderBias.set(0, Number.NaN);
    };
    await fails(
      () => sae.fit(X, { batchSize: 8, onBatchEnd }),
      /loss became NaN in epoch 3 of 50, batch 3 of 7.*as it stood at the end of epoch 2$/,
    );
    await standsAfter(sae, { backend }, 2);
  });

  test(`${backend}: parameters are live while fit runs: writing into them takes effect, in fit and in transform`, async () => {
    const sae = create({ backend });
    const { encoderBias, decoderWeight } = sae.parameters;
    const before = flatten(decoderWeight);
    await sae.fit(X, {
      epochs: 2,
      batchSize: 50,
      onBatchEnd: () => {
        assert.is(sae.parameters.encoderBias, encoderBias);
        for (let j = 0; j < 5; j++) encoderBias.set(j, -1e6);
        assert.equal(new Set(flatten(sae.transform(X))), new Set([0]), 'every unit is silenced at once');
      },
      onEpochEnd: ({ epoch, l0 }) => epoch > 0 && assert.is(l0, 0, 'and the next epoch has felt it'),
    });
    near(flatten(encoderBias), Array(5).fill(-1e6), 1e-6);
    assert.not.equal(flatten(decoderWeight), before, 'the ndarray taken before fit sees what fit learnt');
    sameBits(flatten(decoderWeight), flatten(sae.parameters.decoderWeight));
    decoderWeight.set(0, 0, 42);
    assert.is(sae.parameters.decoderWeight.get(0, 0), 42);
  });

  test(`${backend}: setParameters in a callback is kept: in onBatchEnd it trains on, after the last epoch it stands`, async () => {
    const sae = create({ backend });
    const encoderBias = [1, 2, 3, 4, 5];
    await sae.fit(X, { epochs: 2, onEpochEnd: ({ epoch }) => epoch === 1 && sae.setParameters({ encoderBias }) });
    sameBits(flatten(sae.parameters.encoderBias), encoderBias);
  });

  test(`${backend}: timers and immediates run while fit does`, async () => {
    const sae = create({ backend, hiddenDim: 64 });
    let [timers, immediates, done] = [0, 0, false];
    const timer = setInterval(() => timers++, 1);
    const count = () => {
      immediates++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    // As many epochs as it takes: should the event loop starve, this never ends early.
    const enough = new AbortController();
    const onEpochEnd = () => timers > 3 && immediates > 3 && enough.abort(new Error('enough'));
    await fails(() => sae.fit(randomRows(2000, 7), { epochs: 3000, onEpochEnd, signal: enough.signal }), 'enough');
    done = true;
    clearInterval(timer);
  });

  test(`${backend}: two fits of one model at once are an error, of two models are not`, async () => {
    const [a, b] = [create({ backend }), create({ backend })];
    const fits = [a.fit(X, { epochs: 2, batchSize: 8 }), b.fit(X, { epochs: 2, batchSize: 8 })];
    await fails(() => a.fit(X), 'fit: this model is already being fitted, expected the earlier fit to have ended');
    const [one, two] = await Promise.all(fits);
    assert.equal(one, two);
    await a.fit(X, { epochs: 1 });
  });
}

test('writing into X while fit runs does it no harm on strided input, and fit leaves X alone', async () => {
  const data = Float64Array.from(X.flat());
  const copy = data.slice();
  await create({ dtype: 'float64' }).fit(ndarray(data, [50, 7]), { epochs: 2 });
  sameBits(data, copy);
});

function fail(now: boolean): void {
  if (now) throw new Error('callback');
}

const narrow = { outputDim: 3 };
const wrong: readonly [string, Partial<SparseAutoencoderOptions>, unknown, object, string | RegExp][] = [
  ['rows of the wrong width', {}, randomRows(4, 6), {}, 'fit: got rows of 6, expected 7'],
  [
    'NaN',
    {},
    [
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, Number.NaN, 0, 0, 0],
    ],
    {},
    'fit: X[1, 3] is NaN, expected a finite number',
  ],
  ...(
    [
      ['validated on', {}, { validationSplit: 0.2 }],
      ['prepared', { preparation: { center: true } }, {}],
      ['the start of b_dec', { outputActivation: 'identity' }, { decoderBias: 'median' }],
      ['taken for probabilities', { reconstruction: 'bce' }, {}],
    ] as const
  ).map(([what, model, fit]): (typeof wrong)[number] => [
    `NaN in what is ${what}`,
    model,
    X.map((row, i) => (i === 45 ? [...row.slice(1), Number.NaN] : row)),
    fit,
    'fit: X[45, 6] is NaN, expected a finite number',
  ]),
  [
    'too large for float32',
    { dtype: 'float32' },
    [[0, 0, 0, 0, 0, 1e39, 0]],
    {},
    'fit: X[0, 5] is Infinity, expected a finite number',
  ],
  ['no rows', {}, [], {}, 'fit: X is empty, expected at least one row of 7'],
  [
    'validation of the wrong width',
    {},
    X,
    { validationData: randomRows(4, 6) },
    /^fit: validationData\b.*\b6\b.*expected.*\b7\b/,
  ],
  [
    'validation with Infinity',
    {},
    X,
    { validationData: [[0, 0, -Infinity, 0, 0, 0, 0]] },
    'fit: validationData[0, 2] is -Infinity, expected a finite number',
  ],
  ['validation empty', {}, X, { validationData: [] }, 'fit: validationData is empty, expected at least one row of 7'],
  [
    'both kinds of validation',
    {},
    X,
    { validationData: X, validationSplit: 0.5 },
    'fit: got both validationData and validationSplit, expected at most one of them',
  ],
  [
    'a split that keeps nothing',
    {},
    X,
    { validationSplit: 0.01 },
    'fit: validationSplit 0.01 of 50 rows leaves 50 to train on and 0 to validate on, expected at least 1 each',
  ],
  [
    'a split of one row',
    {},
    X.slice(0, 1),
    { validationSplit: 0.99 },
    'fit: validationSplit 0.99 of 1 rows leaves 1 to train on and 0 to validate on, expected at least 1 each',
  ],
  ['targets missing', narrow, X, {}, 'fit: targets is missing, expected 50 rows of 3 (outputDim 3 is not inputDim 7)'],
  ['targets of another length', narrow, X, { targets: randomRows(49, 3) }, 'fit: targets has 49 rows, expected 50, as X'],
  ['targets of another width', narrow, X, { targets: randomRows(50, 4) }, /^fit: targets\b.*\b4\b.*expected.*\b3\b/],
  [
    'NaN in targets',
    narrow,
    X,
    { targets: randomRows(50, 3).map((r, i) => (i === 9 ? [0, 0, Number.NaN] : r)) },
    'fit: targets[9, 2] is NaN, expected a finite number',
  ],
  [
    'validation without targets',
    {},
    X,
    { targets: X, validationData: X },
    'fit: validationData has no targets, expected { x, targets }, as fit was given targets',
  ],
  [
    'validation targets of another length',
    {},
    X,
    { targets: X, validationData: { x: X, targets: X.slice(1) } },
    'fit: validationData.targets has 49 rows, expected 50, as X',
  ],
];
for (const [what, options, data, fitOptions, message] of wrong) {
  test(`fit refuses ${what} and has changed nothing`, async () => {
    const sae = create({ backend: 'plain', ...options });
    const before = thetaOf(sae);
    await fails(() => sae.fit(data as number[][], fitOptions), message);
    sameBits(thetaOf(sae), before);
    const targets = options === narrow ? randomRows(50, 3) : undefined;
    const [after, fresh] = [sae, create({ backend: 'plain', ...options })];
    assert.equal(await after.fit(X, { epochs: 1, targets }), await fresh.fit(X, { epochs: 1, targets }));
  });
}

test('validationData is checked as a pair, by name', async () => {
  await fails(() => create().fit(X, { validationData: null as never }), /^fit: validationData is null, expected /);
  const pair = { x: X, target: X } as never;
  await fails(
    () => create().fit(X, { validationData: pair }),
    'fit: validationData: unknown option "target"; did you mean "targets"?',
  );
});

test('a callback that leaves NaN in the model is found out, and the model is as the epoch left it', async () => {
  const sae = create();
  const onEpochEnd: FitOptions['onEpochEnd'] = ({ epoch }) => epoch === 1 && sae.parameters.encoderBias.set(0, Number.NaN);
  await fails(
    () => sae.fit(X, { epochs: 2, batchSize: 8, onEpochEnd }),
    'fit: the size of the weights, as onEpochEnd left them, became NaN in epoch 2 of 2, expected a finite number; ' +
      'the model is as it stood at the end of epoch 2',
  );
  await standsAfter(sae, {}, 2);
});

test.run();
