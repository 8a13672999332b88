import type { Kernels } from './kernels.js';
import { createPlainKernels } from './plain/plain.js';

/** What a model asks for: see SparseAutoencoderOptions. */
export interface BackendRequest {
  readonly backend: 'auto' | 'plain' | 'simd';
  readonly dtype: 'float32' | 'float64';
  readonly threads: 'auto' | number;
}

/** The kernel set that a request comes to on this machine. */
export function resolveBackend(_request: BackendRequest): 'plain' | 'simd' {
  return 'plain';
}

/** Kernels of one's own, for a whole `fit`. Close them. */
export function trainingKernels(request: BackendRequest): Kernels {
  return createPlainKernels(request.dtype);
}

/** Kernels for one synchronous call, on one thread. */
export function inferenceKernels(request: BackendRequest): Kernels {
  return createPlainKernels(request.dtype);
}
