/** All that the benchmark takes from `src`, in one place. */

import { completeModelOptions } from '../src/core/options.js';
import type { SparseAutoencoderOptions } from '../src/index.js';
import type { FloatArray, Kernels, Matrix } from '../src/kernels/kernels.js';
import { viewParameters } from '../src/layers/parameters.js';
import { layoutOf, newMemory } from '../src/model/layout.js';
import { Objective } from '../src/model/objective.js';
import { adamStep } from '../src/training/adam.js';
import { DataSet, identityOrder } from '../src/training/batches.js';

export type { Tensor } from '../src/formats/entries.js';
export { writeNpy } from '../src/formats/npy.js';
export { writeSafetensors } from '../src/formats/safetensors.js';
export { readTable, type Table as TableOfNumbers } from '../src/formats/table.js';
export { writeCsv } from '../src/formats/write-csv.js';
export {
  type Activation,
  type FitOptions,
  type Reconstruction,
  SparseAutoencoder,
  type SparseAutoencoderOptions,
} from '../src/index.js';
export { isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../src/kernels/kernels.js';
export { createPlainKernels } from '../src/kernels/plain/plain.js';
export { createSimdKernels } from '../src/kernels/simd/simd.js';
export { mnistFolder, readImageDataSet } from '../src/node/dataset.js';
export { useWideKernels } from '../src/node/wide.js';
export { type Axis, chart, line } from '../src/report/charts.js';
export { escapeHtml } from '../src/report/escape.js';
export { inBothSizes } from '../src/report/figure.js';
export { style } from '../src/report/style.js';

/**
 * What `fit` asks of the kernels, on kernels of the caller's: each call is an epoch of steps of Adam over
 * the rows as they come, from θ = `start` (W_enc, b_enc, W_dec, b_dec, end to end) on.
 */
export function trainingOn(
  k: Kernels,
  options: SparseAutoencoderOptions,
  { x, start, batchSize }: { x: Matrix; start: FloatArray; batchSize: number },
): () => void {
  const spec = completeModelOptions(options);
  const [theta, gradient, m, v] = Array.from({ length: 4 }, () => k.floats(start.length));
  theta.set(start);
  const moments = { m, v, step: 0 };
  const θ = viewParameters(theta, layoutOf(spec));
  const data = new DataSet(k, 'bench: X', x, batchSize);
  const objective = new Objective(k, spec, batchSize, data.sparse, newMemory(spec, 0));
  const order = identityOrder(x.rows);
  return () => {
    for (let from = 0; from < x.rows; from += batchSize) {
      const batch = data.batch(order, from, Math.min(from + batchSize, x.rows));
      objective.evaluate(θ, batch, batch, gradient);
      adamStep(k, theta, gradient, moments, spec.learningRate);
    }
  };
}
