import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportData } from '../../src/cli/report-data.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { renderReport } from '../../src/report/report.js';
import type { ReportData } from '../../src/report/report-data.js';
import { buildUp, row } from '../../src/report/statistics.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { near, numbers } from '../helpers.js';

test('what a report puts together is what the model reconstructs, in the space that the model sees', async () => {
  const [n, d] = [40, 5];
  const data = Float64Array.from(numbers(n * d), (x) => 100 + 20 * x);
  const sae = new SparseAutoencoder({
    inputDim: d,
    hiddenDim: 3,
    outputActivation: 'identity',
    preparation: { standardize: true },
    dtype: 'float64',
  });
  const X = { data, shape: [n, d] };
  await sae.fit(X, { epochs: 3, batchSize: 10 });
  const plan = {
    title: 't',
    training: { rows: n, fit: { epochs: 3 } },
    judge: { data, rows: n, cols: d, classes: null },
    judgedBy: 'training',
    image: null,
    inputNames: null,
    command: ['train', 'a b.csv'],
  };
  const { samples, model, command } = reportData(plan, sae, { records: [], snapshots: [] }, sae.evaluate(X));
  const columnOf = (p: number) => Array.from({ length: n }, (_, i) => data[i * d + p]);
  const mean = (p: number) => columnOf(p).reduce((sum, x) => sum + x / n, 0);
  const deviation = (p: number) => Math.sqrt(columnOf(p).reduce((sum, x) => sum + (x - mean(p)) ** 2 / n, 0));
  const standardized = (values: ArrayLike<number>) => Array.from(values, (x, p) => (x - mean(p)) / deviation(p));
  const xHat = sae.reconstruct(X).data;
  for (const i of [0, 17, 39]) {
    near(row(samples.x, i, d), standardized(row(data, i, d)), 1e-9, `x ${i}`);
    const { bias, steps } = buildUp(model, row(samples.codes, i, 3));
    near(steps.at(-1)?.soFar ?? bias, standardized(row(xHat, i, d)), 1e-9, `x̂ ${i}`);
  }
  assert.match(command, /train 'a b\.csv'$/);
});

/** The report of a run on 40 rows of 6 numbers. */
async function reportOf(options: Partial<SparseAutoencoderOptions>, fit: FitOptions = {}): Promise<ReportData> {
  const [rows, cols] = [40, 6];
  const data = Float64Array.from(numbers(rows * cols, 3));
  const sae = new SparseAutoencoder({ inputDim: cols, hiddenDim: 8, outputActivation: 'identity', seed: 1, ...options });
  const whole = { epochs: 6, batchSize: 10, ...fit };
  await sae.fit({ data, shape: [rows, cols] }, whole);
  const judge = { data, rows, cols, classes: null };
  const about = { title: 't', judge, judgedBy: 'training', image: null, inputNames: null, command: [] };
  const { records } = modelOf(coreOf(sae)).state;
  const training = { rows, fit: whole };
  return reportData({ ...about, training }, sae, { records, snapshots: [] }, sae.evaluate({ data, shape: [rows, cols] }));
}

test('a penalty is called what it is, acronyms alone in capitals, and its weight has an end', async () => {
  const { penaltyLabel, settings } = await reportOf({ hiddenActivation: 'variational' });
  assert.is(penaltyLabel, 'gaussian');
  assert.is(settings.find(({ name }) => name === 'penalty')?.value, 'Gaussian KL, weight 0.3333');
  assert.is((await reportOf({ penalty: 'weighted-l1' })).penaltyLabel, 'weighted-L1');
});

const shown = (rows: ReportData['settings'], name: string) => rows.find((row) => row.name === name)?.value;

test('the curves of a report are terms that add up to the loss, whatever is asked for and however β moves', async () => {
  const runs: [Partial<SparseAutoencoderOptions>, FitOptions?][] = [
    [{ penalty: 'none' }],
    [{ penalty: 'l1', beta: 0.1 }, { penaltyWarmup: 10 }],
    [{ hiddenActivation: 'gated', beta: 0.1, targetL0: 2 }],
    [{ hiddenActivation: 'jumprelu', targetL0: 2, weightDecay: 0.1 }],
    [{ hiddenActivation: 'topk', k: 1, auxK: { k: 2, deadAfter: 10 }, prefixes: [2, 8], learningRate: 0.05 }],
    [{ contractive: 0.2, weightDecay: 0.1 }, { validationSplit: 0.2 }],
    [{ hiddenActivation: 'variational', reconstruction: 'bce', outputActivation: 'sigmoid' }],
    [{ corruption: { kind: 'masking', level: 0.3 }, preBias: true }],
  ];
  for (const [options, fit] of runs) {
    const data = await reportOf(options, fit);
    const { loss, reconstruction, sparsity, rest } = data.history;
    const at = (values: ArrayLike<number>, e: number) => (values.length > 0 ? values[e] : 0);
    near(
      Array.from(loss, (_, e) => at(reconstruction, e) + at(sparsity, e) + at(rest, e)),
      loss,
      1e-6,
      JSON.stringify(options),
    );
    const html = renderReport(data);
    assert.not.match(html.replace(/<script>[\s\S]*<\/script>/, ''), /NaN|undefined|Infinity/);
    assert.is(/The weight of the penalty went from/.test(html), 'targetL0' in options || fit?.penaltyWarmup !== undefined);
  }
});

test('settings say all that was asked for, and results whether L0 was met', async () => {
  const gated = await reportOf({ hiddenActivation: 'gated', beta: 0.1, targetL0: 2 });
  assert.match(String(shown(gated.settings, 'penalty')), /^L1, weight 0\.\d+$/);
  assert.not.match(String(shown(gated.settings, 'penalty')), /weight 0\.1$/);
  assert.is(shown(gated.settings, 'active units asked for (targetL0)'), '2, by steering the weight from 0.1');
  assert.match(String(shown(gated.results, 'asked for (targetL0)')), /^2: (met|missed), \S+% (above|below)$/);
  assert.is(gated.target, 2);
  assert.match(String(shown(gated.results, 'training loss')), /^[\d.]+ = mse .* \+ .*·l1 .* \+ the gate's mse/);

  const asked = await reportOf(
    {
      hiddenActivation: 'topk',
      k: 2,
      auxK: { k: 2, deadAfter: 10 },
      preBias: true,
      tied: 'start',
      unitNorm: true,
      prefixes: [2, 8],
      weightDecay: 0.01,
      corruption: { kind: 'masking', level: 0.3 },
      dtype: 'float64',
      preparation: { center: true, scale: 2 },
    },
    {
      schedule: { warmup: 2, decay: 'linear', final: 0.1 },
      clipNorm: 1,
      averaging: 0.9,
      decoderBias: 'mean',
      resampling: { every: 5 },
      shuffle: false,
    },
  );
  const said = Object.fromEntries(asked.settings.map(({ name, value }) => [name, value]));
  assert.equal(said, {
    network: '6-8-6, topk then identity',
    preparation: 'center, scale 2',
    dtype: 'float64',
    k: '2',
    auxK: 'coefficient 0.03125, k 2, dead after 10',
    'weight decay': '0.01',
    'pre bias': 'yes',
    'unit norm': 'yes',
    tied: 'start',
    prefixes: '2, 8',
    corruption: 'kind masking, level 0.3',
    'training rows': '40',
    reconstruction: 'mse',
    penalty: 'none',
    optimizer: 'Adam, learning rate 0.001',
    epochs: '6, batches of 10',
    schedule: 'warmup 2, decay linear, final 0.1',
    'clip norm': '1',
    averaging: '0.9',
    'decoder bias': 'mean',
    resampling: 'every 5',
    shuffle: 'no',
    'initial weights': 'glorot-uniform',
    seed: '1',
  });
});

test('results: MSE, FVU and both explained variances, each with its definition, in the tables at the end', async () => {
  const data = await reportOf({ penalty: 'l1', preparation: { center: true } });
  const html = renderReport(data);
  const [, after] = html.split('<caption>Results</caption>');
  const cell = (name: string) => new RegExp(`>${name}<small>([^<]*)</small></th><td>([^<]*)</td>`).exec(after)?.slice(1);
  const [fvuIs, fvu] = cell('variance left unexplained \\(FVU\\)') ?? [];
  assert.is(fvuIs, 'Σ‖x − x̂‖²/Σ‖x − x̄‖² over all rows');
  const [shareIs, share] = cell('explained variance') ?? [];
  assert.is(shareIs, '1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² over all rows');
  assert.is(share, `${(100 * Number(data.explainedVariance)).toFixed(1)}%`.replace('-', '−'));
  assert.is(fvu, (1 - Number(data.explainedVariance)).toFixed(4));
  assert.is(cell('explained variance, row by row')?.[0], 'the mean over rows of 1 − ‖x − x̂‖²/‖x − x̄‖²');
  assert.match(
    cell('mean squared error \\(MSE\\)')?.[0] ?? '',
    /^the mean of \(x − x̂\)² over all entries, x as the model sees it: prepared$/,
  );
});

test('epochs of a file that does not say what the penalty came to have no line of it, and no sum', async () => {
  const sae = new SparseAutoencoder({ inputDim: 6, hiddenDim: 8, penalty: 'l1', seed: 1 });
  const data = Float64Array.from(numbers(240, 3));
  await sae.fit({ data, shape: [40, 6] }, { epochs: 6 });
  const records = modelOf(coreOf(sae)).state.records.map(({ penalty: _, ...record }) => record);
  const judge = { data, rows: 40, cols: 6, classes: null };
  const about = { title: 't', judge, judgedBy: 'given', image: null, inputNames: null, command: [], training: null };
  const report = reportData(about, sae, { records, snapshots: [] }, sae.evaluate({ data, shape: [40, 6] }));
  assert.equal([report.history.sparsity, report.history.weight], [[], Array(6).fill(Number.NaN)]);
  const html = renderReport(report);
  assert.match(html, 'What its terms came to is not known of every epoch.');
  assert.not.match(html, /penalty × its weight|The loss (is the sum|has|was)|weight of the penalty/);
});

test.run();
