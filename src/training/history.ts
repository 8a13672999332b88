/** What an epoch came to: means over its rows, as they were trained on. */
export interface EpochReport {
  /** Counted from 0, as in `History`. */
  epoch: number;
  epochs: number;
  loss: number;
  reconstruction: number;
  sparsity: number;
  /** β·S as it was part of the loss, whatever β did meanwhile. */
  penalty: number;
  /** Active units per row. */
  l0: number;
  /** How many units were active on no row of the epoch. */
  deadUnits: number;
  /** β as the epoch left it, before `penaltyWarmup`. */
  beta: number;
  /** That of the epoch's last step. */
  learningRate: number;
  /** J, R, S and L0 on the validation rows after the epoch, where there are any. */
  validationLoss?: number;
  validationReconstruction?: number;
  validationSparsity?: number;
  validationL0?: number;
}

export interface BatchReport {
  epoch: number;
  /** Counted from 0 within the epoch. */
  batch: number;
  batches: number;
  /** Rows in this batch. */
  rows: number;
  loss: number;
  reconstruction: number;
  sparsity: number;
  l0: number;
  /** The learning rate of this step, and the weight that S had in its loss. */
  learningRate: number;
  beta: number;
}

/** One entry an epoch. */
export interface History {
  loss: number[];
  reconstruction: number[];
  sparsity: number[];
  penalty: number[];
  l0: number[];
  deadUnits: number[];
  /** These are empty where there was nothing to validate on. */
  validationLoss: number[];
  validationReconstruction: number[];
  validationSparsity: number[];
  validationL0: number[];
  /** The epoch, counted from 0, that `earlyStopping` judges best: the first of the lowest `validationLoss`, or `loss`. */
  bestEpoch: number;
}

/** What there is to be kept of an epoch. */
export type EpochFigures = Omit<EpochReport, 'epoch' | 'epochs'>;

/** An epoch as it is kept. Files of before have neither β·S nor the rate. */
export type EpochRecord = Omit<EpochFigures, 'penalty' | 'learningRate'> & Partial<EpochFigures>;

/** What an epoch is judged by: J on validation rows, or, without them, on the rows it was trained on. */
export const judged = ({ validationLoss, loss }: EpochRecord): number => validationLoss ?? loss;

/** A new best is lower than the last by more than `minDelta`. */
export function historyOf(records: readonly EpochRecord[], minDelta = 0): History {
  const all = <Name extends keyof EpochRecord>(name: Name) =>
    records.map((record) => record[name]).filter((value) => value !== undefined);
  let bestEpoch = 0;
  for (let e = 1; e < records.length; e++) if (judged(records[e]) < judged(records[bestEpoch]) - minDelta) bestEpoch = e;
  return {
    loss: all('loss'),
    reconstruction: all('reconstruction'),
    sparsity: all('sparsity'),
    penalty: records.map(({ penalty = Number.NaN }) => penalty),
    l0: all('l0'),
    deadUnits: all('deadUnits'),
    validationLoss: all('validationLoss'),
    validationReconstruction: all('validationReconstruction'),
    validationSparsity: all('validationSparsity'),
    validationL0: all('validationL0'),
    bestEpoch,
  };
}

/** The weight that S had in the loss of each epoch: what β came to. */
export const weightOf = ({ penalty = Number.NaN, sparsity, beta }: EpochRecord): number =>
  sparsity === 0 ? beta : penalty / sparsity;

/** The same of each epoch, as far as a history tells. */
export const weightsOf = ({ penalty, sparsity }: History): number[] =>
  penalty.map((each, e) => (sparsity[e] === 0 ? 0 : each / sparsity[e]));

/** Of its greatest, what the learning rate is below where it has come to its end. */
const AT_REST = 0.1;

/** Whether the learning rate went down until there was next to nothing left of it; undefined where a record does not say. */
export function rateEnded(records: readonly EpochRecord[]): boolean | undefined {
  const rates = records.map(({ learningRate = Number.NaN }) => learningRate);
  const greatest = Math.max(...rates);
  return records.length === 0 || Number.isNaN(greatest) ? undefined : rates[rates.length - 1] < AT_REST * greatest;
}

/** How far β may have gone for J to count as the same. */
const MOVED = 0.01;

/** The first of the last epochs that all have the same J, by the weight of the penalty in each; 0 where there is none. */
export function steadyFrom(weight: ArrayLike<number>): number {
  const last = weight[weight.length - 1];
  let from = weight.length;
  while (from > 0 && Math.abs(weight[from - 1] - last) <= MOVED * last) from--;
  return from;
}
