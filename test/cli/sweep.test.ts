import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../src/node.js';
import { inTemporaryFolder, projectRoot, randomRows, runNode } from '../helpers.js';
import { mnistLike, writeFiles } from '../node/idx-folder.js';

const rows = randomRows(60, 5);
const csv = rows.map((row) => row.join(',')).join('\n');
const grid = ['--no-header', '--hidden', '8', '--kinds', 'topk,relu', '--levels', '2,3', '--seeds', '1,2', '--batch-size', '16'];
const sweep = (...args: string[]) => runNode(['src/cli.ts', 'sweep', ...args]);
const linesOf = (folder: string) =>
  readFileSync(join(folder, 'sweep.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
/** The table behind the chart. */
const tableOf = (html: string) =>
  [
    ...(html
      .match(/<caption>Every run<\/caption>[\s\S]*?<\/table>/)?.[0]
      .matchAll(/<tr><th scope="row">([^<]*)((?:<td>[^<]*)+)/g) ?? []),
  ].map(([, first, rest]) => [first, ...rest.split('<td>').slice(1)].map((cell) => cell.trim()));

/** Starts a sweep and kills it, as a power cut would, as soon as it has so many lines. */
function killed(args: string[], out: string, lines: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'sweep', ...args, '--out', out], {
      cwd: projectRoot,
    });
    let told = '';
    child.stdout.on('data', (text) => {
      told += text;
      if (told.split('\n').filter((line) => /^ *\d+\/\d+ /.test(line)).length >= lines) child.kill('SIGKILL');
    });
    child.on('close', () => resolve());
  });
}

test('killed and called again it goes on, and ends with the same lines, models and page as one that was left alone', () =>
  inTemporaryFolder(async (folder) => {
    const data = join(folder, 'rows.csv');
    writeFileSync(data, csv);
    const args = [data, ...grid, '--epochs', '300', '--models'];
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    const [first] = await Promise.all([sweep(...args, '--out', whole), killed(args, parts, 2)]);
    assert.is(first.code, 0, first.stderr);
    assert.match(first.stdout, /^rows\.csv: 54 rows of 5 to train on, 6 to judge by; 8 runs of 300 epochs$/m);
    assert.match(first.stdout, /^1\/8 {2}topk, k 2, seed 1: L0 [\d.]+, FVU [\d.]+, \d dead$/m);
    const before = linesOf(parts).length;
    assert.ok(before >= 2 && before < 8, `${before} lines when it was killed`);

    const { code, stdout, stderr } = await sweep(...args, '--out', parts);
    assert.is(code, 0, stderr);
    assert.match(stdout, `8 runs of 300 epochs, ${before} of them there already`);
    assert.is(stdout.split('\n').filter((line) => /^ *\d+\/8 /.test(line)).length, 8 - before);
    const fileOf = (out: string, name: string) => readFileSync(join(out, name), 'utf8').replaceAll(out, '');
    const page = (out: string) => fileOf(out, 'sweep.html');
    assert.is(fileOf(parts, 'sweep.jsonl'), fileOf(whole, 'sweep.jsonl'));
    assert.is(page(parts), page(whole));

    const lines = linesOf(whole);
    assert.is(lines.length, 8);
    assert.equal(
      tableOf(page(whole)),
      lines.map(({ kind, penalty, level, value, seed, l0, fvu, deadUnits }) => [
        penalty === 'none' ? kind : `${kind}, ${penalty}`,
        `${level} ${value}`,
        seed,
        l0.toFixed(2),
        fvu.toPrecision(4),
        String(deadUnits),
      ]),
    );
    // What a line says is what its model does on the rows that were kept, the last six.
    for (const line of [lines[0], lines[7]]) {
      const bytes = (out: string) => readFileSync(join(out, line.model));
      assert.ok(bytes(parts).equals(bytes(whole)));
      const { l0, fvu, deadUnits } = load(join(whole, line.model)).evaluate(rows.slice(54));
      assert.equal([l0, fvu, deadUnits], [line.l0, line.fvu, line.deadUnits]);
    }

    const bad = join(parts, 'sweep.jsonl');
    appendFileSync(bad, '{"kind":"topk"}\n');
    const broken = await sweep(...args, '--out', parts);
    assert.is(broken.code, 1);
    assert.match(broken.stderr, `error: ${bad}: line 9 is no run of a sweep, expected`);
  }));

test('a wider grid trains what is new; --json prints all of it, one object a run; other rows or epochs are refused', () =>
  inTemporaryFolder(async (folder) => {
    const [data, other, out] = ['rows.csv', 'other.csv', 'out'].map((name) => join(folder, name));
    writeFileSync(data, csv);
    writeFileSync(other, csv.replace('0', '1'));
    const small = [...grid.slice(0, -2), '--epochs', '2', '--out', out, '--json'];
    const first = await sweep(data, ...small, '--seeds', '1', '--levels', '2,8');
    assert.is(first.code, 0, first.stderr);
    assert.match(first.stderr, 'left out: relu: targetL0 is 8, expected a number below hiddenDim 8');
    const told = first.stdout.trimEnd().split('\n');
    assert.equal(
      told.map((line) => JSON.parse(line)),
      linesOf(out),
    );
    assert.equal(
      linesOf(out).map(({ kind, value }) => [kind, value]),
      [
        ['topk', 2],
        ['topk', 8],
        ['relu', 2],
      ],
    );
    assert.not.ok(existsSync(join(out, 'models')));

    const second = await sweep(data, ...small, '--seeds', '1,7', '--levels', '2');
    assert.is(second.stdout.trimEnd().split('\n').length, 4);
    assert.is(second.stdout.split('\n')[0], told[0], 'a run that was there is told as it was');
    assert.is(linesOf(out).length, 5);
    const page = () => readFileSync(join(out, 'sweep.html'), 'utf8');
    assert.equal(
      tableOf(page()).map(([kind, asked, seed]) => `${kind} ${asked} ${seed}`),
      ['topk k 2 1', 'topk k 2 7', 'topk k 8 1', 'relu, l1 targetL0 2 1', 'relu, l1 targetL0 2 7'],
      'by kind as given, then by level, whenever they were trained',
    );

    // What stands under "Made by" makes this page again.
    const whole = page();
    const commands = Array.from(whole.matchAll(/<pre tabindex="0"><code>(.*?)<\/code>/g), ([, code]) =>
      code.replaceAll(/<\/?span>/g, '').replace('npx sparse-autoencoder sweep ', ''),
    );
    assert.is(commands.length, 2);
    rmSync(out, { recursive: true });
    for (const each of commands) assert.is((await sweep(...each.split(' '))).code, 0);
    assert.is(page(), whole);

    const before = readFileSync(join(out, 'sweep.jsonl'), 'utf8');
    const epochs = await sweep(data, ...small, '--epochs', '3');
    assert.match(epochs.stderr, 'has runs with epochs 2, expected 3 as in this sweep; name another --out');
    const rowsOfOthers = await sweep(other, ...small);
    assert.match(rowsOfOthers.stderr, /has runs with data "[0-9a-f]{16}", expected "[0-9a-f]{16}" as in this sweep/);
    assert.equal([epochs.code, rowsOfOthers.code], [1, 1]);
    assert.is(readFileSync(join(out, 'sweep.jsonl'), 'utf8'), before);
  }));

test('--data takes a folder of images and judges by its test images; a run that fails is told, and the others go on', () =>
  inTemporaryFolder(async (folder) => {
    writeFiles(folder, mnistLike(40, 20));
    const out = join(folder, 'out');
    const args = ['--data', folder, '--hidden', '8', '--epochs', '2', '--out', out];
    const { code, stdout, stderr } = await sweep(...args, '--kinds', 'topk,sigmoid', '--levels', '2', '--betas', '0.1,1e39');
    assert.match(stdout, /40 images of 5 × 4 to train on, 20 to judge by; 3 runs of 2 epochs/);
    assert.match(stdout, /^sigmoid, kl, beta 1e\+39, seed 1: fit: .*expected a finite number/m);
    assert.is(code, 1, stderr);
    assert.equal(
      linesOf(out).map(({ kind, level, settings }) => [kind, level, settings.rows, settings.judged, settings.outputActivation]),
      [
        ['topk', 'k', 40, 20, 'sigmoid'],
        ['sigmoid', 'beta', 40, 20, 'sigmoid'],
      ],
    );
    const html = readFileSync(join(out, 'sweep.html'), 'utf8');
    assert.match(html, /1 of 3 runs are still to come/);
  }));

const bad: Record<string, [string[], string | RegExp, number?]> = {
  'an unknown kind': [['--kinds', 'topk,mlp'], /Got 'mlp', expected one of relu, .*between commas/],
  'a level of nothing': [['--levels', '8,,16'], /Got '', expected a number above 0/],
  'a level below 0': [['--levels', '-8'], /Got '-8', expected a number above 0/],
  'a level twice': [['--levels', '8,16,8'], /Got '8' twice/],
  'what the grid says itself': [['--k', '3'], /unknown option '--k'/],
  'an option that no run has': [['--kinds', 'topk', '--rho', '0.1'], /--rho has no meaning with any of these kinds/],
  'a weight that no run has': [['--kinds', 'topk', '--beta', '1'], /--beta has no meaning with any of these kinds/],
  'a grid of nothing': [['--kinds', 'topk', '--levels', '9'], /there is nothing to train. topk: k is 9, expected .* hiddenDim 8/],
  'files and a folder': [['--data', 'folder'], /got both files and --data/],
  'no rows to judge by': [['--validation-split', '0.001'], /--validation-split: 0.001 of 60 rows leaves 60 to train on and 0/, 1],
};
for (const [what, [args, message, expected = 2]] of Object.entries(bad)) {
  test(`refused: ${what}`, () =>
    inTemporaryFolder(async (folder) => {
      const [data, out] = [join(folder, 'rows.csv'), join(folder, 'out')];
      writeFileSync(data, csv);
      const { code, stdout, stderr } = await sweep(data, '--no-header', '--hidden', '8', '--levels', '2', ...args, '--out', out);
      assert.is(code, expected, stderr);
      assert.is(stdout, '');
      assert.match(stderr, message);
      assert.not.ok(existsSync(out));
    }));
}

test('rows that are no numbers are named before anything is trained', () =>
  inTemporaryFolder(async (folder) => {
    const [data, out] = [join(folder, 'rows.csv'), join(folder, 'out')];
    writeFileSync(data, `1,2\n3,Infinity\n${'1,2\n'.repeat(20)}`);
    const { code, stderr } = await sweep(data, '--no-header', '--hidden', '8', '--levels', '2', '--out', out);
    assert.is(code, 1);
    assert.match(stderr, /rows\.csv/);
    assert.not.ok(existsSync(out));
  }));

test.run();
