/** What the contestants work on, written to files that all of them read. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SparseAutoencoder } from '../src/index.js';
import { mnistFolder, readImageDataSet } from '../src/node/dataset.js';
import { Random } from '../src/numbers/random.js';
import type { Load } from './peers/peer.js';

export const PIXELS = 784;
export const BATCH = 256;

/** The main job's objective. */
export const OBJECTIVE: Load['objective'] = { sparsityParam: 0.05, beta: 0.1, learningRate: 1e-3, epsilon: 1e-7 };

/** A temporary folder of float32 files, gone with `remove`. */
export class Files {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sparse-autoencoder-bench-'));
  private digits: { train: string; test: string; rows: number } | null = null;

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

  /** The real digits: 60,000 to train on, in one random order for all, and 10,000 test ones. */
  mnist(): { train: string; test: string; rows: number } {
    if (!this.digits) {
      const { train, test } = readImageDataSet(mnistFolder());
      const order = Int32Array.from({ length: train.rows }, (_, i) => i);
      Random.stream('bench', 'order').shuffle(order);
      const shuffled = new Float32Array(train.pixels.length);
      order.forEach((from, to) => {
        shuffled.set(train.pixels.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
      });
      this.digits = { train: this.write('train', shuffled), test: this.write('test', test.pixels), rows: train.rows };
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

  /**
   * Weights whose code of `x` has `density`: each unit's bias is set to the quantile of its
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
      bias[j] = cut === 0 ? 1e-3 - column[0] : -column[Math.min(cut, rows - 1)];
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

function startingWeights(hidden: number): Float32Array {
  const { parameters } = new SparseAutoencoder({ inputDim: PIXELS, hiddenDim: hidden, seed: 'bench' });
  const { encoderWeight, encoderBias, decoderWeight, decoderBias } = parameters;
  const all = [encoderWeight, encoderBias, decoderWeight, decoderBias].map(({ data }) => data as Float32Array);
  const theta = new Float32Array(all.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of all) {
    theta.set(part, at);
    at += part.length;
  }
  return theta;
}
