import type { FloatArray } from '../kernels/kernels.js';
import { power } from '../numbers/elementary.js';

/** Brings θ, in place, to where the model's kind keeps it: see bringHome. */
export type Home = (theta: FloatArray) => void;

/**
 * The exponential mean of the iterates θ_1 … θ_t (Polyak & Juditsky 1992; weights as Adam's m̂):
 *   θ̄ = Σ_i γ^(t−i)·θ_i / Σ_i γ^(t−i)   ⇔   θ̄ ← θ̄ + a·(θ_t − θ̄),  a = (1 − γ)/(1 − γᵗ)
 *
 * Between epochs, and after `fit`, the model is θ̄: what is validated, saved, asked; brought home, where θ has to be on a
 * sphere, which the mean itself is not. The iterate waits here, and the next epoch, or the next fit that averages, goes on
 * from it. Whoever writes to the model meanwhile starts it anew: then training goes on from what was written, and the mean
 * begins there.
 */
export class WeightMean {
  /** θ_t, while the model is θ̄. */
  readonly iterate: FloatArray;
  readonly mean: FloatArray;
  /** t */
  steps = 0;

  constructor(iterate: FloatArray, mean: FloatArray) {
    this.iterate = iterate;
    this.mean = mean;
  }

  static of(theta: FloatArray): WeightMean {
    return new WeightMean(theta.slice(), theta.slice());
  }

  clone(): WeightMean {
    const copy = new WeightMean(this.iterate.slice(), this.mean.slice());
    copy.steps = this.steps;
    return copy;
  }

  /** After a step: θ̄ takes θ_t in. */
  add(theta: FloatArray, decay: number): void {
    const { mean } = this;
    this.steps++;
    const share = (1 - decay) / (1 - power(decay, this.steps));
    for (let i = 0; i < mean.length; i++) mean[i] += share * (theta[i] - mean[i]);
  }

  /** The model becomes θ̄, brought home. */
  expose(theta: FloatArray, home: Home): void {
    if (this.steps === 0) return;
    this.iterate.set(theta);
    theta.set(this.mean);
    home(theta);
  }

  /** The model becomes θ_t again, unless it is no longer what it was left as. */
  resume(theta: FloatArray, home: Home): void {
    const left = this.mean.slice();
    home(left);
    const untouched = this.steps > 0 && theta.every((value, i) => Object.is(value, left[i]));
    if (untouched) theta.set(this.iterate);
    else this.steps = 0;
  }
}
