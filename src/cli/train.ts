import { join } from 'node:path';
import { type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions } from '../index.js';
import { writeWhole } from '../node/files.js';
import { load, save } from '../node.js';
import { renderReport } from '../report/report.js';
import type { ImageSize } from '../report/report-data.js';
import { type Outcome, runJob } from './job.js';
import { count, print, programCall } from './output.js';
import { reportData } from './report-data.js';

/** Rows with what is known of them. */
export interface Samples {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly cols: number;
  /** Class numbers, and what the classes are called. */
  readonly classes: { readonly of: ArrayLike<number>; readonly names: readonly string[] } | null;
}

/** A training run from data to files. */
export interface TrainingPlan {
  readonly title: string;
  /** What there is to learn from: "60,000 training and 10,000 test images of 28 × 28". */
  readonly about: string;
  readonly train: Samples;
  /** What it is judged by, and what that is called. */
  readonly judge: Samples;
  readonly judgedBy: string;
  readonly image: ImageSize | null;
  readonly inputNames: readonly string[] | null;
  readonly model: Omit<SparseAutoencoderOptions, 'inputDim'>;
  readonly fit: FitOptions & { epochs: number };
  readonly scoreEvery?: number;
  readonly files: { readonly model: string; readonly report: string | null; readonly checkpoints: string };
  readonly checkpointMinutes: number;
  /** A checkpoint to go on from. */
  readonly resume: string | null;
  readonly json: boolean;
  /** The command's arguments, to be shown with what it made. */
  readonly command: readonly string[];
  readonly backend?: SparseAutoencoderOptions['backend'];
  readonly threads?: SparseAutoencoderOptions['threads'];
}

export const matrixOf = ({ data, rows, cols }: Samples) => ({ data, shape: [rows, cols] });

/** Trains, evaluates, writes the model and its report; or, if it is interrupted, says how to go on. */
export async function trainAndReport(plan: TrainingPlan): Promise<void> {
  const { train, judge, fit, files } = plan;
  const say = plan.json ? () => {} : print;
  const sae = plan.resume
    ? load(plan.resume, { backend: plan.backend, threads: plan.threads })
    : new SparseAutoencoder({ ...plan.model, inputDim: train.cols });
  const { penalty, seed } = sae.options;
  say(
    `${plan.about}; ${sae.inputDim}-${sae.hiddenDim}-${sae.outputDim}, penalty ${penalty}, seed ${seed}, ${sae.backend} kernels`,
  );
  const outcome = await runJob({
    sae,
    X: matrixOf(train),
    rows: train.rows,
    fit: { ...fit, resume: plan.resume !== null },
    scoreEvery: plan.scoreEvery,
    checkpoints: { folder: files.checkpoints, minutes: plan.checkpointMinutes },
    json: plan.json,
  });
  const { history, seconds, interrupted } = outcome;
  if (history.loss.length === 0) {
    say('interrupted within the first epoch; nothing was written');
    return;
  }
  const evaluation = sae.evaluate(matrixOf(judge));
  const losses = `${history.loss[0].toFixed(4)} → ${(history.loss.at(-1) as number).toFixed(4)}`;
  say(`${history.loss.length} epochs in ${seconds.toFixed(1)} s; training loss ${losses}`);
  const { reconstruction } = sae.options;
  say(
    `${plan.judgedBy} (${count(judge.rows)} ${plan.image ? 'images' : 'rows'}): loss ${evaluation.loss.toFixed(4)}, ` +
      `${reconstruction} ${evaluation.reconstruction.toFixed(4)}, ` +
      `explained variance ${(100 * evaluation.explainedVariance).toFixed(1)}%, ` +
      `${evaluation.l0.toFixed(1)} of ${sae.hiddenDim} units active, ${evaluation.deadUnits} dead`,
  );
  const data = reportData(plan, sae, outcome, evaluation);
  if (files.report) {
    writeWhole(files.report, new TextEncoder().encode(renderReport(data)));
    say(`report: ${files.report}`);
  }
  if (interrupted) return sayHowToGoOn(plan, outcome, say);
  save(sae, files.model);
  say(`model: ${files.model}`);
  if (plan.json) {
    const { meanActivation: _, ...numbers } = evaluation;
    print(JSON.stringify({ ...numbers, seconds, epochs: history.loss.length, model: files.model, report: files.report }));
  }
}

function sayHowToGoOn(
  { command, fit, resume }: TrainingPlan,
  { history, interrupted }: Outcome,
  say: (line: string) => void,
): void {
  const { signal, checkpoint } = interrupted as NonNullable<Outcome['interrupted']>;
  const without =
    resume === null ? command : command.filter((_, i) => command[i] !== '--resume' && command[i - 1] !== '--resume');
  if (!checkpoint) return;
  say(`${signal} after ${history.loss.length} of ${fit.epochs} epochs. To go on from there:`);
  say(`  ${[programCall(), ...without.map(quoted), '--resume', quoted(checkpoint)].join(' ')}`);
}

/** As a shell takes it. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const inFolder = (folder: string, report: boolean) => ({
  model: join(folder, 'model.safetensors'),
  report: report ? join(folder, 'report.html') : null,
  checkpoints: join(folder, 'checkpoints'),
});
