/**
 * npx tsx bench/quality/run.ts mnist | fashion [FOLDER]: how much each way to be sparse loses at each number of active units,
 * here and in PyTorch, which trains the same model for the same steps: the same options, and the same β before each
 * step, as this library's `targetL0` steered it. Lines go to out/quality/NAME.jsonl, where a run that is there already is
 * not done again.
 */

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Files } from '../data.js';
import { mnistFolder, readImageDataSet, SparseAutoencoder } from '../library.js';
import { cleanEnvironment } from '../peers/environment.js';
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
  readonly train: { data: Float32Array; rows: number; cols: number; path: string };
  readonly judge: { data: Float32Array; rows: number; cols: number; path: string };
}

const EPOCHS = 2;
const SCRIPT = join(import.meta.dirname, 'dictionary.py');
const same = (a: Pick<Line, 'kind' | 'level' | 'seed'>, b: Pick<Line, 'kind' | 'level' | 'seed'>) =>
  a.kind === b.kind && a.level === b.level && a.seed === b.seed;

/** Trains here; β before each step is kept for the peer. */
async function train({ options, fit }: Job, { train, judge }: Data): Promise<{ ours: Quality; betas: number[] | null }> {
  const sae = new SparseAutoencoder(options);
  const betas: number[] = [];
  const begin = performance.now();
  await sae.fit(matrix(train), { ...fit, onBatchEnd: ({ beta }) => void betas.push(beta) });
  const seconds = (performance.now() - begin) / 1000;
  const { l0, fvu } = sae.evaluate(matrix(judge));
  const { deadUnits } = sae.evaluate(matrix(train));
  return { ours: { l0, fvu, deadUnits, seconds }, betas: options.targetL0 === undefined ? null : betas };
}

const matrix = ({ data, rows, cols }: Data['train']) => ({ data, shape: [rows, cols] });

function trainPeer({ options, fit, seed }: Job, { train, judge }: Data, betas: number[] | null): Quality {
  const settled = new SparseAutoencoder(options).options;
  const input = JSON.stringify({
    options: settled,
    train: train.path,
    judge: judge.path,
    rows: train.rows,
    judged: judge.rows,
    ...fit,
    betas,
    seed,
  });
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [SCRIPT], {
    input,
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0) throw new Error(`dictionary.py: ${stderr.trim().split('\n').pop()}; it needs python3-torch`);
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

async function main([name, folder, ...more]: string[]): Promise<void> {
  if (name !== 'mnist' && name !== 'fashion') throw new Error(`expected mnist or fashion, got ${name}`);
  const path = join('out', 'quality', `${name}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const lines: Line[] = existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const files = new Files();
  try {
    const data = images(files, folder ?? (name === 'mnist' ? mnistFolder() : '/usr/share/datasets/fashion-mnist'));
    for (const job of imageJobs(data.train.cols, EPOCHS)) {
      if (lines.some((line) => same(line, job))) continue;
      const { ours, betas } = await train(job, data);
      const peer = trainPeer(job, data, betas);
      const line: Line = { kind: job.kind, level: job.level, seed: job.seed, ours, peer };
      lines.push(line);
      appendFileSync(path, `${JSON.stringify(line)}\n`);
      process.stderr.write(`${JSON.stringify(line)}\n`);
    }
  } finally {
    files.remove();
  }
  report(name, lines, more.includes('--markdown'));
}

await main(process.argv.slice(2));
