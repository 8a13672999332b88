/**
 * npx tsx bench/quality/run.ts mnist | fashion [FOLDER]: how much each way to be sparse loses at each number of active units,
 * here and in PyTorch, which trains the same model: from the same start, on the same batches, by the same options and with the same
 * learning rate and β at each step, as this library's schedule and `targetL0` had them. Lines go to out/quality/NAME.jsonl, where a run that is there already is
 * not done again.
 */

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Argument, Command } from 'commander';
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { Files } from '../data.js';
import { mnistFolder, readImageDataSet, SparseAutoencoder } from '../library.js';
import { cleanEnvironment } from '../peers/environment.js';
import { findPyTorch } from '../peers/pytorch.js';
import { asMarkdown, asText, digits } from '../table.js';
import { imageJobs, type Job } from './jobs.js';

interface Quality {
  readonly l0: number;
  readonly fvu: number;
  /** Units that no row of training excites. */
  readonly deadUnits: number;
  readonly seconds: number;
}

interface Line {
  readonly kind: string;
  readonly level: number;
  readonly seed: number;
  readonly ours: Quality;
  readonly peer: Quality;
}

interface Data {
  readonly train: Part;
  readonly judge: Part;
}

interface Part {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
  /** Where the peer finds it. */
  readonly path: string;
}

/** What the library has made of a job: how good it is, all options, where it started, and what each step was told. */
interface Trained {
  readonly ours: Quality;
  readonly options: SparseAutoencoder['options'];
  /** Parts of θ, and their numbers end to end in a file. */
  readonly start: { readonly names: string[]; readonly path: string };
  readonly rates: number[];
  /** Where β was steered. */
  readonly betas: number[] | null;
}

/** Where the idx files are, unless a folder is named: Debian's, of Fashion-MNIST. */
const FOLDERS: Readonly<Record<string, () => string>> = {
  mnist: mnistFolder,
  fashion: () => '/usr/share/datasets/fashion-mnist',
};

const EPOCHS = 2;
const SCRIPT = join(import.meta.dirname, 'dictionary.py');
const same = (a: Pick<Line, 'kind' | 'level' | 'seed'>, b: Pick<Line, 'kind' | 'level' | 'seed'>) =>
  a.kind === b.kind && a.level === b.level && a.seed === b.seed;

async function train({ options, fit }: Job, { train, judge }: Data, files: Files): Promise<Trained> {
  const sae = new SparseAutoencoder(options);
  const start = startOf(sae, files);
  const [rates, betas]: number[][] = [[], []];
  const begin = performance.now();
  await sae.fit(train, {
    ...fit,
    onBatchEnd({ learningRate, beta }) {
      rates.push(learningRate);
      betas.push(beta);
    },
  });
  const seconds = (performance.now() - begin) / 1000;
  const { l0, fvu } = sae.evaluate(judge);
  const { deadUnits } = sae.evaluate(train);
  const steered = options.targetL0 !== undefined;
  return { ours: { l0, fvu, deadUnits, seconds }, options: sae.options, start, rates, betas: steered ? betas : null };
}

/** θ as it stands, for the peer. */
function startOf(sae: SparseAutoencoder, files: Files): Trained['start'] {
  const parts = Object.entries(sae.parameters).map(([name, part]) => {
    const copy = ndarray(new Float32Array(part.size), part.shape);
    ops.assign(copy, part);
    return { name, data: copy.data };
  });
  const theta = Float32Array.from(parts.flatMap(({ data }) => Array.from(data)));
  return { names: parts.map(({ name }) => name), path: files.write('start', theta) };
}

function trainPeer(python: string, { fit }: Job, { train, judge }: Data, { options, start, rates, betas }: Trained): Quality {
  const input = JSON.stringify({
    options,
    train: train.path,
    judge: judge.path,
    rows: train.rows,
    judged: judge.rows,
    ...fit,
    start,
    rates,
    betas,
  });
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT], {
    input,
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0) throw new Error(`dictionary.py: ${stderr.trim().split('\n').pop()}`);
  return JSON.parse(stdout);
}

function images(files: Files, folder: string): Data {
  const { train, test } = readImageDataSet(folder);
  const part = (name: string, { pixels, rows, width, height }: typeof train) => ({
    data: pixels,
    rows,
    cols: width * height,
    path: files.write(name, pixels),
  });
  return { train: part('train', train), judge: part('judge', test) };
}

function report(name: string, lines: readonly Line[], markdown: boolean): void {
  const rows = lines.map(({ kind, level, ours, peer }) => [
    kind,
    String(level),
    ours.l0.toFixed(1),
    peer.l0.toFixed(1),
    ours.fvu.toFixed(4),
    peer.fvu.toFixed(4),
    (ours.fvu / peer.fvu).toFixed(3),
    String(ours.deadUnits),
    String(peer.deadUnits),
    digits(peer.seconds / ours.seconds),
  ]);
  const columns = ['kind', 'asked', 'L0', 'PyTorch', 'FVU', 'PyTorch', 'ratio', 'dead', 'PyTorch', 'times as fast'];
  const table = { title: `${name}, h = 1024`, columns, rows, remarks: [] };
  process.stdout.write(`\n${markdown ? asMarkdown(table) : asText(table)}`);
}

async function run(name: string, folder: string | undefined, { markdown = false }: { markdown?: boolean }): Promise<void> {
  const pytorch = findPyTorch();
  if (!pytorch) throw new Error('PyTorch is missing, expected a python3 that can import torch and numpy');
  const path = join('out', 'quality', `${name}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines: Line[] = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const files = new Files();
  try {
    const data = images(files, folder ?? FOLDERS[name]());
    for (const job of imageJobs(data.train.cols, EPOCHS)) {
      if (lines.some((line) => same(line, job))) continue;
      const trained = await train(job, data, files);
      const peer = trainPeer(pytorch.python, job, data, trained);
      const line: Line = { kind: job.kind, level: job.level, seed: job.seed, ours: trained.ours, peer };
      lines.push(line);
      appendFileSync(path, `${JSON.stringify(line)}\n`);
      process.stderr.write(`${JSON.stringify(line)}\n`);
    }
  } finally {
    files.remove();
  }
  report(name, lines, markdown);
}

new Command('npx tsx bench/quality/run.ts')
  .description('every way to be sparse, at every number of active units, here and in PyTorch')
  .addArgument(new Argument('<data>', 'what to train on').choices(Object.keys(FOLDERS)))
  .argument('[folder]', 'where its idx files are')
  .option('--markdown', 'the table as Markdown')
  .action(run)
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  });
