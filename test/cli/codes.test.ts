import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchText, sparsevec } from '../../src/export.js';
import { readNpz } from '../../src/formats/npz.js';
import { SparseAutoencoder } from '../../src/index.js';
import { save } from '../../src/node.js';
import { inTemporaryFolder, randomRows, runNode, sameBits } from '../helpers.js';

const X = randomRows(7, 4).map((row) => row.map((u) => Math.fround(u - 0.4)));
const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 9, hiddenActivation: 'topk', k: 2, outputActivation: 'identity' });
const documents = sae.transform(X, { sparse: true, normalize: true });

/** Calls `transform` on a folder with model and data in it, as many times as there are lists of arguments. */
async function transform(folder: string, ...args: string[]) {
  save(sae, join(folder, 'model.safetensors'));
  writeFileSync(join(folder, 'x.csv'), X.map((row) => `${row.join(',')}\n`).join(''));
  return runNode(['src/cli.ts', 'transform', join(folder, 'model.safetensors'), join(folder, 'x.csv'), ...args]);
}

test('documents as SQL, by the name of the file; queries as lines; both are what the library writes', () =>
  inTemporaryFolder(async (folder) => {
    const [sql, lines, refitted] = await Promise.all([
      transform(folder, '--normalize', '--out', join(folder, 'codes.sql'), '--table', 'words', '--field', 'f'),
      transform(folder, '--query', '--terms', '3', '--to', 'sparsevec'),
      transform(folder, '--refit', '--to', 'sparsevec'),
    ]);
    assert.is(sql.stderr, '');
    const expected = [...searchText('sql', documents, { table: 'words', field: 'f' })].join('');
    assert.is(readFileSync(join(folder, 'codes.sql'), 'utf8'), expected);
    const fitted = sae.transform(X, { sparse: true, refit: true });
    assert.is(refitted.stdout, X.map((_, i) => `${sparsevec(fitted, i)}\n`).join(''));
    const queries = sae.query(X, { terms: 3 });
    assert.is(lines.stdout, X.map((_, i) => `${sparsevec(queries, i)}\n`).join(''));
  }));

test('npz for SciPy; an engine; codes divided by lengths where zeros are written out', () =>
  inTemporaryFolder(async (folder) => {
    const out = join(folder, 'codes.npz');
    const [npz, qdrant, dense, named] = await Promise.all([
      transform(folder, '--out', out),
      transform(folder, '--to', 'qdrant', '--normalize'),
      transform(folder, '--to', 'jsonl', '--normalize'),
      transform(folder, '--to', 'jsonl', '--normalize', '--field', 'f'),
    ]);
    assert.is(named.stdout, dense.stdout.replace(/^.+$/gm, '{"f":$&}'));
    assert.is(npz.stderr, '');
    sameBits(readNpz(readFileSync(out), 'codes.npz', 'data').data as Float32Array, sae.transform(X, { sparse: true }).data);
    assert.is(qdrant.stdout, [...searchText('qdrant', documents)].join(''));
    const whole = sae.transform(X, { normalize: true }).data;
    sameBits(
      Float32Array.from(
        dense.stdout
          .trimEnd()
          .split('\n')
          .flatMap((line) => JSON.parse(line)),
      ),
      whole,
    );
  }));

test('--names: tokens are the names of the units, each its own', () =>
  inTemporaryFolder(async (folder) => {
    const named = SparseAutoencoder.fromBytes(sae.toBytes());
    named.setNames(['bank', 'bank', null, 'u.s.', 'u2', 'a', 'b', 'c', 'd']);
    const model = join(folder, 'named.safetensors');
    save(named, model);
    const run = (...args: string[]) => runNode(['src/cli.ts', 'transform', model, join(folder, 'x.csv'), ...args]);
    const [numbered, refused] = await Promise.all([
      transform(folder, '--to', 'elasticsearch'),
      transform(folder, '--to', 'elasticsearch', '--names'),
    ]);
    const [documents, queries] = await Promise.all([
      run('--to', 'elasticsearch', '--names'),
      run('--to', 'opensearch', '--names', '--query', '--terms', '3'),
    ]);
    const names = ['bank', 'bank (u1)', 'u2', 'u__s__', 'u2 (u4)', 'a', 'b', 'c', 'd'];
    const codes = sae.transform(X, { sparse: true });
    assert.is(documents.stdout, [...searchText('elasticsearch', codes, { names })].join(''), documents.stderr);
    assert.is(queries.stdout, [...searchText('opensearch', sae.query(X, { terms: 3 }), { names, query: true })].join(''));
    assert.is(numbered.stdout, [...searchText('elasticsearch', codes)].join(''));
    assert.is(refused.code, 1);
    assert.match(
      refused.stderr,
      /^error: --names: the model has none, expected one that `names MODEL DATA --out FILE` has written/,
    );
  }));

test('what does not go together is said', () =>
  inTemporaryFolder(async (folder) => {
    const ended = await Promise.all([
      transform(folder, '--terms', '3', '--to', 'sql'),
      transform(folder, '--query', '--normalize', '--to', 'sql'),
      transform(folder, '--query', '--out', join(folder, 'q.csv')),
      transform(folder, '--table', 't', '--to', 'sparse'),
      transform(folder, '--field', 'f', '--out', join(folder, 'q.npy')),
      transform(folder, '--names', '--to', 'qdrant'),
    ]);
    const messages = [
      /--terms is of queries, expected --query beside it/,
      /--normalize is of documents, --query of queries, expected one of them/,
      /--query: csv has no place for queries, expected --to sparse, sparsevec, npz or an engine/,
      /--table is of --to sql/,
      /--field: npy has no fields/,
      /--names is of --to elasticsearch and opensearch, the others know units by number/,
    ];
    for (const [i, { code, stderr }] of ended.entries()) {
      assert.is(code, 2);
      assert.match(stderr, messages[i]);
    }
  }));

test.run();
