/** Where PyTorch is, and the settings it may choose from. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './environment.js';
import type { Launch } from './peer.js';

export interface PyTorch {
  python: string;
  version: string;
}

const PYTHONS = ['python3', '/usr/bin/python3'];

/** The first python3 that can import torch and numpy. */
export function findPyTorch(): PyTorch | null {
  for (const python of PYTHONS) {
    try {
      const probe = ['-c', 'import torch, numpy; print(torch.__version__)'];
      const env = cleanEnvironment();
      const version = execFileSync(python, probe, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
      return { python, version };
    } catch {}
  }
  return null;
}

/** OpenMP's threads and OpenBLAS's oversubscribe each other, so all four combinations compete. */
export function pytorchLaunches({ python }: PyTorch, name = 'PyTorch', file = 'pytorch.py', ...args: string[]): Launch[] {
  const script = fileURLToPath(new URL(file, import.meta.url));
  return [1, 2].flatMap((omp) =>
    [1, 2].map((blas) => ({
      name,
      setting: `threads: OpenMP ${omp}, OpenBLAS ${blas}`,
      command: python,
      args: [script, ...args],
      env: { OMP_NUM_THREADS: `${omp}`, OPENBLAS_NUM_THREADS: `${blas}` },
    })),
  );
}
