import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileSystem, readWhole, writeWhole } from '../../src/node/files.js';
import { fails, inTemporaryFolder, projectRoot } from '../helpers.js';

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
const isWhole = (content: Uint8Array, length: number) =>
  content.length === length && content.every((byte) => byte === content[0]);

/** The file system, with some calls of its own. */
const withCalls = (calls: Partial<FileSystem>): FileSystem => ({ ...fs, ...calls });
const failure = (code: string) => Object.assign(new Error(`${code}: said so`), { code });

test('a new file, one in place of an old one, an empty one; nothing else is left', () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, 'model');
    for (const content of [bytes(5, 1), bytes(100_000, 2), bytes(0, 0), bytes(3, 3)]) {
      writeWhole(path, content);
      assert.equal(new Uint8Array(readFileSync(path)), content);
    }
    assert.equal(readdirSync(folder), ['model']);
  }));

test("the old file's permissions are kept, and a link is followed", () =>
  inTemporaryFolder((folder) => {
    const [path, link] = [join(folder, 'model'), join(folder, 'latest')];
    writeFileSync(path, 'old');
    chmodSync(path, 0o604);
    symlinkSync('model', link);
    writeWhole(link, bytes(4, 7));
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal([...readFileSync(path)], [7, 7, 7, 7]);
    assert.is(statSync(path).mode & 0o777, 0o604);
  }));

test('a disk that takes a few bytes at a time gets them all', () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, 'model');
    const slow = (file: number, data: Uint8Array, offset: number) =>
      fs.writeSync(file, data, offset, Math.min(7, data.length - offset));
    const content = Uint8Array.from({ length: 100 }, (_, i) => i);
    writeWhole(path, content, withCalls({ writeSync: slow as FileSystem['writeSync'] }));
    assert.equal(new Uint8Array(readFileSync(path)), content);
  }));

test('a missing folder, a folder in the way, a file for a folder', () =>
  inTemporaryFolder(async (folder) => {
    const [missing, inside] = [join(folder, 'no', 'model'), join(folder, 'file', 'model')];
    await fails(() => writeWhole(missing, bytes(1, 1)), `${missing}: the folder ${join(folder, 'no')} does not exist`);
    await fails(() => writeWhole(folder, bytes(1, 1)), `${folder}: is a folder, expected the path of a file`);
    writeFileSync(join(folder, 'file'), 'x');
    await fails(() => writeWhole(inside, bytes(1, 1)), `${inside}: ${join(folder, 'file')} is not a folder`);
    assert.equal(readdirSync(folder), ['file']);
  }));

test('what is no file is written to, and stays what it is', async () => {
  writeWhole('/dev/null', bytes(10, 1));
  assert.ok(statSync('/dev/null').isCharacterDevice());
  await fails(() => writeWhole('/dev/full', bytes(10, 1)), '/dev/full: the disk is full (0 of 10 bytes written)');
  assert.ok(statSync('/dev/full').isCharacterDevice());
});

/** Runs `use` on a disk of its own, if this machine lets us have one; says so if not. */
async function onDisk(size: string, use: (folder: string, readOnly: () => void) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const mount = join(folder, 'disk');
    mkdirSync(mount);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      process.stdout.write('no disk can be mounted here (not root?): its failures are simulated alone\n');
      return;
    }
    try {
      await use(mount, () => execFileSync('mount', ['-o', 'remount,ro', mount]));
    } finally {
      execFileSync('umount', [mount]);
    }
  });
}

test('a real disk that is full, then one that is read only: an error that says so, the old file whole', () =>
  onDisk('256k', async (folder, readOnly) => {
    const path = join(folder, 'model');
    writeWhole(path, bytes(1000, 1));
    await fails(() => writeWhole(path, bytes(2 ** 20, 2)), /model: the disk is full \(\d+ of 1048576 bytes written\)$/);
    assert.equal(readdirSync(folder), ['model']);
    assert.equal(new Uint8Array(readFileSync(path)), bytes(1000, 1));
    writeWhole(path, bytes(100_000, 3));
    readOnly();
    await fails(() => writeWhole(path, bytes(1, 4)), `${path}: the folder ${folder} is on a disk that is read only`);
    assert.equal(new Uint8Array(readFileSync(path)), bytes(100_000, 3));
  }));

const simulated: Record<string, string | RegExp> = {
  ENOSPC: 'the disk is full (3 of 10 bytes written)',
  EDQUOT: 'the quota of disk space is used up (3 of 10 bytes written)',
  EROFS: /^the folder .* is on a disk that is read only$/,
  EACCES: /^the folder .* must not be written to \(permission denied\)$/,
  EPERM: /^the folder .* must not be written to \(operation not permitted\)$/,
  EIO: 'cannot be written: EIO: said so',
};
for (const [code, message] of Object.entries(simulated)) {
  test(`a disk that fails after three bytes with ${code}: an error that says so, the old file whole`, () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'model');
      writeFileSync(path, 'old');
      const writeSync = ((file: number, data: Uint8Array, offset: number) => {
        if (offset > 0) throw failure(code);
        return fs.writeSync(file, data, 0, 3);
      }) as FileSystem['writeSync'];
      let said = '';
      try {
        writeWhole(path, bytes(10, 1), withCalls({ writeSync }));
      } catch (error) {
        said = (error as Error).message;
      }
      assert.ok(said.startsWith(`${path}: `), said);
      const reason = said.slice(`${path}: `.length);
      if (typeof message === 'string') assert.is(reason, message);
      else assert.match(reason, message);
      assert.is(readFileSync(path, 'utf8'), 'old');
      assert.equal(readdirSync(folder), ['model']);
    }));
}

test('whichever call fails, the path holds the old file whole or the new one whole, and there is nothing beside it', () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, 'model');
    const names = [
      'closeSync',
      'fchmodSync',
      'fsyncSync',
      'openSync',
      'realpathSync',
      'renameSync',
      'statSync',
      'writeSync',
    ] as const;
    const usual = withCalls({});
    let failed = 0;
    for (const name of names) {
      for (const nth of [1, 2]) {
        writeFileSync(path, 'old');
        let calls = 0;
        const real = usual[name] as (...args: unknown[]) => unknown;
        const call = (...args: unknown[]) => {
          if (++calls !== nth) return real(...args);
          // A close that fails has closed all the same.
          if (name === 'closeSync') real(...args);
          throw failure('EIO');
        };
        let said: string | null = null;
        try {
          writeWhole(path, bytes(10, 1), withCalls({ [name]: call }));
        } catch (error) {
          said = (error as Error).message;
          failed++;
        }
        const content = readFileSync(path, 'latin1');
        assert.ok(content === 'old' || content === '\x01'.repeat(10), `${name} ${nth}: ${content}`);
        if (said === null) assert.is(content, '\x01'.repeat(10), `${name} ${nth}: no error, but the old file`);
        else assert.ok(said.startsWith(`${path}: `), `${name} ${nth}: ${said}`);
        assert.equal(readdirSync(folder), ['model'], `${name} ${nth}`);
      }
    }
    assert.ok(failed >= 7, `${failed} calls failed`);
  }));

/** A process that writes the path again and again: a million times the byte `first`, then `first` + 1, and so on. */
const writer = (path: string, first: number, times: number) => {
  const text = `
    import { writeWhole } from './src/node/files.ts';
    process.stdout.write('ready');
    for (let i = 0; i < ${times}; i++) writeWhole(${JSON.stringify(path)}, new Uint8Array(1e6).fill(${first} + i % 100));
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', text], { cwd: projectRoot });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const ready = new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(stderr)));
  return { child, ready, ended };
};

test('killed at any moment, a writer leaves a whole file', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'model');
    writeWhole(path, bytes(1e6, 1));
    for (const wait of [0, 1, 3, 10, 30]) {
      const { child, ready, ended } = writer(path, 1, 1e9);
      await ready;
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGKILL');
      await ended;
      assert.ok(isWhole(readFileSync(path), 1e6), `after ${wait} ms`);
    }
    const others = [`.model.${hostname()}-${process.pid}-00000000.tmp`, '.model.elsewhere-1-00000000.tmp'];
    for (const name of others) writeFileSync(join(folder, name), '');
    writeWhole(path, bytes(1, 1));
    assert.equal(readdirSync(folder).sort(), [...others, 'model'].sort(), 'what the killed left is gone, of others nothing');
  }));

test('two processes that write one path: whoever reads it, whenever, finds the file of one of them whole', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'model');
    const writers = [writer(path, 1, 40), writer(path, 101, 40)];
    await Promise.all(writers.map(({ ready }) => ready));
    const seen = new Set<boolean>();
    let reading = true;
    const all = Promise.all(writers.map(({ ended }) => ended)).then((said) => {
      reading = false;
      return said;
    });
    while (reading) {
      if (existsSync(path)) {
        const content = readFileSync(path);
        assert.ok(isWhole(content, 1e6));
        seen.add(content[0] > 100);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(await all, ['', '']);
    assert.ok([40, 140].includes(readFileSync(path)[0]), 'the last one of one of them');
    assert.ok(seen.size > 0);
    assert.equal(readdirSync(folder), ['model']);
  }));

test('what is no file that may be read is said in a line', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'x');
    fs.writeFileSync(path, 'abc');
    assert.equal([...readWhole(path)], [97, 98, 99]);
    await fails(() => readWhole(join(folder, 'y')), /y: there is no such file$/);
    await fails(() => readWhole(join(path, 'y')), /y: there is no such file$/);
    await fails(() => readWhole(folder, 'a file of rows'), /: is a folder, expected a file of rows$/);
    fs.chmodSync(path, 0);
    // Root reads all.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      await fails(() => readWhole(path), /x: must not be read \(permission denied\)$/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  }));

test.run();
