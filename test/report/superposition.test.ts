import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawSuperposition } from '../../src/report/superposition.js';
import { inTemporaryFolder, runNode } from '../helpers.js';

const feature = (cosine: number, frequency = 0.1) => ({ cosine, frequency, truth: [1, -0.5], learned: [0.5, 0] });

test('a dot for each feature at the height of its cosine, bars that count them, and two strips each for three of them', () => {
  const svg = drawSuperposition({
    title: 'A <world>',
    lines: ['one & two'],
    features: [feature(1), feature(0.52), feature(-0.2), feature(0.99)],
  });
  const heights = [...svg.matchAll(/<circle [^>]*cy="([^"]+)"/g)].map(([, cy]) => Number(cy));
  // The plot reaches from 110 (cosine 1) to 340 (0, and all below).
  assert.equal(heights, [110, 220.4, 340, 112.3]);
  const counts = [...svg.matchAll(/<title>(\d+) features from/g)].map(([, count]) => Number(count));
  assert.equal(
    counts.filter((count) => count > 0),
    [1, 1, 2],
  );
  assert.is(counts.length, 20);
  for (const label of ['worst -0.200', 'median 0.990', 'best 1.000', 'A &lt;world&gt;', 'one &amp; two'])
    assert.ok(svg.includes(label), label);
  assert.is([...svg.matchAll(/fill="#b3261e"/g)].length, 3, 'the negative entry of each truth');
  assert.not.match(svg, /NaN|undefined|href|<script/);
});

test('superposition trains on a world, finds its features, says so, and draws them; the same seed gives the same file', () =>
  inTemporaryFolder(async (folder) => {
    const args =
      '--dim 12 --features 16 --active 2 --rows 2048 --hidden 24 --steps 1500 --batch-size 128 --lr 0.003 --target-l0 3 --beta 1'.split(
        ' ',
      );
    const runs = await Promise.all(
      ['a', 'b'].map((out) => runNode(['src/cli.ts', 'superposition', ...args, '--out', join(folder, out)])),
    );
    for (const { code, stderr } of runs) assert.is(code, 0, stderr);
    const [, mmcs, found] = runs[0].stdout.match(/^MMCS (\S+); (\d+) of 16 features found with a cosine above 0\.9/m) ?? [];
    assert.ok(Number(mmcs) > 0.9 && Number(found) > 10, runs[0].stdout);
    const [a, b] = ['a', 'b'].map((out) => readFileSync(join(folder, out, 'superposition.svg'), 'utf8'));
    assert.is(a, b);
    assert.is([...a.matchAll(/<circle /g)].length, 16);
  }));

test.run();
