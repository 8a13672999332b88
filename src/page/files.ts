/** What the worker needs only when it is asked for: other forms of a model, and files of the visitor's own. */

import { type Called, type Diagnosis, diagnoses, type Judged } from '../core/diagnose.js';
import type { SettledOptions } from '../core/options.js';
import { modelOf, type SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { moduleOf } from '../export/module.js';
import { readTable } from '../formats/table.js';
import { elementwise } from '../kernels/elementwise.js';
import { renderReport } from '../report/report.js';
import { resultsOf } from '../report/results.js';
import { labelsOf, settingsOf } from '../report/settings.js';
import { copyOf, firstOf } from './look.js';
import type { Run } from './run.js';
import { type Samples, samplesOf } from './samples.js';

export const moduleText = (sae: SparseAutoencoder): string => moduleOf(modelOf(sae), { bits: 8 }).code;

/** @throws RangeError, in one sentence, for a file that cannot be read, or learned from */
export const readSamples = (bytes: Uint8Array, name: string): Samples => samplesOf(readTable(bytes, name), name);

/** What the page's controls are called; it has none for the other options. */
const controls: Readonly<Record<string, string>> = {
  beta: 'penalty strength',
  learningRate: 'learning rate',
  k: 'k',
};

const asControl: Called = (option, value = true) =>
  `${controls[option] ?? `${option} (an option of the library)`}${value === true ? '' : ` ${value}`}`;

const wrongWith = (options: SettledOptions, judged: Judged): Diagnosis[] =>
  diagnoses(judged, options, undefined, asControl).map(({ about, text }) => ({
    about,
    // Its runs are counted in steps.
    text: text.replaceAll('more epochs', 'more steps'),
  }));

/** The report on the model, measured on the first samples. */
export function reportText(sae: SparseAutoencoder, samples: Samples, run: Run | null): string {
  const x = firstOf(samples);
  const judged = sae.evaluate(x);
  const { options, inputDim, hiddenDim, outputDim } = sae;
  const standing = { ...options, learningRate: run?.setup.rate ?? options.learningRate };
  const labels = labelsOf(sae, judged.l0);
  const names = samples.labels && [...new Set(samples.labels)].sort();
  const curve = run?.curve.until(run.step);
  return renderReport({
    title: 'A sparse autoencoder, trained in a page',
    command: '',
    summary: `It has taken ${(run?.step ?? 0).toLocaleString('en-US')} steps; everything below but the curves is measured on ${x.rows.toLocaleString('en-US')} samples that it learned from.`,
    settings: settingsOf({ options: standing, beta: sae.beta }),
    results: resultsOf(sae, judged),
    image: samples.image,
    inputNames: samples.image ? null : (samples.names ?? null),
    classNames: samples.texts ? [] : (names ?? []),
    ...labels,
    explainedVariance: judged.explainedVariance,
    wrong: wrongWith({ ...standing, beta: sae.beta }, judged),
    model: {
      inputDim,
      hiddenDim,
      outputDim,
      encoderWeight: sae.parameters.encoderWeight.data,
      decoderWeight: sae.parameters.decoderWeight.data,
      decoderBias: sae.parameters.decoderBias.data,
      output: elementwise[options.outputActivation].value,
    },
    samples: {
      x: modelOf(sae).prepare(x).data,
      targets: null,
      codes: sae.transform(x).data,
      labels:
        samples.texts || !names
          ? null
          : Array.from({ length: x.rows }, (_, i) => names.indexOf((samples.labels as readonly string[])[i])),
      texts: samples.texts?.slice(0, x.rows) ?? null,
    },
    history: {
      loss: curve?.loss ?? [],
      reconstruction: curve?.reconstruction ?? [],
      sparsity: labels.beta !== null && curve ? curve.penalty : [],
      weight: labels.beta !== null && curve ? curve.beta : [],
      rest:
        labels.restLabel && curve
          ? curve.loss.map((loss, k) => Math.max(0, loss - curve.reconstruction[k] - curve.penalty[k]))
          : [],
      validationLoss: [],
      l0: curve?.l0 ?? [],
      steps: curve?.step,
    },
    snapshots: (run?.snapshots ?? []).map(({ step, theta }) => ({
      epoch: step,
      decoderWeight: copyOf(sae, theta).parameters.decoderWeight.data,
    })),
  });
}
