import { exp } from '../numbers/elementary.js';
import type { Memory } from '../sparsity/memory.js';

export class Steering {
  private readonly memory: Memory;
  private readonly target: number;

  constructor(memory: Memory, target: number) {
    this.memory = memory;
    this.target = target;
  }

  afterStep(l0: number): void {
    const { beta } = this.memory.values;
    beta[0] *= exp(0.01 * Math.min(1, l0 / this.target - 1));
  }
}
