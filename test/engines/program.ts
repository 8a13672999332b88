/**
 * What every engine computes: small models of all makes, trained and used, all their numbers hashed. It needs
 * nothing but the library and what every engine has, a browser's service worker included.
 */

import type { SparseAutoencoder as Model, SparseAutoencoderOptions } from '../../src/index.js';
import type { createSimdKernels as Create } from '../../src/kernels/simd/simd.js';

export interface Library {
  readonly SparseAutoencoder: typeof Model;
  readonly createSimdKernels: typeof Create;
}

export interface Told {
  /** The kernels that 'auto' comes to for float32. */
  readonly backend: string;
  /** Whether another thread than the calling one ever computed a product. */
  readonly helped: boolean;
  /** By option set: SHA-256, in part. */
  readonly hashes: Readonly<Record<string, string>>;
}

const ROWS = 400;
const COLS = 96;

const sets: Readonly<Record<string, Partial<SparseAutoencoderOptions>>> = {
  'relu, kl': {},
  'sigmoid, l1': { hiddenActivation: 'sigmoid', penalty: 'l1', beta: 1e-4, reconstruction: 'sse' },
  'tanh, none': { hiddenActivation: 'tanh', outputActivation: 'identity', penalty: 'none', reconstruction: 'half-sse' },
  'wide, decay': { hiddenDim: 150, initializer: 'he-normal', weightDecay: 0.001, penalty: 'l1', beta: 1e-3, learningRate: 0.01 },
  'float32, plain': { backend: 'plain', initializer: 'glorot-normal' },
  float64: { dtype: 'float64', hiddenActivation: 'sigmoid', reconstruction: 'sse' },
};

/** ROWS × COLS numbers of [0, 1), four of five of them 0, in steps that every engine has exactly. */
function samples(rows: number): number[][] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: rows }, () => Array.from({ length: COLS }, () => (next() < 0.8 ? 0 : next())));
}

interface Strided {
  readonly data: ArrayLike<number>;
  readonly shape?: readonly number[];
  get?(...at: number[]): number;
}

/** The numbers of an ndarray of any stride, of a matrix or of a list, in row-major order. */
function numbersOf(of: Strided | ArrayLike<number>): ArrayLike<number> {
  if (!('data' in of)) return of;
  const { shape } = of;
  if (!of.get || !shape) return of.data;
  const [rows, cols] = shape.length === 2 ? shape : [1, shape[0]];
  return Array.from({ length: rows * cols }, (_, p) => {
    const at = shape.length === 2 ? [Math.floor(p / cols), p % cols] : [p];
    return Number(of.get?.(...at));
  });
}

async function digest(parts: readonly ArrayLike<number>[]): Promise<string> {
  const bytes = new Uint8Array(Float64Array.from(parts.flatMap((part) => Array.from(part))).buffer);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Leaves a product to the other threads until one of them is seen to have begun it. */
async function othersHelp({ createSimdKernels }: Library, threads: number): Promise<boolean> {
  const kernels = createSimdKernels({ threads });
  if (kernels.threads === 1) return false;
  const [c, a, b] = [0, 0, 0].map(() => ({ data: kernels.floats(90000).fill(1), rows: 300, cols: 300 }));
  const seen = new Int32Array(c.data.buffer, c.data.byteOffset, 90000);
  const begun = (): boolean => Atomics.load(seen, 0) !== 0 || Atomics.load(seen, 89999) !== 0;
  let helped = false;
  for (let attempt = 0; attempt < 200 && !helped; attempt++) {
    c.data.fill(0);
    kernels.overlap(
      () => kernels.gemm(c, a, b),
      () => {
        for (let spin = 0; spin < 1e6 && !helped; spin++) helped = begun();
      },
    );
    await wait(10);
  }
  await kernels.close();
  return helped;
}

export async function run(library: Library, threads: number): Promise<Told> {
  const X = samples(ROWS);
  const many = samples(11000);
  const hashes: Record<string, string> = {};
  let backend = '';
  for (const [name, options] of Object.entries(sets)) {
    const sae = new library.SparseAutoencoder({ inputDim: COLS, hiddenDim: 48, seed: 'engines', threads, ...options });
    const history = await sae.fit(X, { epochs: 3, batchSize: 100, validationSplit: 0.1, onEpochEnd: () => wait(1) });
    const { loss, explainedVariance, meanActivation } = sae.evaluate(X);
    const matrices = [...Object.values(sae.parameters), meanActivation, sae.transform(many), sae.reconstruct(X)];
    const numbers = matrices.map((matrix) => numbersOf(matrix as Strided));
    hashes[name] = await digest([history.loss, history.validationLoss ?? [], [loss, explainedVariance], ...numbers]);
    if (name === 'relu, kl') backend = sae.backend;
  }
  return { backend, helped: backend === 'simd' && threads > 1 && (await othersHelp(library, threads)), hashes };
}
