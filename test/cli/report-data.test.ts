import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportData } from '../../src/cli/report-data.js';
import { SparseAutoencoder } from '../../src/index.js';
import { buildUp, row } from '../../src/report/statistics.js';
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

test.run();
