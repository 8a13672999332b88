import type { FloatArray, Kernels } from '../kernels/kernels.js';
import { type DType, dtypeOf, floats } from '../numbers/matrix.js';
import type { Memory } from '../sparsity/memory.js';
import type { Moments } from './adam.js';
import { type Home, WeightMean } from './averaging.js';
import type { EpochRecord } from './history.js';

/** How the rows of a `fit` are dealt out: what a resumed one must have in common with it. */
export interface Dealing {
  readonly rows: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
}

/** A `fit` that has not come to its end. */
export interface Run extends Dealing {
  /** How many epochs the model had been trained for when it began. */
  readonly start: number;
  /** The best epoch of the run so far, where it stops early. */
  best: { readonly state: TrainingState; readonly loss: number; readonly epoch: number } | null;
}

/** All that training changes: θ, Adam's moments and step count, and what is remembered beside them. */
export class TrainingState implements Moments {
  readonly theta: FloatArray;
  step = 0;
  readonly memory: Memory;
  /** Zero until the first step, and no memory until they are asked for: a model that is only read has none. */
  private moments: { readonly m: FloatArray; readonly v: FloatArray } | null;
  /** The mean of the weights, where the last `fit` kept one: see averaging.ts. */
  averaged: WeightMean | null = null;
  /** Every epoch since the model was made. The copies that training makes have none of their own. */
  readonly records: EpochRecord[] = [];
  /** The `fit` that is under way or was cut short, from the end of its first epoch on. */
  run: Run | null = null;

  private constructor(theta: FloatArray, memory: Memory, moments: TrainingState['moments']) {
    this.theta = theta;
    this.memory = memory;
    this.moments = moments;
  }

  get m(): FloatArray {
    return this.allMoments().m;
  }
  get v(): FloatArray {
    return this.allMoments().v;
  }

  private allMoments() {
    const { length } = this.theta;
    const dtype = dtypeOf(this.theta);
    this.moments ??= { m: floats(dtype, length), v: floats(dtype, length) };
    return this.moments;
  }

  static create(dtype: DType, size: number, memory: Memory): TrainingState {
    return new TrainingState(floats(dtype, size), memory, null);
  }

  /** A copy in the memory that `k` works on. */
  copyTo(k: Kernels): TrainingState {
    const size = this.theta.length;
    const copy = new TrainingState(k.floats(size), this.memory.clone(), { m: k.floats(size), v: k.floats(size) });
    copy.copyFrom(this);
    return copy;
  }

  clone(): TrainingState {
    const copy = new TrainingState(this.theta.slice(), this.memory.clone(), { m: this.m.slice(), v: this.v.slice() });
    copy.step = this.step;
    copy.averaged = this.averaged?.clone() ?? null;
    return copy;
  }

  /** What a step changes; not the records of what was. */
  copyFrom(other: TrainingState): void {
    this.theta.set(other.theta);
    this.m.set(other.m);
    this.v.set(other.v);
    this.step = other.step;
    this.memory.copyFrom(other.memory);
    this.averaged = other.averaged?.clone() ?? null;
  }

  /** θ, the mean of the weights where there is one, becomes what training goes on from. */
  resumeIterate(home: Home): void {
    this.averaged ??= WeightMean.of(this.theta);
    this.averaged.resume(this.theta, home);
  }

  /** A new random order of all rows, whatever order they come in. */
  shuffle(order: Int32Array): void {
    for (let i = 0; i < order.length; i++) order[i] = i;
    this.memory.stream('shuffle').shuffle(order);
  }
}
