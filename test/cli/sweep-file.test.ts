import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { SweepFile, settingsOf } from '../../src/cli/sweep-file.js';
import { fails, inTemporaryFolder } from '../helpers.js';

const run = (kind: 'topk' | 'jumprelu', more: object = {}) => {
  const options = {
    inputDim: 5,
    hiddenDim: 8,
    outputActivation: 'identity' as const,
    hiddenActivation: kind,
    ...(kind === 'topk' ? { k: 2 } : { targetL0: 2 }),
    ...more,
  };
  return { kind, penalty: 'none', level: 'k' as const, value: 2, seed: '1', options };
};
const numbers = { l0: 2, fvu: 0, deadUnits: 0, mse: 0, explainedVariance: 1, meanExplainedVariance: 1, beta: 0 };

test('runs that were trained another way are refused, whichever of the two says how', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'sweep.jsonl');
    const fit = { data: 'a', rows: 9, epochs: 2, clipNorm: 1 };
    const { options: _, ...line } = run('topk');
    writeFileSync(path, JSON.stringify({ ...line, ...numbers, settings: settingsOf(run('topk'), fit) }));
    const file = new SweepFile(path);
    const refused = (settings: ReturnType<typeof settingsOf>, what: string) =>
      fails(() => file.requireOneSweep(settings), `${path}: has runs with ${what} as in this sweep; name another --out`);
    // Another kind has options of its own, and is without those of the first.
    for (const kind of ['topk', 'jumprelu'] as const) {
      file.requireOneSweep(settingsOf(run(kind), fit));
      const { clipNorm: __, ...plain } = fit;
      await refused(settingsOf(run(kind), plain), 'clipNorm 1, expected none');
      await refused(settingsOf(run(kind), { ...fit, averaging: 0.9 }), 'averaging none, expected 0.9');
      await refused(settingsOf(run(kind), { ...fit, shuffle: false }), 'shuffle none, expected false');
      await refused(settingsOf(run(kind), { ...fit, schedule: { warmup: 5 } }), 'schedule none, expected {"warmup":5}');
      await refused(settingsOf(run(kind), { ...fit, data: 'b' }), 'data "a", expected "b"');
    }
    await refused(
      settingsOf(run('topk', { auxK: { k: 2, deadAfter: 9 } }), fit),
      'auxK none, expected {"coefficient":0.03125,"k":2,"deadAfter":9}',
    );
  }));

test.run();
