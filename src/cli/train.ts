import { join } from 'node:path';
import { diagnose, SparseAutoencoder } from '../index.js';
import { summandNames } from '../model/summands.js';
import { checkpoints, clearCheckpoints, latestCheckpoint } from '../node/checkpoints.js';
import { writeWhole } from '../node/files.js';
import { save } from '../node.js';
import { renderReport } from '../report/report.js';
import { asFlag, calledByFlags } from './flags.js';
import { Interruption } from './interruption.js';
import { type Outcome, runJob, snapshot } from './job.js';
import { count, print, programCall } from './output.js';
import { matrixOf, quoted, type TrainingPlan } from './plan.js';
import { reportData } from './report-data.js';

/** Trains, writes the model, evaluates, writes its report; or, if it is interrupted, says how to go on. */
export async function trainAndReport(plan: TrainingPlan): Promise<void> {
  const { train, fit, files } = plan;
  const say = plan.json ? () => {} : print;
  const sae = plan.resume ?? calledByFlags(() => new SparseAutoencoder({ ...plan.model, inputDim: train.cols }));
  const { penalty, seed } = sae.options;
  say(
    `${plan.about}; ${sae.inputDim}-${sae.hiddenDim}-${sae.outputDim}, penalty ${penalty}, seed ${seed}, ${sae.backend} kernels`,
  );
  const interruption = new Interruption();
  try {
    const outcome = await runJob({
      sae,
      X: matrixOf(train),
      rows: train.rows,
      fit: { ...fit, resume: plan.resume !== null },
      scoreEvery: plan.scoreEvery,
      checkpoints: { folder: files.checkpoints, minutes: plan.checkpointMinutes },
      interruption,
      json: plan.json,
    });
    if (outcome.history.loss.length === 0) say('interrupted within the first epoch; nothing was written');
    else await conclude(plan, sae, outcome, interruption, say);
  } finally {
    interruption.release();
  }
}

/** What training has come to: the model before all that may fail, its report, and only then an end of the checkpoints. */
async function conclude(
  plan: TrainingPlan,
  sae: SparseAutoencoder,
  outcome: Outcome,
  interruption: Interruption,
  say: (line: string) => void,
): Promise<void> {
  const { train, judge, fit, files } = plan;
  const { history, seconds, interrupted, epochsRun } = outcome;
  if (interrupted) interruption.release();
  else await saveModel(sae, files, history.loss.length);
  const evaluation = sae.evaluate(matrixOf(judge));
  const losses = `${history.loss[0].toFixed(4)} → ${(history.loss.at(-1) as number).toFixed(4)}`;
  const all = history.loss.length > epochsRun ? ` (${history.loss.length} in all)` : '';
  say(`${epochsRun} epochs in ${seconds.toFixed(1)} s${all}; training loss ${losses}`);
  const { reconstruction } = summandNames(sae.options);
  const { targetL0 } = sae.options;
  const asked = targetL0 === undefined ? '' : ` (${targetL0} asked for, β at ${sae.beta.toPrecision(3)})`;
  // A few rows kept aside do not tell which units are dead; all rows do.
  const dead = plan.judgedBy === 'validation' ? sae.evaluate(matrixOf(train)).deadIndices : undefined;
  const silent = dead ? `${evaluation.deadUnits} on none of these, ${dead.length} dead over all` : `${evaluation.deadUnits} dead`;
  say(
    `${plan.judgedBy} (${count(judge.rows)} ${plan.image ? 'images' : 'rows'}): loss ${evaluation.loss.toFixed(4)}, ` +
      `${reconstruction} ${evaluation.reconstruction.toFixed(4)}, ` +
      `explained variance ${(100 * evaluation.explainedVariance).toFixed(1)}%, ` +
      `${evaluation.l0.toFixed(1)} of ${sae.hiddenDim} units active${asked}, ${silent}`,
  );
  const judged = dead ? { ...evaluation, deadUnits: dead.length } : evaluation;
  for (const sentence of diagnose(judged, { ...sae.options, beta: sae.beta }, history, asFlag)) say(sentence);
  const best = fit.earlyStopping && !interrupted ? history.bestEpoch + 1 : history.loss.length;
  const kept = best < history.loss.length ? best : undefined;
  const about = { ...plan, training: { rows: learnedFrom(plan), fit, kept }, dead };
  const data = reportData(about, sae, withLast(outcome, sae, best), evaluation);
  const late = interrupted ? null : await interruption.heard();
  if (!interrupted) say(`model: ${files.model}`);
  const report = late ? null : files.report;
  if (report) {
    writeWhole(report, new TextEncoder().encode(renderReport(data)));
    say(`report: ${report}`);
  }
  if (interrupted) sayHowToGoOn(plan, outcome, say);
  else clearCheckpoints(files.checkpoints);
  if (late) say(`${late} after the last epoch; ${files.report ? 'no report was written' : 'nothing is missing'}`);
  else if (!interrupted && plan.next) say(`next: ${[programCall(), ...plan.next.map(quoted)].join(' ')}`);
  if (plan.json) {
    const { meanActivation: _, density: __, ...numbers } = evaluation;
    const cut = late ? { signal: late, checkpoint: null } : interrupted;
    const model = interrupted ? null : files.model;
    print(JSON.stringify({ ...numbers, seconds, epochs: history.loss.length, model, report, interrupted: cut }));
  }
}

/** To its place; where something has come into the way since training began, to where the checkpoints are. */
async function saveModel(sae: SparseAutoencoder, files: TrainingPlan['files'], epochs: number): Promise<void> {
  try {
    save(sae, files.model);
  } catch (error) {
    try {
      await checkpoints(files.checkpoints).save(sae.toBytes(), epochs);
    } catch {
      throw error;
    }
    const place = latestCheckpoint(files.checkpoints);
    throw new Error(`${(error as Error).message}; the model is in ${place}`, { cause: error });
  }
}

/** Rows that are not kept aside. */
const learnedFrom = ({ train: { rows }, fit: { validationSplit = 0 } }: TrainingPlan): number =>
  rows - Math.floor(validationSplit * rows);

/** What there is to be seen of the training, up to W_dec as it is now, after epoch `end`. */
function withLast({ records, snapshots }: Outcome, sae: SparseAutoencoder, end: number): Pick<Outcome, 'records' | 'snapshots'> {
  return { records, snapshots: [...snapshots.filter(({ epoch }) => epoch < end), snapshot(sae, end)] };
}

function sayHowToGoOn(
  { command, fit, resume }: TrainingPlan,
  { history, interrupted }: Outcome,
  say: (line: string) => void,
): void {
  const { signal, checkpoint } = interrupted as NonNullable<Outcome['interrupted']>;
  // What follows --resume is its file, unless it is a flag.
  const isResume = (i: number) => /^--resume(=|$)/.test(command[i]) || (command[i - 1] === '--resume' && !/^-./.test(command[i]));
  const without = resume === null ? command : command.filter((_, i) => !isResume(i));
  if (!checkpoint) return;
  say(`${signal} after ${history.loss.length} of ${fit.epochs} epochs. To go on from there:`);
  say(`  ${[programCall(), ...without.map(quoted), '--resume', quoted(checkpoint)].join(' ')}`);
}

export const inFolder = (folder: string, report: boolean) => ({
  model: join(folder, 'model.safetensors'),
  report: report ? join(folder, 'report.html') : null,
  checkpoints: join(folder, 'checkpoints'),
});
