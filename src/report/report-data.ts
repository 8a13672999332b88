/** Any flat run of numbers: Float32Array, Float64Array or a plain array. */
export type Numbers = ArrayLike<number>;

/** One line of a table: what it is, and its value already formatted for reading. */
export interface ReportRow {
  readonly name: string;
  readonly value: string;
}

/**
 * One number per epoch; element e − 1 belongs to epoch e. A list may be empty (its line, or the
 * whole L0 chart, is then left out) or hold NaN (a gap in the line), but must otherwise be as long
 * as `loss`.
 */
export interface ReportHistory {
  /** Training loss: the sum of all its terms, weight decay included. */
  readonly loss: Numbers;
  /** The reconstruction term of `loss`. */
  readonly reconstruction: Numbers;
  /** The sparsity term as it enters `loss`, that is, already multiplied by β or λ. */
  readonly sparsity: Numbers;
  /** The loss on held-out samples, made up of the same terms as `loss`. */
  readonly validationLoss: Numbers;
  /** Mean number of active hidden units per sample, in [0, h]. */
  readonly l0: Numbers;
}

export interface ImageSize {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** m samples and what the network made of them; m = labels.length, ten of them by custom. */
export interface ReportExamples {
  /** m × d, row-major. */
  readonly originals: Numbers;
  /** m × d, row-major. */
  readonly reconstructions: Numbers;
  /** m class numbers: indices into `classNames`. */
  readonly labels: Numbers;
}

/** Hidden activations of n test samples; n = labels.length, 2,000 by custom. */
export interface ReportCodes {
  /** n × h, row-major: row i is the code of sample i. */
  readonly values: Numbers;
  /** n class numbers: indices into `classNames`. */
  readonly labels: Numbers;
}

/**
 * Everything the report shows. It holds no date and no machine's name, so that the same run gives
 * the same bytes. d is the number of inputs, h the number of hidden units.
 */
export interface ReportData {
  readonly title: string;
  /** The command line which made the report. */
  readonly command: string;
  /** What this run did, in a sentence or two of plain text; may be empty. */
  readonly summary: string;
  readonly settings: readonly ReportRow[];
  readonly results: readonly ReportRow[];
  /** d: the length of one sample. */
  readonly inputs: number;
  /** h: the length of one code. */
  readonly hidden: number;
  /** What the losses measure, for the axis title: 'squared error per sample', say. */
  readonly lossUnit: string;
  readonly history: ReportHistory;
  /**
   * How d inputs make a greyscale picture, row by row (width · height = d); null when they are not
   * pictures: a vector is then laid out as the smallest near-square grid that holds it.
   */
  readonly image: ImageSize | null;
  /** Name of class k at index k: '0' … '9' for MNIST. One name is enough for data without classes. */
  readonly classNames: readonly string[];
  readonly examples: ReportExamples;
  readonly codes: ReportCodes;
  /** h numbers: each unit's mean activation over the test samples. */
  readonly meanActivation: Numbers;
  /** Indices of the units which were active on no test sample. */
  readonly deadUnits: readonly number[];
  /** The mean activation that the KL penalty asks for; null when there is no such penalty. */
  readonly rho: number | null;
  /** d × h, row-major: column j holds the weights from every input to unit j. */
  readonly encoderWeight: Numbers;
}

/** Refuses data whose shapes contradict each other, naming the field at fault. */
export function checkReportData(data: ReportData): void {
  const { inputs: d, hidden: h, history, examples, codes, image } = data;
  positive('inputs', d);
  positive('hidden', h);
  if (image !== null && image.width * image.height !== d) {
    fail(`image is ${image.width} × ${image.height}, but a sample has ${d} inputs`);
  }
  length('examples.originals', examples.originals, examples.labels.length * d);
  length('examples.reconstructions', examples.reconstructions, examples.labels.length * d);
  length('codes.values', codes.values, codes.labels.length * h);
  length('meanActivation', data.meanActivation, h);
  length('encoderWeight', data.encoderWeight, d * h);
  const parts = ['reconstruction', 'sparsity', 'validationLoss', 'l0'] as const;
  for (const part of parts) {
    if (history[part].length > 0) length(`history.${part}`, history[part], history.loss.length);
  }
  indices('examples.labels', examples.labels, data.classNames.length);
  indices('codes.labels', codes.labels, data.classNames.length);
  indices('deadUnits', data.deadUnits, h);
}

function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) fail(`${name} must be a whole number above 0`);
}

function length(name: string, values: Numbers, expected: number): void {
  if (values.length !== expected) fail(`${name} holds ${values.length} numbers, not ${expected}`);
}

function indices(name: string, values: Numbers, end: number): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isInteger(values[i]) || values[i] < 0 || values[i] >= end) {
      fail(`${name}[${i}] is ${values[i]}, not a whole number from 0 to ${end - 1}`);
    }
  }
}

function fail(message: string): never {
  throw new RangeError(`report: ${message}`);
}
