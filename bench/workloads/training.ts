/** One epoch of the main job, 784-h-784 on the 60,000 digits. */

import { type Group, OURS, withPeers } from '../contestants.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import type { Peer } from '../peers/peer.js';
import { digits, percent, type Result, times } from '../table.js';
import { fastest, inTurn, median } from '../turns.js';
import { type Context, loadAndCompare, stepSeconds, type Workload } from './workload.js';

/** An epoch that takes longer than this is timed in part and scaled up. */
const LONGEST_EPOCH = 7;
/** Such a part takes about this long. */
const PART = 2.5;
/** A turn holds as many epochs as fit in this, three at most. */
const TURN = 2.5;

interface Plan {
  batches: number;
  epochs: number;
}

export function training(hidden: number): Workload {
  // tfjs's JavaScript backend takes half an hour for an epoch at 1024 hidden units.
  const groups: Group[] = ['simd', 'simd-1', 'plain', 'pytorch', 'jax', 'tfjs-wasm'];
  if (hidden <= 128) groups.push('tfjs-cpu');
  return {
    name: `training-${hidden}`,
    title: `Training: an epoch of 784-${hidden}-784, batch ${BATCH}, on the 60,000 digits`,
    run: (context) => run(context, hidden, groups),
  };
}

async function run(context: Context, hidden: number, groups: Group[]): Promise<Result> {
  const { contestants, files, quick, say } = context;
  const what = `training-${hidden}`;
  const digitsFiles = files.mnist();
  const all = Math.ceil(digitsFiles.rows / BATCH);
  const load = {
    inputDim: PIXELS,
    hiddenDim: hidden,
    batchSize: BATCH,
    objective: OBJECTIVE,
    data: digitsFiles.train,
    parameters: files.weights(hidden),
  };
  const teams = groups.flatMap((group) => contestants.groups[group]);
  return withPeers(teams, async (started) => {
    await loadAndCompare(what, started.flat(), load, say);
    // Long enough that what slows down over an epoch shows, as jax-js does where its steps are not awaited.
    const trialBatches = hidden > 256 ? 8 : 120;
    const peers: Peer[] = [];
    for (const team of started) peers.push(await fastest(team, (peer) => stepSeconds(peer, trialBatches)));
    const plans: Plan[] = [];
    for (const peer of peers) plans.push(plan(await stepSeconds(peer, 3), all, quick));
    for (const [i, peer] of peers.entries()) say(`${what}: ${peer.name} (${peer.setting}), ${part(plans[i], all)}`);

    const first: number[] = [];
    let density = Number.NaN;
    const sides = peers.map((peer, i) => ({
      peer,
      async turn() {
        const { batches, epochs } = plans[i];
        const answer = await peer.ask('train', { batches, epochs, warmUp: Math.min(10, batches) });
        if (i === 0) {
          first.push(answer.first as number);
          density = answer.density as number;
        }
        return (median(answer.seconds) * all) / batches;
      },
    }));
    const { medians, remarks } = await inTurn(context.rounds, sides);
    const [ours] = medians;
    const figure = (i: number) => `${digits(medians[i])} s${i === 0 ? '' : ` (${times(medians[i] / ours)})`}`;
    return {
      tables: [
        {
          title: `Training 784-${hidden}-784: seconds an epoch`,
          columns: ['', 'setting', 'timed', 's an epoch', `${OURS} is faster`],
          rows: peers.map((peer, i) => [
            peer.name,
            peer.setting,
            part(plans[i], all),
            digits(medians[i]),
            i === 0 ? '' : times(medians[i] / ours),
          ]),
          remarks: [
            `${OURS}: steady epochs of one fit, whose first epoch, which also reads, checks and compresses X, took ` +
              `${digits(median(first))} s and is not counted; ${percent(density)} of the code active at the end`,
            'peers: epochs after a warm-up; all sides shuffle the rows anew for each epoch',
            ...remarks,
          ],
        },
      ],
      charts: [],
      summary: [
        {
          workload: `training, ${hidden} hidden, an epoch`,
          figures: Object.fromEntries(peers.map((peer, i) => [peer.name, figure(i)])),
        },
      ],
    };
  });
}

function plan(step: number, all: number, quick: boolean): Plan {
  const epoch = step * all;
  const [longest, enough] = quick ? [1, 0.5] : [LONGEST_EPOCH, PART];
  if (epoch > longest) return { batches: Math.max(3, Math.min(all, Math.round(enough / step))), epochs: 1 };
  return { batches: all, epochs: quick ? 1 : Math.max(1, Math.min(3, Math.floor(TURN / epoch))) };
}

const part = ({ batches, epochs }: Plan, all: number): string =>
  batches === all ? `${epochs} whole epoch${epochs > 1 ? 's' : ''} a turn` : `${batches} of ${all} batches, scaled`;
