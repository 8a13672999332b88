import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/index.js';
import { load, save } from '../../src/node.js';
import { inTemporaryFolder, runNode } from '../helpers.js';

const cli = (...args: string[]) => runNode(['src/cli.ts', ...args]);

/** Six rows of one-hot bits, each a unit of its own: what means what is known. */
const words = ['cat', 'dog', 'owl', 'car', 'bus', 'van'];
const bits = words.map((_, i) => words.map((_, j) => (i === j ? 1 : 0)));
const csvOf = (rows: number[]) => `word,a,b,c,d,e,f\n${rows.map((i) => [words[i], ...bits[i]].join(',')).join('\n')}\n`;

function identity(): SparseAutoencoder {
  const sae = new SparseAutoencoder({ inputDim: 6, hiddenDim: 7, outputActivation: 'identity', penalty: 'none' });
  const w = bits.map((row) => [...row, 0]);
  sae.setParameters({ encoderWeight: w, decoderWeight: [...bits, [0, 0, 0, 0, 0, 0]] });
  return sae;
}

const inFolder = (use: (at: (name: string) => string) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    save(identity(), at('model.safetensors'));
    writeFileSync(at('words.csv'), csvOf([0, 1, 2, 3, 4, 5]));
    await use(at);
  });

test('names: computed and kept; prompts out, answers in; features and explain show them', () =>
  inFolder(async (at) => {
    const data = [at('words.csv'), '--label', 'word'];
    const named = await cli(
      'names',
      at('model.safetensors'),
      ...data,
      '--out',
      at('named.safetensors'),
      '--prompts',
      at('p.jsonl'),
    );
    assert.is(named.code, 0, named.stderr);
    assert.match(named.stdout, `model: ${at('named.safetensors')}, 6 of 7 units with names`);
    assert.equal(load(at('named.safetensors')).names, [...words, null]);
    const prompts = readFileSync(at('p.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.is(prompts.length, 6);
    assert.match(prompts[2].prompt, '1.00  owl');

    writeFileSync(at('answers.jsonl'), '{"unit": 2, "name": "night birds"}\n');
    const answered = await cli(
      'names',
      at('named.safetensors'),
      '--answers',
      at('answers.jsonl'),
      '--out',
      at('again.safetensors'),
    );
    assert.is(answered.code, 0, answered.stderr);
    assert.equal(load(at('again.safetensors')).names, ['cat', 'dog', 'night birds', 'car', 'bus', 'van', null]);

    const [explained, list, one] = await Promise.all([
      cli('explain', at('again.safetensors'), ...data, '--name', 'owl'),
      cli('features', at('again.safetensors'), ...data),
      cli('features', at('again.safetensors'), ...data, '--unit', '2', '--json'),
    ]);
    assert.is(
      explained.stdout,
      'row 2: owl\nx̂, of 1 active unit and b_dec, has cosine 1.000 with it\n share  f  unit  name\n100.0%  1     2  night birds\n',
      explained.stderr,
    );
    assert.is(list.stdout.split('\n')[2], '2  17%  night birds  | owl', list.stderr);
    assert.equal(JSON.parse(one.stdout).rows, [{ row: 2, value: 1, name: 'owl' }]);
  }));

test('names writes over its own model, and leaves it as it was if it fails; its prompts go nowhere near', () =>
  inFolder(async (at) => {
    const [model, data] = [at('model.safetensors'), at('words.csv')];
    const before = readFileSync(model);
    const [failed, refused] = await Promise.all([
      cli('names', model, data, '--out', model),
      cli('names', model, data, '--label', 'word', '--out', at('n.safetensors'), '--prompts', model),
    ]);
    assert.is(failed.code, 1);
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /^error: --prompts: .* is read by this command/);
    assert.equal(readFileSync(model), before);
    const named = await cli('names', model, data, '--label', 'word', '--out', model);
    assert.is(named.code, 0, named.stderr);
    assert.equal(load(model).names, [...words, null]);
    assert.equal(readdirSync(at('')).sort(), ['model.safetensors', 'words.csv']);
  }));

test('compare: the units of one file against those of another', () =>
  inFolder(async (at) => {
    const many = (rows: number[]) => csvOf(Array.from({ length: 60 }, (_, i) => rows[i % rows.length]));
    writeFileSync(at('animals.csv'), many([0, 1, 2]));
    writeFileSync(at('cars.csv'), many([3, 4, 5, 0]));
    const files = [at('animals.csv'), at('cars.csv'), '--label', 'word'];
    const { code, stdout, stderr } = await cli('compare', at('model.safetensors'), ...files);
    assert.is(code, 0, stderr);
    assert.match(
      stdout,
      /^60 rows of .*animals\.csv against 60 of .*cars\.csv: 5 units differ; all intervals hold at once with 95% confidence/,
    );
    assert.match(stdout, /^33\.3% +0\.0% +33\.3% +\d+\.\d% +\d+\.\d% +1 {2}dog$/m);
    assert.not.match(stdout, /\bcat$/m, 'as frequent in both, or nearly so');
    const json = JSON.parse((await cli('compare', at('model.safetensors'), ...files, '--json', '--count', '2')).stdout);
    assert.is(json.differences.length, 2);
    assert.is(json.a.rows, 60);
    const piped = ['src/cli.ts', 'compare', at('model.safetensors'), '-', at('cars.csv'), '--label', 'word'];
    const fromStdin = await runNode(piped, {}, readFileSync(at('animals.csv'), 'utf8'));
    assert.is(fromStdin.stdout.replace('stdin', at('animals.csv')), stdout, fromStdin.stderr);
  }));

test('what makes no sense is said in a line', () =>
  inFolder(async (at) => {
    writeFileSync(at('answers.jsonl'), 'Here you are\n');
    const model = at('model.safetensors');
    const wrong: [string[], number, string | RegExp][] = [
      [['names', model], 2, /^error: names needs --out, or --prompts/],
      [['names', model, '--out', at('n.safetensors')], 2, /^error: names needs rows, or --answers, and not both/],
      [
        ['names', model, '--answers', at('answers.jsonl'), '--out', at('n.safetensors')],
        1,
        /^error: .*answers\.jsonl: readAnswers: line 1 is "Here you are", expected JSON/,
      ],
      [
        ['explain', model, at('words.csv'), '--label', 'word', '--name', 'cow'],
        1,
        /^error: --name: no row of .*words\.csv is called "cow"/,
      ],
      [['explain', model, at('words.csv'), '--label', 'word', '--row', '6'], 1, /^error: --row: 6 is not among the 6 rows of /],
      [['compare', model, '-', '-'], 2, /^error: both sets are stdin, expected one of them/],
      [
        ['features', model, at('words.csv'), '--label', 'word', '--unit', '7'],
        1,
        /^error: --unit: 7 is not among the 7 units of .*\.safetensors$/m,
      ],
    ];
    const ended = await Promise.all(wrong.map(([args]) => cli(...args)));
    ended.forEach(({ code, stdout, stderr }, k) => {
      assert.match(stderr, wrong[k][2]);
      assert.is(code, wrong[k][1]);
      assert.is(stdout, '');
    });
  }));

test('report --png: its main pictures as files, in a folder that is made', () =>
  inFolder(async (at) => {
    const model = at('model.safetensors');
    const data = [at('words.csv'), '--label', 'word', '--image', '3x2'];
    const { code, stdout, stderr } = await cli('report', model, ...data, '--out', at('r.html'), '--png', at('pictures'));
    assert.is(code, 0, stderr);
    for (const name of ['units.png', 'reconstructions.png']) {
      assert.match(stdout, `picture: ${at(join('pictures', name))}`);
      assert.equal([...readFileSync(at(join('pictures', name))).subarray(1, 4)], [0x50, 0x4e, 0x47]);
    }
    const refused = await cli('report', model, ...data, '--out', at('r.html'), '--png', at('words.csv'));
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /^error: --png: .*words\.csv cannot be written/);
  }));

test.run();
