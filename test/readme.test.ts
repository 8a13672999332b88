import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTemporaryFolder, projectRoot, runNode } from './helpers.js';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

interface Block {
  readonly code: string;
  /** The block without a language that comes right after it: what it prints. */
  readonly output: string | undefined;
}

const blocks: Block[] = [...readme.matchAll(/^```ts\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?/gms)].map(([, code, output]) => ({
  code,
  output,
}));
const library = join(projectRoot, 'src/index.ts');
const isProgram = ({ code }: Block) => code.includes("from 'sparse-autoencoder'");
const programs = blocks.filter(isProgram);

/** A block that only shows a call leaves open what is the reader's to choose. */
const open = `import { SparseAutoencoder } from '${library}';\ndeclare const inputDim: number, hiddenDim: number;\n`;
const asModule = (block: Block) =>
  isProgram(block)
    ? block.code.replaceAll(
        /'sparse-autoencoder(?:\/(\w+))?'/g,
        (_, entry = 'index') => `'${join(projectRoot, 'src', `${entry}.ts`)}'`,
      )
    : open + block.code;

test('the README shows programs', () => {
  assert.ok(programs.length > 0 && blocks.length > programs.length);
});

test('every ts block type-checks', () =>
  inTemporaryFolder(async (folder) => {
    const files = blocks.map((block, k) => {
      writeFileSync(join(folder, `block${k}.mts`), asModule(block));
      return `block${k}.mts`;
    });
    const { compilerOptions } = JSON.parse(readFileSync(join(projectRoot, 'tsconfig.json'), 'utf8'));
    const here = {
      noEmit: true,
      allowImportingTsExtensions: true,
      noUnusedLocals: false,
      typeRoots: [join(projectRoot, 'node_modules/@types')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, ...here }, files }));
    const { code, stdout } = await runNode([join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    assert.is(stdout, '');
    assert.is(code, 0);
  }));

for (const [k, block] of programs.entries()) {
  test(`program ${k + 1} runs, and prints what the README says`, () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, 'program.mts');
      // What it writes goes there.
      writeFileSync(file, `process.chdir(${JSON.stringify(folder)});\n${asModule(block)}`);
      const { code, stdout, stderr } = await runNode([file]);
      assert.is(code, 0, stderr);
      assert.is(stdout.trim(), block.output?.trim());
    }));
}

test('the first example reads words of its own file, and refuses one that is not there', () =>
  inTemporaryFolder(async (folder) => {
    const [, first = ''] = /^```js\n(.*?)^```$/ms.exec(readme) ?? [];
    const file = join(folder, 'program.mts');
    const run = (program: string) => {
      const setup = `process.chdir(${JSON.stringify(folder)});\n`;
      writeFileSync(file, setup + asModule({ code: program.replace('hiddenDim: 1024', 'hiddenDim: 8'), output: undefined }));
      return runNode([file]);
    };
    const words = ['apple', 'bank', 'turkey', ...Array.from({ length: 60 }, (_, i) => `word${i}`)];
    const lines = words.map((word, i) =>
      [word, ...Array.from({ length: 5 }, (_, j) => ((7 * i + 3 * j * j) % 11) - 5)].join(' '),
    );
    writeFileSync(join(folder, 'glove.txt'), `${lines.join('\n')}\n`);
    const told = await run(first);
    assert.match(told.stdout, /^(apple {2}-?\d+% {2}.+\n)+(bank {2}.+\n)+(turkey {2}.+\n)+$/, told.stderr);
    const refused = await run(first.replace("'turkey'", "'nosuchword'"));
    assert.not.match(refused.stdout, 'nosuchword');
    assert.match(refused.stderr, 'explain: x is undefined');
  }));

test('every link to a file of the repository leads somewhere', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target);
  assert.ok(links.length > 5);
  for (const target of links) assert.ok(existsSync(join(projectRoot, target)), target);
});

test('every command of npm that the README names is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/\bnpm (?:--prefix \S+ )?run ([\w-]+)/g)].map(([, name]) => name);
  assert.ok(named.length > 10);
  for (const name of named) assert.type(scripts[name], 'string', name);
  for (const [name, script] of Object.entries(scripts as Record<string, string>))
    for (const [file] of script.matchAll(/\S+\.ts\b/g)) assert.ok(existsSync(join(projectRoot, file)), `${name}: ${file}`);
});

test('nothing was left to be filled in', () => {
  assert.equal(readme.match(/^@[A-Z]+@$/gm) ?? [], []);
});

test.run();
