import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { modelOf } from '../core/sparse-autoencoder.js';
import { type Bits, toModule } from '../export.js';
import { writeNpy } from '../formats/npy.js';
import { writeCsv } from '../formats/write-csv.js';
import { type SparseAutoencoder, scores } from '../index.js';
import { parameterCount } from '../layers/parameters.js';
import { writeWhole } from '../node/files.js';
import { load } from '../node.js';
import { oneOf, text, when } from '../numbers/checks.js';
import { renderReport } from '../report/report.js';
import { asText, scoreTable } from '../report/score-table.js';
import { coreOf } from '../sparse-autoencoder.js';
import { penaltyKind } from '../sparsity/kinds.js';
import { historyOf } from '../training/history.js';
import { addDataFlags, type DataFlags, type Rows, readRows } from './data.js';
import { flag } from './flags.js';
import { snapshot } from './job.js';
import { count, prepareFiles, print } from './output.js';
import { matrixOf, type Samples } from './plan.js';
import { reportData } from './report-data.js';

const WRITERS = ['npy', 'csv', 'tsv', 'jsonl'] as const;
type Writer = (typeof WRITERS)[number];

interface ApplyFlags extends DataFlags {
  out?: string;
  to?: Writer;
  json?: boolean;
}

/** What is done with a model that is there. */
export function addApplyCommands(program: Command): void {
  for (const [name, what, apply] of [
    ['transform', 'the code of each row', (sae, x) => sae.transform(x)],
    ['reconstruct', 'each row as the model gives it back', (sae, x) => sae.reconstruct(x)],
  ] as [string, string, (sae: SparseAutoencoder, x: Input) => ReturnType<SparseAutoencoder['transform']>][]) {
    addDataFlags(
      program
        .command(name)
        .description(`writes ${what}`)
        .argument('<model>', 'a model.safetensors')
        .argument('<data...>', 'files of rows; - is stdin')
        .addOption(flag('--out <file>', 'codes.npy, codes.csv, …; - is stdout (default)', text))
        .addOption(
          flag(
            '--to <kind>',
            `what to write: ${WRITERS.join(', ')} (default: by the name of the file, else csv)`,
            oneOf(...WRITERS),
          ),
        ),
    ).action((path: string, paths: string[], flags: ApplyFlags) => {
      prepareFiles({ out: flags.out }, [path, ...paths]);
      writerOf(flags);
      const { sae, rows } = opened(path, paths, flags);
      const { data, shape } = apply(sae, matrixOf(samplesOf(rows)));
      writeRows(flags, data, shape[0], shape[1], rows.labels);
    });
  }

  addDataFlags(
    program
      .command('evaluate')
      .description('says how well a model does on rows')
      .argument('<model>', 'a model.safetensors')
      .argument('<data...>', 'files of rows; - is stdin')
      .option('--json', 'as JSON'),
  ).action((path: string, paths: string[], flags: ApplyFlags) => {
    const { sae, rows } = opened(path, paths, flags);
    const X = matrixOf(samplesOf(rows));
    const { meanActivation, density, densityHistogram, deadIndices, ...numbers } = sae.evaluate(X);
    const found = rows.labels && scores(sae, X, { labels: rows.labels });
    if (flags.json) {
      const means = Array.from(meanActivation.data);
      print(JSON.stringify({ ...numbers, meanActivation: means, rows: rows.rows, ...(found && { scores: found }) }));
      return;
    }
    table(
      Object.entries(numbers).map(([name, value]) => [name, typeof value === 'number' ? short(value) : JSON.stringify(value)]),
    );
    if (found) for (const line of ['', ...asText(scoreTable(found))]) print(line);
  });

  program
    .command('inspect')
    .description('says what is in a model')
    .argument('<model>', 'a model.safetensors')
    .option('--json', 'as JSON')
    .action((path: string, { json }: { json?: boolean }) => inspect(path, json === true));

  addDataFlags(
    program
      .command('report')
      .description('writes the HTML report of a model on rows')
      .argument('<model>', 'a model.safetensors')
      .argument('<data...>', 'files of rows; - is stdin')
      .requiredOption('--out <file>', 'where the report goes: report.html')
      .addOption(
        flag(
          '--image <size>',
          'rows are pictures of that size: 28x28',
          when((v) => /^\d+x\d+$/.test(String(v)), '28x28, say'),
        ),
      ),
  ).action((path: string, paths: string[], flags: ApplyFlags & { out: string; image?: string }) => {
    prepareFiles({ out: flags.out }, [path, ...paths]);
    const { sae, rows } = opened(path, paths, flags);
    writeWhole(flags.out, new TextEncoder().encode(reportOf(path, paths, sae, rows, flags.image)));
    print(`report: ${flags.out}`);
  });

  program
    .command('export')
    .description('writes a model as something else')
    .argument('<model>', 'a model.safetensors')
    .addOption(
      new Option('--to <kind>', 'module: one ES module without imports; safetensors: the weights alone')
        .choices(['module', 'safetensors'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'where it goes: model.js; the types of a module go beside it')
    .addOption(
      flag(
        '--bits <n>',
        'module: 32 (default), or 8 for a quarter of the size',
        when((v) => v === 8 || v === 32, '8 or 32'),
      ),
    )
    .action((path: string, flags: { to: 'module' | 'safetensors'; out: string; bits?: Bits }) => {
      prepareFiles({ out: flags.out }, [path]);
      exportAs(load(path), flags);
    });
}

type Input = ReturnType<typeof matrixOf>;

export function opened(path: string, paths: string[], flags: ApplyFlags): { sae: SparseAutoencoder; rows: Rows } {
  const sae = load(path);
  const rows = readRows(paths, flags, sae.options.dtype);
  if (rows.rows === 0) throw new Error(`${paths.join(', ')}: has no rows, expected at least one`);
  const { inputNames } = sae.options;
  const at = rows.names && inputNames.length === rows.cols ? rows.names.findIndex((name, j) => name !== inputNames[j]) : -1;
  if (at >= 0) {
    throw new Error(`${paths[0]}: column ${at} is "${rows.names?.[at]}", expected "${inputNames[at]}", as the model was trained`);
  }
  if (rows.cols !== sae.inputDim) throw new Error(`${paths[0]}: has rows of ${rows.cols}, expected ${sae.inputDim}, as ${path}`);
  return { sae, rows };
}

export function samplesOf({ data, rows, cols, labels }: Rows): Samples {
  const names = labels && [...new Set(labels)].sort();
  return { data, rows, cols, classes: labels && names && { of: labels.map((label) => names.indexOf(label)), names } };
}

function writeRows(
  { out, to }: ApplyFlags,
  data: ArrayLike<number>,
  rows: number,
  cols: number,
  labels: readonly string[] | null,
): void {
  const bytes = encoded(writerOf({ out, to }), data as Float32Array, rows, cols, labels);
  write(out, bytes);
}

/** What to write, by flag or by the name of the file; CSV to stdout. */
function writerOf({ out, to }: ApplyFlags): Writer {
  const named = WRITERS.find((each) => out?.endsWith(`.${each}`));
  if (to || named || out === undefined || out === '-') return to ?? named ?? 'csv';
  throw new Error(
    `--out: ${out} does not say what to write, expected a name that ends in ${WRITERS.map((each) => `.${each}`).join(', ')}, or --to`,
  );
}

function encoded(
  kind: Writer,
  data: Float32Array | Float64Array,
  rows: number,
  cols: number,
  labels: readonly string[] | null,
): Uint8Array {
  if (kind === 'npy') return writeNpy({ dtype: data instanceof Float32Array ? 'F32' : 'F64', shape: [rows, cols], data });
  if (kind !== 'jsonl')
    return writeCsv({ rows, cols, data, ...(labels && { labels: [...labels] }) }, kind === 'tsv' ? '\t' : ',');
  const lines = Array.from({ length: rows }, (_, i) => JSON.stringify(Array.from(data.subarray(i * cols, (i + 1) * cols))));
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

const short = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(6));

function table(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) print(`${name.padEnd(width)}  ${value}`);
}

function inspect(path: string, json: boolean): void {
  const sae = load(path);
  const { layout, state } = modelOf(coreOf(sae));
  const { loss, l0 } = historyOf(state.records);
  const bytes = statSync(path).size;
  const shapes = Object.fromEntries(layout.map(({ name, shape }) => [name, [...shape]]));
  const training = state.step > 0 ? { steps: state.step, unfinished: state.run !== null } : null;
  if (json) {
    print(
      JSON.stringify({
        bytes,
        parameters: parameterCount(layout),
        shapes,
        options: sae.options,
        epochs: loss.length,
        loss: loss.at(-1),
        l0: l0.at(-1),
        training,
      }),
    );
    return;
  }
  const penalty = penaltyKind(sae.options).describe(sae.options) ?? 'none';
  table([
    ['file', `${path}, ${count(bytes)} bytes`],
    ['model', `${sae.inputDim}-${sae.hiddenDim}-${sae.outputDim}, ${count(parameterCount(layout))} parameters`],
    ...layout.map(({ name, shape }) => [`  ${name}`, shape.join(' × ')] as const),
    ['penalty', penalty],
    ...Object.entries(sae.options)
      .filter(([name]) => !['inputDim', 'hiddenDim', 'outputDim', 'penalty'].includes(name))
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const),
    [
      'trained',
      loss.length
        ? `${loss.length} epochs, loss ${short(loss.at(-1) as number)}, ${short(l0.at(-1) as number)} of ${sae.hiddenDim} units active a row`
        : 'not that the file says',
    ],
    ...(training
      ? [
          [
            'checkpoint',
            `after ${count(training.steps)} steps${training.unfinished ? ', of a fit that can be resumed' : ''}`,
          ] as const,
        ]
      : []),
  ]);
}

function reportOf(path: string, paths: string[], sae: SparseAutoencoder, rows: Rows, image: string | undefined): string {
  const judge = samplesOf(rows);
  const { state } = modelOf(coreOf(sae));
  const [width, height] = image ? image.split('x').map(Number) : (rows.image ?? [0, 0]);
  const history = historyOf(state.records);
  const about = {
    title: `${basename(path)} on ${paths.map((each) => basename(each)).join(', ')}`,
    train: judge,
    judge,
    judgedBy: 'given',
    image: width ? { width, height } : null,
    inputNames: sae.options.inputNames.length ? sae.options.inputNames : rows.names,
    fit: { epochs: history.loss.length, batchSize: state.run?.batchSize },
    command: ['report', path, ...paths],
  };
  return renderReport(
    reportData(about, sae, { history, snapshots: [snapshot(sae, history.loss.length)] }, sae.evaluate(matrixOf(judge))),
  );
}

function exportAs(sae: SparseAutoencoder, { to, out, bits = 32 }: { to: string; out: string; bits?: Bits }): void {
  if (to === 'safetensors') {
    write(out, sae.toBytes());
    return;
  }
  const { code, types } = toModule(sae, { bits });
  write(out, new TextEncoder().encode(code));
  if (out === '-') return;
  const beside = out.replace(/\.m?js$/, '').concat(out.endsWith('.mjs') ? '.d.mts' : '.d.ts');
  writeWhole(beside, new TextEncoder().encode(types));
  print(`module: ${out}, ${count(code.length)} bytes; types: ${beside}`);
}

/** To a file, or to stdout. */
function write(out: string | undefined, bytes: Uint8Array): void {
  if (out === undefined || out === '-') process.stdout.write(bytes);
  else writeWhole(out, bytes);
}
