/** TensorFlow.js as a contestant: `tfjs.ts <wasm|cpu>`, with its own gradients and its own Adam. */

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Load } from './peer.js';
import { Batches, counted, readFloats, repeat, serve, thisNode, timeEpochs } from './serve.js';

/** What is used of tf.Tensor and of the packages; bench/node_modules need not be there to compile this. */
interface Tensor {
  add(x: Tensor | number): Tensor;
  sub(x: Tensor | number): Tensor;
  mul(x: Tensor | number): Tensor;
  matMul(x: Tensor): Tensor;
  square(): Tensor;
  log(): Tensor;
  neg(): Tensor;
  relu(): Tensor;
  sigmoid(): Tensor;
  minimum(x: number): Tensor;
  mean(axis?: number): Tensor;
  sum(): Tensor;
  dispose(): void;
  data(): Promise<Float32Array>;
}
interface TensorFlow {
  env(): { getAsync(flag: string): Promise<unknown> };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: number[]): Tensor;
  variable(x: Tensor): Tensor;
  tidy<T>(f: () => T): T;
  train: { adam(rate: number, beta1: number, beta2: number, epsilon: number): Optimizer };
}
interface Optimizer {
  minimize(f: () => Tensor, returnCost: true): Tensor;
}

const backend = process.argv[2];
// The packages' CommonJS builds: those are what Node programs get.
const require = createRequire(import.meta.url);
const tf: TensorFlow = require('@tensorflow/tfjs');
const wasm = backend === 'wasm' ? require('@tensorflow/tfjs-backend-wasm') : null;
if (wasm) {
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
}
await tf.setBackend(backend);
await tf.ready();

const EDGE = 1 - 1e-3;

let model: Model;

class Model {
  readonly x: Float32Array;
  readonly inputDim: number;
  readonly batches: Batches;
  readonly theta: Tensor[];
  private readonly adam: Optimizer;
  private readonly q: Load;
  private loss: Tensor | null = null;

  constructor(q: Load) {
    const { inputDim: d, hiddenDim: h } = q;
    const { learningRate, epsilon } = q.objective;
    this.q = q;
    this.inputDim = d;
    this.x = readFloats(q.data);
    this.batches = new Batches(this.x, d, q.batchSize);
    const p = readFloats(q.parameters);
    let at = 0;
    this.theta = [[d, h], [h], [h, d], [d]].map((shape) => {
      const size = shape.reduce((a, b) => a * b);
      at += size;
      return tf.variable(tf.tensor(p.slice(at - size, at), shape));
    });
    this.adam = tf.train.adam(learningRate, 0.9, 0.999, epsilon);
  }

  step(values: Float32Array): void {
    this.loss?.dispose();
    this.loss = tf.tidy(() => {
      const x = this.matrix(values);
      return this.adam.minimize(() => this.objective(x), true);
    });
  }

  async lastLoss(): Promise<number> {
    return (await (this.loss as Tensor).data())[0];
  }

  encode(x: Tensor): Tensor {
    const [w, b] = this.theta;
    return x.matMul(w).add(b)[this.q.objective.hiddenActivation]();
  }

  matrix(values: Float32Array): Tensor {
    return tf.tensor(values, [values.length / this.inputDim, this.inputDim]);
  }

  private objective(x: Tensor): Tensor {
    const [w, , u, c] = this.theta;
    const { reconstruction, beta, weightDecay } = this.q.objective;
    const f = this.encode(x);
    const xHat = f.matMul(u).add(c).sigmoid();
    const error = xHat.sub(x).square().mean();
    const r = reconstruction === 'mse' ? error : error.mul(this.inputDim / 2);
    const j = r.add(this.kl(f.mean(0)).mul(beta));
    return weightDecay > 0
      ? j.add(
          w
            .square()
            .sum()
            .add(u.square().sum())
            .mul(weightDecay / 2),
        )
      : j;
  }

  private kl(rhoHat: Tensor): Tensor {
    const rho = this.q.objective.sparsityParam;
    const slope = -rho / (EDGE + 1e-10) + (1 - rho) / (1 - EDGE + 1e-10);
    const entropy = this.q.hiddenDim * (rho * Math.log(rho) + (1 - rho) * Math.log(1 - rho));
    const r = rhoHat.minimum(EDGE);
    const on = r.add(1e-10).log().mul(-rho);
    const off = r
      .neg()
      .add(1 + 1e-10)
      .log()
      .mul(rho - 1);
    return on.add(off).add(rhoHat.sub(r).mul(slope)).sum().add(entropy);
  }
}

await serve({
  async hello() {
    const simd = backend === 'wasm' && (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'));
    const several = backend === 'wasm' && (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'));
    return {
      kernels: `${thisNode}, ${backend}${simd ? ' simd' : ''}`,
      threads: counted(several ? wasm.getThreadsCount() : 1),
    };
  },

  load(q: Load) {
    model = new Model(q);
    return {};
  },

  async steps({ count }: { count: number }) {
    const losses: number[] = [];
    for (const x of model.batches.inOrder(count)) {
      model.step(x);
      losses.push(await model.lastLoss());
    }
    return { losses };
  },

  train: (q) =>
    timeEpochs(
      model.batches,
      q,
      (x) => model.step(x),
      () => model.lastLoss(),
    ),

  async transform({ budget, out }: { budget: number; out: string }) {
    let code = new Float32Array();
    const call = async () => {
      const f = tf.tidy(() => model.encode(model.matrix(model.x)));
      code = new Float32Array(await f.data());
      f.dispose();
    };
    await call();
    const seconds = await repeat(budget, call);
    writeFileSync(out, code);
    return { seconds };
  },
});
