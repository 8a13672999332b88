import { cosPi } from '../numbers/elementary.js';

/**
 * How the learning rate goes over the steps of a model's whole training, counted from its very first, t = 0:
 *
 *   α(t) = α·w(t)·(final + (1 − final)·g(p))
 *   w(t) = min(1, (t + 1)/warmup)
 *   p    = how far t is through the last `decaySteps` of all `steps`, from 0 to 1
 *   g    = 1, 1 − p or ½(1 + cos πp): Loshchilov & Hutter 2017 (SGDR), eq. 5, without restarts
 */
export interface Schedule {
  /** Steps over which the rate rises to its full size. Default 0. */
  warmup?: number;
  /** Default 'constant'. */
  decay?: Decay;
  /** The decay takes the last so many of all steps. Default: all that follow the warm-up. */
  decaySteps?: number;
  /** The share of the rate that is left at the end, from 0 to 1. Default 0. */
  final?: number;
  /**
   * How many steps the model will take in all, those of earlier fits and of fits to come included; after them the
   * rate stays where it ended. Default: those taken before, and those of this fit. Give it where training comes in
   * parts, so that the parts are the bits of the whole.
   */
  steps?: number;
}

export type Decay = keyof typeof decays;

export const decays = {
  constant: () => 1,
  linear: (p: number) => 1 - p,
  cosine: (p: number) => (1 + cosPi(p)) / 2,
} as const;

/** min(1, (t + 1)/warmup): the first step has a share already, step `warmup` − 1 is the first full one. */
export const warmUp = (t: number, warmup: number): number => (t + 1 < warmup ? (t + 1) / warmup : 1);

/** α(t)/α, where `total` steps are taken in all. */
export function rateFactor(
  t: number,
  { warmup = 0, decay = 'constant', decaySteps, final = 0 }: Schedule,
  total: number,
): number {
  const length = Math.min(decaySteps ?? total - warmup, total);
  const progress = length > 0 ? Math.min(1, Math.max(0, (t - (total - length)) / length)) : 0;
  const g = decays[decay](progress);
  return warmUp(t, warmup) * (g + final * (1 - g));
}
