import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions, SparseWorld } from '../../src/index.js';
import { fails, flatten, near, randomRows, sameBits, thetaOf } from '../helpers.js';

const X = randomRows(60, 7, 3);
const create = (options: Partial<SparseAutoencoderOptions> = {}) =>
  new SparseAutoencoder({
    inputDim: 7,
    hiddenDim: 12,
    outputActivation: 'identity',
    penalty: 'l1',
    beta: 0.01,
    seed: 'continuing',
    learningRate: 0.01,
    ...options,
  });
const quick = { batchSize: 16 };

/** All that `fit` can do beside the plain steps; steps counted over the whole of training. */
const ways: Record<string, [FitOptions, Partial<SparseAutoencoderOptions>?]> = {
  'a constant rate': [{ learningRate: 0.003 }],
  'a schedule of 40 steps': [{ schedule: { warmup: 5, decay: 'cosine', steps: 40 } }],
  'a penalty that warms up': [{ penaltyWarmup: 30 }],
  clipping: [{ clipNorm: 0.05 }],
  averaging: [{ averaging: 0.9 }],
  'averaging, rows of length 1': [{ averaging: 0.9 }, { unitNorm: true }],
  resampling: [{ resampling: { every: 6, rows: 20 } }, { beta: 0.3 }],
  targetL0: [{}, { targetL0: 2 }],
  'all of it': [
    {
      schedule: { decay: 'linear', steps: 40 },
      penaltyWarmup: 6,
      clipNorm: 0.5,
      averaging: 0.9,
      resampling: { every: 6 },
      decoderBias: 'mean',
    },
    { targetL0: 2, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 },
  ],
};

for (const backend of ['plain', 'simd'] as const)
  for (const [name, [fit, options]] of Object.entries(ways)) {
    test(`${backend}, ${name}: fit(5) + fit(5) is fit(10), bit for bit, by way of bytes too`, async () => {
      const [whole, parts] = [create({ ...options, backend }), create({ ...options, backend })];
      const all = await whole.fit(X, { ...quick, ...fit, epochs: 10 });
      const first = await parts.fit(X, { ...quick, ...fit, epochs: 5 });
      const loaded = SparseAutoencoder.fromBytes(parts.toBytes({ training: true }));
      for (const second of [parts, loaded]) {
        const rest = await second.fit(X, { ...quick, ...fit, epochs: 5 });
        for (const key of ['loss', 'l0', 'deadUnits'] as const) assert.equal([...first[key], ...rest[key]], all[key], key);
        sameBits(thetaOf(second), thetaOf(whole));
        assert.is(second.beta, whole.beta);
      }
    });

    test(`${backend}, ${name}: an aborted fit, resumed, is the whole`, async () => {
      const [whole, broken] = [create({ ...options, backend }), create({ ...options, backend })];
      await whole.fit(X, { ...quick, ...fit, epochs: 8 });
      const stop = new AbortController();
      const onBatchEnd: FitOptions['onBatchEnd'] = ({ epoch, batch }) => epoch === 4 && batch === 2 && stop.abort();
      await broken.fit(X, { ...quick, ...fit, epochs: 8, signal: stop.signal, onBatchEnd }).catch(() => {});
      await broken.fit(X, { ...quick, ...fit, epochs: 8, resume: true });
      sameBits(thetaOf(broken), thetaOf(whole));
    });
  }

test('Adam’s own numbers: one step from zero moments moves θ by α·g/(|g| + ε), whatever β₁ and β₂; the second by theirs', async () => {
  const options = { dtype: 'float64', beta1: 0.5, beta2: 0.75, epsilon: 0.125, learningRate: 0.02 } as const;
  const sae = create(options);
  const gradient = () => thetaOf({ parameters: sae.lossAndGradients(X).gradients } as SparseAutoencoder);
  const one = { epochs: 1, batchSize: 60, shuffle: false };
  const [θ0, g1] = [thetaOf(sae), gradient()];
  await sae.fit(X, one);
  near(
    thetaOf(sae),
    θ0.map((θ, k) => θ - (0.02 * g1[k]) / (Math.abs(g1[k]) + 0.125)),
    1e-12,
  );
  const [θ1, g2] = [thetaOf(sae), gradient()];
  await sae.fit(X, one);
  // m̂ = (g₁/4 + g₂/2)/(3/4); v̂ = (3g₁²/16 + g₂²/4)/(7/16)
  const moved = θ1.map((θ, k) => {
    const m = (g1[k] / 4 + g2[k] / 2) / 0.75;
    const v = ((3 * g1[k] ** 2) / 16 + g2[k] ** 2 / 4) / (7 / 16);
    return θ - (0.02 * m) / (Math.sqrt(v) + 0.125);
  });
  near(thetaOf(sae), moved, 1e-12);
});

test('clipNorm scales the whole gradient: Adam with a large ε moves θ by α·(c/‖g‖)·g/ε', async () => {
  const sae = create({ dtype: 'float64', epsilon: 1e6, learningRate: 1e6 });
  const g = thetaOf({ parameters: sae.lossAndGradients(X).gradients } as SparseAutoencoder);
  const norm = Math.hypot(...g);
  const before = thetaOf(sae);
  await sae.fit(X, { epochs: 1, batchSize: 60, shuffle: false, clipNorm: norm / 4 });
  near(
    thetaOf(sae),
    before.map((θ, k) => θ - g[k] / 4),
    1e-6,
  );
  const free = create({ dtype: 'float64', epsilon: 1e6, learningRate: 1e6 });
  await free.fit(X, { epochs: 1, batchSize: 60, shuffle: false, clipNorm: 1.01 * norm });
  near(
    thetaOf(free),
    before.map((θ, k) => θ - g[k]),
    1e-6,
    'a smaller gradient is left alone',
  );
});

test('averaging: after each epoch the model is Σγ^(t−i)·θ_i/Σγ^(t−i); without averaging training goes on from it', async () => {
  const options = { dtype: 'float64' } as const;
  const [plain, mean] = [create(options), create(options)];
  const iterates: number[][] = [];
  const exposed: number[][] = [];
  await plain.fit(X, { ...quick, epochs: 2, onBatchEnd: () => iterates.push(thetaOf(plain)) });
  await mean.fit(X, {
    ...quick,
    epochs: 2,
    averaging: 0.8,
    validationData: X,
    onEpochEnd: ({ validationLoss }) => {
      exposed.push(thetaOf(mean));
      near([mean.evaluate(X).loss], [validationLoss as number], 1e-12);
    },
  });
  const expected = (t: number) => {
    const weights = Array.from({ length: t }, (_, i) => 0.8 ** (t - 1 - i));
    const total = weights.reduce((a, b) => a + b);
    return iterates[0].map((_, k) => weights.reduce((sum, w, i) => sum + w * iterates[i][k], 0) / total);
  };
  near(exposed[0], expected(4), 1e-12);
  near(exposed[1], expected(8), 1e-12, 'the iterates are those of a fit that does not average');
  near(thetaOf(mean), expected(8), 1e-12);
});

test('averaging: with unitNorm the model is that mean, brought to rows of length 1 once; training goes on from the iterate', async () => {
  const options = { dtype: 'float64', unitNorm: true } as const;
  const [plain, mean] = [create(options), create(options)];
  const iterates: number[][] = [];
  const losses: number[][] = [[], []];
  await plain.fit(X, {
    ...quick,
    epochs: 3,
    onBatchEnd: ({ loss }) => {
      losses[0].push(loss);
      iterates.push(flatten(plain.parameters.decoderWeight));
    },
  });
  await mean.fit(X, { ...quick, epochs: 3, averaging: 0.8, onBatchEnd: ({ loss }) => void losses[1].push(loss) });
  near(losses[1], losses[0], 1e-12);
  const sum = iterates[0].map((_, q) => iterates.reduce((total, w, i) => total + 0.8 ** (iterates.length - i) * w[q], 0));
  const lengths = Array.from({ length: 12 }, (_, j) => Math.hypot(...sum.slice(j * 7, j * 7 + 7)));
  near(
    flatten(mean.parameters.decoderWeight),
    sum.map((w, q) => w / lengths[Math.floor(q / 7)]),
    1e-12,
  );
});

test('averaging: parameters written meanwhile are kept, and the mean begins anew with them', async () => {
  const [a, b] = [create(), create()];
  await a.fit(X, { ...quick, epochs: 2, averaging: 0.9 });
  const encoderBias = Array(12).fill(0.25);
  a.setParameters({ encoderBias });
  const before = thetaOf(a);
  const seen: number[][] = [];
  await a.fit(X, { ...quick, epochs: 1, averaging: 0, learningRate: 1e-12, onEpochEnd: () => seen.push(thetaOf(a)) });
  near(seen[0], before, 1e-6);
  await b.fit(X, { ...quick, epochs: 1, averaging: 0.9, onEpochEnd: () => b.setParameters({ encoderBias }) });
  sameBits(flatten(b.parameters.encoderBias), encoderBias);
});

test('settings are read before every step, β stays with the model, and a wrong one says so', async () => {
  const settings: { learningRate?: number; beta?: number } = {};
  const seen: [number, number][] = [];
  const sae = create();
  const done = sae.fit(X, {
    ...quick,
    epochs: 1,
    settings,
    onBatchEnd: ({ batch, learningRate, beta }) => {
      seen.push([learningRate, beta]);
      if (batch === 1) Object.assign(settings, { learningRate: 0.5, beta: 0.25 });
    },
  });
  await done;
  assert.equal(seen, [
    [0.01, 0.01],
    [0.01, 0.01],
    [0.5, 0.25],
    [0.5, 0.25],
  ]);
  assert.is(sae.beta, 0.25);
  assert.is(sae.options.beta, 0.01);
  const e = sae.evaluate(X);
  near([e.loss], [e.reconstruction + 0.25 * e.sparsity], 1e-6, 'J is with β as it stands');
  await fails(() => create().fit(X, { settings: { beta: -1 } }), 'fit: settings: beta is -1, expected a number of at least 0');
});

test('rows of a step change between steps, up to the batchSize of fit; the epoch takes as many as it needs', async () => {
  const settings: { batchSize?: number } = {};
  const seen: [number, number, number][] = [];
  const rows = X.length;
  await create().fit(X, {
    ...quick,
    epochs: 2,
    batchSize: 10,
    settings,
    onBatchEnd: ({ epoch, batch, batches, rows: n }) => {
      if (epoch === 0) seen.push([batch, batches, n]);
      if (batch === 0) settings.batchSize = 3;
      if (batch === 1) settings.batchSize = 99;
    },
  });
  const left = rows - 13;
  const whole = Math.floor(left / 10);
  const sizes = [10, 3, ...Array(whole).fill(10), ...(left % 10 ? [left % 10] : [])];
  assert.equal(
    seen.map(([, , n]) => n),
    sizes,
  );
  assert.equal(seen[1].slice(0, 2), [1, 1 + Math.ceil((rows - 10) / 3)]);
  assert.is(seen.at(-1)?.[1], sizes.length);
  const plain = create();
  const live = create();
  await plain.fit(X, { ...quick, epochs: 2, batchSize: 7 });
  await live.fit(X, { ...quick, epochs: 2, batchSize: 30, settings: { batchSize: 7 } });
  sameBits(thetaOf(live), thetaOf(plain), 'θ');
  await fails(() => create().fit(X, { settings: { batchSize: 0 } }), /^fit: settings: batchSize is 0, expected/);
});

test('the penalty warms up by step of the model, and the loss is with the weight it had', async () => {
  const betas: number[] = [];
  const sae = create({ dtype: 'float64' });
  await sae.fit(X, {
    ...quick,
    epochs: 2,
    penaltyWarmup: 6,
    onBatchEnd: ({ loss, reconstruction, sparsity, beta }) => {
      betas.push(beta);
      near([loss], [reconstruction + beta * sparsity], 1e-12);
    },
  });
  near(
    betas,
    [1, 2, 3, 4, 5, 6, 6, 6].map((k) => (0.01 * k) / 6),
    1e-15,
  );
});

test('targetL0 brings L0 to the target from either side, and β is part of the model', async () => {
  const rows = new SparseWorld({ dimension: 12, features: 24, active: 3, seed: 5 }).sample(512).x;
  for (const beta of [1e-3, 1]) {
    const sae = create({ inputDim: 12, hiddenDim: 24, targetL0: 4, beta, learningRate: 0.005, reconstruction: 'sse' });
    const { l0 } = await sae.fit(rows, { batchSize: 64, epochs: 500 });
    const last = l0.slice(-50).reduce((sum, value) => sum + value / 50, 0);
    assert.ok(Math.abs(last / 4 - 1) < 0.03, `from β ${beta}: ${last}`);
    assert.is(SparseAutoencoder.fromBytes(sae.toBytes()).beta, sae.beta);
    assert.is.not(sae.beta, beta);
  }
});

test('targetL0 steers on from a β that was set meanwhile; 0 is refused, and leaves the model as the last epoch did', async () => {
  const settings: { beta?: number } = {};
  const sae = create({ targetL0: 2 });
  const seen: number[] = [];
  const set = (beta: number) => ({
    ...quick,
    settings,
    onBatchEnd: ({ epoch, batch, beta: now }: { epoch: number; batch: number; beta: number }) => {
      seen.push(now);
      if (epoch === 1 && batch === 0) settings.beta = beta;
      else delete settings.beta;
    },
  });
  await sae.fit(X, { ...set(0.5), epochs: 2 });
  const after = seen[seen.indexOf(0.5) + 1];
  assert.ok(after !== 0.5 && Math.abs(after / 0.5 - 1) < 0.03, String(after));
  const { beta } = sae;
  await fails(
    () => sae.fit(X, { ...set(0), epochs: 2 }),
    'fit: settings: beta is 0, expected a number above 0 for targetL0 to start from',
  );
  assert.ok(sae.beta > 0 && sae.beta !== beta);
});

for (const [options, message] of [
  [{ penalty: 'kl' }, 'targetL0 is 3, expected none with penalty "kl": β is steered for "l1"'],
  [
    { hiddenActivation: 'sigmoid' },
    'targetL0 is 3, expected none with hiddenActivation "sigmoid", whose units are always active',
  ],
  [{ beta: 0 }, 'beta is 0, expected a number above 0 for targetL0 to start from'],
  [{ hiddenDim: 3 }, 'targetL0 is 3, expected a number below hiddenDim 3'],
  [{ hiddenActivation: 'topk', k: 2 }, 'targetL0 is 3, expected a number below k 2'],
] as const)
  test(`targetL0 where it cannot be: ${JSON.stringify(options)}`, () =>
    fails(() => create({ targetL0: 3, ...options }), new RegExp(`^SparseAutoencoder: ${message}`)));

for (const [options, message] of [
  [
    { schedule: { decay: 'exponential' } },
    /^fit: schedule: decay is "exponential", expected one of "constant", "linear", "cosine"/,
  ],
  [{ schedule: { final: 0.5 } }, 'fit: schedule.final is 0.5, expected none with decay "constant"'],
  [{ averaging: 1 }, 'fit: averaging is 1, expected a number from 0 up to below 1'],
  [{ clipNorm: 0 }, 'fit: clipNorm is 0, expected a number above 0'],
  [{ resampling: { window: 3 } }, 'fit: resampling.every is undefined, expected a whole number of at least 1'],
  [{ penaltyWarmup: -1 }, 'fit: penaltyWarmup is -1, expected a whole number of at least 0'],
] as const)
  test(`a wrong option of fit: ${JSON.stringify(options)}`, () => fails(() => create().fit(X, options as FitOptions), message));

test.run();
