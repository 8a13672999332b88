/** What the contestants work on, written to files that all of them read. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import { mnistFolder, readImageDataSet, SparseAutoencoder } from './library.js';
import type { JobObjective } from './peers/peer.js';

export const PIXELS = 784;
export const BATCH = 256;

/** The main job's objective. */
export const OBJECTIVE: JobObjective = {
  hiddenActivation: 'relu',
  reconstruction: 'mse',
  sparsityParam: 0.05,
  beta: 0.1,
  weightDecay: 0,
  learningRate: 1e-3,
  epsilon: 1e-7,
};

/** That of UFLDL, the Stanford tutorial, for digits: the code is a sigmoid's, so no entry of it is zero. */
export const UFLDL: JobObjective = {
  ...OBJECTIVE,
  hiddenActivation: 'sigmoid',
  reconstruction: 'half-sse',
  sparsityParam: 0.1,
  beta: 3,
  weightDecay: 3e-3,
};

/** Rows to train on, in one random order for all contestants. */
export interface TrainingRows {
  path: string;
  rows: number;
}

/** A temporary folder of float32 files, gone with `remove`. */
export class Files {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sparse-autoencoder-bench-'));
  private digits: { train: TrainingRows; zeroToFour: TrainingRows; test: string } | null = null;

  write(name: string, values: Float32Array): string {
    const path = join(this.folder, `${name}.f32`);
    writeFileSync(path, values);
    return path;
  }

  path(name: string): string {
    return join(this.folder, `${name}.f32`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The real digits: 60,000 to train on; of these the 30,596 that are 0 to 4; and 10,000 test ones. */
  mnist(): { train: TrainingRows; zeroToFour: TrainingRows; test: string } {
    if (!this.digits) {
      const { train, test } = readImageDataSet(mnistFolder());
      const order = shuffled(train.rows);
      const write = (name: string, which: Int32Array): TrainingRows => {
        const values = new Float32Array(which.length * PIXELS);
        which.forEach((from, to) => {
          values.set(train.pixels.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
        });
        return { path: this.write(name, values), rows: which.length };
      };
      const small = order.filter((i) => train.labels[i] <= 4);
      this.digits = {
        train: write('train', order),
        zeroToFour: write('zero-to-four', small),
        test: this.write('test', test.pixels),
      };
    }
    return this.digits;
  }

  /** The weights that every contestant of a 784-h-784 model starts from. */
  weights(hidden: number): string {
    return this.write(`weights-${hidden}`, startingWeights(hidden));
  }

  /** A rows × cols matrix of U[0, 1) numbers, of which a share of `density` is kept and the others are 0. */
  random(name: string, rows: number, cols: number, density = 1): { path: string; values: Float32Array; nonZeros: number } {
    const uniform = xorshift(name.length + rows + cols);
    let nonZeros = 0;
    const values = new Float32Array(rows * cols);
    for (let i = 0; i < values.length; i++) {
      if (density < 1 && uniform() >= density) continue;
      values[i] = 1 - uniform();
      nonZeros++;
    }
    return { path: this.write(name, values), values, nonZeros };
  }

  /** Rows of numbers around 0, of variance 1: a uniform distribution's. */
  centred(name: string, rows: number, cols: number): string {
    return this.write(name, between(Math.sqrt(3), rows * cols, rows + cols));
  }

  /** The weights that every contestant of a d-h-d dictionary starts from: Glorot's, biases 0. */
  dictionary(d: number, h: number): string {
    const theta = new Float32Array(2 * d * h + d + h);
    const size = Math.sqrt(6 / (d + h));
    theta.set(between(size, d * h, d));
    theta.set(between(size, d * h, h), d * h + h);
    return this.write(`dictionary-${d}-${h}`, theta);
  }

  /**
   * Weights whose code of `x` has `density` > 0: each unit's bias is set to the quantile of its
   * pre-activations that lets so many rows through.
   */
  weightsOfDensity(name: string, hidden: number, x: Float32Array, density: number): string {
    const sae = new SparseAutoencoder({
      inputDim: PIXELS,
      hiddenDim: hidden,
      hiddenActivation: 'identity',
      penalty: 'none',
      seed: 'bench',
    });
    const rows = x.length / PIXELS;
    const z = sae.transform({ data: x, shape: [rows, PIXELS] }).data;
    const theta = startingWeights(hidden);
    const bias = theta.subarray(PIXELS * hidden, PIXELS * hidden + hidden);
    for (let j = 0; j < hidden; j++) {
      const column = Float32Array.from({ length: rows }, (_, i) => z[i * hidden + j]).sort();
      const cut = Math.round((1 - density) * rows);
      // Between two rows: at a row's own z, rounding would decide whether it is active.
      bias[j] = cut === 0 ? 1e-3 - column[0] : -(column[cut - 1] + column[cut]) / 2;
    }
    return this.write(name, theta);
  }
}

/** Marsaglia's xorshift32: a million numbers in no time, where quality matters little. In [0, 1). */
function xorshift(seed: number): () => number {
  let x = 0x9e3779b9 ^ seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** n numbers from −size to size. */
function between(size: number, n: number, seed: number): Float32Array {
  const uniform = xorshift(seed);
  return Float32Array.from({ length: n }, () => size * (2 * uniform() - 1));
}

/** 0 … n−1 in a random order, the same each time for a seed: Fisher and Yates's. */
export function shuffled(n: number, seed = n): Int32Array {
  const uniform = xorshift(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** W_enc, b_enc, W_dec, b_dec, end to end. */
function startingWeights(hidden: number): Float32Array {
  const { parameters } = new SparseAutoencoder({ inputDim: PIXELS, hiddenDim: hidden, seed: 'bench' });
  const { encoderWeight, encoderBias, decoderWeight, decoderBias } = parameters;
  const parts = [encoderWeight, encoderBias, decoderWeight, decoderBias];
  const theta = new Float32Array(parts.reduce((n, { size }) => n + size, 0));
  let at = 0;
  for (const part of parts) {
    ops.assign(ndarray(theta.subarray(at, at + part.size), part.shape), part);
    at += part.size;
  }
  return theta;
}
