/**
 * Fork and join inside one operation.
 *
 * The result is cut into tiles. Each thread has a share of them that depends on their number alone, so
 * that operations which cut the rows of a batch alike leave a row with the core that has it in its
 * caches; whoever is through with its share takes tiles of the others'. A tile is always computed
 * whole, by one thread, with the same instructions, so a result has the same bits for any number of
 * threads and any timing.
 *
 * A claim is one compare-and-exchange on a thread's control word, which holds the operation's sequence
 * number next to the count of unclaimed tiles: a claim on an operation that is over cannot succeed,
 * because the sequence number has changed. The main thread writes code and arguments before it publishes
 * the control words and touches them again only when DONE has reached the number of tiles, so whoever
 * owns a tile reads the right arguments. Workers that are still starting, or asleep, do not claim, and
 * what is theirs is taken by the others.
 *
 * A word that another core has written takes a thousand cycles to arrive. Hence an idle thread looks at
 * its own control word only, and at those of others just once, when its share is done.
 */

import {
  becomeThread, controlOf, DONE, EXIT, MAY_WAIT, OPERATION, self, SLEEPERS, SPINS, THREADS, TILES, WAITING,
} from './layout';
import { tile } from './tile';

/** Operations of fewer flops than this run on the main thread alone: waking others costs more. */
const WORTH_SHARING: f64 = 60000;

/** The operation this thread is working on; 0 is none. */
export let sequence: u32 = 0;
let published: u32 = 0;

/** Whether the next operation shall be left to the other threads until `join`, and how many tiles that has. */
let deferred: bool = false;
let pending: u32 = 0;

/** How many threads there are to share an operation. */
// @ts-ignore: decorator
@inline
export function threads(): u32 {
  return load<u32>(THREADS);
}

/** Where part `part` of n things begins, cut into `parts` as equal as can be; it ends where the next begins. */
export function cut(n: u32, part: u32, parts: u32): u32 {
  return <u32>((<u64>n * part) / parts);
}

/** Where thread t's share of the tiles begins. */
function shareOf(t: u32, tiles: u32): u32 {
  return cut(tiles, t, threads());
}

/**
 * Tiles that are a block of one operand and a part of the rows of another are numbered [group][block][chunk]:
 * each thread has a group of rows, in chunks, and goes through all chunks with a block before the next block.
 */
export function blockOf(t: u32, blocks: u32, chunks: u32): u32 {
  return (t / chunks) % blocks;
}

/** Which of groups × chunks parts of the rows such a tile is about. */
export function partOf(t: u32, blocks: u32, chunks: u32): u32 {
  return (t / chunks / blocks) * chunks + (t % chunks);
}

/** Whether an operation of so many flops goes to all threads. */
// @ts-ignore: decorator
@inline
export function isShared(flops: f64): bool {
  return flops >= WORTH_SHARING && threads() > 1;
}

/** Computes all tiles of an operation whose arguments have been passed. */
export function run(operation: u32, tiles: u32, flops: f64): void {
  sequence = ++published;
  if (tiles < 2 || !isShared(flops)) {
    for (let t = tiles; t > 0; t--) tile(operation, t - 1);
    return;
  }
  store<u32>(OPERATION, operation);
  store<u32>(TILES, tiles);
  atomic.store<u32>(DONE, 0);
  for (let t = threads(); t > 0; t--) publish(t - 1, shareOf(t, tiles) - shareOf(t - 1, tiles));
  if (atomic.load<u32>(SLEEPERS) != 0) wake();
  if (deferred) {
    pending = tiles;
    return;
  }
  workOn();
  awaitDone(tiles);
}

/** The next operation is begun, by the other threads; nothing else may be asked for before `join`. */
export function defer(): void {
  deferred = true;
}

/** Ends what was begun after `defer`, with this thread's help. */
export function join(): void {
  deferred = false;
  if (pending == 0) return;
  workOn();
  awaitDone(pending);
  pending = 0;
}

function publish(thread: u32, tiles: u32): void {
  atomic.store<u64>(controlOf(thread), ((<u64>sequence) << 32) | tiles);
}

function wake(): void {
  for (let t: u32 = 1; t < threads(); t++) atomic.notify(controlOf(t) + 4, -1);
}

/** Computes this thread's share, then what others have not come to; false if there was nothing to do. */
function workOn(): bool {
  const count = threads();
  let finished: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const owner = self + i < count ? self + i : self + i - count;
    while (true) {
      const control = claim(owner);
      if (<u32>control == 0) break;
      sequence = <u32>(control >> 32);
      tile(load<u32>(OPERATION), shareOf(owner, load<u32>(TILES)) + <u32>control - 1);
      finished++;
    }
  }
  if (finished == 0) return false;
  atomic.add<u32>(DONE, finished);
  return true;
}

/** Takes one tile of a thread's share: the control word as it was before, or 0 in the low half if there was none. */
function claim(owner: u32): u64 {
  const word = controlOf(owner);
  while (true) {
    const control = atomic.load<u64>(word);
    if (<u32>control == 0) return control;
    if (atomic.cmpxchg<u64>(word, control, control - 1) == control) return control;
  }
}

function awaitDone(tiles: u32): void {
  let spins = load<u32>(SPINS);
  while (atomic.load<u32>(DONE) != tiles) {
    if (spins != 0) {
      spins--;
    } else if (load<u32>(MAY_WAIT) != 0) {
      atomic.store<u32>(WAITING, 1);
      const done = atomic.load<u32>(DONE);
      if (done != tiles) atomic.wait<i32>(DONE, done, -1);
      atomic.store<u32>(WAITING, 0);
    }
  }
}

/**
 * What a worker does all its life. The address of its control word is worked out anew for every wait:
 * V8's baseline compiler (of Node 20) changes the local variable that such an address is computed from.
 */
export function workerLoop(id: u32): void {
  becomeThread(id);
  let seen: u32 = 0;
  let idle: u32 = 0;
  while (atomic.load<u32>(EXIT) == 0) {
    const latest = atomic.load<u32>(controlOf(self), 4);
    if (latest != seen) {
      seen = latest;
      if (workOn() && atomic.load<u32>(WAITING) != 0) atomic.notify(DONE, 1);
      idle = 0;
    } else if (++idle > load<u32>(SPINS)) {
      atomic.add<u32>(SLEEPERS, 1);
      if (atomic.load<u32>(EXIT) == 0) atomic.wait<i32>(controlOf(self) + 4, <i32>seen, -1);
      atomic.sub<u32>(SLEEPERS, 1);
      idle = 0;
    }
  }
}

/** Sends every worker out of its loop. */
export function dismiss(): void {
  atomic.store<u32>(EXIT, 1);
  sequence = ++published;
  for (let t = threads(); t > 0; t--) publish(t - 1, 0);
  wake();
  store<u32>(THREADS, 1);
}
