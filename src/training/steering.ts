import { exp, log } from '../numbers/elementary.js';
import type { Memory } from '../sparsity/memory.js';

const P = (process.env.STEER ?? '1,250,0.003,0.02').split(',').map(Number);
const [GAIN, T, FASTEST, MOST] = P;
const SMOOTHING = 0.9;

export class Steering {
  private readonly memory: Memory;
  private readonly target: number;
  private readonly state: Float64Array;

  constructor(memory: Memory, target: number) {
    this.memory = memory;
    this.target = target;
    this.state = memory.keep('steering', [0, 0]);
  }

  afterStep(l0: number): void {
    const { beta } = this.memory.values;
    const [e0, steps] = this.state;
    const now = log(Math.max(l0, 0.1) / this.target);
    const e = steps === 0 ? now : SMOOTHING * e0 + (1 - SMOOTHING) * now;
    const wanted = Math.min(FASTEST, Math.max(-FASTEST, e / T));
    const change = steps === 0 ? 0 : GAIN * (wanted + (e - e0));
    beta[0] *= exp(Math.min(MOST, Math.max(-MOST, change)));
    this.state[0] = e;
    this.state[1]++;
  }
}
