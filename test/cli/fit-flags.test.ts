import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { inTemporaryFolder, randomRows, runNode } from '../helpers.js';

const rows = randomRows(40, 5);
const model = ['--hidden', '12', '--output-activation', 'identity', '--seed', '3'];

test('the command line trains as fit does when told the same', () =>
  inTemporaryFolder(async (folder) => {
    const [data, out] = [join(folder, 'rows.csv'), join(folder, 'model.safetensors')];
    writeFileSync(data, rows.map((row) => row.join(',')).join('\n'));
    const flags =
      '--no-shuffle --lr-warmup 3 --lr-decay cosine --lr-decay-steps 9 --lr-final 0.25 --penalty-warmup 4 --clip-norm 0.01 ' +
      '--averaging 0.5 --decoder-bias median --resample-every 4 --resample-until 8 --epochs 4 --batch-size 16';
    const ended = await runNode(['src/cli.ts', 'train', data, '--no-header', '--out', out, ...model, ...flags.split(' ')]);
    assert.is(ended.code, 0, ended.stderr);
    const sae = new SparseAutoencoder({ inputDim: 5, hiddenDim: 12, outputActivation: 'identity', seed: '3' });
    await sae.fit(rows, {
      shuffle: false,
      schedule: { warmup: 3, decay: 'cosine', decaySteps: 9, final: 0.25 },
      penaltyWarmup: 4,
      clipNorm: 0.01,
      averaging: 0.5,
      decoderBias: 'median',
      resampling: { every: 4, until: 8 },
      epochs: 4,
      batchSize: 16,
    });
    const trained = SparseAutoencoder.fromBytes(readFileSync(out));
    for (const name of ['encoderWeight', 'encoderBias', 'decoderWeight', 'decoderBias'] as const)
      assert.equal([...trained.parameters[name].data], [...sae.parameters[name].data], name);
  }));

for (const [flags, said] of [
  ['--lr-decay-steps 5', '--lr-decay-steps has no meaning without --lr-decay'],
  ['--lr-decay constant --lr-final 0.1', '--lr-final has no meaning without --lr-decay'],
  ['--resample-until 5', '--resample-until has no meaning without --resample-every'],
  ['--lr-decay steep', 'Expected one of constant, linear, cosine'],
  ['--averaging 1', 'Expected'],
]) {
  test(`${flags} is a wrong use`, () =>
    inTemporaryFolder(async (folder) => {
      const data = join(folder, 'rows.csv');
      writeFileSync(data, rows.map((row) => row.join(',')).join('\n'));
      const args = ['train', data, '--no-header', '--out', join(folder, 'm'), '--epochs', '1', ...flags.split(' ')];
      const ended = await runNode(['src/cli.ts', ...args]);
      assert.is(ended.code, 2);
      assert.ok(ended.stderr.includes(said), ended.stderr);
    }));
}

test.run();
