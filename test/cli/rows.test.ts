import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parquetOf } from '../formats/columnar.js';
import { inTemporaryFolder, runNode } from '../helpers.js';

const rows = Array.from({ length: 8 }, (_, i) => Array.from({ length: 3 }, (_, j) => ((5 * i + 3 * j) % 8) / 8));
const words = ['king', 'queen', 'apple', 'pear', 'dog', 'cat', 'a <b> & "c"', 'rome'];
const texts = words.map((word) => `of ${word}, and more`);
const glove = `${rows.map((row, i) => `${words[i].replaceAll(' ', '_')} ${row.join(' ')}`).join('\n')}\n`;
const jsonl = `${rows.map((embedding, i) => JSON.stringify({ id: i, text: texts[i], embedding })).join('\n')}\n`;

test('what rows are called stays beside their codes, and stands on the cards of the units', () =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    const cli = async (...args: string[]) => {
      const ended = await runNode(['src/cli.ts', ...args]);
      assert.is(ended.code, 0, ended.stderr);
      return ended;
    };
    writeFileSync(at('words.txt'), glove);
    writeFileSync(at('e.jsonl'), jsonl);
    writeFileSync(at('e.parquet'), parquetOf({ rows, texts }));
    writeFileSync(
      at('e.csv'),
      `word,a,b,c\n${rows.map((row, i) => `"${words[i].replaceAll('"', '""')}",${row.join()}`).join('\n')}\n`,
    );

    await cli('train', at('e.jsonl'), '--out', at('m.safetensors'), '--report', at('r.html'), '--hidden', '4', '--epochs', '3');
    const html = readFileSync(at('r.html'), 'utf8');
    assert.match(html, 'of a &lt;b&gt; &amp; &quot;c&quot;, and more');
    assert.match(html, 'with the texts that excite it most');

    const codes = async (...args: string[]) => (await cli('transform', at('m.safetensors'), ...args)).stdout.trim().split('\n');
    const plain = (await codes(at('words.txt'))).map((line) => line.slice(line.indexOf(',') + 1));
    assert.equal(
      await codes(at('words.txt')),
      plain.map((code, i) => `${csv(words[i].replaceAll(' ', '_'))},${code}`),
    );
    assert.equal(
      await codes(at('e.csv'), '--id', 'word'),
      plain.map((code, i) => `${csv(words[i])},${code}`),
    );
    assert.equal(
      await codes(at('e.jsonl')),
      plain.map((code, i) => `${i},"${texts[i].replaceAll('"', '""')}",${code}`),
    );
    assert.equal(
      await codes(at('e.parquet')),
      plain.map((code, i) => `"${texts[i].replaceAll('"', '""')}",${code}`),
    );
    assert.equal(
      await codes(at('e.jsonl'), '--text', 'id', '--to', 'tsv'),
      plain.map((code, i) => [i, i, ...code.split(',')].join('\t')),
    );

    const back = (await cli('reconstruct', at('m.safetensors'), at('e.jsonl'), '--to', 'jsonl')).stdout.trim().split('\n');
    assert.equal(Object.keys(JSON.parse(back[0])), ['id', 'text', 'reconstruction']);

    writeFileSync(at('two.jsonl'), '{"a":[1,2,3],"b":[1,2,3]}\n');
    const refused = await runNode(['src/cli.ts', 'transform', at('m.safetensors'), at('two.jsonl')]);
    assert.match(refused.stderr, /: holds several lists of numbers, expected --embedding to name one of "a", "b"\n$/);

    const lines = (await codes(at('e.jsonl'), '--to', 'jsonl')).map((line) => JSON.parse(line));
    assert.equal(
      lines.map(({ id, text }) => [id, text]),
      texts.map((text, i) => [String(i), text]),
    );
    const labelled = await codes(at('e.csv'), '--label', 'word', '--to', 'sparse');
    assert.equal(
      labelled.map((line) => JSON.parse(line).label),
      words,
    );
    assert.equal(
      lines.map(({ code }) => code.map(Math.fround)),
      plain.map((code) => code.split(',').map((x) => Math.fround(Number(x)))),
    );

    const { stderr } = await cli('transform', at('m.safetensors'), at('words.txt'), '--out', at('o.npy'));
    assert.is(stderr, 'note: npy has no place for what the rows are called; csv, tsv and jsonl do\n');
    const unnamed = await runNode(['src/cli.ts', 'transform', at('m.safetensors'), at('e.csv')]);
    assert.is(unnamed.code, 1);
    assert.match(
      unnamed.stderr,
      /column "word": "king" is not a number \(a column of labels is named with --label, one of names/,
    );
  }));

/** A word as CSV has it. */
const csv = (text: string) => (/[" ,]/.test(text) && /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('rows kept aside do not say which units are dead', () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'e.jsonl'), jsonl);
    const args = ['train', join(folder, 'e.jsonl'), '--out', join(folder, 'm.safetensors'), '--epochs', '2', '--hidden', '12'];
    const kind = ['--hidden-activation', 'topk', '--k', '2', '--validation-split', '0.125', '--report', join(folder, 'r.html')];
    const { code, stdout, stderr } = await runNode(['src/cli.ts', ...args, ...kind]);
    assert.is(code, 0, stderr);
    const [, none, dead] =
      /^validation \(1 rows\): .* units active, (\d+) on none of these, (\d+) dead over all$/m.exec(stdout) ?? [];
    assert.ok(Number(none) >= 10 && Number(dead) < 10, stdout);
    assert.match(stdout, new RegExp(`^${dead} of 12 units are dead`, 'm'));
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    assert.match(
      page,
      new RegExp(
        `>${dead} of 12 units are dead, active on no row.*>${Number(none) - Number(dead)} more units? (?:is|are) active on none of these samples`,
        's',
      ),
    );
  }));

test.run();
