/** This library as a contestant: `ours.ts <backend> <threads> [wide]`. */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import ndarray from 'ndarray';
import { SparseAutoencoder, useWideKernels } from '../library.js';
import { runKernel } from './kernel.js';
import type { AnyLoad } from './peer.js';
import { runProfile } from './profile.js';
import { runRead } from './read.js';
import { counted, readFloats, repeat, serve, thisNode } from './serve.js';

const backend = process.argv[2] as 'simd' | 'plain';
const threads = process.argv[3] === 'auto' ? 'auto' : Number(process.argv[3]);

const asked = process.argv[4] === 'wide' ? useWideKernels() : null;
const width = asked ? (asked.wide ? ', 256 bits' : `, 128 bits: ${asked.reason}`) : '';

let sae: SparseAutoencoder;
let x: Float32Array;
let batchSize: number;

const rows = (count: number) => {
  const d = sae.inputDim;
  const n = Math.min(count, x.length / d);
  return { data: x.subarray(0, n * d), shape: [n, d] };
};

await serve({
  hello: () => ({
    kernels: `${thisNode}, ${backend}${width}`,
    threads: counted(threads === 'auto' ? availableParallelism() : threads),
  }),

  load(q: AnyLoad) {
    const { inputDim, hiddenDim } = q;
    // Adam's ε is the library's own, 10⁻⁷.
    const { epsilon, ...objective } = q.objective;
    x = readFloats(q.data);
    batchSize = q.batchSize;
    sae = new SparseAutoencoder({ inputDim, hiddenDim, ...objective, backend, threads });
    const theta = readFloats(q.parameters);
    let at = 0;
    const take = (...shape: number[]) => {
      const size = shape.reduce((a, b) => a * b);
      at += size;
      return ndarray(theta.subarray(at - size, at), shape);
    };
    sae.setParameters({
      encoderWeight: take(inputDim, hiddenDim),
      encoderBias: take(hiddenDim).data,
      decoderWeight: take(hiddenDim, inputDim),
      decoderBias: take(inputDim).data,
    });
    return {};
  },

  async steps({ count }: { count: number }) {
    const losses: number[] = [];
    const onBatchEnd = ({ loss }: { loss: number }) => losses.push(loss);
    await sae.fit(rows(count * batchSize), { epochs: 1, batchSize, shuffle: false, onBatchEnd });
    return { losses };
  },

  /** One `fit`, whose first epoch (with the reading and checking of X before it) is the warm-up. */
  async train({ batches, epochs }: { batches: number; epochs: number }) {
    const seconds: number[] = [];
    let last = performance.now();
    let l0 = 0;
    await sae.fit(rows(batches * batchSize), {
      epochs: 1 + epochs,
      batchSize,
      onEpochEnd(report) {
        const now = performance.now();
        seconds.push((now - last) / 1000);
        last = now;
        l0 = report.l0;
      },
    });
    return { first: seconds[0], seconds: seconds.slice(1), density: l0 / sae.hiddenDim };
  },

  async transform({ budget, out }: { budget: number; out: string }) {
    const users = ndarray(x, [x.length / sae.inputDim, sae.inputDim]);
    let code = sae.transform(users);
    const seconds = await repeat(budget, () => {
      code = sae.transform(users);
    });
    writeFileSync(out, code.data as Float32Array);
    return { seconds };
  },

  async topk({ budget, out }: { budget: number; out: string }) {
    const users = ndarray(x, [x.length / sae.inputDim, sae.inputDim]);
    let code = sae.transform(users, { sparse: true });
    const seconds = await repeat(budget, () => {
      code = sae.transform(users, { sparse: true });
    });
    const { data, indices, indptr } = code;
    let weighed = 0;
    const squares = new Float64Array(indptr.length - 1);
    for (let i = 0; i < squares.length; i++) {
      for (let p = indptr[i]; p < indptr[i + 1]; p++) {
        weighed += data[p] * (1 + (indices[p] % 97));
        squares[i] += data[p] ** 2;
      }
    }
    writeFileSync(out, Float32Array.from([data.length, weighed, ...squares.map(Math.sqrt)]));
    return { seconds };
  },

  kernel: runKernel,
  profile: runProfile,
  read: runRead,
});
