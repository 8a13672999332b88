import { test } from 'uvu';
import type { Rows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { sparseRows } from '../../src/kernels/rows.js';
import { EncoderLayer } from '../../src/layers/encoder.js';
import { commonParameters, viewParameters } from '../../src/layers/parameters.js';
import { near } from '../helpers.js';

/** W_enc = [[1, −2], [3, 4]], b_enc = [0.5, −1]. */
const dims = { inputDim: 2, hiddenDim: 2, outputDim: 1 };
const layout = commonParameters(dims);
const θ = viewParameters(Float64Array.of(1, -2, 3, 4, 0.5, -1, 0, 0, 0), layout);
const k = createPlainKernels('float64');
const matrix = (...data: number[]) => ({ data: Float64Array.from(data), rows: 2, cols: 2 });

/** X = [[1, 0], [0, 2]]: Z = [[1.5, −3], [6.5, 7]]. */
const X = matrix(1, 0, 0, 2);
const compressed = sparseRows(k, 2, 2);
k.compress(compressed, X);
const forms: Record<string, Rows> = { dense: X, sparse: compressed };

for (const [form, x] of Object.entries(forms)) {
  const layer = new EncoderLayer(k, dims, 3, form === 'sparse');

  test(`${form} X: Z = X·W_enc + b_enc, by hand`, () => {
    const z = matrix(9, 9, 9, 9);
    layer.forward(θ, x, z);
    near(z.data, [1.5, -3, 6.5, 7], 0);
  });

  test(`${form} X: dW_enc = Xᵀ·dZ and db_enc = Σ dz, by hand`, () => {
    const gradient = viewParameters(new Float64Array(9).fill(9), layout);
    layer.backward(θ, gradient, x, matrix(10.6, 0, 30.6, 40.7));
    near(gradient.encoderWeight.data, [10.6, 0, 61.2, 81.4], 1e-15);
    near(gradient.encoderBias, [41.2, 40.7], 1e-15);
    near(gradient.decoderWeight.data, [9, 9], 0, "the decoder's share is left alone");
  });
}

test.run();
