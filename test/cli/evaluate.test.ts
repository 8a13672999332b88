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

test('evaluate: a score that is left out is said with its reason', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const said = async (rows: number, cols: number, labelOf: ((i: number) => string | number) | null) => {
      save(new SparseAutoencoder({ inputDim: cols, hiddenDim: 4, seed: 1 }), at('m.safetensors'));
      const lines = randomRows(rows, cols).map((row, i) => [...(labelOf ? [`l${labelOf(i)}`] : []), ...row].join());
      writeFileSync(at('x.csv'), `${lines.join('\n')}\n`);
      const flags = ['--no-header', ...(labelOf ? ['--label', '0'] : [])];
      const { code, stdout, stderr } = await runNode(['src/cli.ts', 'evaluate', at('m.safetensors'), at('x.csv'), ...flags]);
      assert.is(code, 0, stderr);
      const [table = ''] = /^ +features .*$/m.exec(stdout) ?? [];
      return [table.trim().split(/ {2,}/), ...(stdout.match(/^.*: left out, since .*$/gm) ?? [])];
    };
    const unlabelled = 'precision@20 and probes: left out, since the rows have no labels, expected --label to name them';
    const all = ['features', 'DistRatio', 'precision@20', 'probe of 1', 'probe of 5'];
    const by = 'precision@20 and probes';
    const cases: [Parameters<typeof said>, (string | string[])[]][] = [
      [
        [120, 3, null],
        [all.slice(0, 2), unlabelled],
      ],
      [
        [99, 3, null],
        [[''], 'DistRatio: left out, since there are 99 rows, expected at least 100', unlabelled],
      ],
      [
        [100, 513, null],
        [
          [''],
          'DistRatio: left out, since rows have 513 numbers, expected at most 512 unless --label asks for all scores',
          unlabelled,
        ],
      ],
      [
        [400, 3, (i) => i % 40],
        [all.slice(0, 2), `${by}: left out, since the most frequent of 40 labels has 10 rows, expected at least 20`],
      ],
      [
        [60, 3, () => 1],
        [all.slice(0, 2), `${by}: left out, since all rows have one label, expected at least 2`],
      ],
      [
        [60, 3, (i) => Math.min(i, 5)],
        [all, `${by} of 5 of 6 labels: left out, since each has under 20 rows`],
      ],
      [[60, 3, (i) => i % 2], [all]],
      [
        [60, 1025, (i) => i % 2],
        [all, 'PCA: left out, since rows have 1,025 numbers, expected at most 1,024'],
      ],
    ];
    for (const [given, expected] of cases) assert.equal(await said(...given), expected);
  }));

test.run();
