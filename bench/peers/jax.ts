/**
 * jax-js (wasm) as a contestant: `jax.ts <workers>`. Loss, gradient and Adam are one jitted function. With
 * 0 workers it runs as in any Node program; with more it gets them from worker-shim.ts, and its work is
 * awaited step by step, for only awaited work is shared out.
 *
 * jax-js counts references: using an array a second time is written `.ref`.
 */

import { writeFileSync } from 'node:fs';
import type { Load, Product } from './peer.js';
import { Batches, counted, norm, readFloats, repeat, serve, thisNode, timeEpochs } from './serve.js';
import { installWorkers } from './worker-shim.js';

/** What is used of jax.Array and of the package; bench/node_modules need not be there to compile this. */
interface Arr {
  readonly ref: Arr;
  add(x: Arr | number): Arr;
  sub(x: Arr | number): Arr;
  mul(x: Arr | number): Arr;
  div(x: Arr | number): Arr;
  mean(axis?: number): Arr;
  sum(): Arr;
  transpose(): Arr;
  reshape(shape: number[]): Arr;
  dispose(): void;
  data(): Promise<Float32Array<ArrayBuffer>>;
}
type F<A extends unknown[], R> = (...args: A) => R;
interface Jax {
  numpy: Record<'log' | 'sqrt' | 'square', F<[Arr], Arr>> &
    Record<'minimum' | 'matmul', F<[Arr, Arr | number], Arr>> & {
      array(x: Float32Array | number): Arr;
      zeros(shape: number[]): Arr;
    };
  nn: Record<'relu' | 'sigmoid', F<[Arr], Arr>>;
  tree: { ref<T>(x: T): T };
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): unknown;
  jit<A extends unknown[], R>(f: F<A, R>): F<A, R>;
  valueAndGrad<P>(f: F<[P, Arr], Arr>): F<[P, Arr], [Arr, P]>;
  blockUntilReady<T>(x: T): Promise<T>;
}
type Theta = { w: Arr; b: Arr; u: Arr; c: Arr };

const workers = Number(process.argv[2]);
if (workers > 0) installWorkers(workers);
const NAME: string = '@jax-js/jax';
const jax: Jax = await import(NAME);
const { numpy: np, nn, jit, tree } = jax;
await jax.init('wasm');
jax.defaultDevice('wasm');

const EDGE = 1 - 1e-3;
const matrix = (x: Float32Array, rows: number, cols: number) => np.array(x).reshape([rows, cols]);

let model: Model;

class Model {
  readonly x: Float32Array;
  readonly inputDim: number;
  readonly batches: Batches;
  theta: Theta;
  private m: Theta;
  private v: Theta;
  private t = 0;
  private loss: Arr | null = null;
  private readonly compiled: ReturnType<typeof compile>;
  private readonly learningRate: number;

  constructor(q: Load) {
    const { inputDim: d, hiddenDim: h } = q;
    this.x = readFloats(q.data);
    this.inputDim = d;
    this.batches = new Batches(this.x, d, q.batchSize);
    const p = readFloats(q.parameters);
    const cut = (from: number, n: number) => np.array(p.slice(from, from + n));
    this.theta = {
      w: cut(0, d * h).reshape([d, h]),
      b: cut(d * h, h),
      u: cut(d * h + h, h * d).reshape([h, d]),
      c: cut(2 * d * h + h, d),
    };
    const zeros = () => ({ w: np.zeros([d, h]), b: np.zeros([h]), u: np.zeros([h, d]), c: np.zeros([d]) });
    this.m = zeros();
    this.v = zeros();
    this.learningRate = q.objective.learningRate;
    this.compiled = compile(q);
  }

  /** One step of Adam. The promise, where there is one, is to be awaited. */
  step(x: Float32Array): Promise<unknown> | undefined {
    this.t++;
    const rate = np.array(this.learningRate / (1 - 0.9 ** this.t));
    const scale = np.array(1 / (1 - 0.999 ** this.t));
    const batch = matrix(x, x.length / this.inputDim, this.inputDim);
    this.loss?.dispose();
    [this.loss, this.theta, this.m, this.v] = this.compiled(this.theta, this.m, this.v, batch, rate, scale);
    return workers > 0 ? jax.blockUntilReady([this.loss.ref, tree.ref(this.theta)]) : undefined;
  }

  async lastLoss(): Promise<number> {
    const loss = this.loss as Arr;
    this.loss = null;
    await jax.blockUntilReady(tree.ref(this.theta));
    return (await loss.data())[0];
  }
}

/** (θ, m, v, x, α/(1−β₁ᵗ), 1/(1−β₂ᵗ)) → [J, θ, m, v] */
function compile({ inputDim: d, hiddenDim: h, objective }: Load) {
  const { hiddenActivation, reconstruction, sparsityParam: rho, beta, weightDecay, epsilon } = objective;
  const slope = -rho / (EDGE + 1e-10) + (1 - rho) / (1 - EDGE + 1e-10);
  const entropy = h * (rho * Math.log(rho) + (1 - rho) * Math.log(1 - rho));
  const kl = (rhoHat: Arr): Arr => {
    const r = np.minimum(rhoHat.ref, EDGE);
    const on = np.log(r.ref.add(1e-10)).mul(-rho);
    const off = np.log(r.ref.mul(-1).add(1 + 1e-10)).mul(rho - 1);
    return on.add(off).add(rhoHat.sub(r).mul(slope)).sum().add(entropy);
  };
  const loss = ({ w, b, u, c }: Theta, x: Arr): Arr => {
    const decay =
      weightDecay > 0
        ? np
            .square(w.ref)
            .sum()
            .add(np.square(u.ref).sum())
            .mul(weightDecay / 2)
        : 0;
    const f = nn[hiddenActivation](np.matmul(x.ref, w).add(b));
    const xHat = nn.sigmoid(np.matmul(f.ref, u).add(c));
    return np
      .square(xHat.sub(x))
      .mean()
      .mul(reconstruction === 'mse' ? 1 : d / 2)
      .add(kl(f.mean(0)).mul(beta))
      .add(decay);
  };
  const gradient = jax.valueAndGrad(loss);
  return jit((theta: Theta, m: Theta, v: Theta, x: Arr, rate: Arr, scale: Arr): [Arr, Theta, Theta, Theta] => {
    const [value, g] = gradient(tree.ref(theta), x);
    const out = [{}, {}, {}] as [Theta, Theta, Theta];
    for (const k of ['w', 'b', 'u', 'c'] as const) {
      const mk = m[k].mul(0.9).add(g[k].ref.mul(0.1));
      const vk = v[k].mul(0.999).add(np.square(g[k]).mul(0.001));
      out[0][k] = theta[k].sub(mk.ref.mul(rate.ref).div(np.sqrt(vk.ref.mul(scale.ref)).add(epsilon)));
      out[1][k] = mk;
      out[2][k] = vk;
    }
    rate.dispose();
    scale.dispose();
    return [value, ...out];
  });
}

await serve({
  hello: () => ({ kernels: `${thisNode}, wasm`, threads: workers > 0 ? `${workers} workers through a shim` : counted(1) }),

  load(q: Load) {
    model = new Model(q);
    return {};
  },

  async steps({ count }: { count: number }) {
    const losses: number[] = [];
    for (const x of model.batches.inOrder(count)) {
      await model.step(x);
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

  /** From the user's Float32Array to a Float32Array. */
  async transform({ budget, out }: { budget: number; out: string }) {
    const encode = jit((x: Arr, w: Arr, b: Arr) => nn.relu(np.matmul(x, w).add(b)));
    const rows = model.x.length / model.inputDim;
    let code = new Float32Array();
    const call = async () => {
      code = await encode(matrix(model.x, rows, model.inputDim), model.theta.w.ref, model.theta.b.ref).data();
    };
    await call();
    const seconds = await repeat(budget, call);
    writeFileSync(out, code);
    return { seconds };
  },

  async gemm(q: Product & { budget: number }) {
    const { n, k, m, form } = q;
    const a = form === 'TN' ? matrix(readFloats(q.a), k, n) : matrix(readFloats(q.a), n, k);
    const b = form === 'NT' ? matrix(readFloats(q.b), m, k) : matrix(readFloats(q.b), k, m);
    const product = jit((x: Arr, y: Arr) => np.matmul(form === 'TN' ? x.transpose() : x, form === 'NT' ? y.transpose() : y));
    let c = await jax.blockUntilReady(product(a.ref, b.ref));
    const seconds = await repeat(q.budget, async () => {
      c.dispose();
      c = await jax.blockUntilReady(product(a.ref, b.ref));
    });
    a.dispose();
    b.dispose();
    return { seconds, norm: norm(await c.data()) };
  },
});
