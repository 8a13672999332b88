import type { EpochReport, Evaluation, SparseAutoencoder } from '../index.js';
import { asMatrix, type ImageDataSet } from '../node/dataset.js';
import type { ReportData } from '../report/report-data.js';
import { presets, type TrainOptions } from './options.js';

/** A whole run: what was asked, what came of it. */
export interface Run {
  readonly options: TrainOptions;
  readonly sae: SparseAutoencoder;
  readonly data: ImageDataSet;
  readonly epochs: readonly EpochReport[];
  readonly test: Evaluation;
}

const CODES_SHOWN = 2000;

const count = (n: number) => n.toLocaleString('en-US');

/** What the report shows of a run. It holds no time and no place: the same run gives the same page. */
export function reportData({ options, sae, data, epochs, test }: Run): ReportData {
  const { train, test: images } = data;
  const { penalty, beta, rho, preset } = options;
  const d = sae.inputDim;
  const h = sae.hiddenDim;
  const shown = Math.min(CODES_SHOWN, images.rows);
  const codes = sae.transform(asMatrix(images)).data;
  const examples = firstOfEachClass(images.labels);
  const originals = Float32Array.from(examples.flatMap((i) => Array.from(images.pixels.subarray(i * d, (i + 1) * d))));
  const reconstructions = sae.reconstruct({ data: originals, shape: [examples.length, d] });
  const everActive = activeUnits(codes, h);
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
  const classes = Math.max(...images.labels) + 1;
  return {
    title: preset ? `A sparse autoencoder: ${presets[preset].title}` : `A sparse autoencoder, ${d}-${h}-${sae.outputDim}`,
    command: commandLine(options),
    summary: `It saw ${count(train.rows)} images ${epochs.length} times; everything below but the loss curves is measured on ${count(images.rows)} test images that it never saw.`,
    settings: settings.map(row),
    results: results.map(row),
    inputs: d,
    hidden: h,
    lossUnit: 'loss (mean squared error a pixel, and penalty)',
    history: {
      loss: epochs.map((e) => e.loss),
      reconstruction: epochs.map((e) => e.reconstruction),
      sparsity: penalty === 'none' ? [] : epochs.map((e) => beta * e.sparsity),
      validationLoss: [],
      l0: epochs.map((e) => e.l0),
    },
    image: { width: images.width, height: images.height },
    classNames: Array.from({ length: classes }, (_, k) => String(k)),
    examples: { originals, reconstructions: reconstructions.data, labels: examples.map((i) => images.labels[i]) },
    codes: { values: codes.subarray(0, shown * h), labels: images.labels.subarray(0, shown) },
    meanActivation: test.meanActivation.data,
    deadUnits: everActive.flatMap((seen, j) => (seen ? [] : [j])),
    rho: penalty === 'kl' ? rho : null,
    encoderWeight: sae.parameters.encoderWeight.data,
  };
}

function firstOfEachClass(labels: Uint8Array): number[] {
  const first = new Map<number, number>();
  labels.forEach((label, i) => {
    if (!first.has(label)) first.set(label, i);
  });
  return [...first].sort(([a], [b]) => a - b).map(([, i]) => i);
}

function activeUnits(codes: ArrayLike<number>, h: number): boolean[] {
  const seen = Array.from({ length: h }, () => false);
  for (let k = 0; k < codes.length; k++) if (codes[k] !== 0) seen[k % h] = true;
  return seen;
}

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
