import { limits } from './setup.js';

/** A run left alone stops after so many steps, or minutes. */
const STEPS = limits.step.high;
const MINUTES = 10;

/** Knows when a hand was last on something. */
export class Alone {
  private step = 0;
  private time = performance.now();

  touch(step: number): void {
    this.step = step;
    this.time = performance.now();
  }

  /** Why it is time to stop; empty if it is not. */
  note(step: number): string {
    return step - this.step >= STEPS || performance.now() - this.time > 60_000 * MINUTES
      ? `Left alone, it has stopped by itself after ${step.toLocaleString('en-US')} steps. Press Learn to go on.`
      : '';
  }
}
