/** The code of the 10,000 test digits, from the user's array to the user's array. */

import { readFileSync } from 'node:fs';
import { type Group, OURS, withPeers } from '../contestants.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import { readFloats } from '../peers/serve.js';
import { column, digits, times } from '../table.js';
import { fastest, inTurn, median, requireAgreement } from '../turns.js';
import type { Workload } from './workload.js';

const groups: Group[] = ['simd', 'wide', 'simd-1', 'plain', 'pytorch', 'jax', 'tfjs-wasm'];

export function transform(hidden: number): Workload {
  return {
    name: hidden === 64 ? 'transform' : `transform-${hidden}`,
    groups,
    title: `transform: the code (784 → ${hidden}) of the 10,000 test digits, array to array`,
    async run({ contestants, files, rounds, quick, say }) {
      const { test } = files.mnist();
      const rows = readFileSync(test).byteLength / 4 / PIXELS;
      const load = {
        inputDim: PIXELS,
        hiddenDim: hidden,
        batchSize: BATCH,
        objective: OBJECTIVE,
        data: test,
        parameters: files.weights(hidden),
      };
      const all = groups.flatMap((group) => contestants.groups[group]);
      return withPeers(all, async (teams) => {
        const budget = quick ? 0.2 : 0.6;
        let expected: Float32Array | null = null;
        for (const peer of teams.flat()) {
          const out = files.path('code');
          await peer.ask('load', load);
          await peer.ask('transform', { budget: 0, out });
          const code = readFloats(out);
          expected ??= code;
          requireAgreement('transform, lengths and sums of the code', peer, digest(code, hidden), digest(expected, hidden));
        }
        say('transform: the same code on all sides');
        const turn = async (peer: (typeof teams)[0][0]) =>
          median((await peer.ask('transform', { budget, out: files.path('code') })).seconds);
        const peers = [];
        for (const team of teams) peers.push(await fastest(team, turn));
        const { medians, remarks } = await inTurn(
          rounds,
          peers.map((peer) => ({ peer, turn: () => turn(peer) })),
        );
        const grounds = await Promise.all(peers.map((peer) => peer.runsOn()));
        return {
          tables: [
            {
              title: `transform, 784 → ${hidden}: rows a second`,
              columns: ['', 'on', 'threads', 'ms a call', 'rows a second', `of ${OURS}'s time`],
              rows: peers.map((peer, i) => [
                peer.name,
                grounds[i].kernels,
                grounds[i].threads,
                digits(1000 * medians[i]),
                digits(rows / medians[i]),
                times(medians[i] / medians[0]),
              ]),
              words: 3,
              remarks,
            },
          ],
          charts: [],
          summary: await column(`transform, 784 → ${hidden}, 1000 rows a second`, peers, medians, (seconds) =>
            digits(rows / seconds / 1000),
          ),
        };
      });
    },
  };
}

/** How many entries, and for each unit of the code the length of its column. */
function digest(code: Float32Array, hidden: number): number[] {
  const squares = new Array<number>(hidden).fill(0);
  for (let i = 0; i < code.length; i++) squares[i % hidden] += code[i] ** 2;
  return [code.length, ...squares.map(Math.sqrt)];
}
