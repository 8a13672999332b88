/** What is trained on what: each a kind of code, at some number of active units a row. */

import type { FitOptions, SparseAutoencoderOptions } from '../library.js';

type Given = Partial<SparseAutoencoderOptions>;

export interface Job {
  /** topk, …; what the lines of a table are called. */
  readonly kind: string;
  /** Active units a row that are asked for. */
  readonly level: number;
  readonly seed: number;
  readonly options: SparseAutoencoderOptions;
  readonly fit: {
    readonly epochs: number;
    readonly batchSize: number;
    readonly shuffle: false;
    readonly decoderBias: 'mean';
    readonly schedule?: FitOptions['schedule'];
  };
}

export const LEVELS = [8, 16, 32, 64];
export const HIDDEN = 1024;

/** The usual frame of a dictionary. */
const FRAME = { outputActivation: 'identity', preBias: true, tied: 'start', unitNorm: true } as const;

/**
 * Every way to be sparse that can be told how sparse. (With rows of W_dec of length 1, 'weighted-l1' is 'l1'.)
 *
 * Codes that select: a unit is dead when it has missed the turns that it has on average in 40·h/k rows (20·h/k, where turns
 * come often), and the learning rate falls over the last 300 steps. Where it stays, AuxK wakes units as fast as others fall silent, and how many are dead is a
 * matter of the moment: on Fashion-MNIST, k = 16, 93 of 1,024 after two epochs, and none where it falls.
 */
const kinds = (level: number): Record<string, Given> => {
  const often = level >= 32;
  // About where targetL0 takes it on digits: from 1e-4 on, L1 is still on its way after 1,876 steps.
  const beta = 0.03 / level;
  // Thresholds fall slowly where they started too high, and so does β.
  const quiet = { threshold: 0.1, bandwidth: 0.05, beta: 0.04 / level ** 2 };
  const auxK = { k: 64, deadAfter: ((often ? 20 : 40) * HIDDEN) / level, coefficient: 1 };
  return {
    topk: { hiddenActivation: 'topk', k: level, auxK },
    'batch-topk': { hiddenActivation: 'batch-topk', k: level, auxK },
    jumprelu: { hiddenActivation: 'jumprelu', targetL0: level, ...(often ? quiet : { threshold: 0.5, bandwidth: 0.25 }) },
    gated: { hiddenActivation: 'gated', targetL0: level, beta },
    'relu, l1': { hiddenActivation: 'relu', penalty: 'l1', targetL0: level, beta },
  };
};

/**
 * The kinds whose β is steered, on rows of length 10 in 100 dimensions. 'weighted-l1' is what it is where rows of W_dec may
 * have any length; pre-activations are about 1 where they shall count, and so is jumprelu's threshold.
 */
const steered: Record<string, Given> = {
  'relu, weighted l1': { hiddenActivation: 'relu', penalty: 'weighted-l1', unitNorm: false },
  gated: { hiddenActivation: 'gated' },
  jumprelu: { hiddenActivation: 'jumprelu', threshold: 1, bandwidth: 0.5 },
};

/** 20,000 words, h = 1024, 4,000 steps: what becomes of `targetL0`, β starting at its default. */
export function wordJobs(inputDim: number, level: number): Job[] {
  return Object.entries(steered).map(([kind, own]) => ({
    kind,
    level,
    seed: 1,
    options: { ...FRAME, inputDim, hiddenDim: HIDDEN, seed: 1, targetL0: level, ...own } as SparseAutoencoderOptions,
    fit: { epochs: 16, batchSize: 1024, shuffle: false, decoderBias: 'mean' },
  }));
}

/** h = 1024 on images: every kind at every level. */
export function imageJobs(inputDim: number, epochs: number): Job[] {
  const fit = { epochs, batchSize: 64, shuffle: false, decoderBias: 'mean' } as const;
  return LEVELS.flatMap((level) =>
    Object.entries(kinds(level)).map(([kind, own]) => ({
      kind,
      level,
      seed: 1,
      options: { ...FRAME, inputDim, hiddenDim: HIDDEN, seed: 1, ...own } as SparseAutoencoderOptions,
      fit: own.k === undefined ? fit : { ...fit, schedule: { decay: 'linear', decaySteps: 300, final: 0.1 } },
    })),
  );
}
