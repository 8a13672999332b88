import type { Moments } from './adam.js';
import type { FloatArray, Kernels } from './kernels/kernels.js';
import { type DType, floats } from './matrix.js';
import { Random, type RandomState } from './random.js';

/** All that training changes: θ, Adam's moments and step count, and where the shuffling stream stands. */
export class TrainingState implements Moments {
  readonly theta: FloatArray;
  readonly m: FloatArray;
  readonly v: FloatArray;
  step = 0;
  private random: RandomState | null = null;

  private constructor(theta: FloatArray, m: FloatArray, v: FloatArray) {
    this.theta = theta;
    this.m = m;
    this.v = v;
  }

  static create(dtype: DType, size: number, shuffle: Random): TrainingState {
    const state = new TrainingState(floats(dtype, size), floats(dtype, size), floats(dtype, size));
    state.random = shuffle.state;
    return state;
  }

  /** In the memory that `k` works on. */
  static allocate(k: Kernels, size: number): TrainingState {
    return new TrainingState(k.floats(size), k.floats(size), k.floats(size));
  }

  copyFrom(other: TrainingState): void {
    this.theta.set(other.theta);
    this.m.set(other.m);
    this.v.set(other.v);
    this.step = other.step;
    this.random = other.random;
  }

  clone(): TrainingState {
    const copy = new TrainingState(this.theta.slice(), this.m.slice(), this.v.slice());
    copy.copyFrom(this);
    return copy;
  }

  /** A new random order of all rows, whatever order they come in. */
  shuffle(order: Int32Array): void {
    for (let i = 0; i < order.length; i++) order[i] = i;
    const random = Random.from(this.random as RandomState);
    random.shuffle(order);
    this.random = random.state;
  }
}
