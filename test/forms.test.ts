/** Every form of X gives every call what the plain one gives it, bit for bit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder as Core } from '../src/core.js';
import { type MatrixLike, type RowLike, SparseAutoencoder } from '../src/index.js';
import { COLS, forms, plain, singles } from './forms.js';

type Sae = SparseAutoencoder | Core;
const options = { inputDim: COLS, hiddenDim: 5, seed: 'forms', threads: 1 } as const;
const classes: Record<string, (dtype: 'float32' | 'float64') => Sae> = {
  'with ndarray': (dtype) => new SparseAutoencoder({ ...options, dtype }),
  'the core': (dtype) => new Core({ ...options, dtype }),
};

/** What each call that takes X makes of it. */
const calls: Record<string, (sae: Sae, X: MatrixLike) => unknown> = {
  fit: (sae, X) => sae.fit(X, { epochs: 1, batchSize: 4 }),
  'fit: targets': (sae, X) => sae.fit(plain, { epochs: 1, batchSize: 4, targets: X }),
  'fit: validationData': (sae, X) => sae.fit(plain, { epochs: 1, batchSize: 4, validationData: X }),
  'fit: validationData.x': (sae, X) => sae.fit(plain, { epochs: 1, validationData: { x: X, targets: X } }),
  transform: (sae, X) => sae.transform(X).data,
  encode: (sae, X) => sae.encoder.encode(X).data,
  reconstruct: (sae, X) => sae.reconstruct(X).data,
  evaluate: (sae, X) => sae.evaluate(X),
  'evaluate: targets': (sae, X) => sae.evaluate(plain, { targets: X }),
  topActivations: (sae, X) => sae.topActivations(X, { unit: 1 }),
  lossAndGradients: (sae, X) => sae.lossAndGradients(X),
  'lossAndGradients: targets': (sae, X) => sae.lossAndGradients(plain, { targets: X }),
};

/** All the numbers in it, as text that tells every bit. */
const exactly = (value: unknown) =>
  JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as Float64Array) : part));

for (const [kind, make] of Object.entries(classes)) {
  for (const [call, run] of Object.entries(calls)) {
    for (const dtype of ['float32', 'float64'] as const) {
      test(`${call}, ${kind}, ${dtype}: ${Object.keys(forms).length} forms, the same bits`, async () => {
        const result = async (X: unknown) => {
          const sae = make(dtype);
          const given = await run(sae, X as MatrixLike);
          return exactly([given, ...Object.values(sae.parameters).map(({ data }) => data)]);
        };
        const expected = await result(plain);
        for (const [form, X] of Object.entries(forms)) assert.is(await result(X), expected, form);
      });
    }
  }

  test(`one row, ${kind}: ${Object.keys(singles).length} forms, the same bits`, () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const sae = make(dtype);
      const ofOne: [string, (x: unknown) => unknown][] = [
        ['transform', (x) => sae.transform(x as RowLike).data],
        ['reconstruct', (x) => sae.reconstruct(x as RowLike).data],
        ['encode', (x) => sae.encoder.encode(x as RowLike).data],
      ];
      for (const [call, run] of ofOne) {
        const expected = exactly(run([plain[1]]));
        for (const [form, x] of Object.entries(singles)) assert.is(exactly(run(x)), expected, `${call}: ${form}`);
      }
    }
  });
}

test.run();
