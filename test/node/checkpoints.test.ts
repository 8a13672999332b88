import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { checkpoints, clearCheckpoints, latestCheckpoint, load, save } from '../../src/node.js';
import { fails, inTemporaryFolder, numbers, projectRoot, randomRows, thetaOf } from '../helpers.js';

const X = randomRows(60, 7, 3);
const options = { inputDim: 7, hiddenDim: 5, seed: 'checkpoints', backend: 'plain', learningRate: 0.01 } as const;
const plan = { epochs: 40, batchSize: 8, validationSplit: 0.2, earlyStopping: { patience: 30 } };

test('save and load: either class, the same bytes; what cannot be read is named', () =>
  inTemporaryFolder(async (folder) => {
    const sae = new SparseAutoencoder(options);
    const path = join(folder, 'model.safetensors');
    save(sae, path);
    assert.equal(thetaOf(load(path)), thetaOf(sae));
    assert.is(load(path, { backend: 'auto' }).options.backend, 'auto');
    writeFileSync(join(folder, 'broken'), 'no model');
    await fails(() => load(join(folder, 'broken')), /broken: fromBytes: /);
    await fails(() => load(join(folder, 'nothing')), `${join(folder, 'nothing')}: there is no such file`);
    await fails(() => load(folder), `${folder}: is a folder, expected a file`);
    await fails(() => save(sae, join(folder, 'no', 'model')), /no\/model: the folder .*no does not exist$/);
  }));

test('the latest are kept, as many as asked for, whatever else is in the folder', () =>
  inTemporaryFolder(async (folder) => {
    const run = join(folder, 'run', 'deep');
    assert.is(latestCheckpoint(run), null);
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'notes.txt'), 'mine');
    const sae = new SparseAutoencoder(options);
    await sae.fit(X, { epochs: 12, batchSize: 8, checkpoint: checkpoints(run, { epochs: 2, keep: 2 }) });
    assert.equal(readdirSync(run).sort(), ['epoch-10.safetensors', 'epoch-12.safetensors', 'notes.txt']);
    assert.is(latestCheckpoint(run), join(run, 'epoch-12.safetensors'));
    await fails(() => checkpoints(run, { keep: 0 }), 'checkpoints: keep is 0, expected a whole number of at least 1');
  }));

test('a folder that cannot be written to is refused before anything is trained, and none is left behind', () =>
  inTemporaryFolder(async (folder) => {
    const [file, link, deep] = [join(folder, 'file'), join(folder, 'link'), join(folder, 'a', 'b')];
    writeFileSync(file, 'precious');
    symlinkSync(join(folder, 'nothing'), link);
    await fails(() => checkpoints(''), 'checkpoints: folder is "", expected the path of a folder');
    for (const [path, code] of Object.entries({ [file]: 'ENOTDIR', [join(file, 'below')]: 'ENOTDIR', [link]: 'EEXIST' }))
      await fails(() => checkpoints(path), `checkpoints: ${path} cannot be written (${code}), expected a folder to put files in`);
    // A file system that answers ENOENT to whatever is to be made.
    if (existsSync('/proc/self'))
      await fails(() => checkpoints('/proc/abc/run'), /^checkpoints: \/proc\/abc\/run cannot be written/);
    assert.is(latestCheckpoint(file), null);
    clearCheckpoints(file);
    checkpoints(deep);
    assert.equal(readdirSync(folder).sort(), ['file', 'link']);
  }));

test('a folder that is called as a checkpoint is none', () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, 'epoch-99.safetensors'));
    await new SparseAutoencoder(options).fit(X, { epochs: 1, checkpoint: checkpoints(folder) });
    assert.is(latestCheckpoint(folder), join(folder, 'epoch-1.safetensors'));
    clearCheckpoints(folder);
    assert.equal(readdirSync(folder), ['epoch-99.safetensors']);
  }));

/** Epochs that a process lives for at the most, so that it is killed before its end however slowly the killer comes. */
const LIFE = 6;

/** A process that fits with a checkpoint an epoch, going on from the latest if there is one, and stands still after `life` epochs. */
const program = (folder: string, life: number) => `
  import { SparseAutoencoder } from '${projectRoot}/src/index.ts';
  import { checkpoints, latestCheckpoint, load } from '${projectRoot}/src/node.ts';
  const latest = latestCheckpoint('${folder}');
  const sae = latest ? load(latest) : new SparseAutoencoder(${JSON.stringify(options)});
  process.stdout.write('begun');
  const X = ${JSON.stringify(X)};
  let left = ${life};
  const onEpochEnd = () => --left === 0 ? new Promise(() => setInterval(() => {}, 1000)) : undefined;
  await sae.fit(X, { ...${JSON.stringify(plan)}, resume: latest !== null, checkpoint: checkpoints('${folder}'), onEpochEnd });
  process.stdout.write(' ' + Buffer.from(sae.toBytes({ training: true })).toString('base64'));
`;

/** Runs it, and kills it so many ms after it has begun; what it ended with, if it ended by itself. */
const execute = (folder: string, killAfter: number): Promise<string | null> =>
  new Promise((resolve) => {
    const text = program(folder, killAfter < Infinity ? LIFE : Infinity);
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', text], { cwd: projectRoot });
    let said = '';
    child.stdout.on('data', (text) => {
      if (said === '' && killAfter < Infinity) setTimeout(() => child.kill('SIGKILL'), killAfter);
      said += text;
    });
    child.on('close', (code) => resolve(code === 0 ? (said.split(' ')[1] ?? null) : null));
  });

test('killed again and again at any moment: a checkpoint can always be read, and the end is that of a run never killed', () =>
  inTemporaryFolder(async (folder) => {
    const whole = new SparseAutoencoder(options);
    await whole.fit(X, plan);
    const expected = Buffer.from(whole.toBytes({ training: true })).toString('base64');
    let end: string | null = null;
    let kills = 0;
    for (const moment of numbers(20, 7)) {
      end = await execute(folder, 120 * moment);
      if (end !== null) break;
      kills++;
      const latest = latestCheckpoint(folder);
      if (latest) load(latest);
    }
    end ??= await execute(folder, Infinity);
    assert.ok(kills > 3, `${kills} kills`);
    assert.is(end, expected);
  }));

test.run();
