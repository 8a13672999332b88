import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { modelOf } from '../core/sparse-autoencoder.js';
import { dense, isSparse, NOTATIONS, sparse } from '../formats/notation.js';
import { writeNpy } from '../formats/npy.js';
import { writeCsv } from '../formats/write-csv.js';
import type { SparseAutoencoder } from '../index.js';
import { parameterCount } from '../layers/parameters.js';
import { load } from '../node.js';
import { oneOf, text } from '../numbers/checks.js';
import { type Csr, isCsr } from '../numbers/csr.js';
import type { FloatArray } from '../numbers/matrix.js';
import { coreOf } from '../sparse-autoencoder.js';
import { penaltyKind } from '../sparsity/kinds.js';
import { historyOf } from '../training/history.js';
import { addCodeFlags, CODE_FILES, type CodeFile, type CodeFlags, codeFile, codesOf, isCodeFile } from './codes.js';
import { addDataFlags, type DataFlags, type Rows, readRows, textsOf } from './data.js';
import { flag } from './flags.js';
import { count, prepareFiles, print, short, table, write } from './output.js';
import { matrixOf, type Samples } from './plan.js';
import { answerStdin, linesHelp } from './stdin.js';

const WRITERS = ['npy', ...NOTATIONS, ...CODE_FILES] as const;
type Writer = (typeof WRITERS)[number];

export interface ApplyFlags extends DataFlags, CodeFlags {
  out?: string;
  to?: Writer;
  json?: boolean;
}

/** What is done with a model that is there. */
export function addApplyCommands(program: Command): void {
  for (const { name, what, kinds, apply, addFlags, width, field } of [
    {
      name: 'transform',
      what: 'the code of each row',
      kinds: WRITERS,
      apply: codesOf,
      addFlags: addCodeFlags,
      width: 'hiddenDim',
      field: 'code',
    },
    {
      name: 'reconstruct',
      what: 'each row as the model gives it back',
      kinds: WRITERS.filter((kind) => !isSparse(kind) && !isCodeFile(kind)),
      apply: (sae: SparseAutoencoder, x: Input) => sae.reconstruct(x).data as FloatArray,
      addFlags: (command: Command) => command,
      width: 'outputDim',
      field: 'reconstruction',
    },
  ] as const) {
    addDataFlags(
      addFlags(
        program
          .command(name)
          .description(`writes ${what}`)
          .argument('<model>', 'a model.safetensors')
          .argument('<data...>', 'files of rows; - is stdin')
          .addOption(flag('--out <file>', `${field}s.npy, ${field}s.csv, …; - is stdout (default)`, text))
          .addOption(
            flag(
              '--to <kind>',
              `what to write: ${kinds.join(', ')} (default: by the name of the file, else csv; of lines on stdin as they came)`,
              oneOf(...kinds),
            ),
          ),
      ),
    )
      .addHelpText('after', linesHelp(name === 'transform'))
      .action(async (path: string, paths: string[], flags: ApplyFlags) => {
        prepareFiles({ out: flags.out }, [path, ...paths]);
        writerOf(flags);
        const sae = load(path);
        const stdin = await answerStdin(paths, flags, sae, sae[width], (x) => apply(sae, x, flags, flags.to));
        if (stdin === 'answered') return;
        const rows = await rowsFor(sae, path, paths, flags, stdin ?? undefined);
        const kind = writerOf(flags);
        const made = apply(sae, matrixOf(samplesOf(rows)), flags, kind);
        const bytes = isCodeFile(kind)
          ? codeFile(kind, made as Csr, flags, sae, rows.ids ?? undefined)
          : encoded(kind, made, rows.rows, sae[width], rows, flags.field, field);
        write(flags.out, bytes);
      });
  }

  program
    .command('inspect')
    .description('says what is in a model')
    .argument('<model>', 'a model.safetensors')
    .option('--json', 'as JSON')
    .action((path: string, { json }: { json?: boolean }) => inspect(path, json === true));
}

/** What stands beside the numbers of a file's rows. */
type Beside = Pick<Rows, 'ids' | 'texts' | 'labels'>;

type Input = ReturnType<typeof matrixOf>;

/** A model, and rows for it; `stdin` is what has come in there, if that was read already. */
export async function opened(path: string, paths: string[], flags: ApplyFlags, stdin?: Uint8Array) {
  const sae = load(path);
  return { sae, rows: await rowsFor(sae, path, paths, flags, stdin) };
}

async function rowsFor(
  sae: SparseAutoencoder,
  path: string,
  paths: string[],
  flags: ApplyFlags,
  stdin?: Uint8Array,
): Promise<Rows> {
  const rows = await readRows(paths, flags, sae.options.dtype, stdin);
  if (rows.rows === 0) throw new Error(`${paths.join(', ')}: has no rows, expected at least one`);
  const { inputNames } = sae.options;
  const at = rows.names && inputNames.length === rows.cols ? rows.names.findIndex((name, j) => name !== inputNames[j]) : -1;
  if (at >= 0) {
    throw new Error(`${paths[0]}: column ${at} is "${rows.names?.[at]}", expected "${inputNames[at]}", as the model was trained`);
  }
  if (rows.cols !== sae.inputDim) throw new Error(`${paths[0]}: has rows of ${rows.cols}, expected ${sae.inputDim}, as ${path}`);
  return rows;
}

export function samplesOf(read: Rows): Samples {
  const { data, rows, cols, labels } = read;
  const names = labels && [...new Set(labels)].sort();
  const classes = labels && names && { of: labels.map((label) => names.indexOf(label)), names };
  return { data, rows, cols, classes, texts: textsOf(read) };
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
  kind: Exclude<Writer, CodeFile>,
  made: FloatArray | Csr,
  rows: number,
  cols: number,
  { ids, texts, labels }: Beside,
  named: string | undefined,
  field: string,
): Uint8Array {
  const data = isCsr(made) ? made.data : made;
  if (kind === 'npy' && (ids ?? texts))
    process.stderr.write('note: npy has no place for what the rows are called; csv, tsv and jsonl do\n');
  if (kind === 'npy') return writeNpy({ dtype: data instanceof Float32Array ? 'F32' : 'F64', shape: [rows, cols], data });
  if (kind === 'csv' || kind === 'tsv')
    return writeCsv(
      { rows, cols, data, ...(ids && { ids }), ...(texts && { texts }), ...(labels && { labels }) },
      kind === 'tsv' ? '\t' : ',',
    );
  const code = isSparse(kind)
    ? (i: number) => sparse[kind](made as Csr, i)
    : (i: number) => dense[kind](data, i * cols, (i + 1) * cols);
  const called = (named ?? ids ?? texts ?? labels ?? null) !== null && kind !== 'sparsevec';
  const beside = (i: number) => JSON.stringify({ id: ids?.[i], text: texts?.[i], label: labels?.[i] }).slice(1, -1);
  const name = JSON.stringify(named ?? field);
  const line = (i: number) => (called ? `{${[beside(i), `${name}:${code(i)}`].filter(Boolean).join(',')}}` : code(i));
  return new TextEncoder().encode(Array.from({ length: rows }, (_, i) => `${line(i)}\n`).join(''));
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
        beta: sae.beta,
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
    ...(sae.options.targetL0 === undefined ? [] : [['  steered to', short(sae.beta)] as const]),
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
