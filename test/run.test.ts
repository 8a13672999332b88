import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ended, inTemporaryFolder, projectRoot, runNode } from './helpers.js';

const uvu = JSON.stringify(join(projectRoot, 'node_modules/uvu/dist/index.mjs'));
const passing = `import { test } from ${uvu}; test('one', () => {}); test('two', () => {}); test.run();`;

/** What the runner makes of a folder with these test files. */
function runOn(files: Record<string, string>, ...filters: string[]): Promise<Ended> {
  return inTemporaryFolder((folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return runNode(['test/run.ts', '--folder', folder, ...filters]);
  });
}

const lastLine = ({ stdout }: Ended) => stdout.trimEnd().split('\n').at(-1);

test('files that pass: a line each, the sum last, exit code 0', async () => {
  const ended = await runOn({ 'a.test.ts': passing, 'b.test.ts': passing, 'helper.ts': 'process.exit(1)' });
  assert.is(lastLine(ended), '4 passed, 0 failed');
  assert.is(ended.code, 0);
  assert.is(ended.stdout.match(/^✓ .*[ab]\.test\.ts {2}2$/gm)?.length, 2);
});

test('a failing test fails its file, whose output is shown in full', async () => {
  const failing = `import { test } from ${uvu}; test('fine', () => {}); test('wrong', () => { throw new Error('on purpose'); }); test.run();`;
  const ended = await runOn({ 'a.test.ts': passing, 'b.test.ts': failing });
  assert.is(lastLine(ended), '3 passed, 1 failed');
  assert.is(ended.code, 1);
  assert.match(ended.stdout, 'on purpose');
});

const guarded: Record<string, { text: string; fault: string; last: string }> = {
  'a file that forgets test.run()': {
    text: `import { test } from ${uvu}; test('never run', () => { throw new Error(); });`,
    fault: 'ran no test',
    last: '0 passed, 1 failed',
  },
  'a file with no test in it': {
    text: `import { test } from ${uvu}; test.run();`,
    fault: 'ran no test',
    last: '0 passed, 1 failed',
  },
  'an empty file': { text: '', fault: 'ran no test', last: '0 passed, 1 failed' },
  'a skipped test': {
    text: `import { test } from ${uvu}; test('one', () => {}); test.skip('two', () => {}); test.run();`,
    fault: 'skipped 1',
    last: '1 passed, 1 failed',
  },
  'test.only, which skips the others': {
    text: `import { test } from ${uvu}; test.only('one', () => {}); test('two', () => {}); test.run();`,
    fault: 'skipped 1',
    last: '1 passed, 1 failed',
  },
  'a file that does not compile': { text: 'const x: = 1;', fault: 'ran no test', last: '0 passed, 2 failed' },
  'a process that ends badly after its tests passed': {
    text: `${passing} process.on('exit', () => { process.exitCode = 7; });`,
    fault: 'ended with exit code 7',
    last: '2 passed, 1 failed',
  },
};

for (const [what, { text, fault, last }] of Object.entries(guarded)) {
  test(`${what} is a failure`, async () => {
    const ended = await runOn({ 'a.test.ts': text });
    assert.is(lastLine(ended), last);
    assert.is(ended.code, 1);
    assert.match(ended.stdout, fault);
  });
}

test('filters choose files by part of their name; a filter that chooses none is a failure', async () => {
  const files = { 'apple.test.ts': passing, 'pear.test.ts': 'process.exit(1)' };
  const chosen = await runOn(files, 'app');
  assert.is(lastLine(chosen), '2 passed, 0 failed');
  assert.is(chosen.code, 0);
  const none = await runOn(files, 'plum');
  assert.is(lastLine(none), '0 passed, 0 failed');
  assert.is(none.code, 1);
});

test.run();
