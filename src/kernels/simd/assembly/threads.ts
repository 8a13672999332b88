/**
 * Fork and join inside one operation.
 *
 * The result is cut into tiles; whoever is free claims the next one, the main thread included. A tile
 * is always computed whole, by one thread, with the same instructions, so a result has the same bits
 * for any number of threads and any timing.
 *
 * A claim is one compare-and-exchange on CONTROL, which holds the operation's sequence number next to
 * the count of unclaimed tiles: a claim on an operation that is over cannot succeed, because the
 * sequence number has changed. The main thread writes code and arguments before it publishes CONTROL
 * and touches them again only when DONE has reached the number of tiles, so whoever owns a tile reads
 * the right arguments. Workers that are still starting, or asleep, simply do not claim.
 */

import { becomeThread, CONTROL, DONE, EXIT, MAY_WAIT, OPERATION, SLEEPERS, SPINS, THREADS, WAITING } from './layout';
import { tile } from './tile';

/** Operations of fewer flops than this run on the main thread alone: waking others costs more. */
const WORTH_SHARING: f64 = 60000;

/** The operation this thread is working on; 0 is none. */
export let sequence: u32 = 0;
let published: u32 = 0;

/** Computes tiles tiles−1 … 0 of an operation whose arguments have been passed. */
export function run(operation: u32, tiles: u32, flops: f64): void {
  sequence = ++published;
  if (tiles < 2 || flops < WORTH_SHARING || load<u32>(THREADS) < 2) {
    for (let t = tiles; t > 0; t--) tile(operation, t - 1);
    return;
  }
  store<u32>(OPERATION, operation);
  atomic.store<u32>(DONE, 0);
  atomic.store<u64>(CONTROL, ((<u64>sequence) << 32) | tiles);
  if (atomic.load<u32>(SLEEPERS) != 0) atomic.notify(CONTROL + 4, -1);

  let finished: u32 = 0;
  while (true) {
    const control = claim();
    if (<u32>control == 0) break;
    tile(operation, <u32>control - 1);
    finished++;
  }
  atomic.add<u32>(DONE, finished);
  awaitDone(tiles);
}

/** Takes one tile: CONTROL as it was before, or 0 in the low half if there was none to take. */
function claim(): u64 {
  while (true) {
    const control = atomic.load<u64>(CONTROL);
    if (<u32>control == 0) return control;
    if (atomic.cmpxchg<u64>(CONTROL, control, control - 1) == control) return control;
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

/** What a worker does all its life. */
export function workerLoop(id: u32): void {
  becomeThread(id);
  let idle: u32 = 0;
  while (atomic.load<u32>(EXIT) == 0) {
    const control = claim();
    if (<u32>control != 0) {
      sequence = <u32>(control >> 32);
      tile(load<u32>(OPERATION), <u32>control - 1);
      atomic.add<u32>(DONE, 1);
      if (atomic.load<u32>(WAITING) != 0) atomic.notify(DONE, 1);
      idle = 0;
    } else if (++idle > load<u32>(SPINS)) {
      atomic.add<u32>(SLEEPERS, 1);
      if (atomic.load<u32>(EXIT) == 0) atomic.wait<i32>(CONTROL + 4, <i32>(control >> 32), -1);
      atomic.sub<u32>(SLEEPERS, 1);
      idle = 0;
    }
  }
}

/** Sends every worker out of its loop. */
export function dismiss(): void {
  atomic.store<u32>(EXIT, 1);
  store<u32>(THREADS, 1);
  sequence = ++published;
  atomic.store<u64>(CONTROL, (<u64>sequence) << 32);
  atomic.notify(CONTROL + 4, -1);
}
