import { createContext, runInContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Udf } from '../../src/export.js';
import { toUdf } from '../../src/export.js';
import { SparseAutoencoder } from '../../src/index.js';
import { fails, flatten, near, randomRows } from '../helpers.js';
import { exportCases, roundedRowCase } from './cases.js';

type Entry = { unit: number; value: number };

/** What stands between a statement's quotes. */
const bodyOf = ({ sql }: Udf): string => (/r"""\n([\s\S]*)\n"""/.exec(sql) ?? /\$\$\n([\s\S]*)\n\$\$/.exec(sql))?.[1] ?? '';

/** The function in a context that has nothing but the language: no atob, no console, no code from strings. */
function run(udf: Udf, argument: 'x' | 'X'): (x: unknown) => Entry[] | null {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  for (const { code } of udf.libraries) runInContext(code, context);
  return runInContext(`(${argument}) => {\n${bodyOf(udf)}\n}`, context);
}

/** Codes by their non-zeros, written out. */
const spread = (codes: (Entry[] | null)[], h: number): number[] =>
  codes.flatMap((code) => {
    const row = Array(h).fill(0);
    for (const { unit, value } of code ?? []) row[unit] = value;
    return row;
  });

test('in a bare context, within 1e-6 of transform: every kind of code, with outputs, preparations and wirings', async () => {
  for await (const { name, sae, X } of exportCases(false)) {
    const expected = flatten(sae.transform(X));
    for (const [warehouse, argument] of [
      ['bigquery', 'x'],
      ['snowflake', 'X'],
    ] as const) {
      const encode = run(toUdf(sae, warehouse), argument);
      near(spread(X.map(encode), 12), expected, 1e-6, `${warehouse}, ${name}`);
      const units = Array.from(encode(X[0]) ?? [], ({ unit }) => unit);
      assert.equal(
        units,
        [...units].sort((a, b) => a - b),
      );
    }
  }
});

test('a row that is the mean but for the rounding of large numbers is 0', async () => {
  const { sae, X } = await roundedRowCase();
  for (const warehouse of ['bigquery', 'snowflake'] as const) {
    const encode = run(toUdf(sae, warehouse), warehouse === 'bigquery' ? 'x' : 'X');
    near(spread(X.map(encode), 4), flatten(sae.transform(X)), 1e-6, warehouse);
  }
});

const small = new SparseAutoencoder({ inputDim: 5, hiddenDim: 8, seed: 1 });

test('NULL for NULL; rows of another length and what is no number are errors', async () => {
  const encode = run(toUdf(small, 'bigquery', { name: 'my-project.d.encode' }), 'x');
  assert.is(encode(null), null);
  assert.is(encode(undefined), null);
  assert.throws(() => encode([1, 2]), /my-project\.d\.encode: got 2 numbers, expected 5/);
  assert.throws(() => encode([1, 2, null, 4, 5]), /x\[2\] is null, expected a number/);
});

test('the statements', () => {
  assert.match(
    toUdf(small, 'bigquery', { name: 'my-project.d.encode', bits: 8 }).sql,
    /^-- relu sparse autoencoder, 5-8: .* 8 bits, largest error 0\.0\d+.*\nCREATE OR REPLACE FUNCTION `my-project\.d\.encode`\(x ARRAY<FLOAT64>\)\nRETURNS ARRAY<STRUCT<unit INT64, value FLOAT64>>\nDETERMINISTIC\nLANGUAGE js\nAS r"""\n/,
  );
  assert.match(
    toUdf(small, 'snowflake').sql,
    /\nCREATE OR REPLACE FUNCTION encode\(x ARRAY\)\nRETURNS ARRAY\nLANGUAGE JAVASCRIPT\nIMMUTABLE\nAS\n\$\$\n[^$]*\n\$\$;\n$/,
  );
});

test('8 bits give nearly the same', () => {
  const sae = new SparseAutoencoder({ inputDim: 64, hiddenDim: 32, seed: 1 });
  const X = randomRows(5, 64);
  near(spread(X.map(run(toUdf(sae, 'snowflake', { bits: 8 }), 'X')), 32), flatten(sae.transform(X)), 0.02);
});

test('beyond a statement BigQuery reads files, each below its limit, and together they are the encoder', async () => {
  // 4/3 · 4 · 200 · 1500 bytes of W_enc.
  const sae = new SparseAutoencoder({ inputDim: 200, hiddenDim: 1500, seed: 1 });
  await fails(
    () => toUdf(sae, 'bigquery'),
    /^toUdf: the encoder has 1,6\d\d,\d{3} bytes at 32 bits, 1,[56]\d\d,\d{3} more than a statement's 32,000; with 8 bits it has 4\d\d,\d{3}, 3\d\d,\d{3} more; for files instead, expected library: "gs:\/\/bucket\/folder", where they will lie \(3 of them, 1,6\d\d,\d{3} bytes in all\)$/,
  );
  const udf = toUdf(sae, 'bigquery', { library: 'gs://b/models/', name: 'd.encode' });
  assert.equal(
    udf.libraries.map(({ name }) => name),
    ['d_encode-1.js', 'd_encode-2.js', 'd_encode-3.js'],
  );
  assert.ok(udf.libraries.every(({ code }) => code.length <= 1e6));
  assert.match(
    udf.sql,
    'LANGUAGE js\nOPTIONS (library = [\n  \'gs://b/models/d_encode-1.js\',\n  \'gs://b/models/d_encode-2.js\',\n  \'gs://b/models/d_encode-3.js\'\n])\nAS r"""\nreturn sae_d_encode(x);\n""";\n',
  );
  const X = randomRows(2, 200);
  near(spread(X.map(run(udf, 'x')), 1500), flatten(sae.transform(X)), 1e-6);
});

test('what is too large says by how much, and what 8 bits would give', async () => {
  const at = (inputDim: number, hiddenDim: number) => new SparseAutoencoder({ inputDim, hiddenDim, seed: 1 });
  await fails(
    () => toUdf(at(100, 200), 'snowflake'),
    /^toUdf: the encoder has 11\d,\d{3} bytes at 32 bits, 1\d,\d{3} more than snowflake's 100,000; with 8 bits it has 3\d,\d{3}, which fits$/,
  );
  await fails(
    () => toUdf(at(100, 1024), 'snowflake'),
    /at 32 bits, 4\d\d,\d{3} more than snowflake's 100,000; with 8 bits it has 14\d,\d{3}, 4\d,\d{3} more$/,
  );
  await fails(
    () => toUdf(at(512, 2048), 'bigquery', { library: 'gs://b/f' }),
    /has 5,6\d\d,\d{3} bytes at 32 bits, 6\d\d,\d{3} more than bigquery's 5,000,000; with 8 bits it has 1,4\d\d,\d{3}, which fits$/,
  );
  await fails(
    () => toUdf(at(100, 1024), 'snowflake', { bits: 8 }),
    /^toUdf: the encoder has 14\d,\d{3} bytes at 8 bits, 4\d,\d{3} more than snowflake's 100,000$/,
  );
  const asFiles = '; for files instead, expected library: .*';
  await fails(
    () => toUdf(at(40, 300), 'bigquery'),
    new RegExp(
      `^toUdf: the encoder has 68,\\d{3} bytes at 32 bits, 36,\\d{3} more than a statement's 32,000; with 8 bits it has 20,\\d{3}, which fits${asFiles}$`,
    ),
  );
  await fails(
    () => toUdf(at(100, 1024), 'bigquery', { bits: 8 }),
    new RegExp(`^toUdf: the encoder has 14\\d,\\d{3} bytes at 8 bits, 11\\d,\\d{3} more than a statement's 32,000${asFiles}$`),
  );
  assert.equal(toUdf(at(40, 300), 'bigquery', { bits: 8 }).libraries, []);
});

const wrong: [Parameters<typeof toUdf>, string | RegExp][] = [
  [[{} as never, 'bigquery'], 'toUdf: got an object (), expected a SparseAutoencoder'],
  [[small, 'redshift' as never], /^toUdf: warehouse is "redshift", expected one of "bigquery", "snowflake"/],
  [[small, 'snowflake', { name: 'a-b' }], 'toUdf: name is "a-b", expected an identifier, or several with dots between'],
  [[small, 'bigquery', { name: 'a`b' }], 'toUdf: name is "a`b", expected an identifier, or several with dots between'],
  [[small, 'bigquery', { bits: 16 as never }], 'toUdf: bits is 16, expected 8 or 32'],
  [[small, 'bigquery', { library: 's3://x' }], 'toUdf: library is "s3://x", expected gs://bucket/folder'],
];
for (const [args, message] of wrong) test(`refused: ${message}`, () => fails(() => toUdf(...args), message));

test.run();
