import { modelOf } from '../core/sparse-autoencoder.js';
import type { FitOptions, History, SparseAutoencoder } from '../index.js';
import { checkpoints, latestCheckpoint } from '../node/checkpoints.js';
import { equationOf } from '../report/equation.js';
import type { ReportSnapshot } from '../report/report-data.js';
import { coreOf } from '../sparse-autoencoder.js';
import { type EpochRecord, historyOf } from '../training/history.js';
import type { Interruption } from './interruption.js';
import { createProgress } from './progress.js';

/** W_dec at the start and after 1, 2, 4, 8 … epochs: units take their shape early. */
export const isSnapshotEpoch = (epoch: number): boolean => epoch === 0 || Number.isInteger(Math.log2(epoch));

export const snapshot = (sae: SparseAutoencoder, epoch: number): ReportSnapshot => ({
  epoch,
  decoderWeight: Float32Array.from(sae.parameters.decoderWeight.data),
});

/** Training that someone watches, and may cut short. */
export interface Job {
  readonly sae: SparseAutoencoder;
  readonly X: Parameters<SparseAutoencoder['fit']>[0];
  readonly rows: number;
  readonly fit: FitOptions & { epochs: number };
  /** Print the score of every so many steps. */
  readonly scoreEvery?: number;
  /** Where checkpoints go while it lasts, and every how many minutes. */
  readonly checkpoints: { readonly folder: string; readonly minutes: number };
  readonly interruption: Interruption;
  /** One JSON object an epoch instead of a bar. */
  readonly json?: boolean;
}

export interface Outcome {
  /** From the first epoch of the fit on, whichever process it ran in. */
  readonly history: History;
  readonly records: readonly EpochRecord[];
  /** How many epochs this process has run. */
  readonly epochsRun: number;
  readonly snapshots: readonly ReportSnapshot[];
  readonly seconds: number;
  /** Which signal ended it early, and the checkpoint to go on from, if there is one. */
  readonly interrupted: { readonly signal: NodeJS.Signals; readonly checkpoint: string | null } | null;
}

/**
 * Trains until done, or until Ctrl-C or SIGTERM, which leave a checkpoint of the epochs so far and set the exit code that
 * shells expect.
 */
export async function runJob({ sae, X, rows, fit, scoreEvery, json, checkpoints: kept, interruption }: Job): Promise<Outcome> {
  const { state } = modelOf(coreOf(sae));
  const start = state.run?.start ?? state.records.length;
  const epochsDone = () => state.records.length - start;
  const before = epochsDone();
  const snapshots = [snapshot(sae, before)];
  const checkpoint = checkpoints(kept.folder, { minutes: kept.minutes });
  const progress = createProgress({
    epochs: fit.epochs,
    epochsBefore: before,
    rows,
    hidden: sae.hiddenDim,
    equation: equationOf(sae),
    scoreEvery,
    json,
  });
  const started = performance.now();
  let signal: NodeJS.Signals | null = null;
  try {
    await sae.fit(X, {
      ...fit,
      checkpoint,
      signal: interruption.aborted,
      onBatchEnd: progress.batch,
      onEpochEnd(report) {
        if (isSnapshotEpoch(report.epoch + 1)) snapshots.push(snapshot(sae, report.epoch + 1));
        progress.epoch(report);
      },
    });
  } catch (error) {
    signal = interruption.signal;
    if (!signal) throw error;
    if (epochsDone() > before) await checkpoint.save(sae.toBytes({ training: true }), epochsDone());
  } finally {
    progress.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  const records = state.records.slice(start);
  const epochsRun = epochsDone() - before;
  const checkpointNow = epochsRun > 0 ? latestCheckpoint(kept.folder) : null;
  return {
    history: historyOf(records),
    records,
    epochsRun,
    snapshots,
    seconds,
    interrupted: signal && { signal, checkpoint: checkpointNow },
  };
}
