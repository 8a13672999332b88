import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gradientCases } from '../../src/checking/gradient-cases.js';
import { createProgress } from '../../src/cli/progress.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { type BatchReport, type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { equationOf, four } from '../../src/report/equation.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { near, randomRows } from '../helpers.js';

const unread = (line: string): never => {
  throw new Error(`${line} is no line of an epoch`);
};

/** What is printed while a model trains, an epoch a line: each as its loss and what stands behind the "=". */
async function printed(sae: SparseAutoencoder, fit: FitOptions = {}, rows = randomRows(13, sae.inputDim)) {
  const progress = createProgress({ epochs: 3, rows: rows.length, hidden: sae.hiddenDim, equation: equationOf(sae) });
  const lines: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof write;
  try {
    await sae.fit(rows, { epochs: 3, batchSize: 5, ...fit, onBatchEnd: progress.batch, onEpochEnd: progress.epoch });
  } finally {
    process.stdout.write = write;
  }
  return lines.map((line) => /^epoch \d\/3 {2}loss (.*?) {2}\S+ of \d+ active/.exec(line)?.[1] ?? unread(line));
}

/** Its summands, by what they are called: numbers, and products of two. */
function readEquation(text: string) {
  const [loss, sum] = text.split(' = ');
  const summands = sum.split(' + ').map((each) => {
    const [, weight = '1', name, value] = /^(?:([\d.e-]+)·)?(.+) (-?[\d.]+)$/.exec(each) ?? unread(text);
    return { name, value: Number(weight) * Number(value), figures: each.includes('·') ? 2 : 1 };
  });
  return { loss: Number(loss), summands, of: (name: string) => summands.find((each) => each.name === name)?.value };
}

/** That the figures add up, each being off by half of its last digit at the most. */
function addsUp(text: string, what: string): void {
  const { loss, summands } = readEquation(text);
  const sum = summands.reduce((total, { value }) => total + value, 0);
  const figures = 1 + summands.reduce((n, each) => n + each.figures, 0);
  assert.ok(Math.abs(loss - sum) <= 0.5e-4 * figures + 1e-9, `${what}: ${text}, which is ${sum}`);
}

const model = (options: Partial<SparseAutoencoderOptions>) =>
  new SparseAutoencoder({ inputDim: 6, hiddenDim: 4, outputActivation: 'identity', learningRate: 0.01, seed: 1, ...options });

test('every kind with every penalty, term and modifier: the figures of an epoch add up, while β rises and when it has', async () => {
  const cases = gradientCases().filter(({ options: { inputDim, outputDim } }) => (outputDim ?? inputDim) === inputDim);
  assert.ok(cases.length > 1000);
  for (const [i, { name, options, memory = {} }] of cases.entries()) {
    if (i % 3 !== 0) continue;
    const sae = new SparseAutoencoder({ ...options, seed: name, backend: 'plain' });
    for (const [what, values] of Object.entries(memory)) modelOf(coreOf(sae)).memory.values[what].set(values);
    const lines = await printed(sae, { penaltyWarmup: 5 });
    assert.is(lines.length, 3);
    for (const line of lines) addsUp(line, name);
    // What has no name adds nothing.
    if (!/gate|aux|contractive|weightDecay/.test(lines[0])) {
      const { loss, reconstruction, penalty } = modelOf(coreOf(sae)).state.records[0];
      near([reconstruction + (penalty ?? Number.NaN)], [loss], 1e-6, name);
    }
  }
});

test('each case that steers β, too', async () => {
  for (const options of [
    { penalty: 'l1' },
    { penalty: 'weighted-l1' },
    { hiddenActivation: 'gated' },
    { hiddenActivation: 'jumprelu' },
  ] as const) {
    const sae = model({ ...options, beta: 0.3, targetL0: 1 });
    const lines = await printed(sae, { batchSize: 1 }, randomRows(40, 6));
    for (const line of lines) addsUp(line, JSON.stringify(options));
    const weights = lines.map((line) => Number(/([\d.e-]+)·/.exec(line)?.[1]));
    assert.ok(new Set(weights).size === 3 && weights.every((weight) => weight !== 0.3), lines.join('\n'));
  }
});

test('what is added is called by its name', async () => {
  const said = async (options: Partial<SparseAutoencoderOptions>) => {
    const sae = model(options);
    const memory = modelOf(coreOf(sae)).memory.values;
    memory.silentFor?.fill(9);
    return (await printed(sae))[0].replaceAll(/-?\d[\d.]*/g, '_');
  };
  assert.is(await said({ penalty: 'none' }), '_ = mse _');
  assert.is(await said({ penalty: 'l1', reconstruction: 'sse' }), '_ = sse _ + _·l_ _');
  assert.is(await said({ hiddenActivation: 'topk', k: 2, auxK: { k: 1, deadAfter: 5 } }), '_ = mse _ + auxK _');
  assert.is(await said({ hiddenActivation: 'gated' }), "_ = mse _ + _·l_ _ + the gate's mse _");
  assert.is(await said({ weightDecay: 0.1, contractive: 0.1, penalty: 'none' }), '_ = mse _ + weightDecay and contractive _');
  assert.is(await said({ prefixes: [1, 4], penalty: 'none' }), '_ = mse of _ prefixes _');
  assert.is(
    await said({ prefixes: [1, 4], hiddenActivation: 'gated', penalty: 'none' }),
    "_ = mse of _ prefixes _ + the gate's mse of _ prefixes _",
  );
});

test("an epoch's penalty is the mean over rows of β·S, each step's with its own β", async () => {
  const sae = model({ penalty: 'l1', beta: 0.2, dtype: 'float64' });
  const steps: BatchReport[] = [];
  const { penalty, loss, reconstruction, sparsity } = await sae.fit(randomRows(13, 6), {
    epochs: 1,
    batchSize: 5,
    penaltyWarmup: 4,
    onBatchEnd: (report) => steps.push(report),
  });
  assert.equal(
    steps.map(({ beta, rows }) => [beta, rows]),
    [
      [0.05, 5],
      [0.1, 5],
      [0.2 * 0.75, 3],
    ],
  );
  near(penalty, [steps.reduce((sum, { beta, sparsity, rows }) => sum + (rows * beta * sparsity) / 13, 0)], 1e-12);
  near([reconstruction[0] + penalty[0]], loss, 1e-12);
  assert.ok(penalty[0] < 0.15 * sparsity[0]);
});

test('digits: as few as are needed, and no zero with a sign', () => {
  const equation = equationOf(model({ penalty: 'l1' }));
  const of = (reconstruction: number, beta: number, sparsity: number) =>
    equation({ loss: reconstruction + beta * sparsity, reconstruction, sparsity, beta });
  assert.is(of(0.0191, 0.1 + 1e-17, 0.0934), '0.0284 = mse 0.0191 + 0.1·l1 0.0934');
  assert.is(of(4, 0.0060261234, 22.3858), '4.1349 = mse 4.0000 + 0.006026·l1 22.3858');
  assert.is(of(1, 20, 0.0123456), '1.2469 = mse 1.0000 + 20·l1 0.012346');
  assert.is(of(1, 0, 3), '1.0000 = mse 1.0000 + 0·l1 3.0000');
  assert.equal([four(-1e-9), four(-0.0001), four(1e-9)], ['0.0000', '-0.0001', '0.0000']);
});

test.run();
