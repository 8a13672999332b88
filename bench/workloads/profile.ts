/** Where the time of an epoch goes, on one thread and on two. */

import { withPeers } from '../contestants.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import { type Line, sum } from '../peers/profile.js';
import { digits, type Result } from '../table.js';
import type { Context, Workload } from './workload.js';

export const profile = (hidden: number): Workload => ({
  name: `profile-${hidden}`,
  groups: ['simd'],
  title: `Profile: the operations of an epoch of 784-${hidden}-784 on the 60,000 digits`,
  run: (context) => run(context, hidden),
});

async function run({ contestants, files, quick, say, rounds }: Context, hidden: number): Promise<Result> {
  const { path, rows } = files.mnist().train;
  const load = {
    inputDim: PIXELS,
    hiddenDim: hidden,
    batchSize: BATCH,
    objective: OBJECTIVE,
    data: path,
    parameters: files.weights(hidden),
    rows: quick ? 20 * BATCH : rows,
    epochs: rounds,
  };
  const [one, two] = await withPeers(contestants.groups.simd, async ([[peer]]) => {
    const { lines: alone } = await peer.ask('profile', { ...load, threads: 1 });
    say(`profile-${hidden}: one thread`);
    const { lines: shared } = await peer.ask('profile', { ...load, threads: 2 });
    say(`profile-${hidden}: two threads`);
    return [alone, shared];
  });
  const row = (alone: Line, shared: Line) => {
    const { name, calls, flops, bytes } = alone;
    const speeds = [alone, shared].map(({ seconds }) => [
      digits(1000 * seconds),
      digits(flops / seconds / 1e9),
      digits(bytes / seconds / 1e9),
    ]);
    return [name, `${calls}`, digits(flops / 1e9), digits(bytes / 1e9), ...speeds.flat(), digits(alone.seconds / shared.seconds)];
  };
  const columns = [
    'operation',
    'calls',
    'GFLOP',
    'GB',
    'ms, 1 thread',
    'GFLOP/s',
    'GB/s',
    'ms, 2 threads',
    'GFLOP/s',
    'GB/s',
    'scales by',
  ];
  return {
    tables: [
      {
        title: `Profile of an epoch of 784-${hidden}-784${quick ? `, ${load.rows} rows` : ''}`,
        columns,
        rows: [...one.map((line, i) => row(line, two[i])), row(sum('all', one), sum('all', two))],
        remarks: [
          'the fastest epoch after the first; GFLOP: useful multiplications and additions; GB: each operand of a call moved once',
        ],
      },
    ],
    charts: [],
    summary: null,
  };
}
