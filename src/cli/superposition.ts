import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { diagnose, SparseAutoencoder, type SparseAutoencoderOptions } from '../core.js';
import { drawSuperposition } from '../report/superposition.js';
import { recovery } from '../truth/recovery.js';
import { SparseWorld } from '../truth/world.js';

interface Flags {
  dim: number;
  features: number;
  active: number;
  noise: number;
  decay: number;
  correlation: number;
  rows: number;
  hidden: number;
  options: Partial<SparseAutoencoderOptions>;
  steps: number;
  batchSize: number;
  seed: string;
  out: string;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
};
const json = (text: string): object => {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('Expected JSON, such as \'{"penalty": "l1"}\'.');
  }
};

/** `sparse-autoencoder superposition`: did it find the features? */
export const superpositionCommand = (): Command =>
  new Command('superposition')
    .description('trains on data from a hidden dictionary, and says and draws how much of it was found')
    .option('--dim <n>', 'width of a row (d)', number, 64)
    .option('--features <n>', 'features of the hidden dictionary (m)', number, 256)
    .option('--active <n>', 'features a row', number, 5)
    .option('--noise <x>', 'standard deviation of the noise in each entry', number, 0.01)
    .option('--decay <x>', 'feature j is drawn with a weight of decayʲ', number, 1)
    .option('--correlation <p>', 'how likely a further feature is of the group of the first', number, 0)
    .option('--rows <n>', 'rows to train on', number, 131_072)
    .option('--hidden <n>', 'hidden units', number, 512)
    .option('--options <json>', 'of the model, over the defaults', json, {})
    .option('--steps <n>', 'steps of training, at least', number, 4000)
    .option('--batch-size <n>', 'rows a step', number, 1024)
    .option('--seed <seed>', 'of the world and of the model', '1')
    .option('--out <dir>', 'where superposition.svg goes', 'out/superposition')
    .action(run);

/** L1 that is steered to as many units as there are features in a row. */
const defaults = (active: number): Partial<SparseAutoencoderOptions> => ({
  outputActivation: 'identity',
  reconstruction: 'sse',
  penalty: 'l1',
  beta: 0.01,
  targetL0: active,
});

async function run(flags: Flags): Promise<void> {
  const { dim, features, active, noise, decay, correlation, seed, steps, batchSize } = flags;
  const world = new SparseWorld({ dimension: dim, features, active, noise, decay, correlation, seed });
  const { x } = world.sample(flags.rows);
  const test = world.sample(Math.min(flags.rows, 16_384));
  const base = { inputDim: dim, hiddenDim: flags.hidden, seed };
  const sae = new SparseAutoencoder({ ...base, ...defaults(active), ...flags.options });
  print(`${features} features in ${dim} dimensions, ${active} a row, noise ${noise}; ${sae}`);
  const epochs = Math.ceil(steps / Math.ceil(flags.rows / batchSize));
  const history = await sae.fit(x, {
    epochs,
    batchSize,
    schedule: { decay: 'linear', decaySteps: Math.ceil(steps / 5) },
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
    `on ${test.x.rows} new rows: L0 ${evaluation.l0.toFixed(2)} (true: ${active}), FVU ${evaluation.fvu.toFixed(4)}, ${evaluation.deadUnits} of ${flags.hidden} units dead`,
  ];
  for (const line of [...lines, ...diagnose(evaluation, sae.options, history)]) print(line);
  mkdirSync(flags.out, { recursive: true });
  const path = join(flags.out, 'superposition.svg');
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
