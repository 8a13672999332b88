/**
 * Kernels for engines that make 256-bit instructions of pairs of 128-bit ones, if told to before they compile.
 *
 * What an engine does under an experimental flag is believed when it has been seen: every kernel's bits, on odd shapes,
 * are compared with those of a compilation without it. Else all stays as it was.
 */

import { isCompiled, recompile } from './binary.js';
import { answers, firstDifference } from './self-check.js';
import { createSimdKernels } from './simd.js';

/** What the self-check has room in. */
const BYTES = 48 * 2 ** 20;

/** What the engine is told. */
export interface Engine {
  /** To pair vectors in what it compiles from now on, or not to. */
  pair(on: boolean): void;
  /** To compile what runs as well as it can before it runs on, or as it does by itself. */
  hurry(on: boolean): void;
}

/**
 * Compiles the kernels without pairs of vectors, then with them, and compares. If one bit differs, kernels stay what they are
 * without.
 * @returns what is in the way, or what differed; '' if kernels are wide from now on
 */
export function widen(engine: Engine): string {
  if (isCompiled()) return 'kernels have been compiled without it, expected it to be asked for before anything is computed';
  recompile(false);
  const expected = new Map(answers(createSimdKernels({ threads: 1, bytes: BYTES })));
  engine.pair(true);
  recompile(true);
  let difference: string | undefined;
  engine.hurry(true);
  try {
    difference = compare(expected, BYTES) ?? compare(expected, undefined);
  } finally {
    engine.hurry(false);
  }
  if (difference === undefined) return '';
  engine.pair(false);
  recompile(false);
  return `${difference} has other bits with it`;
}

/** A function is compiled well only when it has run for some time: the last round is of the code that will run on. */
const ROUNDS = 2;

function compare(expected: Parameters<typeof firstDifference>[0], bytes: number | undefined): string | undefined {
  const k = createSimdKernels({ threads: 1, bytes });
  for (let round = 0; round < ROUNDS; round++) {
    const difference = firstDifference(expected, k);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
