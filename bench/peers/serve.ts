/** The contestants' side of peer.ts, for those that are Node programs. */

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Answers } from './peer.js';

// biome-ignore lint/suspicious/noExplicitAny: each handler knows its own arguments
type Handlers = { [C in keyof Answers]?: (args: any) => Answers[C] | Promise<Answers[C]> };

/** For `hello`. */
export const thisNode = `Node ${process.versions.node}`;
export const counted = (threads: number): string => `${threads} thread${threads > 1 ? 's' : ''}`;

/** Answers the lines that come in until there are no more, then ends the process. */
export async function serve(handlers: Handlers): Promise<void> {
  // The answers have standard output to themselves, whatever libraries print.
  console.log = console.info = console.warn = console.error;
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...args } = JSON.parse(line) as { command: keyof Answers };
    let answer: object;
    try {
      const handler = handlers[command];
      if (!handler) throw new Error('this contestant has no such command');
      answer = await handler(args);
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit();
}

/** A file of little-endian float32. */
export function readFloats(path: string): Float32Array<ArrayBuffer> {
  const bytes = readFileSync(path);
  const floats = new Float32Array(bytes.byteLength / 4);
  new Uint8Array(floats.buffer).set(bytes);
  return floats;
}

/** Calls for `budget` seconds, at least once: the times. */
export async function repeat(budget: number, call: () => unknown): Promise<number[]> {
  const seconds: number[] = [];
  const begin = performance.now();
  while (seconds.length < 1 || performance.now() - begin < 1000 * budget) {
    const start = performance.now();
    const result = call();
    if (result instanceof Promise) await result;
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

/** √Σc² */
export const norm = (c: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < c.length; i++) sum += c[i] * c[i];
  return Math.sqrt(sum);
};

/** Hands out minibatches of X as arrays of their own, as a framework's user would. */
export class Batches {
  private readonly x: Float32Array;
  private readonly cols: number;
  private readonly size: number;
  readonly rows: number;

  constructor(x: Float32Array, cols: number, size: number) {
    this.x = x;
    this.cols = cols;
    this.size = size;
    this.rows = x.length / cols;
  }

  /** The first `count` batches, rows as they come. */
  inOrder(count: number): Float32Array[] {
    return this.cut(Int32Array.from({ length: Math.min(count * this.size, this.rows) }, (_, i) => i)).map((at) =>
      this.gather(at),
    );
  }

  /** A shuffled epoch over the rows of the first `count` batches, or its last `only` batches. */
  *shuffled(count: number, only = count): Generator<Float32Array> {
    const order = Int32Array.from({ length: Math.min(count * this.size, this.rows) }, (_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (const at of this.cut(order).slice(-only)) yield this.gather(at);
  }

  private cut(order: Int32Array): Int32Array[] {
    const parts: Int32Array[] = [];
    for (let from = 0; from < order.length; from += this.size) parts.push(order.subarray(from, from + this.size));
    return parts;
  }

  private gather(at: Int32Array): Float32Array {
    const { cols, x } = this;
    const out = new Float32Array(at.length * cols);
    for (let i = 0; i < at.length; i++) out.set(x.subarray(at[i] * cols, (at[i] + 1) * cols), i * cols);
    return out;
  }
}

/** Times `epochs` shuffled epochs, after `warmUp` ≥ 1 steps; `finish` resolves when all that was asked is done. */
export async function timeEpochs(
  batches: Batches,
  { batches: count, epochs, warmUp }: { batches: number; epochs: number; warmUp: number },
  step: (x: Float32Array) => unknown,
  finish: () => Promise<number>,
): Promise<{ seconds: number[] }> {
  const seconds: number[] = [];
  for (let epoch = -1; epoch < epochs; epoch++) {
    const start = performance.now();
    for (const x of batches.shuffled(count, epoch < 0 ? warmUp : count)) {
      const pending = step(x);
      if (pending instanceof Promise) await pending;
    }
    const loss = await finish();
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
    if (epoch >= 0) seconds.push((performance.now() - start) / 1000);
  }
  return { seconds };
}
