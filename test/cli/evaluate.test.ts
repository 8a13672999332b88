import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { save } from '../../src/node.js';
import { flatten, inTemporaryFolder, near, randomRows, runNode } from '../helpers.js';

const [n, d, h] = [50, 4, 6];
const rows = randomRows(n, d).map((row, i) => row.map((x, j) => Number((x + (i % 3) * j).toFixed(3))));

/** What `evaluate` prints of a model with two dead units, one of which has a name; and the model. */
const evaluated = (flags: string[], use: (stdout: string, sae: SparseAutoencoder) => void) =>
  inTemporaryFolder(async (folder) => {
    const sae = new SparseAutoencoder({
      ...{ inputDim: d, hiddenDim: h, outputActivation: 'identity', penalty: 'l1', beta: 0.05, weightDecay: 0.01 },
      ...{ preparation: { center: true }, learningRate: 0.02, seed: 2, dtype: 'float64' },
    });
    await sae.fit(rows, { epochs: 20, batchSize: 10 });
    const bias = Array.from(sae.parameters.encoderBias.data);
    for (const j of [1, 4]) bias[j] = -99;
    sae.setParameters({ encoderBias: bias });
    sae.setNames({ 1: 'cats', 2: 'dogs' });
    save(sae, join(folder, 'm.safetensors'));
    writeFileSync(join(folder, 'x.csv'), `${rows.map((row) => row.join()).join('\n')}\n`);
    const { code, stdout, stderr } = await runNode([
      ...['src/cli.ts', 'evaluate', join(folder, 'm.safetensors'), join(folder, 'x.csv'), '--no-header', ...flags],
    ]);
    assert.is(code, 0, stderr);
    use(stdout, sae);
  });

/** The metrics, from what the model gives back, in the words of their definitions. */
function byDefinition(sae: SparseAutoencoder) {
  const xHat = flatten(sae.reconstruct(rows));
  const codes = flatten(sae.transform(rows));
  const mean = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j] / n, 0));
  const sum = (of: (i: number, j: number) => number, i: number) => mean.reduce((total, _, j) => total + of(i, j) ** 2, 0);
  const error = rows.map((_, i) => sum((_, j) => rows[i][j] - xHat[i * d + j], i));
  const variation = rows.map((_, i) => sum((_, j) => rows[i][j] - mean[j], i));
  const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    mse: total(error) / (n * d),
    fvu: total(error) / total(variation),
    explainedVariance: 1 - total(error) / total(variation),
    meanExplainedVariance: total(error.map((e, i) => 1 - e / variation[i])) / n,
    density: Array.from({ length: h }, (_, j) => rows.filter((_, i) => codes[i * h + j] !== 0).length / n),
  };
}

test('evaluate --json: every metric by its definition, densities and their histogram, dead units by number and by name', () =>
  evaluated(['--json'], (stdout, sae) => {
    const got = JSON.parse(stdout);
    const { density, ...metrics } = byDefinition(sae);
    for (const [name, value] of Object.entries(metrics)) near([got[name]], [value], 1e-9, name);
    near(got.density, density, 1e-12);
    assert.is(got.density.length, h);
    assert.is(got.meanActivation.length, h);
    assert.equal([got.deadUnits, got.deadIndices, got.deadNames], [2, [1, 4], ['cats', null]]);
    assert.is(got.rows, n);
    assert.is(got.beta, 0.05);
    const counted = density.filter((share) => share > 0).map((share) => Math.min(-0.25, Math.floor(4 * Math.log10(share)) / 4));
    for (const { from, units } of got.densityHistogram) assert.is(units, counted.filter((bin) => bin === from).length, `${from}`);
    assert.is(got.densityHistogram[0].from, -1.75);
  }));

test('evaluate: a table with the same, what each is, how the loss is made up, and a histogram that adds up', () =>
  evaluated([], (stdout, sae) => {
    const metrics = byDefinition(sae);
    const line = (name: string) => new RegExp(`^${name} +(\\S+)(?: +(.*))?$`, 'm').exec(stdout)?.slice(1) ?? [];
    for (const name of ['mse', 'fvu', 'explainedVariance', 'meanExplainedVariance'] as const)
      assert.is(line(name)[0], metrics[name].toPrecision(6));
    assert.match(line('fvu')[1], 'Σ‖x − x̂‖²/Σ‖x − x̄‖² over all rows');
    assert.is(line('explainedVariance')[1], '1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² over all rows');
    assert.is(line('meanExplainedVariance')[1], 'the mean over rows of 1 − ‖x − x̂‖²/‖x − x̄‖²');
    assert.match(line('mse')[1], 'prepared');
    assert.match(line('loss')[1], /^= mse [\d.]+ \+ 0\.05·l1 [\d.]+ \+ weightDecay [\d.]+$/);
    assert.equal(line('deadUnits'), ['2', 'active on none of these rows: 1 (cats), 4']);
    const bins = Array.from(stdout.matchAll(/^ *-\d\.\d\d … -?\d\.\d\d +(\d+)(?: +█+)?$/gm), ([, units]) => Number(units));
    assert.is(
      bins.reduce((a, b) => a + b),
      h - 2,
    );
    assert.ok(bins[0] > 0);
    assert.ok(
      stdout.split('\n').every((each) => each.length <= 120),
      stdout,
    );
  }));

test.run();
