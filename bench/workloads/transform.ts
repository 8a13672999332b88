/** The code of the 10,000 test digits, from the user's array to the user's array. */

import { readFileSync } from 'node:fs';
import { OURS, withPeers } from '../contestants.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import { readFloats } from '../peers/serve.js';
import { digits, times } from '../table.js';
import { fastest, inTurn, median, requireAgreement } from '../turns.js';
import type { Workload } from './workload.js';

export function transform(hidden: number): Workload {
  return {
    name: hidden === 64 ? 'transform' : `transform-${hidden}`,
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
      const { simd, 'simd-1': alone, plain, pytorch, jax, 'tfjs-wasm': tfjs } = contestants.groups;
      return withPeers([...simd, ...alone, ...plain, ...pytorch, ...jax, ...tfjs], async (teams) => {
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
        const speed = medians.map((seconds) => rows / seconds);
        return {
          tables: [
            {
              title: `transform, 784 → ${hidden}: rows a second`,
              columns: ['', 'setting', 'ms a call', 'rows a second', `${OURS} is faster`],
              rows: peers.map((peer, i) => [
                peer.name,
                peer.setting,
                digits(1000 * medians[i]),
                digits(speed[i]),
                i === 0 ? '' : times(speed[0] / speed[i]),
              ]),
              remarks,
            },
          ],
          charts: [],
          summary: [
            {
              workload: `transform, ${hidden} hidden, 1000 rows a second`,
              figures: Object.fromEntries(
                peers.map((peer, i) => [
                  peer.name,
                  `${digits(speed[i] / 1000)}${i === 0 ? '' : ` (${times(speed[0] / speed[i])})`}`,
                ]),
              ),
            },
          ],
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
