/**
 * npx tsx bench/quality/run.ts mnist | fashion [FOLDER]: how much each way to be sparse loses at each number of active units,
 * npx tsx bench/quality/run.ts glove [--target-l0 32]: where β is steered to one, and when it has come there to stay,
 * here and in PyTorch, which trains the same model: from the same start, on the same batches, by the same options and with the same
 * learning rate and β at each step, as this library's schedule and `targetL0` had them. With --alone here only. Lines go to
 * out/quality/NAME.jsonl, where a run that is there already is not done again.
 */

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { Files } from '../data.js';
import { SparseAutoencoder } from '../library.js';
import { cleanEnvironment } from '../peers/environment.js';
import { findPyTorch } from '../peers/pytorch.js';
import { asMarkdown, asText, digits, percent } from '../table.js';
import { type Data, dataOf, NAMES } from './data.js';
import { HIDDEN, imageJobs, type Job, wordJobs } from './jobs.js';

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
  /** Missing where it was not asked for. */
  readonly peer?: Quality;
  /** On words: after how many steps L0 had come within 5% of the target to stay there, in the mean of 20 batches. */
  readonly settled?: number;
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
  /** L0 of each batch. */
  readonly l0s: number[];
}

const EPOCHS = 2;
const SCRIPT = join(import.meta.dirname, 'dictionary.py');
const same = (a: Pick<Line, 'kind' | 'level' | 'seed'>, b: Pick<Line, 'kind' | 'level' | 'seed'>) =>
  a.kind === b.kind && a.level === b.level && a.seed === b.seed;

async function train({ options, fit }: Job, { train, judge }: Data, files: Files): Promise<Trained> {
  const sae = new SparseAutoencoder(options);
  const start = startOf(sae, files);
  const [rates, betas, l0s]: number[][] = [[], [], []];
  const begin = performance.now();
  await sae.fit(train, {
    ...fit,
    onBatchEnd({ learningRate, beta, l0 }) {
      l0s.push(l0);
      rates.push(learningRate);
      betas.push(beta);
    },
  });
  const seconds = (performance.now() - begin) / 1000;
  const { l0, fvu } = sae.evaluate(judge);
  const { deadUnits } = sae.evaluate(train);
  const steered = options.targetL0 !== undefined;
  return { ours: { l0, fvu, deadUnits, seconds }, options: sae.options, start, rates, betas: steered ? betas : null, l0s };
}

/** Batches whose mean L0 is looked at: as many as make the words once. */
const WINDOW = 20;

/** The steps before the mean L0 of the last batches was within 5% of its target for good. */
function settledAfter(l0s: readonly number[], target: number): number {
  const means = l0s.map((_, t) => {
    const last = l0s.slice(Math.max(0, t + 1 - WINDOW), t + 1);
    return last.reduce((sum, l0) => sum + l0, 0) / last.length;
  });
  return means.findLastIndex((l0) => Math.abs(l0 / target - 1) > 0.05) + 1;
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

function report(name: string, lines: readonly Line[], { alone, markdown }: Flags): void {
  const dead = ({ deadUnits }: Quality) => `${deadUnits} (${percent(deadUnits / HIDDEN)})`;
  const settles = lines.some(({ settled }) => settled !== undefined);
  const rows = lines.map(({ kind, level, ours, peer, settled }) => {
    const beside = (figure: (quality: Quality) => string) => (alone || !peer ? [] : [figure(peer)]);
    return [
      kind,
      String(level),
      ours.l0.toFixed(1),
      ...beside(({ l0 }) => l0.toFixed(1)),
      ...(settles ? [settled?.toLocaleString('en-US') ?? '–'] : []),
      ours.fvu.toFixed(4),
      ...beside(({ fvu }) => fvu.toFixed(4)),
      ...beside(({ fvu }) => (ours.fvu / fvu).toFixed(3)),
      dead(ours),
      ...beside(dead),
      ...beside(({ seconds }) => digits(seconds / ours.seconds)),
    ];
  });
  const held = settles ? ['within 5% after steps'] : [];
  const beside = (...names: string[]) => (alone ? [] : names);
  const columns = [
    ...['kind', 'asked', 'L0', ...beside('PyTorch'), ...held, 'FVU', ...beside('PyTorch', 'ratio')],
    ...['dead', ...beside('PyTorch', 'times as fast')],
  ];
  const table = { title: `${name}, h = ${HIDDEN}`, columns, rows, remarks: [] };
  process.stdout.write(`\n${markdown ? asMarkdown(table) : asText(table)}`);
}

interface Flags {
  readonly targetL0: number;
  readonly alone?: boolean;
  readonly markdown?: boolean;
}

const positive = (text: string): number => {
  if (Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Expected a number above 0.');
};

async function run(name: string, folder: string | undefined, flags: Flags): Promise<void> {
  const { targetL0, alone } = flags;
  const pytorch = alone ? null : findPyTorch();
  if (!alone && !pytorch) throw new Error('PyTorch is missing, expected a python3 that can import torch and numpy, or --alone');
  const path = join('out', 'quality', `${name}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const written: Line[] = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const files = new Files();
  try {
    const data = dataOf(name, files, folder);
    const { cols } = data.train;
    const jobs = name === 'glove' ? wordJobs(cols, targetL0) : imageJobs(cols, EPOCHS);
    const lines: Line[] = [];
    for (const job of jobs) {
      const there = written.findLast((line) => same(line, job) && (line.peer !== undefined || !pytorch));
      if (there) {
        lines.push(there);
        continue;
      }
      const trained = await train(job, data, files);
      const peer = pytorch ? trainPeer(pytorch.python, job, data, trained) : undefined;
      const settled = name === 'glove' ? settledAfter(trained.l0s, targetL0) : undefined;
      const line: Line = { kind: job.kind, level: job.level, seed: job.seed, ours: trained.ours, peer, settled };
      lines.push(line);
      appendFileSync(path, `${JSON.stringify(line)}\n`);
      process.stderr.write(`${JSON.stringify(line)}\n`);
    }
    report(name, lines, flags);
  } finally {
    files.remove();
  }
}

new Command('npx tsx bench/quality/run.ts')
  .description('every way to be sparse, at every number of active units, here and in PyTorch')
  .addArgument(new Argument('<data>', 'what to train on').choices(NAMES))
  .argument('[folder]', 'where its idx files are')
  .option('--target-l0 <n>', 'glove: active units a word that β is steered to', positive, 32)
  .option('--alone', 'without PyTorch')
  .option('--markdown', 'the table as Markdown')
  .action(run)
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  });
