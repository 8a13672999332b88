/** Where the time of an epoch goes: each operation asked of the kernels, with its arithmetic and its bytes. */

import { createSimdKernels, isSparse, type Kernels, type Matrix, type Rows, type SparseRows, trainingOn } from '../library.js';
import type { AnyLoad, Cost, Line } from './peer.js';
import { readFloats } from './serve.js';

/** The fastest of `epochs` epochs, after one to warm up: its operations, in the order of their first call. */
export async function runProfile(
  q: AnyLoad & { rows: number; threads: number; epochs: number },
): Promise<{ lines: Line[]; megabytes: number }> {
  const { inputDim, hiddenDim, batchSize, rows, threads, epochs } = q;
  const { epsilon: _, ...objective } = q.objective;
  const x = { data: readFloats(q.data).subarray(0, rows * inputDim), rows, cols: inputDim };
  const kernels = createSimdKernels({ threads });
  let lines = new Map<string, Line>();
  const k = timed(kernels, costs(inputDim, hiddenDim), (cost, seconds) => {
    const call = { ...cost, seconds, calls: 1 };
    const before = lines.get(cost.name);
    lines.set(cost.name, before ? sum(cost.name, [before, call]) : call);
  });
  const options = { inputDim, hiddenDim, ...objective };
  const epoch = trainingOn(k, options, { x, start: readFloats(q.parameters), batchSize });
  let best: Line[] = [];
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= epochs; i++) {
    lines = new Map();
    epoch();
    const now = [...lines.values()];
    const { seconds } = sum('all', now);
    if (i > 0 && seconds < fastest) [best, fastest] = [now, seconds];
  }
  await kernels.close();
  return { lines: best, megabytes: process.resourceUsage().maxRSS / 1024 };
}

/** Several lines as one. */
export function sum(name: string, lines: Line[]): Line {
  const total = (of: 'flops' | 'bytes' | 'seconds' | 'calls') => lines.reduce((sum, line) => sum + line[of], 0);
  return { name, flops: total('flops'), bytes: total('bytes'), seconds: total('seconds'), calls: total('calls') };
}

type Costs = { [name in keyof Kernels]?: (...operands: never[]) => Cost };

/** `kernels`, every operation of which that `costs` knows is timed. */
function timed(kernels: Kernels, costs: Costs, note: (cost: Cost, seconds: number) => void): Kernels {
  const k: Record<string, unknown> = { ...kernels };
  for (const [name, cost] of Object.entries(costs) as [string, (...operands: unknown[]) => Cost][]) {
    const operation = k[name] as (...operands: unknown[]) => unknown;
    k[name] = (...operands: unknown[]) => {
      const from = performance.now();
      const result = operation(...operands);
      note(cost(...operands), (performance.now() - from) / 1000);
      return result;
    };
  }
  return k as unknown as Kernels;
}

/** What the operations of a training step come to, told apart by their shapes: n is neither d nor h. */
function costs(d: number, h: number): Costs {
  const is = ({ rows, cols }: Matrix, r: number, c: number) => rows === r && cols === c;
  const size = ({ rows, cols }: Matrix) => 4 * rows * cols;
  const entries = (a: Rows) => {
    if (!isSparse(a)) return a.rows * a.cols;
    let count = 0;
    for (let i = 0; i < a.rows; i++) count += a.end[i] - a.start[i];
    return count;
  };
  const product = (c: Matrix, b: Matrix) => {
    if (is(b, d, h)) return 'Z = X·W_enc';
    if (is(b, h, d)) return 'Y = F·W_dec';
    return is(c, h, d) ? 'dW_dec = Fᵀ·dY' : 'dW_enc = Xᵀ·dZ';
  };
  const room = (a: Rows) => (isSparse(a) ? 8 * entries(a) : size(a));
  return {
    spmm: (c: Matrix, a: SparseRows, b: Matrix) => ({
      name: product(c, b),
      flops: 2 * entries(a) * c.cols,
      bytes: room(a) + size(b) + size(c),
    }),
    sddmm: (c: Matrix, at: SparseRows, a: Matrix, b: Matrix) => ({
      name: 'dF = dY·W_decᵀ',
      flops: 2 * entries(at) * a.cols,
      bytes: room(at) + size(a) + size(b) + size(c),
    }),
    gemmTopK: (s: SparseRows, a: Matrix, b: Matrix) => ({
      name: 'F = top k of X·W_enc',
      flops: 2 * a.rows * a.cols * b.cols,
      bytes: size(a) + size(b) + room(s),
    }),
    spmmTurned: (c: Matrix, s: SparseRows, b: Matrix) => ({
      name: 'dW_enc = (dZᵀ·X)ᵀ',
      flops: 2 * entries(s) * b.cols,
      bytes: room(s) + size(b) + size(c),
    }),
    sddmmValues: (_: unknown, at: SparseRows, a: Matrix, b: Matrix) => ({
      name: 'dF = dY·W_decᵀ',
      flops: 2 * entries(at) * a.cols,
      bytes: room(at) + size(a) + size(b),
    }),
    rowSums: (_: unknown, s: SparseRows) => ({ name: 'db_enc', flops: entries(s), bytes: room(s) }),
    transpose: (_: SparseRows, s: SparseRows) => ({
      name: s.cols === d ? 'Xᵀ' : 'Fᵀ, dZᵀ',
      flops: 0,
      bytes: 2 * room(s),
    }),
    compress: (s: SparseRows, a: Matrix) => ({ name: "F's non-zeros", flops: 0, bytes: size(a) + room(s) }),
    activate: (a: Matrix) => ({ name: 'F = σ(Z)', flops: a.rows * a.cols, bytes: 2 * size(a) }),
    columnSums: (_: unknown, a: Matrix) => ({ name: 'ρ̂, db', flops: a.rows * a.cols, bytes: size(a) }),
    // The sigmoid: 19 and a division; the error, its square and the slope: 7.
    outputLoss: (y: Matrix, _: unknown, t: Rows) => ({
      name: 'X̂, R and dY',
      flops: 27 * y.rows * y.cols,
      bytes: 2 * size(y) + room(t),
    }),
    hiddenDelta: (dz: Matrix) => ({ name: 'dZ', flops: 4 * dz.rows * dz.cols, bytes: 3 * size(dz) }),
    adam: (theta: Float32Array) => ({ name: 'Adam', flops: 14 * theta.length, bytes: 28 * theta.length }),
  };
}
