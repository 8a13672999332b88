import type { FloatArray, Kernels } from '../kernels/kernels.js';
import { type DType, floats } from '../numbers/matrix.js';
import type { Memory } from '../sparsity/memory.js';
import type { Moments } from './adam.js';
import { WeightMean } from './averaging.js';

/** All that training changes: θ, Adam's moments and step count, and what is remembered beside them. */
export class TrainingState implements Moments {
  readonly theta: FloatArray;
  readonly m: FloatArray;
  readonly v: FloatArray;
  step = 0;
  readonly memory: Memory;
  /** The mean of the weights, where the last `fit` kept one: see averaging.ts. */
  averaged: WeightMean | null = null;

  private constructor(theta: FloatArray, m: FloatArray, v: FloatArray, memory: Memory) {
    this.theta = theta;
    this.m = m;
    this.v = v;
    this.memory = memory;
  }

  static create(dtype: DType, size: number, memory: Memory): TrainingState {
    return new TrainingState(floats(dtype, size), floats(dtype, size), floats(dtype, size), memory);
  }

  /** A copy in the memory that `k` works on. */
  copyTo(k: Kernels): TrainingState {
    const size = this.theta.length;
    const copy = new TrainingState(k.floats(size), k.floats(size), k.floats(size), this.memory.clone());
    copy.copyFrom(this);
    return copy;
  }

  clone(): TrainingState {
    const copy = new TrainingState(this.theta.slice(), this.m.slice(), this.v.slice(), this.memory.clone());
    copy.step = this.step;
    copy.averaged = this.averaged?.clone() ?? null;
    return copy;
  }

  copyFrom(other: TrainingState): void {
    this.theta.set(other.theta);
    this.m.set(other.m);
    this.v.set(other.v);
    this.step = other.step;
    this.memory.copyFrom(other.memory);
    this.averaged = other.averaged?.clone() ?? null;
  }

  /** θ, the mean of the weights where there is one, becomes what training goes on from. */
  resumeIterate(): void {
    this.averaged ??= WeightMean.of(this.theta);
    this.averaged.resume(this.theta);
  }

  /** θ becomes the mean of the weights. */
  exposeMean(): void {
    this.averaged?.expose(this.theta);
  }

  /** A new random order of all rows, whatever order they come in. */
  shuffle(order: Int32Array): void {
    for (let i = 0; i < order.length; i++) order[i] = i;
    this.memory.stream('shuffle').shuffle(order);
  }
}
