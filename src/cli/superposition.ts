import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { diagnose } from '../core/diagnose.js';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../core.js';
import { belowOne, notNegative, positive, text, count as wholeNumber } from '../numbers/checks.js';
import { drawSuperposition } from '../report/superposition.js';
import { recovery } from '../truth/recovery.js';
import { SparseWorld } from '../truth/world.js';
import { addFitFlags, fittingFrom } from './fit-flags.js';
import { addModelFlags, asFlag, calledByFlags, flag, modelFrom } from './flags.js';
import { prepareFolder, print } from './output.js';

interface Flags {
  dim: number;
  features: number;
  active: number;
  noise: number;
  decay: number;
  correlation: number;
  rows: number;
  steps: number;
  batchSize: number;
  out: string;
}

/** `superposition`: did it find the features? */
export function addSuperpositionCommand(program: Command): void {
  const command = program
    .command('superposition')
    .description('trains on data from a hidden dictionary, and says and draws how much of it was found')
    .addOption(flag('--dim <n>', 'width of a row (d)', wholeNumber).default(64))
    .addOption(flag('--features <n>', 'features of the hidden dictionary (m)', wholeNumber).default(256))
    .addOption(flag('--active <n>', 'features a row', wholeNumber).default(5))
    .addOption(flag('--noise <x>', 'standard deviation of the noise in each entry', notNegative).default(0.01))
    .addOption(flag('--decay <x>', 'feature j is drawn with a weight of decay to the power of j', positive).default(1))
    .addOption(flag('--correlation <p>', 'how likely a further feature is from the group of the first', belowOne).default(0))
    .addOption(flag('--rows <n>', 'rows to train on', wholeNumber).default(131_072))
    .addOption(flag('--steps <n>', 'steps of training, at least', wholeNumber).default(4000))
    .addOption(flag('--batch-size <n>', 'rows a step', wholeNumber).default(1024))
    .addOption(flag('--out <dir>', 'where superposition.svg goes', text).default('out/superposition'))
    .action((_options, self: Command) => run(self));
  addFitFlags(command);
  addModelFlags(command, { hiddenDim: 512, seed: '1' });
}

/** TopK with as many units as a row has features; another kind, if a flag asks for one: L1, steered to as many. */
function defaults(command: Command): Partial<SparseAutoencoderOptions> {
  const { active, hiddenActivation, penalty, targetL0 } = command.opts<Flags & Partial<SparseAutoencoderOptions>>();
  const common = { hiddenDim: 512, outputActivation: 'identity', seed: '1' } as const;
  if (hiddenActivation === undefined && penalty === undefined && targetL0 === undefined)
    return { ...common, hiddenActivation: 'topk', k: active, preBias: true, tied: 'start', unitNorm: true };
  if (hiddenActivation !== undefined) return common;
  return { ...common, reconstruction: 'sse', penalty: 'l1', beta: 0.1, targetL0: active };
}

async function run(command: Command): Promise<void> {
  const { dim, features, active, noise, decay, correlation, rows, steps, batchSize, out } = command.opts<Flags>();
  const model = modelFrom(command, defaults(command));
  const path = join(out, 'superposition.svg');
  prepareFolder(out, [path]);
  const world = new SparseWorld({ dimension: dim, features, active, noise, decay, correlation, seed: model.seed });
  const { x } = world.sample(rows);
  const test = world.sample(Math.min(rows, 16_384));
  const sae = calledByFlags(() => new SparseAutoencoder({ ...model, inputDim: dim } as SparseAutoencoderOptions));
  print(`${features} features in ${dim} dimensions, ${active} a row, noise ${noise}; ${sae}`);
  const epochs = Math.ceil(steps / Math.ceil(rows / batchSize));
  const history = await sae.fit(x, {
    epochs,
    batchSize,
    ...fittingFrom(command, { schedule: { decay: 'linear', decaySteps: Math.ceil(steps / 5) } }),
    onEpochEnd: ({ epoch, loss, l0, beta, deadUnits }) =>
      print(
        `epoch ${epoch + 1}/${epochs}: loss ${loss.toFixed(5)}, L0 ${l0.toFixed(2)}, ${deadUnits} dead, β ${beta.toPrecision(3)}, MMCS ${found(sae, world).mmcs.toFixed(4)}`,
      ),
  });
  const evaluation = sae.evaluate(test.x);
  const { mmcs, cosines, nearest } = found(sae, world);
  const above = (least: number) => cosines.filter((cosine) => cosine > least).length;
  const lines = [
    `MMCS ${mmcs.toFixed(4)}; ${above(0.9)} of ${features} features found with a cosine above 0.9, ${above(0.99)} above 0.99`,
    `on ${test.x.rows} new rows: L0 ${evaluation.l0.toFixed(2)} (true: ${active}), FVU ${evaluation.fvu.toFixed(4)}, ${evaluation.deadUnits} of ${sae.hiddenDim} units dead`,
  ];
  for (const line of [...lines, ...diagnose(evaluation, { ...sae.options, beta: sae.beta }, history, asFlag)]) print(line);
  const frequency = frequencies(test.codes.data, features);
  const row = (data: ArrayLike<number>, j: number) => Array.from({ length: dim }, (_, p) => data[j * dim + p]);
  const picture = drawSuperposition({
    title: `${features} features in ${dim} dimensions`,
    lines,
    features: Array.from(cosines, (cosine, j) => ({
      cosine,
      frequency: frequency[j],
      truth: row(world.features.data, j),
      learned: row(sae.parameters.decoderWeight.data, nearest[j]),
    })),
  });
  writeFileSync(path, picture);
  print(`picture: ${path}`);
}

const found = (sae: SparseAutoencoder, { features }: SparseWorld) => recovery(features, sae.parameters.decoderWeight);

/** The share of rows that each feature is in. */
function frequencies(codes: ArrayLike<number>, m: number): number[] {
  const counts = Array<number>(m).fill(0);
  for (let k = 0; k < codes.length; k++) if (codes[k] !== 0) counts[k % m]++;
  return counts.map((count) => (count * m) / codes.length);
}
