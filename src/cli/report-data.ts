import { activations } from '../activations.js';
import type { EpochReport, Evaluation, SparseAutoencoder } from '../index.js';
import { asMatrix, type ImageDataSet } from '../node/dataset.js';
import type { ReportData, ReportSnapshot } from '../report/report-data.js';
import { presets, type TrainOptions } from './options.js';

/** A whole run: what was asked, what came of it. */
export interface Run {
  readonly options: TrainOptions;
  readonly sae: SparseAutoencoder;
  readonly data: ImageDataSet;
  readonly epochs: readonly EpochReport[];
  readonly test: Evaluation;
  readonly snapshots: readonly ReportSnapshot[];
}

/** W_dec at the start and after 1, 2, 4, 8 … epochs: units take their shape early. */
export const isSnapshotEpoch = (epoch: number): boolean => epoch === 0 || Number.isInteger(Math.log2(epoch));

const count = (n: number) => n.toLocaleString('en-US');

/** What the report shows of a run. It holds no time and no place: the same run gives the same page. */
export function reportData({ options, sae, data, epochs, test, snapshots }: Run): ReportData {
  const { train, test: images } = data;
  const { penalty, beta, rho, preset } = options;
  const d = sae.inputDim;
  const h = sae.hiddenDim;
  const settings: [string, string][] = [
    ['network', `${d}-${h}-${sae.outputDim}, ${sae.options.hiddenActivation} then ${sae.options.outputActivation}`],
    ['training images', count(train.rows)],
    ['reconstruction', sae.options.reconstruction],
    ['penalty', penalty === 'kl' ? `KL, ρ = ${rho}, weight ${beta}` : penalty === 'l1' ? `L1, weight ${beta}` : 'none'],
    ['optimizer', `Adam, learning rate ${options.lr}`],
    ['epochs', `${epochs.length} of batches of ${options.batchSize}`],
    ['initial weights', sae.options.initializer],
    ['seed', options.seed],
  ];
  const last = epochs[epochs.length - 1];
  const results: [string, string][] = [
    ['training loss, first → last epoch', `${epochs[0].loss.toFixed(4)} → ${last.loss.toFixed(4)}`],
    ['test loss', test.loss.toFixed(4)],
    ['test reconstruction (mean squared error)', test.reconstruction.toFixed(4)],
    ...(penalty === 'none'
      ? []
      : [[`test sparsity (${penalty}, before its weight)`, test.sparsity.toFixed(4)] as [string, string]]),
    ['explained variance', `${(100 * test.explainedVariance).toFixed(1)}%`],
    ['active units per image (L0)', `${test.l0.toFixed(1)} of ${h}`],
    ['units that never fire (dead)', String(test.deadUnits)],
  ];
  const row = ([name, value]: [string, string]) => ({ name, value });
  return {
    title: preset ? `A sparse autoencoder: ${presets[preset].title}` : `A sparse autoencoder, ${d}-${h}-${sae.outputDim}`,
    command: commandLine(options),
    summary: `It saw ${count(train.rows)} images ${epochs.length} times; everything below but the loss curves is measured on ${count(images.rows)} test images that it never saw.`,
    settings: settings.map(row),
    results: results.map(row),
    image: { width: images.width, height: images.height },
    inputNames: null,
    classNames: Array.from({ length: Math.max(...images.labels) + 1 }, (_, k) => String(k)),
    lossLabel: 'mean squared error per pixel',
    penaltyLabel: penalty === 'none' ? null : penalty === 'kl' ? 'KL' : 'L1',
    rho: penalty === 'kl' ? rho : null,
    explainedVariance: test.explainedVariance,
    model: {
      inputDim: d,
      hiddenDim: h,
      outputDim: sae.outputDim,
      encoderWeight: sae.parameters.encoderWeight.data,
      decoderWeight: sae.parameters.decoderWeight.data,
      decoderBias: sae.parameters.decoderBias.data,
      output: activations[sae.options.outputActivation].value,
    },
    samples: {
      x: images.pixels,
      targets: null,
      codes: sae.transform(asMatrix(images)).data,
      labels: images.labels,
      texts: null,
    },
    history: {
      loss: epochs.map((e) => e.loss),
      reconstruction: epochs.map((e) => e.reconstruction),
      sparsity: penalty === 'none' ? [] : epochs.map((e) => beta * e.sparsity),
      validationLoss: [],
      l0: epochs.map((e) => e.l0),
    },
    snapshots: isSnapshotEpoch(epochs.length) ? snapshots : [...snapshots, snapshot(sae, epochs.length)],
  };
}

export const snapshot = (sae: SparseAutoencoder, epoch: number): ReportSnapshot => ({
  epoch,
  decoderWeight: Float32Array.from(sae.parameters.decoderWeight.data),
});

/** The command that makes this report again. */
function commandLine({ preset, epochs, hidden, penalty, beta, rho, lr, batchSize, seed, limit, data }: Run['options']): string {
  const flags: [string, unknown][] = [
    ['epochs', epochs],
    ['hidden', hidden],
    ['penalty', penalty],
    ...(penalty === 'none' ? [] : [['beta', beta] as [string, unknown]]),
    ...(penalty === 'kl' ? [['rho', rho] as [string, unknown]] : []),
    ['lr', lr],
    ['batch-size', batchSize],
    ['seed', seed],
    ['limit', limit],
    ['data', data],
  ];
  const shown = [...(preset ? [['preset', preset] as [string, unknown]] : []), ...flags].filter(
    ([, value]) => value !== undefined,
  );
  return `npm start -- ${shown.map(([name, value]) => `--${name} ${value}`).join(' ')}`;
}
