/** An epoch of training. */

import { type Group, OURS, withPeers } from '../contestants.js';
import { BATCH, type Files, OBJECTIVE, PIXELS, type TrainingRows, UFLDL } from '../data.js';
import type { JobObjective, Peer } from '../peers/peer.js';
import { column, digits, percent, type Result, times } from '../table.js';
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

interface Job {
  name: string;
  /** In the table of all workloads. */
  short: string;
  hidden: number;
  batchSize: number;
  objective: JobObjective;
  /** What the rows are called, and where they are. */
  what: string;
  data: (files: Files) => TrainingRows;
}

/** The main job: 784-h-784, a ReLU code, on all digits. */
export const training = (hidden: number): Workload =>
  workload({
    name: `training-${hidden}`,
    short: `784-${hidden}-784, s an epoch`,
    hidden,
    batchSize: BATCH,
    objective: OBJECTIVE,
    what: 'the 60,000 digits',
    data: (files) => files.mnist().train,
  });

/** Where nothing but X is sparse: the exercise of Stanford's UFLDL tutorial. */
export const ufldl: Workload = workload({
  name: 'ufldl',
  short: 'UFLDL, 784-200-784, s an epoch',
  hidden: 200,
  batchSize: 500,
  objective: UFLDL,
  what: 'the 30,596 digits 0 to 4, sigmoid code',
  data: (files) => files.mnist().zeroToFour,
});

function workload(job: Job): Workload {
  const { name, hidden, batchSize, what } = job;
  const groups: Group[] = ['simd', 'wide', 'simd-1', 'plain', 'pytorch', 'jax', 'tfjs-wasm'];
  // tfjs's JavaScript backend takes half an hour for an epoch at 1024 hidden units.
  if (hidden <= 128) groups.push('tfjs-cpu');
  const title = `Training: an epoch of 784-${hidden}-784, batch ${batchSize}, on ${what}`;
  return { name, groups, title, run: (context) => run(context, job, title, groups) };
}

async function run(context: Context, job: Job, title: string, groups: Group[]): Promise<Result> {
  const { contestants, files, quick, say } = context;
  const { name, hidden, batchSize, objective } = job;
  const data = job.data(files);
  const all = Math.ceil(data.rows / batchSize);
  const load = {
    inputDim: PIXELS,
    hiddenDim: hidden,
    batchSize,
    objective,
    data: data.path,
    parameters: files.weights(hidden),
  };
  const teams = groups.flatMap((group) => contestants.groups[group]);
  return withPeers(teams, async (started) => {
    await loadAndCompare(name, started.flat(), load, say);
    // Long enough that what slows down over an epoch shows, as jax-js does where its steps are not awaited.
    const trialBatches = Math.min(all, hidden > 256 ? 8 : 120);
    const peers: Peer[] = [];
    for (const team of started) peers.push(await fastest(team, (peer) => stepSeconds(peer, trialBatches)));
    const plans: Plan[] = [];
    for (const peer of peers) plans.push(plan(await stepSeconds(peer, 3), all, quick));
    const grounds = await Promise.all(peers.map((peer) => peer.runsOn()));
    for (const [i, { name: who, setting }] of peers.entries()) say(`${name}: ${who} (${setting}), ${part(plans[i], all)}`);

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
    return {
      tables: [
        {
          title: `${title}: seconds an epoch`,
          columns: ['', 'on', 'threads', 'timed', 's an epoch', `of ${OURS}'s time`],
          rows: peers.map((peer, i) => [
            peer.name,
            grounds[i].kernels,
            grounds[i].threads,
            part(plans[i], all),
            digits(medians[i]),
            times(medians[i] / ours),
          ]),
          words: 3,
          remarks: [
            `${OURS}: steady epochs of one fit, whose first epoch, which also reads, checks and compresses X, took ` +
              `${digits(median(first))} s and is not counted; ${percent(density)} of the code active at the end`,
            'peers: epochs after a warm-up; all sides shuffle the rows anew for each epoch',
            ...remarks,
          ],
        },
      ],
      charts: [],
      summary: await column(job.short, peers, medians, digits),
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
