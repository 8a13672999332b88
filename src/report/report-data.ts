import type { Diagnosis } from '../core/diagnose.js';

/** Any flat run of numbers: Float32Array, Float64Array or a plain array. Matrices are row-major. */
export type Numbers = ArrayLike<number>;

/** One line of a table: what it is, and its value already formatted for reading. */
export interface ReportRow {
  readonly name: string;
  readonly value: string;
  /** How it is defined. */
  readonly note?: string;
}

export interface ImageSize {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** The trained model: X̂ = σ_o(F·W_dec + b_dec). */
export interface ReportModel {
  /** d, h and d′. */
  readonly inputDim: number;
  readonly hiddenDim: number;
  readonly outputDim: number;
  /** d × h: column j is what unit j answers to. */
  readonly encoderWeight: Numbers;
  /** h × d′: row j is what unit j adds to the output. */
  readonly decoderWeight: Numbers;
  /** d′ */
  readonly decoderBias: Numbers;
  /** What each of the h units is called, null where it has no name; left out where none has. */
  readonly names?: readonly (string | null)[];
  /** Units active on no row at all, where more rows are known than the samples; left out where these are all. */
  readonly dead?: readonly number[];
  /** σ_o, one number at a time. */
  readonly output: (y: number) => number;
}

/** The n rows that everything but the loss curves is measured on: best such as training never saw. */
export interface ReportSamples {
  /** n × d, as the model sees them: after whatever is done to X before its encoder. */
  readonly x: Numbers;
  /** n × d′: what the output should be; null where that is `x`. */
  readonly targets: Numbers | null;
  /** F, n × h */
  readonly codes: Numbers;
  /** n class numbers, indices into `classNames`; null without classes. */
  readonly labels: Numbers | null;
  /** n texts, which then stand for the rows; null where rows are just numbers. */
  readonly texts: readonly string[] | null;
}

/**
 * One number per epoch. A list may be empty (its line, or chart, is then left out) or hold NaN (a gap
 * in the line), but must otherwise be as long as `loss`. All empty: the report says nothing of training.
 */
export interface ReportHistory {
  /** The sum of all terms, weight decay included. */
  readonly loss: Numbers;
  readonly reconstruction: Numbers;
  /** The penalty as it enters `loss`, that is, times its weight; that weight; and all further terms together. */
  readonly sparsity: Numbers;
  readonly weight: Numbers;
  readonly rest: Numbers;
  /** On held-out samples, made up of the same terms as `loss`. */
  readonly validationLoss: Numbers;
  /** Mean number of active units per sample, in [0, h]. */
  readonly l0: Numbers;
  /** The step at which each point stands, a mean over those since the last; left out where a point is an epoch. */
  readonly steps?: Numbers;
  /** Whether the learning rate had fallen to next to nothing when training ended; undefined if that is not known. */
  readonly rateEnded?: boolean;
}

/** W_dec as it stood after `epoch` epochs, or steps, where the history is of steps; 0 is before the first. */
export interface ReportSnapshot {
  readonly epoch: number;
  /** h × d′ */
  readonly decoderWeight: Numbers;
}

/**
 * Everything the report shows, as plain arrays. It holds no date and no machine's name, so that the
 * same run gives the same bytes, and it is told the names of kinds (of penalty, of loss) as text.
 */
export interface ReportData {
  readonly title: string;
  /** The command line which makes this report again; empty where there is none. */
  readonly command: string;
  /** What this run did, in a sentence or two of plain text; may be empty. */
  readonly summary: string;
  readonly settings: readonly ReportRow[];
  readonly results: readonly ReportRow[];
  /** How a row of width · height numbers is a greyscale picture; null when rows are not pictures. */
  readonly image: ImageSize | null;
  /** Names of the d′ outputs, for rows that are neither pictures nor texts; null: "input 0" and so on. */
  readonly inputNames: readonly string[] | null;
  /** Name of class k at index k: '0' … '9' for MNIST; empty without classes. */
  readonly classNames: readonly string[];
  /** What the reconstruction term measures: 'mean squared error per pixel'. */
  readonly lossLabel: string;
  /** The sparsity penalty by name: 'KL'; null where there is none. */
  readonly penaltyLabel: string | null;
  /** Its weight, as it stands; null where there is none. */
  readonly beta: number | null;
  /** Active units a sample that were asked for, if it takes training to come to them; null where none were. */
  readonly target: number | null;
  /** What the loss consists of beside reconstruction and penalty, by name; null where that is nothing. */
  readonly restLabel: string | null;
  /** What of that needs saying what it is: "name: what it is". */
  readonly restNotes: readonly string[];
  /** The mean activation that the penalty asks of every unit; null when it asks for none. */
  readonly rho: number | null;
  /** Over the samples, as `evaluate` gives it; null when not known. */
  readonly explainedVariance: number | null;
  /** What went wrong, as `diagnose` says it. */
  readonly wrong: readonly Diagnosis[];
  readonly model: ReportModel;
  readonly samples: ReportSamples;
  readonly history: ReportHistory;
  /** In the order of their epochs; may be empty. */
  readonly snapshots: readonly ReportSnapshot[];
}

/** @throws RangeError for data whose shapes contradict each other, naming the field at fault. */
export function checkReportData(data: ReportData): void {
  const { model, samples, history, classNames, image } = data;
  const { inputDim: d, hiddenDim: h, outputDim } = model;
  for (const name of ['inputDim', 'hiddenDim', 'outputDim'] as const) {
    if (!Number.isInteger(model[name]) || model[name] < 1)
      fail(`model.${name} is ${model[name]}, expected a whole number above 0`);
  }
  if (image !== null && image.width * image.height !== d) {
    fail(`image is ${image.width} × ${image.height}, expected as many pixels as a sample has inputs, ${d}`);
  }
  const n = Math.floor(samples.codes.length / h);
  if (n === 0) fail(`samples.codes holds ${samples.codes.length} numbers, expected ${h} or more`);
  length('model.encoderWeight', model.encoderWeight, d * h);
  length('model.decoderWeight', model.decoderWeight, h * outputDim);
  length('model.decoderBias', model.decoderBias, outputDim);
  if (model.names) length('model.names', model.names, h);
  if (model.dead) indices('model.dead', model.dead, h);
  length('samples.codes', samples.codes, n * h);
  length('samples.x', samples.x, n * d);
  if (samples.targets !== null) length('samples.targets', samples.targets, n * outputDim);
  else if (outputDim !== d) fail(`samples.targets is null, expected ${n} × ${outputDim} numbers where outputs are not inputs`);
  if (samples.texts !== null) length('samples.texts', samples.texts, n);
  if (samples.labels !== null) {
    length('samples.labels', samples.labels, n);
    indices('samples.labels', samples.labels, classNames.length);
  }
  if (data.inputNames !== null) length('inputNames', data.inputNames, outputDim);
  for (const part of ['reconstruction', 'sparsity', 'weight', 'rest', 'validationLoss', 'l0'] as const) {
    if (history[part].length > 0) length(`history.${part}`, history[part], history.loss.length);
  }
  data.snapshots.forEach(({ decoderWeight }, s) => {
    length(`snapshots[${s}].decoderWeight`, decoderWeight, h * outputDim);
  });
}

function length(name: string, values: ArrayLike<unknown>, expected: number): void {
  if (values.length !== expected) fail(`${name} holds ${values.length}, expected ${expected}`);
}

function indices(name: string, values: Numbers, end: number): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isInteger(values[i]) || values[i] < 0 || values[i] >= end) {
      fail(`${name}[${i}] is ${values[i]}, expected a whole number from 0 to ${end - 1}`);
    }
  }
}

function fail(message: string): never {
  throw new RangeError(`report: ${message}`);
}
