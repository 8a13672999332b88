/** What all workloads share. */

import type { Contestants, Group } from '../contestants.js';
import type { Files } from '../data.js';
import type { AnyLoad, Peer } from '../peers/peer.js';
import type { Result } from '../table.js';
import { median, requireAgreement } from '../turns.js';

export interface Context {
  readonly contestants: Contestants;
  readonly files: Files;
  readonly rounds: number;
  /** A smoke run: less of everything. */
  readonly quick: boolean;
  /** Tells the person who waits. */
  readonly say: (text: string) => void;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Who takes part; whoever cannot be had stays away. */
  readonly groups: readonly Group[];
  run(context: Context): Promise<Result>;
}

/** So many first losses must be the same on both sides. */
const FIRST_LOSSES = 5;

/** Everyone loads the same; then everyone's first losses must be those of the first, which is this library. */
export async function loadAndCompare(what: string, peers: Peer[], load: AnyLoad, say: Context['say']): Promise<void> {
  let expected: number[] | null = null;
  for (const peer of peers) {
    await peer.ask('load', load);
    const { losses } = await peer.ask('steps', { count: FIRST_LOSSES });
    expected ??= losses;
    requireAgreement(`${what}, first losses`, peer, losses, expected);
  }
  say(`${what}: first losses ${expected?.map((loss) => loss.toFixed(4)).join(', ')}, the same on all sides`);
}

/** Seconds a step, from a short stretch of training. */
export async function stepSeconds(peer: Peer, batches: number): Promise<number> {
  const { seconds } = await peer.ask('train', { batches, epochs: 2, warmUp: 2 });
  return Math.min(...seconds) / batches;
}

/** A turn of training: the median epoch's seconds a step. */
export async function trainTurn(peer: Peer, batches: number, epochs: number): Promise<number> {
  const { seconds } = await peer.ask('train', { batches, epochs, warmUp: Math.min(10, batches) });
  return median(seconds) / batches;
}
