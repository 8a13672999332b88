import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DataFlags, readRows } from '../../src/cli/data.js';
import { fails, inTemporaryFolder, randomRows, runNode } from '../helpers.js';

test('a flag that means nothing to a file is refused, and called as it was typed', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'e.jsonl');
    writeFileSync(path, '{"v":[1,2]}\n{"v":[3,4]}\n');
    const refused: [DataFlags, string][] = [
      [{ array: 'x' }, 'which has no arrays with names, expected no --array'],
      [{ delimiter: ';' }, 'which has no delimiter, expected no --delimiter'],
      [{ header: false }, 'which has no header, expected no --no-header'],
    ];
    for (const [flags, message] of refused)
      await fails(() => readRows([path], flags, 'float32'), `${path}: is jsonl, ${message}`);
    // Commander's own default of --no-header.
    assert.is((await readRows([path], { header: true, embedding: 'v' }, 'float32')).rows, 2);
    await fails(
      () => readRows([path], { format: 'csv', embedding: 'v' }, 'float32'),
      /csv, which has no fields, expected no --embedding$/,
    );
  }));

test('train ends with a next step, which reads the same files the same way and runs as printed; of stdin there is none', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const cli = (...args: string[]) => runNode(['src/cli.ts', ...args]);
    const lines = randomRows(20, 3).map((row, i) => ['xy'[i % 2], ...row].join('|'));
    for (const name of ['a.csv', 'b c.csv']) writeFileSync(at(name), `${lines.join('\n')}\n`);
    const [model, a, b] = ['m.safetensors', 'a.csv', 'b c.csv'].map(at);
    const how = ['--no-header', '--delimiter', '|', '--label', '0'];
    const { code, stdout, stderr } = await cli('train', a, b, ...how, '--out', model, '--epochs', '2', '--hidden', '4');
    assert.is(code, 0, stderr);
    const [, printed] = /\nnext: npx sparse-autoencoder (.*)\n$/.exec(stdout) ?? [];
    assert.is(printed, `features ${model} ${a} '${b}' --label 0 --no-header --delimiter '|'`);
    const next = await cli(...Array.from(printed.matchAll(/'([^']*)'|\S+/g), ([word, inside]) => inside ?? word));
    assert.is(next.code, 0, next.stderr);
    assert.match(next.stdout, /\bx\b/, 'its rows are called by their labels');

    const args = ['train', '-', ...how, '--out', model, '--epochs', '2', '--hidden', '4'];
    const piped = await runNode(['src/cli.ts', ...args], {}, lines.join('\n'));
    assert.is(piped.code, 0, piped.stderr);
    assert.not.match(piped.stdout, /next:/);
  }));

test.run();
