/** What an epoch came to: means over its rows, as they were trained on. */
export interface EpochReport {
  /** Counted from 0, as in `History`. */
  epoch: number;
  epochs: number;
  loss: number;
  reconstruction: number;
  sparsity: number;
  /** J on the validation rows after the epoch, where there are any. */
  validationLoss?: number;
  /** Active units per row. */
  l0: number;
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
}

/** One entry an epoch. */
export interface History {
  loss: number[];
  reconstruction: number[];
  sparsity: number[];
  /** Empty where there was nothing to validate on. */
  validationLoss: number[];
  l0: number[];
}

/** An epoch as it is kept. */
export type EpochRecord = Omit<EpochReport, 'epoch' | 'epochs'>;

export function historyOf(records: readonly EpochRecord[]): History {
  const validated = records.filter(({ validationLoss }) => validationLoss !== undefined);
  return {
    loss: records.map(({ loss }) => loss),
    reconstruction: records.map(({ reconstruction }) => reconstruction),
    sparsity: records.map(({ sparsity }) => sparsity),
    validationLoss: validated.map(({ validationLoss }) => validationLoss as number),
    l0: records.map(({ l0 }) => l0),
  };
}
