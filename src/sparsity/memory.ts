import { Random, type RandomState, type Seed } from '../numbers/random.js';

/**
 * What training remembers between batches beside θ and Adam's moments: numbers that a kind keeps (a running
 * threshold, say), and where each stream of random numbers stands.
 */
export class Memory {
  /** By name, as long as the kind said. */
  readonly values: Record<string, Float64Array>;
  private readonly streams = new Map<string, Random>();
  private readonly seed: Seed;

  constructor(values: Readonly<Record<string, readonly number[]>>, seed: Seed) {
    this.values = Object.fromEntries(Object.entries(values).map(([name, start]) => [name, Float64Array.from(start)]));
    this.seed = seed;
  }

  /** The stream of that name. It begins when it is first asked for, wherever that is. */
  stream(name: string): Random {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = Random.stream(this.seed, name);
      this.streams.set(name, stream);
    }
    return stream;
  }

  /** The numbers of that name, which start as `start` where there are none yet. */
  keep(name: string, start: ArrayLike<number>): Float64Array {
    this.values[name] ??= Float64Array.from(start);
    return this.values[name];
  }

  copyFrom(other: Memory): void {
    for (const [name, values] of Object.entries(other.values)) this.keep(name, values).set(values);
    this.streams.clear();
    for (const [name, { state }] of other.streams) this.streams.set(name, Random.from(state));
  }

  clone(): Memory {
    const starts = Object.entries(this.values).map(([name, values]) => [name, Array.from(values)] as const);
    const copy = new Memory(Object.fromEntries(starts), this.seed);
    copy.copyFrom(this);
    return copy;
  }

  /** Where the streams stand; JSON can hold it. */
  get positions(): Record<string, RandomState> {
    return Object.fromEntries(Array.from(this.streams, ([name, { state }]) => [name, state]));
  }
  set positions(positions: Readonly<Record<string, RandomState>>) {
    this.streams.clear();
    for (const [name, state] of Object.entries(positions)) this.streams.set(name, Random.from(state));
  }
}
