import type seedrandom from 'seedrandom';
// @ts-expect-error: the package's types know its main file alone, which loads six generators more.
import arc4 from 'seedrandom/seedrandom.js';
import { log } from './elementary.js';

const generator: typeof seedrandom = arc4;

export type Seed = string | number;

/** Where a stream stands; JSON can hold it. */
export interface RandomState {
  readonly i: number;
  readonly j: number;
  readonly S: readonly number[];
}

const isByte = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 256;

/** Whether a value from outside can be where a stream stands: a permutation of 256 bytes and two places in it. */
export function isRandomState(value: unknown): value is RandomState {
  if (typeof value !== 'object' || value === null) return false;
  const { i, j, S } = value as RandomState;
  return isByte(i) && isByte(j) && Array.isArray(S) && S.length === 256 && S.every(isByte) && new Set(S).size === 256;
}

/**
 * A stream of random numbers. Each use of a seed has a stream of its own ("weights", "shuffle"), so
 * that drawing more of one never shifts another.
 */
export class Random {
  private readonly source: seedrandom.StatefulPRNG<seedrandom.State.Arc4>;

  private constructor(source: seedrandom.StatefulPRNG<seedrandom.State.Arc4>) {
    this.source = source;
  }

  static stream(seed: Seed, name: string): Random {
    return new Random(generator(`${seed}/${name}`, { state: true }));
  }

  static from(state: RandomState): Random {
    return new Random(generator('', { state: state as seedrandom.State.Arc4 }));
  }

  get state(): RandomState {
    return this.source.state();
  }

  /** U[0, 1), 53 bits. */
  uniform(): number {
    return this.source.double();
  }

  /** N(0, 1), by Marsaglia's polar method (1964): no trigonometry, whose last bits engines differ in. */
  gaussian(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const r = u * u + v * v;
      if (r > 0 && r < 1) return u * Math.sqrt((-2 * log(r)) / r);
    }
  }

  /** Fisher–Yates, in place: every order equally likely. */
  shuffle(a: Int32Array): void {
    for (let i = a.length - 1; i > 0; i--) {
      const j = Math.floor(this.source.quick() * (i + 1));
      const swap = a[i];
      a[i] = a[j];
      a[j] = swap;
    }
  }
}
