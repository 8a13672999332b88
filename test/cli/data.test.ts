import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DataFlags, readRows } from '../../src/cli/data.js';
import { fails, inTemporaryFolder } from '../helpers.js';

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

test.run();
