/** Where the time of an epoch goes: each operation asked of the kernels, with its arithmetic and its bytes. */

import { completeModelOptions } from '../../src/core/options.js';
import { isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../../src/kernels/kernels.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { type Parameters, parameterCount, viewParameters } from '../../src/layers/parameters.js';
import { layoutOf, newMemory } from '../../src/model/layout.js';
import { Objective } from '../../src/model/objective.js';
import { adamStep } from '../../src/training/adam.js';
import { DataSet, identityOrder } from '../../src/training/batches.js';
import { BATCH, OBJECTIVE, PIXELS } from '../data.js';
import { readFloats } from '../peers/serve.js';
import { digits, type Result } from '../table.js';
import type { Context, Workload } from './workload.js';

/** What one call comes to: useful multiplications and additions, and bytes if each operand moves once. */
interface Cost {
  name: string;
  flops: number;
  bytes: number;
}

interface Line extends Cost {
  seconds: number;
  calls: number;
}

export const profile = (hidden: number): Workload => ({
  name: `profile-${hidden}`,
  title: `Profile: the operations of an epoch of 784-${hidden}-784 on the 60,000 digits`,
  run: (context) => run(context, hidden),
});

async function run({ files, quick, say, rounds }: Context, hidden: number): Promise<Result> {
  const x = readFloats(files.mnist().train);
  const start = readFloats(files.weights(hidden));
  const rows = quick ? 20 * BATCH : x.length / PIXELS;
  const data = { data: x.subarray(0, rows * PIXELS), rows, cols: PIXELS };
  const one = await profiled(1, hidden, data, start, rounds);
  say(`profile-${hidden}: one thread`);
  const two = await profiled(2, hidden, data, start, rounds);
  say(`profile-${hidden}: two threads`);
  const row = (alone: Line, shared: Line) => {
    const { name, calls, flops, bytes } = alone;
    const speeds = [alone, shared].map(({ seconds }) => [
      digits(1000 * seconds),
      digits(flops / seconds / 1e9),
      digits(bytes / seconds / 1e9),
    ]);
    return [name, `${calls}`, digits(flops / 1e9), digits(bytes / 1e9), ...speeds.flat(), digits(alone.seconds / shared.seconds)];
  };
  const columns = [
    'operation',
    'calls',
    'GFLOP',
    'GB',
    'ms, 1 thread',
    'GFLOP/s',
    'GB/s',
    'ms, 2 threads',
    'GFLOP/s',
    'GB/s',
    'scales by',
  ];
  return {
    tables: [
      {
        title: `Profile of an epoch of 784-${hidden}-784${quick ? `, ${rows} rows` : ''}`,
        columns,
        rows: [...one.map((line, i) => row(line, two[i])), row(sum('all', one), sum('all', two))],
        remarks: [
          'the fastest epoch after the first; GFLOP: useful multiplications and additions; GB: each operand of a call moved once',
        ],
      },
    ],
    charts: [],
    summary: [],
  };
}

/** The fastest of `epochs` epochs, after one to warm up: its operations, in the order of their first call. */
async function profiled(threads: number, hidden: number, x: Matrix, start: Float32Array, epochs: number): Promise<Line[]> {
  const spec = completeModelOptions({
    inputDim: PIXELS,
    hiddenDim: hidden,
    outputDim: PIXELS,
    hiddenActivation: 'relu',
    outputActivation: 'sigmoid',
    reconstruction: 'mse',
    penalty: 'kl',
    sparsityParam: OBJECTIVE.sparsityParam,
    beta: OBJECTIVE.beta,
    weightDecay: 0,
  });
  const layout = layoutOf(spec);
  const kernels = createSimdKernels({ threads });
  const [theta, gradient, m, v] = Array.from({ length: 4 }, () => kernels.floats(parameterCount(layout)));
  theta.set(start);
  const moments = { m, v, step: 0 };
  const θ = viewParameters(theta, layout);
  let lines = new Map<string, Line>();
  const k = timed(kernels, costs(θ, viewParameters(gradient, layout)), (cost, seconds) => {
    const call = { ...cost, seconds, calls: 1 };
    const before = lines.get(cost.name);
    lines.set(cost.name, before ? sum(cost.name, [before, call]) : call);
  });
  const data = new DataSet(kernels, x, BATCH);
  const objective = new Objective(k, spec, BATCH, data.sparse, newMemory(spec, 0));
  const order = identityOrder(x.rows);
  let best: Line[] = [];
  let fastest = Number.POSITIVE_INFINITY;
  for (let epoch = 0; epoch <= epochs; epoch++) {
    lines = new Map();
    for (let from = 0; from < x.rows; from += BATCH) {
      const batch = data.batch(order, from, Math.min(from + BATCH, x.rows));
      objective.evaluate(θ, batch, batch, gradient);
      adamStep(k, theta, gradient, moments, OBJECTIVE.learningRate);
    }
    const now = [...lines.values()];
    const { seconds } = sum('all', now);
    if (epoch > 0 && seconds < fastest) [best, fastest] = [now, seconds];
  }
  await kernels.close();
  return best;
}

function sum(name: string, lines: Line[]): Line {
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

/** What the operations of a training step come to, told apart by the parameters they work on. */
function costs(θ: Parameters, dθ: Parameters): Costs {
  const same = (a: Matrix, b: Matrix) => a.data.byteOffset === b.data.byteOffset;
  const size = ({ rows, cols }: Matrix) => 4 * rows * cols;
  const entries = (a: Rows) => {
    if (!isSparse(a)) return a.rows * a.cols;
    let count = 0;
    for (let i = 0; i < a.rows; i++) count += a.end[i] - a.start[i];
    return count;
  };
  const product = (c: Matrix, b: Matrix) => {
    if (same(b, θ.encoderWeight)) return 'Z = X·W_enc';
    if (same(b, θ.decoderWeight)) return 'Y = F·W_dec';
    return same(c, dθ.decoderWeight) ? 'dW_dec = Fᵀ·dY' : 'dW_enc = Xᵀ·dZ';
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
    transpose: (_: SparseRows, s: SparseRows) => ({
      name: s.cols === PIXELS ? 'Xᵀ' : 'Fᵀ',
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
