import type { Kernels } from './kernels.js';
import { createPlainKernels } from './plain/plain.js';
import { canShare } from './simd/pool.js';
import { createSimdKernels, simdSupported } from './simd/simd.js';
import { processors } from './threads.js';

/** What a model asks for: see SparseAutoencoderOptions. */
export interface BackendRequest {
  readonly backend: 'auto' | 'plain' | 'simd';
  readonly dtype: 'float32' | 'float64';
  readonly threads: 'auto' | number;
}

/**
 * The kernel set that a request comes to here: float64 is always plain, and so is 'auto' where
 * WebAssembly or its SIMD is missing or forbidden.
 * @throws Error if 'simd' was asked for and cannot be had.
 */
export function resolveBackend({ backend, dtype }: BackendRequest): 'plain' | 'simd' {
  if (backend === 'plain' || dtype === 'float64') return 'plain';
  if (simdSupported()) return 'simd';
  if (backend === 'auto') return 'plain';
  throw new Error('SparseAutoencoder: backend "simd" needs WebAssembly with SIMD, which this environment lacks or forbids');
}

/** Kernels of one's own, for a whole `fit`. Close them. */
export function trainingKernels(request: BackendRequest): Kernels {
  if (resolveBackend(request) === 'plain') return createPlainKernels(request.dtype);
  return createSimdKernels({ threads: request.threads === 'auto' ? processors() : request.threads });
}

/** What the memory of small calls holds, in bytes. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/** One memory for all synchronous calls, of whatever model: each takes what it needs and gives it back. */
let scratch: Kernels | undefined;

/** One more for calls that need more: it grows as they do, and lasts until the garbage is collected. */
let largeScratch: WeakRef<Kernels> | undefined;

/** Kernels for one synchronous call, on one thread, with room for `elements` floats and integers. */
export function scratchKernels(request: BackendRequest, elements: number): Kernels {
  if (resolveBackend(request) === 'plain') return createPlainKernels(request.dtype);
  if (4 * elements <= SCRATCH_BYTES) {
    scratch ??= createSimdKernels({ threads: 1, bytes: SCRATCH_BYTES });
    return scratch;
  }
  const large = largeScratch?.deref() ?? createSimdKernels({ threads: 1 });
  largeScratch = new WeakRef(large);
  return large;
}

/** Threads are started for calls that read so many numbers, which one thread takes a millisecond or two for. */
const WORTH_THREADS = 2 ** 20;

/** How long they wait for the next such call, in ms: starting them takes longer than most calls. */
const LINGER = 1000;

/** The threads of large synchronous calls, of whatever model. They keep no process alive. */
let crew: { kernels: Kernels; threads: number; leave: ReturnType<typeof setTimeout> } | undefined;

/**
 * Kernels for one synchronous call that reads `numbers` of the caller's numbers: on several threads if
 * that is worth it, and with room for `elements` floats and integers if not.
 */
export function inferenceKernels(request: BackendRequest, elements: number, numbers: number): Kernels {
  const threads = request.threads === 'auto' ? processors() : request.threads;
  const alone = threads < 2 || numbers < WORTH_THREADS || !canShare();
  if (alone || resolveBackend(request) === 'plain') return scratchKernels(request, elements);
  if (crew?.threads !== threads) dismissCrew();
  clearTimeout(crew?.leave);
  const leave = setTimeout(dismissCrew, LINGER);
  (leave as { unref?: () => void }).unref?.();
  crew = { kernels: crew?.kernels ?? createSimdKernels({ threads }), threads, leave };
  return crew.kernels;
}

function dismissCrew(): void {
  clearTimeout(crew?.leave);
  void crew?.kernels.close();
  crew = undefined;
}
