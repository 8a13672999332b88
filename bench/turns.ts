/** Measuring in turn: ours, peer, ours, peer, … so that whatever the machine does, it does to all. */

import { busySeconds } from './machine.js';
import type { Peer } from './peers/peer.js';

/** A contestant and what it does when it has the turn: the result is the turn's figure. */
export interface Side {
  peer: Peer;
  turn(): Promise<number>;
}

export interface Measured {
  /** The median turn of each side. */
  medians: number[];
  /** What a reader of the figures should know about how they came about. */
  remarks: string[];
}

/** The same of several measurements, each said once. */
export class Remarks {
  private readonly all = new Set<string>();
  add({ remarks }: Measured): void {
    for (const remark of remarks) this.all.add(remark);
  }
  list(): string[] {
    return [...this.all];
  }
}

/** After a turn, threads that still look for work get this long to fall asleep. */
const PAUSE = 150;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Every side in turn, `rounds` times over. */
export async function inTurn(rounds: number, sides: Side[]): Promise<Measured> {
  const figures: number[][] = sides.map(() => []);
  const remarks = new Set<string>();
  let elapsed = 0;
  let elsewhere = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [i, { peer, turn }] of sides.entries()) {
      await sleep(PAUSE);
      const before = readings(sides);
      const start = performance.now();
      figures[i].push(await turn());
      const seconds = (performance.now() - start) / 1000;
      const used = readings(sides).map((after, j) => after - before[j]);
      const [machine, self, ...peers] = used;
      for (const [j, other] of sides.entries()) {
        if (other.peer !== peer && peers[j] > 0.05 + 0.05 * seconds) {
          remarks.add(`${other.peer.name} was not idle in ${peer.name}'s turn: ${peers[j].toFixed(2)} s of processor time`);
        }
      }
      elapsed += seconds;
      elsewhere += machine - self - sum(unique(sides, peers));
    }
  }
  const share = elsewhere / elapsed;
  if (share > 0.1)
    remarks.add(
      `other programs kept ${share > 0.6 ? 'a core or more' : 'a part of a core'} busy meanwhile: measure again on a quiet machine`,
    );
  return { medians: figures.map(median), remarks: [...remarks] };
}

/** Processor seconds so far: the machine's, this program's, each side's. */
function readings(sides: Side[]): number[] {
  const { user, system } = process.cpuUsage();
  return [busySeconds(), (user + system) / 1e6, ...sides.map(({ peer }) => peer.processorSeconds())];
}

/** A peer may have several sides; its time counts once. */
const unique = (sides: Side[], seconds: number[]): number[] =>
  seconds.filter((_, i) => sides.findIndex(({ peer }) => peer === sides[i].peer) === i);

/** The best of some trials of each, in turn. */
export async function trials(peers: Peer[], trial: (peer: Peer) => Promise<number>, rounds = 2): Promise<number[]> {
  const best = peers.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [i, peer] of peers.entries()) {
      // A setting that was hopeless once is not tried again.
      if (round > 0 && best[i] > 2 * Math.min(...best)) continue;
      await sleep(PAUSE);
      best[i] = Math.min(best[i], await trial(peer));
    }
  }
  return best;
}

/** The settings of one contestant compete: the fastest stays, the others are told to end. */
export async function fastest(peers: Peer[], trial: (peer: Peer) => Promise<number>, closeOthers = true): Promise<Peer> {
  if (peers.length === 1) return peers[0];
  const seconds = await trials(peers, trial);
  const winner = peers[seconds.indexOf(Math.min(...seconds))];
  if (closeOthers) await Promise.all(peers.filter((peer) => peer !== winner).map((peer) => peer.close()));
  return winner;
}

/** The clock starts only if both sides compute the same. */
export function requireAgreement(what: string, peer: Peer, theirs: ArrayLike<number>, ours: ArrayLike<number>): void {
  const { name, setting, tolerance } = peer;
  if (theirs.length !== ours.length) {
    throw new Error(`${what}: ${name} gives ${theirs.length} figures, this library ${ours.length}`);
  }
  for (let i = 0; i < ours.length; i++) {
    const apart = Math.abs(theirs[i] - ours[i]) / Math.abs(ours[i]);
    if (!(apart <= tolerance)) {
      throw new Error(
        `${what}: ${name} (${setting}) gives ${theirs[i]}, this library ${ours[i]} (figure ${i + 1}); ` +
          `expected them within ${tolerance} relative, so nothing was timed`,
      );
    }
  }
}
