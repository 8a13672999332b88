import { accessSync, constants, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type EpochReport, SparseAutoencoder } from '../index.js';
import { asMatrix, type LabelledImages, mnistFolder, readImageDataSet } from '../node/dataset.js';
import { renderReport } from '../report/report.js';
import { presets, type TrainOptions } from './options.js';
import { createProgress } from './progress.js';
import { isSnapshotEpoch, type Run, reportData, snapshot } from './report-data.js';

const print = (line: string) => process.stdout.write(`${line}\n`);
const count = (n: number) => n.toLocaleString('en-US');

/** The main job: reads the images, trains, evaluates, writes the report. */
export async function trainAndReport(options: TrainOptions): Promise<void> {
  const data = readImageDataSet(options.data ?? mnistFolder(), options.limit);
  const path = join(options.out, 'report.html');
  prepareFolder(options.out, path);
  const { train, test } = data;
  const sae = new SparseAutoencoder({
    inputDim: train.width * train.height,
    hiddenDim: options.hidden,
    penalty: options.penalty,
    sparsityParam: options.rho,
    beta: options.beta,
    learningRate: options.lr,
    seed: options.seed,
    backend: options.backend,
    threads: options.threads,
    ...(options.preset && presets[options.preset].model),
  });
  print(
    `${count(train.rows)} training and ${count(test.rows)} test images of ${train.width} × ${train.height}; ` +
      `${sae.inputDim}-${sae.hiddenDim}-${sae.outputDim}, penalty ${options.penalty}, seed ${options.seed}, ${sae.backend} kernels`,
  );

  const started = performance.now();
  const { epochs, snapshots, interrupted } = await trainUntilDone(sae, train, options);
  const seconds = (performance.now() - started) / 1000;
  if (interrupted) process.exitCode = 130;
  if (epochs.length === 0) {
    print('interrupted within the first epoch; nothing was written');
    return;
  }

  const run: Run = { options, sae, data, epochs, snapshots, test: sae.evaluate(asMatrix(test)) };
  print(
    `${epochs.length} epochs in ${seconds.toFixed(1)} s; training loss ${epochs[0].loss.toFixed(4)} → ${epochs[epochs.length - 1].loss.toFixed(4)}`,
  );
  printEvaluation(run);
  writeWhole(path, renderReport(reportData(run)));
  print(`report: ${path}`);
}

/** Trains until done or interrupted (Ctrl-C); the epochs that were completed count either way. */
async function trainUntilDone(sae: SparseAutoencoder, images: LabelledImages, options: TrainOptions) {
  const { penalty, beta, epochs: total, preset } = options;
  const epochs: EpochReport[] = [];
  const snapshots = [snapshot(sae, 0)];
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const progress = createProgress({
    epochs: total,
    rows: images.rows,
    hidden: sae.hiddenDim,
    terms: (r, s) => (penalty === 'none' ? `mse ${r.toFixed(4)}` : `mse ${r.toFixed(4)} + ${beta}·${penalty} ${s.toFixed(4)}`),
    scoreEvery: preset && presets[preset].scoreEvery,
  });
  process.once('SIGINT', interrupt);
  try {
    await sae.fit(asMatrix(images), {
      epochs: total,
      batchSize: options.batchSize,
      signal: stop.signal,
      onBatchEnd: progress.batch,
      onEpochEnd(report) {
        epochs.push(report);
        if (isSnapshotEpoch(epochs.length)) snapshots.push(snapshot(sae, epochs.length));
        progress.epoch(report);
      },
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', interrupt);
    progress.stop();
  }
  return { epochs, snapshots, interrupted: stop.signal.aborted };
}

function printEvaluation({ sae, test, data }: Run): void {
  print(
    `test (${count(data.test.rows)} images): loss ${test.loss.toFixed(4)}, mse ${test.reconstruction.toFixed(4)}, ` +
      `explained variance ${(100 * test.explainedVariance).toFixed(1)}%, ` +
      `${test.l0.toFixed(1)} of ${sae.hiddenDim} units active, ${test.deadUnits} dead`,
  );
}

/** Before anything is computed: an --out that cannot be written must not cost a training run. */
function prepareFolder(folder: string, path: string): void {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    if (existsSync(path) && !statSync(path).isFile()) throw Object.assign(new Error(), { code: 'EISDIR' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--out: ${folder} cannot be written (${code}), expected a folder to put report.html in`);
  }
}

/** One level at a time: mkdir's own `recursive` never returns on file systems that answer ENOENT to all. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** Whole or not at all. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
