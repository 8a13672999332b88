/**
 * npx tsx bench/words/against.ts: the same model on the same words in PyTorch, both in turn.
 *
 * Every turn is a process of its own, from the same rows and the same θ to the θ that it learns. Both are judged by one
 * program: FVU, dead units, DistRatio. What PyTorch is fastest with differs by machine: see --threads and --decode.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { print } from '../../src/cli/output.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { type EmbeddingsPreset, embeddings, SparseAutoencoder, scores } from '../../src/core.js';
import { asText } from '../../src/report/score-table.js';
import { geometricMedian } from '../../src/training/start.js';
import { cleanEnvironment } from '../peers/environment.js';
import { findPyTorch } from '../peers/pytorch.js';
import { installWords, readWordVectors, WIDTH } from './data.js';

const [WORDS, HIDDEN, K] = [20_000, 1024, 16];
const script = fileURLToPath(new URL('pytorch.py', import.meta.url));

/** How Adam's rate goes: as it was first tried in PyTorch, or as the preset has it. */
const settings: Readonly<Record<string, (preset: EmbeddingsPreset) => EmbeddingsPreset>> = {
  plain: ({ model, fit, sentence }) => ({
    model: { ...model, learningRate: 0.001 },
    fit: { ...fit, schedule: undefined },
    sentence,
  }),
  preset: (preset) => preset,
};

interface Flags {
  seeds: string;
  settings: string;
  threads: string;
  decode: string;
  epochs?: string;
}

/** What one turn came to. */
interface Turn {
  readonly who: string;
  readonly seconds: number;
  readonly fvu: number;
  readonly dead: number;
  readonly ratio: number;
}

async function run({ seeds, settings: names, threads, decode, epochs }: Flags): Promise<void> {
  const pytorch = findPyTorch();
  if (!pytorch) throw new Error('PyTorch is missing, expected a python3 that can import torch and numpy');
  installWords(print);
  const x = { data: readWordVectors(WORDS).data, rows: WORDS, cols: WIDTH };
  const turns: Turn[] = [];
  const judge = (sae: SparseAutoencoder, who: string, seed: string, seconds: number) => {
    const { fvu, deadUnits: dead } = sae.evaluate(x);
    const ratio = scores(sae, x, { seed }).readings[0].distRatio.value;
    turns.push({ who, seconds, fvu, dead, ratio });
    print(`${who}, seed ${seed}: ${seconds.toFixed(1)} s, FVU ${fvu.toFixed(4)}, ${dead} dead, DistRatio ${ratio.toFixed(3)}`);
  };
  for (const name of names.split(',')) {
    for (const seed of seeds.split(',')) {
      const { model, fit } = settings[name](embeddings({ inputDim: WIDTH, rows: WORDS, hiddenDim: HIDDEN, k: K, seed }));
      const job = { model, fit: { ...fit, epochs: epochs === undefined ? fit.epochs : Number(epochs) }, x };
      const ours = new SparseAutoencoder(model);
      judge(ours, `ours, ${name}`, seed, await trained(ours, job));
      const theirs = new SparseAutoencoder(model);
      judge(
        theirs,
        `PyTorch ${pytorch.version}, ${name}`,
        seed,
        await trainedThere(theirs, job, pytorch.python, threads, decode),
      );
    }
  }
  print('');
  for (const line of asText([['', 'runs', 'least seconds', 'FVU', 'dead', 'DistRatio'], ...summary(turns)])) print(line);
}

interface Job {
  readonly model: EmbeddingsPreset['model'];
  readonly fit: EmbeddingsPreset['fit'];
  readonly x: { readonly data: Float32Array; readonly rows: number; readonly cols: number };
}

/** Trains; the seconds that it took. */
async function trained(sae: SparseAutoencoder, { x, fit }: Job): Promise<number> {
  const start = performance.now();
  await sae.fit(x, fit);
  return (performance.now() - start) / 1000;
}

/** The same in PyTorch, from where the model stands. */
async function trainedThere(sae: SparseAutoencoder, { model, fit, x }: Job, python: string, threads: string, decode: string) {
  const folder = mkdtempSync(join(tmpdir(), 'words-'));
  try {
    const own = modelOf(sae);
    own.preparation?.learn(x);
    const prepared = own.prepare(x);
    const { encoderWeight, encoderBias, decoderWeight, decoderBias } = sae.parameters;
    decoderBias.data.set(await geometricMedian(prepared));
    const theta = [encoderWeight, encoderBias, decoderWeight, decoderBias].flatMap(({ data }) => Array.from(data));
    const files = ['rows', 'start', 'end'].map((file) => join(folder, `${file}.f32`));
    writeFileSync(files[0], prepared.data as Float32Array);
    writeFileSync(files[1], Float32Array.from(theta));
    const steps = fit.epochs * Math.ceil(WORDS / fit.batchSize);
    const decaySteps = Math.min(steps, fit.schedule?.decaySteps ?? 0);
    const how = {
      ...{ d: WIDTH, h: HIDDEN, k: K, batch: fit.batchSize, steps },
      ...{ learningRate: model.learningRate, decaySteps, preBias: false, decode },
      ...{ auxK: model.auxK?.k, deadAfter: model.auxK?.deadAfter },
    };
    const env = cleanEnvironment({ OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads });
    const answer = execFileSync(python, [script, ...files, JSON.stringify(how)], { env, encoding: 'utf8' });
    sae.setParameters(unpacked(new Float32Array(Uint8Array.from(readFileSync(files[2])).buffer)));
    return Number(JSON.parse(answer).seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function unpacked(theta: Float32Array) {
  const [d, h] = [WIDTH, HIDDEN];
  return {
    encoderWeight: { data: theta.subarray(0, d * h), rows: d, cols: h },
    encoderBias: theta.subarray(d * h, d * h + h),
    decoderWeight: { data: theta.subarray(d * h + h, 2 * d * h + h), rows: h, cols: d },
    decoderBias: theta.subarray(2 * d * h + h),
  };
}

function summary(turns: readonly Turn[]): string[][] {
  return [...new Set(turns.map(({ who }) => who))].map((who) => {
    const own = turns.filter((turn) => turn.who === who);
    const range = (of: (turn: Turn) => number, digits: number) => {
      const [least, most] = [Math.min(...own.map(of)), Math.max(...own.map(of))].map((value) => value.toFixed(digits));
      return least === most ? least : `${least} to ${most}`;
    };
    const least = Math.min(...own.map(({ seconds }) => seconds)).toFixed(1);
    return [who, String(own.length), least, range((t) => t.fvu, 4), range((t) => t.dead, 0), range((t) => t.ratio, 3)];
  });
}

new Command('npx tsx bench/words/against.ts')
  .description('the model of npm run words here and in PyTorch, in turn')
  .option('--seeds <list>', 'one turn each', '1,2,3')
  .option('--settings <list>', 'plain (Adam 0.001), preset', 'plain,preset')
  .option('--threads <n>', "PyTorch's, OpenMP's and OpenBLAS's", '2')
  .option('--decode <how>', 'dense, or sparse (embedding_bag): how PyTorch decodes', 'dense')
  .option('--epochs <n>', 'fewer of them, where time alone is asked for (default: all 100)')
  .action((flags: Flags) => run(flags))
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  });
