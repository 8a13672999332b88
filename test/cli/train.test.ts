import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Samples, TrainingPlan } from '../../src/cli/plan.js';
import { trainAndReport } from '../../src/cli/train.js';
import { load } from '../../src/node.js';
import { fails, inTemporaryFolder, numbers } from '../helpers.js';

const samples: Samples = { data: Float32Array.from(numbers(60)), rows: 20, cols: 3, classes: null };

/** A checkpoint an epoch, and what it prints kept to itself. */
const plan = (folder: string, judge = samples): TrainingPlan => ({
  title: 'rows',
  about: '20 rows',
  train: samples,
  judge,
  judgedBy: 'training',
  image: null,
  inputNames: null,
  model: { hiddenDim: 4, backend: 'plain' },
  fit: { epochs: 3, batchSize: 8 },
  files: { model: join(folder, 'm.safetensors'), report: join(folder, 'r.html'), checkpoints: join(folder, 'checkpoints') },
  checkpointMinutes: 1e-9,
  resume: null,
  next: null,
  json: false,
  command: [],
});

async function printed(run: () => Promise<void>): Promise<string> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = ((part: string) => {
    text += part;
    return true;
  }) as typeof write;
  try {
    await run();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

test('the model is written before its report, and checkpoints go when both are there', () =>
  inTemporaryFolder(async (folder) => {
    const { files, ...rest } = plan(folder);
    mkdirSync(files.report as string);
    await fails(
      () => printed(() => trainAndReport({ ...rest, files })),
      `${files.report}: is a folder, expected the path of a file`,
    );
    assert.is(load(files.model).hiddenDim, 4);
    assert.is(readdirSync(files.checkpoints).length, 3);
    const whole = { ...files, report: join(folder, 'whole.html') };
    const text = await printed(() => trainAndReport({ ...rest, files: whole }));
    assert.match(text, /\nmodel: .*m\.safetensors\nreport: .*whole\.html\n$/);
    assert.not(existsSync(files.checkpoints));
  }));

test('a model that cannot be written where it should be is written among the checkpoints', () =>
  inTemporaryFolder(async (folder) => {
    const { files, ...rest } = plan(folder);
    mkdirSync(files.model);
    const left = join(files.checkpoints, 'epoch-3.safetensors');
    await fails(
      () => printed(() => trainAndReport({ ...rest, files, checkpointMinutes: 5 })),
      `${files.model}: is a folder, expected the path of a file; the model is in ${left}`,
    );
    assert.is(load(left).hiddenDim, 4);
  }));

test('a signal after the last epoch ends it when the model is written', () =>
  inTemporaryFolder(async (folder) => {
    const interrupting = {
      ...samples,
      get data() {
        process.kill(process.pid, 'SIGTERM');
        return samples.data;
      },
    };
    const { files, ...rest } = plan(folder, interrupting);
    try {
      const text = await printed(() => trainAndReport({ ...rest, files }));
      assert.match(text, /\nmodel: .*\nSIGTERM after the last epoch; no report was written\n$/);
      assert.is(process.exitCode, 143);
    } finally {
      process.exitCode = 0;
    }
    assert.equal(readdirSync(folder), ['m.safetensors']);
    assert.is(process.listenerCount('SIGTERM'), 0);
  }));

test.run();
