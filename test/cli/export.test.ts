import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toOnnx, toUdf } from '../../src/export.js';
import { SparseAutoencoder } from '../../src/index.js';
import { save } from '../../src/node.js';
import { inTemporaryFolder, randomRows, runNode } from '../helpers.js';

test('export writes what the library gives, and says what has no meaning or does not fit', () =>
  inTemporaryFolder(async (folder) => {
    const model = join(folder, 'm.safetensors');
    const sae = new SparseAutoencoder({ inputDim: 100, hiddenDim: 200, seed: 1 });
    save(sae, model);
    const run = (...args: string[]) => runNode(['src/cli.ts', 'export', model, ...args]);
    const [onnx, sql, small] = ['m.onnx', 'big.sql', 'small.sql'].map((name) => join(folder, name));
    const [a, b, c, d, e, f] = await Promise.all([
      run('--to', 'onnx', '--out', onnx),
      run('--to', 'bigquery', '--out', sql, '--name', 'd.f', '--library', 'gs://b/f'),
      run('--to', 'snowflake', '--out', small, '--bits', '8'),
      run('--to', 'snowflake', '--out', join(folder, 'none.sql')),
      run('--to', 'onnx', '--bits', '8', '--out', join(folder, 'none.onnx')),
      run('--to', 'bigquery', '--out', join(folder, 'none.sql')),
    ]);
    assert.equal(
      [a, b, c, d, e, f].map(({ code }) => code),
      [0, 0, 0, 1, 2, 1],
      [a, b, c, d, e, f].map(({ stderr }) => stderr).join(''),
    );
    assert.equal(readFileSync(onnx), Buffer.from(toOnnx(sae)));
    const udf = toUdf(sae, 'bigquery', { name: 'd.f', library: 'gs://b/f' });
    assert.is(readFileSync(sql, 'utf8'), udf.sql);
    assert.is(readFileSync(join(folder, 'd_f-1.js'), 'utf8'), udf.libraries[0].code);
    assert.match(b.stdout, /^library: .*d_f-1\.js, 11\d,\d{3} bytes, for gs:\/\/b\/f\nfunction: /);
    assert.is(readFileSync(small, 'utf8'), toUdf(sae, 'snowflake', { bits: 8 }).sql);
    assert.match(
      d.stderr,
      /^error: --to snowflake: .* more than snowflake's 100,000; with 8 bits it has 3\d,\d{3}, which fits\n$/,
    );
    assert.match(f.stderr, /^error: --to bigquery: .*; with 8 bits it has .* for files instead, expected --library "gs:.*\n$/);
    assert.is(e.stderr, 'error: --bits has no meaning with --to onnx\n');
    assert.not(existsSync(join(folder, 'none.sql')) || existsSync(join(folder, 'none.onnx')));
  }));

test('export --to safetensors: a checkpoint without the state of its training, a model as it is', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, seed: 1 });
    await sae.fit(randomRows(20, 4), { epochs: 2 });
    sae.setNames({ 1: 'cats' });
    save(sae, at('checkpoint.safetensors'), { training: true });
    for (const [from, to] of [
      ['checkpoint.safetensors', 'm.safetensors'],
      ['m.safetensors', 'again.safetensors'],
    ]) {
      const { code, stderr } = await runNode(['src/cli.ts', 'export', at(from), '--to', 'safetensors', '--out', at(to)]);
      assert.is(code, 0, stderr);
      assert.equal(readFileSync(at(to)), Buffer.from(sae.toBytes()));
    }
    assert.ok(readFileSync(at('checkpoint.safetensors')).length > sae.toBytes().length);
  }));

test.run();
