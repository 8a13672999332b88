/**
 * The contract of kernels.ts answered by 128-bit WebAssembly, in single precision, on several threads.
 *
 * The kernels themselves are in assembly/; here matrices become addresses. An operation is one call
 * into WebAssembly, which shares the work out and joins it before it returns.
 */

import { power } from '../../numbers/elementary.js';
import { type AdamStep, type Elementwise, isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels.js';
import { processors } from '../threads.js';
import { isWide, kernelModule } from './binary.js';
import type { Exports } from './exports.js';
import { Heap } from './heap.js';
import { canShare, maySleep, type Pool, startWorkers } from './pool.js';
import { type Listed, screenedTopK, worthScreening } from './screened.js';

export { simdSupported } from './binary.js';

/** Scratch of one thread: what gemmTopK holds of 256 rows of 768, or a slice of 3400 rows and the table of row-parts.ts. */
const SCRATCH_BYTES = 1088 << 10;

/** What the kernels keep for themselves, next to one thread's scratch. */
const HEAP_BYTES = SCRATCH_BYTES + (64 << 10);

/** As many as assembly/layout.ts has control words for. */
const MOST_THREADS = 64;

/**
 * How often an idle thread looks for work before it sleeps: for about half a millisecond, since waking it takes
 * longer than most operations; or for a microsecond if threads share a processor.
 */
const SPINS = 200000;
const SPINS_WHEN_CROWDED = 200;

/** Measured: up to this density, for 64 columns, compress and spmm beat gemm; for wide results up to 0.9. */
const SPARSE_BELOW = 0.7;

const FUNCTIONS: Record<Elementwise, number> = { relu: 0, sigmoid: 1, tanh: 2, identity: 3 };

const A_B = 0;
const AT_B = 1;
const A_BT = 2;

/**
 * A kernel set with a memory of its own, on `threads` threads where threads can be had.
 *
 * With `bytes`, on one thread, in memory of that size which is not shared: engines copy into it at full
 * speed, where for shared memory they keep to single words. With `wide`, which wide.ts decides on where it is not given,
 * products are cut for an engine that makes 256-bit instructions of these; the bits are the same.
 */
export function createSimdKernels(options: { threads: number; bytes?: number; wide?: boolean }): Kernels {
  if (!(options.threads >= 1)) throw new RangeError(`threads: ${options.threads}`);
  const shared = options.bytes === undefined && canShare();
  const threads = shared ? Math.min(Math.floor(options.threads), MOST_THREADS) : 1;
  const module = kernelModule(shared);
  const heap = new Heap(shared, options.bytes && options.bytes + HEAP_BYTES);
  const wasm = new WebAssembly.Instance(module, { env: { memory: heap.memory } }).exports as unknown as Exports;
  const spins = threads > processors() ? SPINS_WHEN_CROWDED : SPINS;
  heap.reserve(wasm.setup(threads, SCRATCH_BYTES, spins, Number(maySleep()), (options.wide ?? isWide()) ? 16 : 8));
  let pool: Pool | undefined = threads > 1 ? startWorkers(module, heap.memory, threads - 1) : undefined;

  const memory: Pick<Kernels, 'floats' | 'integers' | 'scoped'> = {
    floats: (n) => heap.floats(n),
    integers: (n) => heap.integers(n),
    scoped: (run) => {
      const mark = heap.mark();
      try {
        return run();
      } finally {
        heap.release(mark);
      }
    },
  };

  const at = (array: ArrayBufferView): number => heap.address(array);
  const atOrNull = (array: ArrayBufferView | null | undefined): number => (array ? heap.address(array) : 0);

  const targets = (t: Rows): [number, number, number, number, number] =>
    isSparse(t) ? [0, at(t.start), at(t.end), at(t.index), at(t.value)] : [at(t.data), 0, 0, 0, 0];

  const product = (c: Matrix, a: Matrix, b: Matrix, bias: ArrayBufferView | undefined, depth: number, form: number): void =>
    wasm.gemm(at(c.data), at(a.data), at(b.data), atOrNull(bias), c.rows, depth, c.cols, form);

  const whole =
    (b: Matrix, k: number, bias: ArrayBufferView | undefined, form: number) =>
    (s: SparseRows, a: Matrix): number =>
      wasm.gemmTopK(...selected(s, a, b, k, bias, form));

  const selected = (s: SparseRows, a: Matrix, b: Matrix, k: number, bias: ArrayBufferView | undefined, form: number) =>
    [
      at(s.start),
      at(s.end),
      at(s.index),
      at(s.value),
      at(a.data),
      at(b.data),
      atOrNull(bias),
      s.rows,
      a.cols,
      s.cols,
      k,
      form,
    ] as const;

  const selection = (s: SparseRows, a: Matrix, b: Matrix, k: number, bias: ArrayBufferView | undefined, form: number): number => {
    if (!worthScreening(s.rows, a.cols, s.cols, k)) return whole(b, k, bias, form)(s, a);
    const screen = ({ column, bound, lower, count, most }: Listed) => {
      const room = heap.room(wasm.screenRoom(a.cols, s.cols) / 4);
      const givenUp = wasm.screen(...selected(s, a, b, k, bias, form), at(column), at(bound), at(lower), at(count), most, room);
      if (givenUp < s.rows) wasm.settle();
      return givenUp;
    };
    return screenedTopK(memory, s, a, k, screen, whole(b, k, bias, form));
  };

  return {
    name: 'simd',
    threads,
    sparseBelow: SPARSE_BELOW,
    ...memory,
    adopt: (x) => {
      if (heap.holds(x)) return x;
      const copy = heap.floats(x.length, heap.room(x.length));
      copy.set(x);
      return copy;
    },
    overlap: (operation, meanwhile) => {
      wasm.defer();
      try {
        operation();
        meanwhile();
      } finally {
        wasm.join();
      }
    },

    gemm: (c, a, b, bias) => product(c, a, b, bias, a.cols, A_B),
    gemmTN: (c, a, b) => product(c, a, b, undefined, a.rows, AT_B),
    gemmNT: (c, a, b) => product(c, a, b, undefined, a.cols, A_BT),

    spmm: (c, a, b, bias) =>
      wasm.spmm(at(c.data), at(a.start), at(a.end), at(a.index), at(a.value), at(b.data), atOrNull(bias), c.rows, b.rows, c.cols),
    spmmTurned: (c, s, b) =>
      wasm.spmmTurned(at(c.data), at(s.start), at(s.end), at(s.index), at(s.value), at(b.data), s.rows, b.cols),
    sddmm: (c, s, a, b) =>
      wasm.sddmm(at(c.data), 0, at(s.start), at(s.end), at(s.index), at(a.data), at(b.data), s.rows, a.cols, s.cols),
    sddmmValues: (value, s, a, b) =>
      wasm.sddmm(0, at(value), at(s.start), at(s.end), at(s.index), at(a.data), at(b.data), s.rows, a.cols, s.cols),

    compress: (s, a) => wasm.compress(at(s.start), at(s.end), at(s.index), at(s.value), at(a.data), a.rows, a.cols),
    gemmTopK: (s, a, b, k, bias) => selection(s, a, b, k, bias, A_B),
    gemmNTTopK: (s, a, b, k, bias) => selection(s, a, b, k, bias, A_BT),
    topK: (s, z, k) => wasm.topK(at(s.start), at(s.end), at(s.index), at(s.value), at(z.data), z.rows, z.cols, k),
    transpose: (t: SparseRows, s: SparseRows) =>
      wasm.transpose(
        at(t.start),
        at(t.end),
        at(t.index),
        at(t.value),
        at(s.start),
        at(s.end),
        at(s.index),
        at(s.value),
        s.rows,
        s.cols,
        t.index.length < s.rows * s.cols,
      ),

    activate: (a, σ) => wasm.activate(at(a.data), a.rows * a.cols, FUNCTIONS[σ]),
    columnSums: (out, a) => wasm.columnSums(at(out), at(a.data), a.rows, a.cols),
    rowSums: (out, s) => wasm.rowSums(at(out), at(s.start), at(s.end), at(s.value), s.rows),
    outputLoss: (xHat, dz, t, σ, c) => {
      return c * wasm.outputLoss(at(xHat.data), atOrNull(dz?.data), ...targets(t), xHat.rows, xHat.cols, FUNCTIONS[σ], 2 * c);
    },
    crossEntropy: (xHat, dy, t, c) =>
      c * wasm.crossEntropy(at(xHat.data), atOrNull(dy?.data), ...targets(t), xHat.rows, xHat.cols, c),
    hiddenDelta: (dz, f, pull, l1, σ) => wasm.hiddenDelta(at(dz.data), at(f.data), at(pull), l1, f.rows, f.cols, FUNCTIONS[σ]),

    sumOfSquares: (x) => wasm.sumOfSquares(at(x), x.length),
    sumOfAbs: (x) => wasm.sumOfAbs(at(x), x.length),
    countNonZeros: (x) => wasm.countNonZeros(at(x), x.length),
    findNonFinite: (x) => wasm.findNonFinite(at(x), x.length),
    axpy: (y, alpha, x) => wasm.axpy(at(y), alpha, at(x), y.length),
    adam: (theta, g, m, v, how) => wasm.adam(at(theta), at(g), at(m), at(v), theta.length, ...adamFactors(how)),

    close: async () => {
      wasm.dismiss();
      const workers = pool;
      pool = undefined;
      await workers?.stop();
    },
  };
}

/** β₁, 1−β₁, β₂, 1−β₂, α/(1−β₁ᵗ), 1/(1−β₂ᵗ), ε */
function adamFactors(how: AdamStep): [number, number, number, number, number, number, number] {
  const { step, learningRate, beta1, beta2, epsilon } = how;
  const rate = learningRate / (1 - power(beta1, step));
  const scale = 1 / (1 - power(beta2, step));
  return [beta1, 1 - beta1, beta2, 1 - beta2, rate, scale, epsilon];
}
