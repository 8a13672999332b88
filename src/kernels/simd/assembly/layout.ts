/**
 * The first bytes of the shared memory, and the arguments of the operation in progress.
 *
 * Words that different threads write lie in different pairs of cache lines, since processors fetch
 * lines in pairs. Everything from HEAP on is handed out by JavaScript: first the threads' private
 * scratch, then the callers' arrays.
 */

/** i32: tiles finished. */
export const DONE: usize = 128;
/** i32: 1 while the main thread sleeps on DONE. */
export const WAITING: usize = 256;
/** i32: how many workers sleep. */
export const SLEEPERS: usize = 384;
/** i32: 1 when the workers shall leave their loop. */
export const EXIT: usize = 512;

/** Settings, written once: see `setup`. */
export const THREADS: usize = 640;
export const SPINS: usize = 644;
export const MAY_WAIT: usize = 648;
export const SCRATCH: usize = 652;
export const SCRATCH_BYTES: usize = 656;
export const STRIP_WIDTH: usize = 660;

/** The running operation: its code, how many tiles it has, its arguments. */
export const OPERATION: usize = 768;
export const TILES: usize = 772;
const ARGUMENTS: usize = 832;
/** i32: whichever thread meets a NaN or ±∞ in `compress` writes 1. */
export const NOT_FINITE: usize = 960;
/** i32: how many entries threads have found a place for in it. */
export const PLACED: usize = 964;

/** One f64 per tile, for operations that return a sum; at most PARTIAL_SUMS tiles. */
export const PARTIALS: usize = 1024;
export const PARTIAL_SUMS: u32 = 1024;
/** 16 byte shuffles: entry `mask` moves the lanes set in `mask` to the front. */
export const LEFT_PACK: usize = 9216;

/** 32 f32 of the mathematics: see constants.ts. */
export const CONSTANTS: usize = 9472;

/** For each thread an i64: (sequence number of the operation << 32) | its tiles nobody has claimed yet. */
const CONTROLS: usize = 9600;
const CONTROL_BYTES: usize = 128;
const MOST_THREADS: u32 = 64;
export const HEAP: usize = CONTROLS + CONTROL_BYTES * MOST_THREADS;

/** This thread's number; 0 is the main thread. Every thread has its own instance, hence its own. */
export let self: u32 = 0;

/** Whether the engine makes 256-bit vectors of two adjacent ones each. */
// @ts-ignore: decorator
@inline
export function isWide(): bool {
  return load<u32>(STRIP_WIDTH) == 16;
}

export function becomeThread(id: u32): void {
  self = id;
}

// @ts-ignore: decorator
@inline
export function controlOf(thread: u32): usize {
  return CONTROLS + thread * CONTROL_BYTES;
}

/** Scratch no other thread touches. */
export function scratch(): usize {
  return load<u32>(SCRATCH) + self * load<u32>(SCRATCH_BYTES);
}

// @ts-ignore: decorator
@inline
export function argument(i: usize): u32 {
  return load<u32>(ARGUMENTS + (i << 2));
}

// @ts-ignore: decorator
@inline
export function floatArgument(i: usize): v128 {
  return v128.load_splat<f32>(ARGUMENTS + (i << 2));
}

// @ts-ignore: decorator
@inline
export function passFloat(i: usize, x: f32): void {
  store<f32>(ARGUMENTS + (i << 2), x);
}

export function pass4(i: usize, a: u32, b: u32, c: u32, d: u32): void {
  const p = ARGUMENTS + (i << 2);
  store<u32>(p, a, 0);
  store<u32>(p, b, 4);
  store<u32>(p, c, 8);
  store<u32>(p, d, 12);
}
