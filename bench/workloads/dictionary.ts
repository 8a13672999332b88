/** TopK dictionaries: a training step, and the code by its entries, against PyTorch's usual way and a careful one. */

import { type Group, OURS, withPeers } from '../contestants.js';
import type { Files } from '../data.js';
import type { DictionaryObjective, Load, Peer } from '../peers/peer.js';
import { readFloats } from '../peers/serve.js';
import { column, digits, type Result, times } from '../table.js';
import { fastest, inTurn, median, requireAgreement } from '../turns.js';
import { type Context, loadAndCompare, trainTurn, type Workload } from './workload.js';

const groups: Group[] = ['simd', 'wide', 'pytorch-topk'];

interface Shape {
  name: string;
  d: number;
  h: number;
  k: number;
  /** Batches that there are rows for. */
  batches: number;
}

const BATCH = 1024;
const WIDE: Shape = { name: 'topk-12288', d: 768, h: 12288, k: 32, batches: 2 };
const GLOVE: Shape = { name: 'topk-glove', d: 100, h: 1024, k: 16, batches: 20 };

const title = ({ d, h, k }: Shape) => `TopK, ${d} → ${h}, k = ${k}, batch ${BATCH}, dense X`;

export const loadOf = (files: Files, { name, d, h, k, batches }: Shape): Load<DictionaryObjective> => ({
  inputDim: d,
  hiddenDim: h,
  batchSize: BATCH,
  objective: {
    hiddenActivation: 'topk',
    k,
    outputActivation: 'identity',
    reconstruction: 'mse',
    learningRate: 1e-3,
    epsilon: 1e-7,
  },
  data: files.centred(name, batches * BATCH, d),
  parameters: files.dictionary(d, h),
});

const training = (shape: Shape): Workload => ({
  name: shape.name,
  groups,
  title: `Training step: ${title(shape)}`,
  run: (context) => train(context, shape),
});

export const topkWide = training(WIDE);
export const topkGlove = training(GLOVE);

async function train(context: Context, shape: Shape): Promise<Result> {
  const { contestants, files, rounds, quick, say } = context;
  const teams = groups.flatMap((group) => contestants.groups[group]);
  return withPeers(teams, async (started) => {
    await loadAndCompare(shape.name, started.flat(), loadOf(files, shape), say);
    const { batches } = shape;
    const turn = (peer: Peer) => trainTurn(peer, batches, quick ? 1 : 2);
    const peers: Peer[] = [];
    for (const team of started) peers.push(await fastest(team, (peer) => trainTurn(peer, batches, 1)));
    const { medians, remarks } = await inTurn(
      rounds,
      peers.map((peer) => ({ peer, turn: () => turn(peer) })),
    );
    return compared(peers, medians, {
      title: `Training step: ${title(shape)}`,
      figures: ['ms a step'],
      show: (seconds) => [digits(1000 * seconds)],
      remarks: [
        "PyTorch, careful: W_enc by unit, the decoder an embedding_bag, dW_enc a sparse product; the optimizer is each side's Adam on all weights",
        ...remarks,
      ],
      short: `TopK ${shape.d} → ${shape.h}, ms a step`,
    });
  });
}

/** The code of rows that a model has not been trained on, by its entries, array to array. */
export const topkTransform: Workload = {
  name: 'topk-transform',
  groups,
  title: `transform to CSR: ${title(WIDE)}`,
  async run({ contestants, files, rounds, quick, say }) {
    const shape: Shape = { ...WIDE, batches: quick ? 1 : 4 };
    const rows = shape.batches * BATCH;
    const teams = groups.flatMap((group) => contestants.groups[group]);
    return withPeers(teams, async (started) => {
      const out = files.path('entries');
      const load = loadOf(files, shape);
      let expected: Float32Array | null = null;
      for (const peer of started.flat()) {
        await peer.ask('load', load);
        await peer.ask('topk', { budget: 0, out });
        const found = readFloats(out);
        expected ??= found;
        requireAgreement("topk-transform, entries and rows' lengths", peer, found, expected);
      }
      say('topk-transform: the same code on all sides');
      const turn = async (peer: Peer) => median((await peer.ask('topk', { budget: 0, out })).seconds);
      const peers: Peer[] = [];
      for (const team of started) peers.push(await fastest(team, turn));
      const { medians, remarks } = await inTurn(
        rounds,
        peers.map((peer) => ({ peer, turn: () => turn(peer) })),
      );
      return compared(peers, medians, {
        title: `transform to CSR: ${title(shape)}, ${rows} rows`,
        figures: ['ms a call', 'rows a second'],
        show: (seconds) => [digits(1000 * seconds), digits(rows / seconds)],
        remarks: ["PyTorch: torch.topk of each batch's product; careful: of W_enc stored by unit", ...remarks],
        short: `TopK ${shape.d} → ${shape.h} to CSR, ms`,
      });
    });
  },
};

interface Shown {
  title: string;
  figures: string[];
  show: (seconds: number) => string[];
  remarks: string[];
  short: string;
}

async function compared(peers: Peer[], seconds: number[], { title, figures, show, remarks, short }: Shown): Promise<Result> {
  const grounds = await Promise.all(peers.map((peer) => peer.runsOn()));
  const rows = peers.map((peer, i) => [
    peer.name,
    grounds[i].kernels,
    grounds[i].threads,
    ...show(seconds[i]),
    times(seconds[i] / seconds[0]),
  ]);
  return {
    tables: [{ title, columns: ['', 'on', 'threads', ...figures, `of ${OURS}'s time`], rows, words: 3, remarks }],
    charts: [],
    summary: await column(short, peers, seconds, (s) => digits(1000 * s)),
  };
}
