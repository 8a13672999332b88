/** One kernel of this library alone, on one thread. */

import { createPlainKernels, createSimdKernels, type Kernels, type Matrix, type SparseRows } from '../library.js';
import type { Product } from './peer.js';
import { norm, readFloats, repeat } from './serve.js';

/**
 * A product and the kernel to compute it: 'gemm' in any form; 'spmm', where A is mostly zeros; or
 * 'sddmm', A·Bᵀ (form 'NT') at the non-zeros of the file `at`, n×m.
 */
export interface KernelCall extends Product {
  op: 'gemm' | 'spmm' | 'sddmm';
  at?: string;
  set: 'simd' | 'plain';
}

export async function runKernel(q: KernelCall & { budget: number }): Promise<{ seconds: number[]; norm: number }> {
  const k: Kernels = q.set === 'simd' ? createSimdKernels({ threads: 1 }) : createPlainKernels('float32');
  const read = (path: string, rows: number, cols: number): Matrix => {
    const data = k.floats(rows * cols);
    data.set(readFloats(path));
    return { data, rows, cols };
  };
  const compressed = (a: Matrix): SparseRows => {
    const size = a.rows * a.cols;
    const s = { ...a, start: k.integers(a.rows), end: k.integers(a.rows), index: k.integers(size), value: k.floats(size) };
    k.compress(s, a);
    return s;
  };
  const { n, k: depth, m, form } = q;
  const a = form === 'TN' ? read(q.a, depth, n) : read(q.a, n, depth);
  const b = form === 'NT' ? read(q.b, m, depth) : read(q.b, depth, m);
  const c: Matrix = { data: k.floats(n * m), rows: n, cols: m };
  const run = prepare();
  run();
  const seconds = await repeat(q.budget, run);
  const result = { seconds, norm: norm(c.data) };
  await k.close();
  return result;

  function prepare(): () => void {
    if (q.op === 'spmm') {
      const s = compressed(a);
      return () => k.spmm(c, s, b);
    }
    if (q.op === 'sddmm') {
      const at = compressed(read(q.at as string, n, m));
      return () => k.sddmm(c, at, a, b);
    }
    const gemm = { NN: k.gemm, TN: k.gemmTN, NT: k.gemmNT }[form];
    return () => gemm(c, a, b);
  }
}
