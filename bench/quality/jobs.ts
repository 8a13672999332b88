/** What is trained on what: each a kind of code, at some number of active units a row. */

import type { SparseAutoencoderOptions } from '../library.js';

type Given = Partial<SparseAutoencoderOptions>;

export interface Job {
  /** topk, …; what the lines of a table are called. */
  readonly kind: string;
  /** Active units a row that are asked for. */
  readonly level: number;
  readonly seed: number;
  readonly options: SparseAutoencoderOptions;
  readonly fit: { readonly epochs: number; readonly batchSize: number; readonly shuffle: false; readonly decoderBias: 'mean' };
}

export const LEVELS = [8, 16, 32, 64];

/** The usual frame of a dictionary. */
const FRAME = { outputActivation: 'identity', preBias: true, tied: 'start', unitNorm: true } as const;

/** Every way to be sparse that can be told how sparse. (With rows of W_dec of length 1, 'weighted-l1' is 'l1'.) */
const kinds = (level: number, auxiliary: number): Record<string, Given> => {
  // About where targetL0 takes it on digits: from 1e-4 on, L1 is still on its way after 1,876 steps.
  const beta = 0.03 / level;
  const auxK = { k: auxiliary, deadAfter: 5000, coefficient: 1 };
  return {
    topk: { hiddenActivation: 'topk', k: level, auxK },
    'batch-topk': { hiddenActivation: 'batch-topk', k: level, auxK },
    jumprelu: { hiddenActivation: 'jumprelu', targetL0: level, threshold: 0.5, bandwidth: 0.25 },
    gated: { hiddenActivation: 'gated', targetL0: level, beta },
    'relu, l1': { hiddenActivation: 'relu', penalty: 'l1', targetL0: level, beta },
  };
};

/**
 * h = 1024 on images: every kind at every level. Dead units want another number of helpers on each data set, found by trial at
 * 8 active units: on digits 16 leave 3 dead and 128 leave 53, on Fashion-MNIST 16 leave 43 and 128 leave 3.
 */
export function imageJobs(name: string, inputDim: number, epochs: number): Job[] {
  const batchSize = 64;
  return LEVELS.flatMap((level) =>
    Object.entries(kinds(level, name === 'mnist' ? 2 * level : 128)).map(([kind, own]) => ({
      kind,
      level,
      seed: 1,
      options: { ...FRAME, inputDim, hiddenDim: 1024, seed: 1, ...own } as SparseAutoencoderOptions,
      fit: { epochs, batchSize, shuffle: false, decoderBias: 'mean' },
    })),
  );
}
