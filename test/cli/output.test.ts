import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { prepareFiles } from '../../src/cli/output.js';
import { fails, inTemporaryFolder } from '../helpers.js';

test('what is read is not written to, by whatever way, nor one file twice', () =>
  inTemporaryFolder(async (folder) => {
    const at = (...names: string[]) => join(folder, ...names);
    mkdirSync(at('deep'));
    writeFileSync(at('deep', 'y.csv'), '1,2');
    symlinkSync(at('deep'), at('sub'));
    symlinkSync(at('deep', 'y.csv'), at('link.csv'));
    const inputs = [at('deep', 'y.csv'), '-', at('nothing', 'here.csv')];
    for (const out of [inputs[0], at('sub', 'y.csv'), at('link.csv')])
      await fails(
        () => prepareFiles({ out }, inputs),
        `--out: ${out} is read by this command, expected the path of a file of its own`,
      );
    await fails(() => prepareFiles({ out: at('deep', 'y.csv') }, [at('link.csv')]), /y\.csv is read by this command/);
    const twice = { out: at('deep', 'new'), report: at('sub', 'new') };
    await fails(() => prepareFiles(twice, inputs), /^--report: .*new is what --out writes, expected/);
    prepareFiles({ out: at('deep', 'new'), report: at('sub', 'other') }, inputs);
  }));

test.run();
