import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { simdSupported } from '../kernels/simd/binary.js';
import { type Engine, widen } from '../kernels/simd/wide.js';

/** What came of `useWideKernels`. */
export interface WideKernels {
  /** Whether kernels are wide from now on. */
  readonly wide: boolean;
  /** Why, in one line. */
  readonly reason: string;
}

const OLDEST = 24;
const CHECKED = 'each was compared, and has the bits of its 128-bit form';

let answer: WideKernels | undefined;

/**
 * Has V8 make 256-bit instructions of the kernels' 128-bit ones (`--experimental-wasm-revectorize`): on x64, in Node 24 or later. Results
 * have the same bits, which is checked here, kernel by kernel, before anything relies on it; where it cannot be had, or one bit
 * differs, all stays as it was, and `reason` says why. The flag is the whole process's, its worker threads included: other
 * WebAssembly that is compiled afterwards is compiled with it too.
 *
 * Call it before anything is computed. Called again it says the same.
 */
export function useWideKernels(): WideKernels {
  answer ??= decide();
  return answer;
}

function decide(): WideKernels {
  const obstacle = obstacleHere() ?? widen(v8);
  if (obstacle) return { wide: false, reason: obstacle };
  return { wide: true, reason: CHECKED };
}

const v8: Engine = {
  pair: (on) => setFlagsFromString(on ? '--experimental-wasm-revectorize' : '--no-experimental-wasm-revectorize'),
  hurry: (on) => {
    setFlagsFromString(on ? '--wasm-sync-tier-up' : '--no-wasm-sync-tier-up');
    // The larger number is what it is by default.
    setFlagsFromString(`--wasm-tiering-budget=${on ? 10_000 : 13_000_000}`);
  },
};

/** What is not as it has to be. */
function obstacleHere(): string | undefined {
  const { bun, deno, node } = process.versions;
  const engine = bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
  if (bun || deno || Number.parseInt(node, 10) < OLDEST) return `this is ${engine}, expected Node ${OLDEST} or later`;
  if (process.arch !== 'x64') return `this is ${process.arch}, expected x64`;
  if (!hasAvx2()) return 'this processor lacks AVX2';
  if (!simdSupported()) return 'WebAssembly with SIMD is missing or forbidden';
  return undefined;
}

/** As far as Linux knows; elsewhere it is taken for granted. */
function hasAvx2(): boolean {
  const path = '/proc/cpuinfo';
  return !existsSync(path) || /\bavx2\b/.test(readFileSync(path, 'utf8'));
}
