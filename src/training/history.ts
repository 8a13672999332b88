/** What an epoch came to: means over its rows, as they were trained on. */
export interface EpochReport {
  /** Counted from 0, as in `History`. */
  epoch: number;
  epochs: number;
  loss: number;
  reconstruction: number;
  sparsity: number;
  /** Active units per row. */
  l0: number;
  /** How many units were active on no row of the epoch. */
  deadUnits: number;
  /** β as the epoch left it. */
  beta: number;
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

export const emptyHistory = (): History => ({
  loss: [],
  reconstruction: [],
  sparsity: [],
  l0: [],
  deadUnits: [],
  validationLoss: [],
  validationReconstruction: [],
  validationSparsity: [],
  validationL0: [],
  bestEpoch: 0,
});

export function record(history: History, report: EpochReport): void {
  for (const [name, values] of Object.entries(history)) {
    const value = report[name as keyof EpochReport];
    if (Array.isArray(values) && value !== undefined) values.push(value);
  }
}
