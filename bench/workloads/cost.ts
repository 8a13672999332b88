/** What a training step costs, against the number of hidden units and against density. */

import { type Group, type Team, withPeers } from '../contestants.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import type { Peer } from '../peers/peer.js';
import { readFloats } from '../peers/serve.js';
import { type Chart, digits, percent, type Result, times } from '../table.js';
import { fastest, inTurn, Remarks } from '../turns.js';
import { type Context, loadAndCompare, stepSeconds, trainTurn, type Workload } from './workload.js';

const ROWS = 20 * BATCH;

/** Milliseconds a step at one place of the chart, one figure a contestant. */
interface Point {
  label: string[];
  x: number;
  ms: number[];
}

const groups: Group[] = ['simd', 'pytorch'];
const pick = ({ contestants }: Context): Team[] => groups.flatMap((group) => contestants.groups[group]);

export const costOfHidden: Workload = {
  name: 'cost-hidden',
  groups,
  title: 'Cost of a training step against the number of hidden units',
  async run(context) {
    const { files, quick, say } = context;
    const sizes = quick ? [64, 512] : [64, 128, 256, 512, 1024, 2048, 4096];
    const data = files.write('some-digits', readFloats(files.mnist().train.path).subarray(0, ROWS * PIXELS));
    return withPeers(pick(context), async (teams) => {
      const points: Point[] = [];
      const remarks = new Remarks();
      for (const hiddenDim of sizes) {
        const load = {
          inputDim: PIXELS,
          hiddenDim,
          batchSize: BATCH,
          objective: OBJECTIVE,
          data,
          parameters: files.weights(hiddenDim),
        };
        await loadAndCompare(`cost-hidden, ${hiddenDim} units`, teams.flat(), load, say);
        const peers: Peer[] = [];
        for (const team of teams) peers.push(await fastest(team, (peer) => stepSeconds(peer, 3), false));
        const ms = await measure(context, peers, hiddenDim < 1024 ? 20 : 6, remarks);
        points.push({ label: [`${hiddenDim}`, ...peers.slice(1).map(({ setting }) => setting)], x: hiddenDim, ms });
      }
      const names = teams.map(([peer]) => peer.name);
      const settings = names.slice(1).map((name) => `setting of ${name}`);
      return asResult(['hidden units', ...settings], names, points, remarks.list(), {
        title: 'A training step on digits (batch 256) against the number of hidden units',
        x: 'hidden units',
      });
    });
  },
};

/** Which densities are varied, and the others' values. */
const HIDDEN = 256;
const DIGITS = 0.19;
const CODE = 0.2;

export const costOfDensity: Workload = {
  name: 'cost-density',
  groups,
  title: `Cost of a training step against the density of X and of the code, ${HIDDEN} hidden units`,
  async run(context) {
    const { files, quick, say } = context;
    const densities = quick ? [0.05, 1] : [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
    const sweeps = [
      { what: 'both', of: (p: number) => [p, p] },
      { what: `X, with ${percent(CODE)} of the code active`, of: (p: number) => [p, CODE] },
      { what: `the code, with ${percent(DIGITS)} of X not zero`, of: (p: number) => [DIGITS, p] },
    ];
    return withPeers(pick(context), async (teams) => {
      const results: Result[] = [];
      let peers = teams.flat();
      for (const { what, of } of sweeps) {
        const points: Point[] = [];
        const remarks = new Remarks();
        for (const p of densities) {
          const [ofX, ofCode] = of(p);
          const x = files.random(`x-${ofX}`, ROWS, PIXELS, ofX);
          const parameters = files.weightsOfDensity('weights-of-density', HIDDEN, x.values, ofCode);
          // So small a rate that the code keeps its density.
          const objective = { ...OBJECTIVE, learningRate: 1e-9 };
          const load = { inputDim: PIXELS, hiddenDim: HIDDEN, batchSize: BATCH, objective, data: x.path, parameters };
          await loadAndCompare(`cost-density, X ${percent(ofX)}, code ${percent(ofCode)}`, peers, load, say);
          if (peers.length > teams.length) {
            peers = [];
            for (const team of teams) peers.push(await fastest(team, (peer) => stepSeconds(peer, 10)));
          }
          const ms = await measure(context, peers, 20, remarks);
          points.push({ label: [percent(p)], x: 100 * p, ms });
        }
        const names = peers.map(({ name }) => name);
        const title = `A training step with ${HIDDEN} hidden units (batch 256) against the density of ${what}`;
        const settings = peers.slice(1).map(({ setting, name }) => `${name}: ${setting}`);
        results.push(asResult(['density'], names, points, [...settings, ...remarks.list()], { title, x: '% not zero' }));
      }
      return {
        tables: results.flatMap(({ tables }) => tables),
        charts: results.flatMap(({ charts }) => charts),
        summary: null,
      };
    });
  },
};

async function measure({ rounds, quick }: Context, peers: Peer[], batches: number, remarks: Remarks): Promise<number[]> {
  const epochs = quick || batches < 20 ? 1 : 3;
  const sides = peers.map((peer) => ({ peer, turn: () => trainTurn(peer, batches, epochs) }));
  const measured = await inTurn(Math.min(rounds, 3), sides);
  remarks.add(measured);
  return measured.medians.map((seconds) => 1000 * seconds);
}

function asResult(
  labels: string[],
  names: string[],
  points: Point[],
  remarks: string[],
  of: { title: string; x: string },
): Result {
  const chart: Chart = {
    ...of,
    y: 'ms a step',
    lines: names.map((name, i) => ({ name, points: points.map(({ x, ms }) => ({ x, y: ms[i] })) })),
  };
  const ratio = names.slice(1).map((name) => `faster than ${name}`);
  const table = {
    title: `${of.title}: ms a step`,
    columns: [...labels, ...names, ...ratio],
    rows: points.map(({ label, ms }) => [...label, ...ms.map(digits), ...ms.slice(1).map((theirs) => times(theirs / ms[0]))]),
    remarks,
  };
  return { tables: [table], charts: [chart], summary: null };
}
