import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTemporaryFolder, projectRoot, runNode } from './helpers.js';

const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');

/** A program against the declarations that the package ships, in a project without the types of a browser or of Node. */
const consumer = (entry: string) => `
import { SparseAutoencoder, type FitOptions } from 'sparse-autoencoder${entry}';
const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, hiddenActivation: 'relu', penalty: 'l1', weightDecay: 0.1 });
const options: FitOptions = { epochs: 1, signal: { aborted: false, throwIfAborted() {} } };
export const loss: Promise<number[]> = sae.fit([[1, 2, 3, 4]], options).then((history) => history.loss);
export const code: ArrayLike<number> = sae.transform(Float32Array.of(1, 2, 3, 4)).data;
export const bytes: Uint8Array = sae.toBytes({ training: true });
// @ts-expect-error no such kind
new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, hiddenActivation: 'softmax' });
// @ts-expect-error no such option
new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, depth: 2 });
`;

/** Rows as files and services give them, as X. */
const reader = `
import { embeddings, scores, SparseAutoencoder } from 'sparse-autoencoder';
import { searchText } from 'sparse-autoencoder/export';
import { readRows } from 'sparse-autoencoder/read';
const sae = new SparseAutoencoder({ inputDim: 2, hiddenDim: 3 });
const { rows, ids, texts, ...table } = await readRows(Uint8Array.of(1), 'x.parquet', { embedding: 'v', text: 'title' });
export const named: (string[] | undefined)[] = [ids, texts];
await sae.fit({ rows, ...table });
// What may be missing is given on as it is.
const X = await readRows(Uint8Array.of(1), 'x.csv');
export const other = new SparseAutoencoder({ ...embeddings({ inputDim: X.cols, rows: X.rows }).model, inputNames: X.names });
const features = other.features(X, { rows: X.ids, texts: X.texts });
export const sql = [...searchText('sql', features.codes, { ids: X.ids, names: features.names })];
export const measured = scores(other, X, { labels: X.labels });
const answer: { object: 'list'; data: { object: 'embedding'; index: number; embedding: number[] }[] } = { object: 'list', data: [] };
for (const X of [answer, answer.data, ['[1,2]'], [Uint8Array.of(1, 2)], [Float32Array.of(1, 2)], { data: Float32Array.of(1, 2), dims: [1, 2] }])
  sae.transform(X);
sae.transform('[1,2]');
sae.transform(Uint8Array.of(1, 2));
// @ts-expect-error no form of X
sae.transform(new Date());
`;

test('the declarations compile by themselves: no DOM, no Node, every library checked', () =>
  inTemporaryFolder(async (folder) => {
    const installed = join(folder, 'node_modules/sparse-autoencoder');
    mkdirSync(installed, { recursive: true });
    const built = await runNode([tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(installed, 'dist')]);
    assert.is(built.code, 0, built.stdout);
    symlinkSync(join(projectRoot, 'package.json'), join(installed, 'package.json'));
    symlinkSync(join(projectRoot, 'node_modules/@types'), join(folder, 'node_modules/@types'));
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
      preserveSymlinks: true,
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
    };
    const entries = ['', '/core'];
    const files = entries.map((entry, k) => {
      writeFileSync(join(folder, `consumer${k}.mts`), consumer(entry));
      return `consumer${k}.mts`;
    });
    writeFileSync(join(folder, 'reader.mts'), reader);
    files.push('reader.mts');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { code, stdout } = await runNode([tsc, '-p', folder]);
    assert.is(stdout, '');
    assert.is(code, 0);
  }));

test.run();
