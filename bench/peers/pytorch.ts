/** Where PyTorch is, how fast its BLAS is, and the settings it may choose from. */

import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { processorHas } from '../machine.js';
import type { Launch } from './peer.js';

export interface PyTorch {
  python: string;
  version: string;
  /** The library that its matrix products run on, as far as can be seen. */
  blas: string;
}

const PYTHONS = ['python3', '/usr/bin/python3'];

/** The first python3 that can import torch and numpy. */
export function findPyTorch(): PyTorch | null {
  for (const python of PYTHONS) {
    try {
      const probe = ['-c', 'import torch, numpy; print(torch.__version__)'];
      const version = execFileSync(python, probe, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
      return { python, version, blas: blas() };
    } catch {}
  }
  return null;
}

/** Debian's torch uses whatever libblas the system's alternatives name. */
function blas(): string {
  const link = `/etc/alternatives/libblas.so.3-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  try {
    return realpathSync(link);
  } catch {
    return 'unknown BLAS';
  }
}

/** A remark where the BLAS is Netlib's, in Fortran, ten times slower than OpenBLAS. */
export function blasRemark({ blas }: PyTorch): string | null {
  if (!/\/blas\/libblas/.test(blas)) return null;
  return `PyTorch runs on the reference BLAS here (${blas}), ten times slower than it could: apt-get install libopenblas0-pthread`;
}

/** OpenMP's threads and OpenBLAS's oversubscribe each other, so all four combinations compete. */
function launches({ python }: PyTorch, name: string, coreType?: string): Launch[] {
  const script = new URL('pytorch.py', import.meta.url).pathname;
  return [1, 2].flatMap((omp) =>
    [1, 2].map((blas) => ({
      name,
      setting: `${coreType ? `OPENBLAS_CORETYPE=${coreType}, ` : ''}threads: OpenMP ${omp}, OpenBLAS ${blas}`,
      command: python,
      args: [script],
      env: {
        OMP_NUM_THREADS: `${omp}`,
        OPENBLAS_NUM_THREADS: `${blas}`,
        ...(coreType && { OPENBLAS_CORETYPE: coreType }),
      },
    })),
  );
}

/**
 * PyTorch as installed; and, where the processor has AVX-512, PyTorch with OpenBLAS told to use it, which
 * releases older than the processor do not find out by themselves.
 */
export function pytorchLaunches(pytorch: PyTorch): Launch[][] {
  const lineup = [launches(pytorch, 'PyTorch')];
  if (pytorch.blas.includes('openblas') && processorHas('avx512f')) {
    lineup.push(launches(pytorch, 'PyTorch, AVX-512 forced', processorHas('avx512_bf16') ? 'COOPERLAKE' : 'SKYLAKEX'));
  }
  return lineup;
}
