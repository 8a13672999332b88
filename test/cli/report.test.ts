import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { save } from '../../src/node.js';
import { type Ended, inTemporaryFolder, numbers, randomRows, runNode } from '../helpers.js';

const cli = (...args: string[]): Promise<Ended> => runNode(['src/cli.ts', ...args]);

/** A table of 4 numbers a row, and a column of letters. */
const csv = (rows: number) =>
  `kind,a,b,c,d\n${Array.from({ length: rows }, (_, i) => ['xy'[i % 2], ...numbers(4, i + 1)].join()).join('\n')}\n`;

/** What stands under "Made by", as a shell would take it apart. */
function madeBy(html: string): string[] {
  const [, code] = /<h3>Made by<\/h3><pre[^>]*><code>(.*?)<\/code>/s.exec(html) ?? [];
  const text = code.replaceAll(/<\/?span>/g, '').replaceAll('&#39;', "'");
  const [, words] = /^npx sparse-autoencoder (.*)$/.exec(text) ?? [];
  return Array.from(words.matchAll(/'([^']*)'|\S+/g), ([word, inside]) => inside ?? word);
}

/** The pairs of the tables at the end of a report. */
const tablesOf = (html: string) =>
  new Map(Array.from(html.matchAll(/<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td><\/tr>/g), ([, name, value]) => [name, value]));

test('report of a finished model on other rows: what the file knows and no more, by a command that runs as printed', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at('many.csv'), csv(300));
    writeFileSync(at('a few.csv'), csv(20));
    const trained = await cli('train', at('many.csv'), '--label', 'kind', '--out', at('m.safetensors'), '--epochs', '3');
    assert.is(trained.code, 0, trained.stderr);
    const flags = ['--label', 'kind', '--image', '2x2', '--out', at('r.html'), '--png', at('pictures')];
    const { code, stderr } = await cli('report', at('m.safetensors'), at('a few.csv'), ...flags);
    assert.is(code, 0, stderr);
    const html = readFileSync(at('r.html'), 'utf8');
    assert.not.match(html, /undefined|NaN/);
    assert.match(html, 'It was trained for 3 epochs; everything below but the curves of these is measured on 20 given rows.');
    const tables = tablesOf(html);
    assert.is(tables.get('epochs'), '3');
    assert.not(tables.has('training rows'));

    const words = madeBy(html);
    assert.equal(words, ['report', at('m.safetensors'), at('a few.csv'), ...flags]);
    rmSync(at('r.html'));
    rmSync(at('pictures'), { recursive: true });
    const again = await cli(...words);
    assert.is(again.code, 0, again.stderr);
    assert.is(readFileSync(at('r.html'), 'utf8'), html);
    assert.ok(existsSync(join(at('pictures'), 'units.png')));
  }));

test('a model that was fitted with rows to validate on, then without, has a report with a gap in that curve', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const sae = new SparseAutoencoder({ inputDim: 4, hiddenDim: 3, seed: 1 });
    await sae.fit(randomRows(20, 4), { epochs: 2, validationSplit: 0.2 });
    await sae.fit(randomRows(20, 4), { epochs: 1 });
    save(sae, at('m.safetensors'));
    writeFileSync(at('x.csv'), csv(9));
    const { code, stderr } = await cli('report', at('m.safetensors'), at('x.csv'), '--label', '0', '--out', at('r.html'));
    assert.is(code, 0, stderr);
    const html = readFileSync(at('r.html'), 'utf8');
    assert.match(html, /<tr><th scope="row">epoch 3<td>\S+<td>–<td>/);
    assert.not.match(html, /NaN/);
  }));

test('a report of the finished model says of its training what the report of that training said', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at('x.csv'), csv(60));
    const verdictOf = (html: string) => /<li class="(\w+)">(The loss [^<]*)/.exec(readFileSync(at(html), 'utf8'))?.slice(1);
    for (const [decay, expected] of [
      ['linear', ['good', 'The loss fell until training ended, where the learning rate had come to its end.']],
      // What is to be tried is said with what went wrong, of which these rows have enough.
      ['constant', ['fair', 'The loss was still falling when training ended.']],
    ] as const) {
      const how = ['--label', '0', '--epochs', '8', '--batch-size', '10', '--lr', '0.01', '--lr-decay', decay];
      const trained = await cli('train', at('x.csv'), ...how, '--out', at('m.safetensors'), '--report', at('t.html'));
      assert.is(trained.code, 0, trained.stderr);
      const { code, stderr } = await cli('report', at('m.safetensors'), at('x.csv'), '--label', '0', '--out', at('r.html'));
      assert.is(code, 0, stderr);
      assert.equal(verdictOf('t.html'), expected);
      assert.equal(verdictOf('r.html'), expected);
    }
  }));

test('train --validation-split: rows kept aside are not counted as learned from', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at('x.csv'), csv(50));
    const files = ['--out', at('m.safetensors'), '--report', at('r.html')];
    const { code, stderr } = await cli(
      'train',
      at('x.csv'),
      '--label',
      'kind',
      ...files,
      '--epochs',
      '2',
      '--validation-split',
      '0.3',
    );
    assert.is(code, 0, stderr);
    const html = readFileSync(at('r.html'), 'utf8');
    assert.match(
      html,
      'It saw 35 rows 2 times; everything below but the curves of its training is measured on 15 validation rows.',
    );
    assert.is(tablesOf(html).get('training rows'), '35');
    assert.is(tablesOf(html).get('epochs'), '2, batches of 256');
  }));

test.run();
