/** All that the benchmark takes from `src`, in one place. */

import { adamStep } from '../src/adam.js';
import { DataSet, identityOrder } from '../src/batches.js';
import type { FloatArray, Kernels, Matrix } from '../src/kernels/kernels.js';
import { Objective, type ObjectiveSpec } from '../src/objective.js';
import { viewParameters } from '../src/parameters.js';

export { type Activation, type Reconstruction, SparseAutoencoder } from '../src/index.js';
export { isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../src/kernels/kernels.js';
export { createPlainKernels } from '../src/kernels/plain/plain.js';
export { createSimdKernels } from '../src/kernels/simd/simd.js';
export { mnistFolder, readImageDataSet } from '../src/node/dataset.js';
export { codeForScript, escapeHtml, jsonForScript } from '../src/report/escape.js';
export { style } from '../src/report/style.js';

/**
 * What `fit` asks of the kernels, on kernels of the caller's: each call is an epoch of steps of Adam over
 * the rows as they come, from θ = `start` (W_enc, b_enc, W_dec, b_dec, end to end) on.
 */
export function trainingOn(
  k: Kernels,
  spec: ObjectiveSpec,
  { x, start, batchSize, learningRate }: { x: Matrix; start: FloatArray; batchSize: number; learningRate: number },
): () => void {
  const [theta, gradient, m, v] = Array.from({ length: 4 }, () => k.floats(start.length));
  theta.set(start);
  const moments = { m, v, step: 0 };
  const θ = viewParameters(theta, spec);
  const data = new DataSet(k, x, batchSize);
  const objective = new Objective(k, spec, batchSize, data.sparse);
  const order = identityOrder(x.rows);
  return () => {
    for (let from = 0; from < x.rows; from += batchSize) {
      const batch = data.batch(order, from, Math.min(from + batchSize, x.rows));
      objective.evaluate(θ, batch, batch, gradient);
      adamStep(k, theta, gradient, moments, learningRate);
    }
  };
}
