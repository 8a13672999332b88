/** Where the time of an epoch goes, on one thread and on two. */

import { withPeers } from '../contestants.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import type { AnyLoad, Line } from '../peers/peer.js';
import { sum } from '../peers/profile.js';
import { digits, type Result } from '../table.js';
import { loadOf } from './dictionary.js';
import type { Context, Workload } from './workload.js';

export const profile = (hidden: number): Workload => ({
  name: `profile-${hidden}`,
  groups: ['simd'],
  title: `Profile: the operations of an epoch of 784-${hidden}-784 on the 60,000 digits`,
  run(context) {
    const { path, rows } = context.files.mnist().train;
    const load = {
      inputDim: PIXELS,
      hiddenDim: hidden,
      batchSize: BATCH,
      objective: OBJECTIVE,
      data: path,
      parameters: context.files.weights(hidden),
    };
    return run(context, `profile-${hidden}`, load, context.quick ? 20 * BATCH : rows);
  },
});

/** A step of a TopK dictionary, on one batch. */
export const profileTopk = (hidden: number): Workload => ({
  name: `profile-topk-${hidden}`,
  groups: ['simd'],
  title: `Profile: the operations of a step of TopK 768 → ${hidden}, k = 32, batch 1024`,
  run(context) {
    const load = loadOf(context.files, { name: 'profile-topk', d: 768, h: hidden, k: 32, batches: 1 });
    return run(context, `profile-topk-${hidden}`, load, load.batchSize);
  },
});

async function run({ contestants, quick, say, rounds }: Context, what: string, of: AnyLoad, rows: number): Promise<Result> {
  const load = { ...of, rows, epochs: rounds };
  const hidden = load.hiddenDim;
  let megabytes = 0;
  const [one, two] = await withPeers(contestants.groups.simd, async ([[peer]]) => {
    const { lines: alone } = await peer.ask('profile', { ...load, threads: 1 });
    say(`${what}: one thread`);
    const { lines: shared, megabytes: most } = await peer.ask('profile', { ...load, threads: 2 });
    megabytes = most;
    say(`${what}: two threads`);
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
        title: `Profile of an epoch of ${load.inputDim}-${hidden}-${load.inputDim}${quick ? `, ${rows} rows` : ''}`,
        columns,
        rows: [...one.map((line, i) => row(line, two[i])), row(sum('all', one), sum('all', two))],
        remarks: [
          'the fastest epoch after the first; GFLOP: useful multiplications and additions; GB: each operand of a call moved once',
          `the process had ${digits(megabytes)} MB at the most; W and b of both layers, their gradient and two moments have ${digits((16 * (2 * load.inputDim * hidden + hidden + load.inputDim)) / 1e6)}`,
        ],
      },
    ],
    charts: [],
    summary: null,
  };
}
