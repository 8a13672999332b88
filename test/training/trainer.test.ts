import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type BatchReport,
  type EpochReport,
  type FitOptions,
  SparseAutoencoder,
  type SparseAutoencoderOptions,
} from '../../src/index.js';
import { type EpochRecord, historyOf, rateEnded } from '../../src/training/history.js';
import { near, randomRows, sameBits, thetaOf } from '../helpers.js';

const X = randomRows(50, 7, 3);
const create = (options: Partial<SparseAutoencoderOptions> = {}) =>
  new SparseAutoencoder({ inputDim: 7, hiddenDim: 5, seed: 'trainer', backend: 'plain', learningRate: 0.01, ...options });
const quick: FitOptions = { epochs: 5, batchSize: 8 };

for (const dtype of ['float32', 'float64'] as const) {
  test(`${dtype}: the same seed gives the same bits, another seed others`, async () => {
    const runs = [create({ dtype }), create({ dtype }), create({ dtype, seed: 'another' })];
    const [a, b, c] = await Promise.all(runs.map((sae) => sae.fit(X, quick)));
    assert.equal(a, b);
    sameBits(thetaOf(runs[0]), thetaOf(runs[1]));
    assert.not.equal(a.loss, c.loss);
  });

  test(`${dtype}: fit(2) and then fit(3) is fit(5), bit for bit`, async () => {
    const whole = create({ dtype });
    const parts = create({ dtype });
    const all = await whole.fit(X, quick);
    const two = await parts.fit(X, { ...quick, epochs: 2 });
    parts.transform(X);
    parts.lossAndGradients(X);
    const three = await parts.fit(X, { ...quick, epochs: 3 });
    assert.equal([...two.loss, ...three.loss], all.loss);
    sameBits(thetaOf(parts), thetaOf(whole));
  });
}

test('the seed of the weights is one thing, the shuffling another: shuffle false starts alike and differs from the first step', async () => {
  const first = (shuffle: boolean) =>
    new Promise<number[]>((resolve) => {
      const losses: number[] = [];
      const options = { ...quick, epochs: 1, shuffle, onBatchEnd: ({ loss }: BatchReport) => losses.push(loss) };
      create()
        .fit(X, options)
        .then(() => resolve(losses));
    });
  const [shuffled, plain] = [await first(true), await first(false)];
  assert.not.equal(shuffled, plain);
  const { loss } = create().lossAndGradients(X.slice(0, 8));
  near([plain[0]], [loss], 1e-6, 'without shuffling the first batch is the first 8 rows');
});

test('a step of fit is a step of Adam on the gradient of its batch: the first one moves each θ by about the learning rate', async () => {
  const sae = create({ dtype: 'float64', learningRate: 0.02 });
  const before = thetaOf(sae);
  const { gradients } = sae.lossAndGradients(X);
  const g = thetaOf({ parameters: gradients } as SparseAutoencoder);
  await sae.fit(X, { epochs: 1, batchSize: 50, shuffle: false });
  // m̂ = g and v̂ = g² after one step, so that θ moves by α·g/(|g| + ε).
  near(
    thetaOf(sae),
    before.map((theta, k) => theta - (0.02 * g[k]) / (Math.abs(g[k]) + 1e-7)),
    1e-12,
  );
});

test('the last batch is kept though it is smaller, and counts by its rows', async () => {
  const sae = create({ learningRate: 1e-12, dtype: 'float64' });
  const rows: number[] = [];
  const history = await sae.fit(X, { epochs: 1, batchSize: 16, shuffle: false, onBatchEnd: (b) => rows.push(b.rows) });
  assert.equal(rows, [16, 16, 16, 2]);
  const parts = [0, 16, 32, 48].map((from) => ({ from, to: Math.min(from + 16, 50) }));
  const mean = parts.reduce((sum, { from, to }) => sum + (to - from) * sae.lossAndGradients(X.slice(from, to)).loss, 0) / 50;
  near(history.loss, [mean], 1e-9, 'the epoch’s loss is the mean over rows');
});

test('a batch larger than the data is one batch of all rows', async () => {
  const batches: BatchReport[] = [];
  await create().fit(X, { epochs: 2, batchSize: 1000, onBatchEnd: (b) => batches.push(b) });
  assert.equal(
    batches.map(({ epoch, batch, batches: count, rows }) => [epoch, batch, count, rows]),
    [
      [0, 0, 1, 50],
      [1, 0, 1, 50],
    ],
  );
});

test('callbacks come in order, are awaited, and report what the history records', async () => {
  const log: string[] = [];
  const epochs: EpochReport[] = [];
  let inside = false;
  const slowly = async (entry: string) => {
    assert.not(inside, 'the callback before has ended');
    inside = true;
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.push(entry);
    inside = false;
  };
  const history = await create({ penalty: 'l1' }).fit(X, {
    epochs: 2,
    batchSize: 20,
    validationData: X.slice(0, 9),
    onBatchEnd: ({ epoch, batch, batches }) => slowly(`batch ${epoch}.${batch}/${batches}`),
    onEpochEnd: (report) => {
      epochs.push(report);
      return slowly(`epoch ${report.epoch}`);
    },
  });
  const expected = [0, 1].flatMap((e) => [`batch ${e}.0/3`, `batch ${e}.1/3`, `batch ${e}.2/3`, `epoch ${e}`]);
  assert.equal(log, expected);
  assert.equal(
    epochs.map(({ epoch, epochs: count }) => [epoch, count]),
    [
      [0, 2],
      [1, 2],
    ],
  );
  for (const key of ['loss', 'reconstruction', 'sparsity', 'l0', 'validationLoss'] as const) {
    assert.equal(
      history[key],
      epochs.map((report) => report[key]),
      key,
    );
  }
});

test('loss = reconstruction + β·sparsity + decay, in every report; l0 is between 0 and h', async () => {
  const reports: (BatchReport | EpochReport)[] = [];
  const collect = (report: BatchReport | EpochReport) => reports.push(report);
  const sae = create({ dtype: 'float64', beta: 0.3 });
  await sae.fit(X, { ...quick, onBatchEnd: collect, onEpochEnd: collect });
  assert.is(reports.length, 5 * (7 + 1));
  for (const { loss, reconstruction, sparsity, l0 } of reports) {
    near([loss], [reconstruction + 0.3 * sparsity], 1e-12);
    assert.ok(l0 >= 0 && l0 <= 5);
  }
});

test('validationLoss is evaluate(validation).loss after the epoch; validationSplit keeps the last rows', async () => {
  const [a, b] = [create(), create()];
  const seen: number[] = [];
  const split = await a.fit(X, {
    ...quick,
    validationSplit: 0.25,
    onEpochEnd: () => seen.push(a.evaluate(X.slice(38)).loss),
  });
  near(split.validationLoss, seen, 1e-9);
  const given = await b.fit(X.slice(0, 38), { ...quick, validationData: X.slice(38) });
  assert.equal(given, split);
  sameBits(thetaOf(a), thetaOf(b));
});

test('without validation, validationLoss is empty and the reports have none', async () => {
  const history = await create().fit(X, { ...quick, onEpochEnd: (report) => assert.not('validationLoss' in report) });
  assert.equal(history.validationLoss, []);
  assert.is(history.loss.length, 5);
});

test('targets of another width are learnt', async () => {
  const sae = create({ outputDim: 2, learningRate: 0.05, beta: 0.001 });
  const targets = X.map(([a, b]) => [a, b]);
  const split = { targets, validationSplit: 0.2 };
  const history = await sae.fit(X, { epochs: 60, batchSize: 10, ...split });
  assert.ok(
    history.reconstruction[59] < 0.3 * history.reconstruction[0],
    `${history.reconstruction[0]} → ${history.reconstruction[59]}`,
  );
  near([history.validationLoss[59]], [sae.evaluate(X.slice(40), { targets: targets.slice(40) }).loss], 1e-9);
});

// Fifty epochs at too large a rate: the validation loss goes up and down.
const bumpy: FitOptions = { epochs: 50, batchSize: 5, validationData: randomRows(20, 7, 9) };

for (const backend of ['plain', 'simd'] as const) {
  test(`${backend}: early stopping leaves the best epoch's weights, moments and all`, async () => {
    const sae = create({ learningRate: 0.3, backend });
    const thetas: number[][] = [];
    const earlyStopping = { patience: 3 };
    const { validationLoss } = await sae.fit(X, { ...bumpy, earlyStopping, onEpochEnd: () => thetas.push(thetaOf(sae)) });
    const best = validationLoss.indexOf(Math.min(...validationLoss));
    assert.is(validationLoss.length, best + 1 + 3, 'it stopped three epochs after the best');
    assert.ok(validationLoss.length < 50, 'it stopped early');
    sameBits(thetaOf(sae), thetas[best]);
    near([sae.evaluate(bumpy.validationData as number[][]).loss], [validationLoss[best]], 1e-9);

    const straight = create({ learningRate: 0.3, backend });
    await straight.fit(X, { ...bumpy, epochs: best + 1 });
    const [a, b] = [await sae.fit(X, { epochs: 1 }), await straight.fit(X, { epochs: 1 })];
    assert.equal(a, b, 'going on from there is as if the later epochs had never been');
    sameBits(thetaOf(sae), thetaOf(straight));
  });
}

test('restoreBest false leaves the last weights; restoreBest holds though the epochs run out', async () => {
  const last = create({ learningRate: 0.3 });
  const { validationLoss } = await last.fit(X, { ...bumpy, earlyStopping: { patience: 3, restoreBest: false } });
  near([last.evaluate(bumpy.validationData as number[][]).loss], [validationLoss[validationLoss.length - 1]], 1e-9);
  const out = create({ learningRate: 0.3 });
  const { validationLoss: all } = await out.fit(X, { ...bumpy, epochs: 8, earlyStopping: { patience: 100 } });
  assert.is(all.length, 8);
  assert.ok(all[7] > Math.min(...all), 'the last epoch was not the best');
  near([out.evaluate(bumpy.validationData as number[][]).loss], [Math.min(...all)], 1e-9);
});

test('minDelta: an improvement by less does not count; without validation, loss is watched', async () => {
  const { loss } = await create().fit(X, { ...quick, epochs: 50, earlyStopping: { patience: 2, minDelta: 1e9 } });
  assert.is(loss.length, 3, 'the first epoch is the best, two more are waited for');
  const steady = await create({ learningRate: 1e-4 }).fit(X, {
    ...quick,
    epochs: 6,
    batchSize: 50,
    earlyStopping: { patience: 1 },
  });
  assert.is(steady.loss.length, 6, 'a loss that falls every epoch goes on to the end');
});

test('history: R, S and L0 on validation rows, the best epoch, and the units that no row of an epoch woke', async () => {
  const sae = create({ hiddenDim: 8, penalty: 'l1', beta: 0.02 });
  sae.setParameters({ encoderBias: [0, 0, 0, -50, 0, 0, -50, 0] });
  const judged: ReturnType<typeof sae.evaluate>[] = [];
  const active: number[] = [];
  const history = await sae.fit(X, {
    ...quick,
    validationSplit: 0.2,
    onEpochEnd: ({ epoch, epochs, ...record }) => {
      judged.push(sae.evaluate(X.slice(40)));
      active.push(record.deadUnits);
      assert.is(record.beta, 0.02);
    },
  });
  for (const [key, of] of [
    ['validationLoss', 'loss'],
    ['validationReconstruction', 'reconstruction'],
    ['validationSparsity', 'sparsity'],
    ['validationL0', 'l0'],
  ] as const)
    near(
      history[key],
      judged.map((e) => e[of]),
      1e-9,
      key,
    );
  assert.is(history.bestEpoch, history.validationLoss.indexOf(Math.min(...history.validationLoss)));
  assert.equal(history.deadUnits, active);
  const still = create({ hiddenDim: 8, learningRate: 1e-9 });
  still.setParameters({ encoderBias: [0, 0, 0, -50, 0, 0, -50, 0] });
  const { deadIndices } = still.evaluate(X);
  assert.ok(deadIndices.includes(3) && deadIndices.includes(6) && deadIndices.length < 8, String(deadIndices));
  assert.equal((await still.fit(X, { ...quick, epochs: 2 })).deadUnits, [deadIndices.length, deadIndices.length]);
});

test('the best epoch is the one that early stopping restores, minDelta and all; the first of equals', () => {
  const records = [5, 3, 2.9, 4, 2].map((loss) => ({ loss, reconstruction: 0, sparsity: 0, l0: 0, deadUnits: 0, beta: 0 }));
  assert.is(historyOf(records).bestEpoch, 4);
  assert.is(historyOf(records, 1).bestEpoch, 1);
  assert.is(historyOf(records.map((record) => ({ ...record, validationLoss: 7 }))).bestEpoch, 0);
});

test('a record has the rate of its last step, and records tell whether that came to its end', async () => {
  const steps: number[] = [];
  const rates: number[] = [];
  await create().fit(X, {
    ...{ epochs: 2, batchSize: 10, schedule: { decay: 'linear', decaySteps: 5 } },
    onBatchEnd: ({ learningRate }) => void steps.push(learningRate),
    onEpochEnd: ({ learningRate }) => void rates.push(learningRate),
  });
  assert.equal(rates, [steps[4], steps[9]]);
  near(rates, [0.01, 0.002], 1e-15);
  const of = (...rates: (number | undefined)[]) =>
    rateEnded(rates.map((learningRate) => ({ ...(learningRate !== undefined && { learningRate }) }) as EpochRecord));
  assert.is(of(0.1, 1, 0.05), true);
  assert.is(of(1, 1, 0.2), false);
  assert.is(of(), undefined);
  assert.is(of(undefined, 1, 0.05), undefined, 'a record of before does not say');
});

test.run();
