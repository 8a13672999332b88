import { test } from 'uvu';
import { encode, encodeBackward } from '../src/encoder.js';
import type { Rows } from '../src/kernels/kernels.js';
import { createPlainKernels } from '../src/kernels/plain/plain.js';
import { viewParameters } from '../src/parameters.js';
import { sparseRows } from '../src/rows.js';
import { near } from './helpers.js';

/** W_enc = [[1, −2], [3, 4]], b_enc = [0.5, −1]. */
const dims = { inputDim: 2, hiddenDim: 2, outputDim: 1 };
const θ = viewParameters(Float64Array.of(1, -2, 3, 4, 0.5, -1, 0, 0, 0), dims);
const k = createPlainKernels('float64');
const matrix = (...data: number[]) => ({ data: Float64Array.from(data), rows: 2, cols: 2 });

/** X = [[1, 0], [0, 2]]: Z = [[1.5, −3], [6.5, 7]]. */
const X = matrix(1, 0, 0, 2);
const compressed = sparseRows(k, 2, 2);
k.compress(compressed, X);
const forms: Record<string, Rows> = { dense: X, sparse: compressed };

for (const [form, x] of Object.entries(forms)) {
  test(`${form} X: F = σ(X·W_enc + b_enc), by hand`, () => {
    const f = matrix(9, 9, 9, 9);
    encode(k, θ, x, f, 'identity');
    near(f.data, [1.5, -3, 6.5, 7], 0);
    encode(k, θ, x, f, 'relu');
    near(f.data, [1.5, 0, 6.5, 7], 0);
  });

  test(`${form} X: dW_enc = Xᵀ·dZ and db_enc = Σ dz, by hand, pull and sign included`, () => {
    const gradient = viewParameters(new Float64Array(9).fill(9), dims);
    const f = matrix(1.5, 0, 6.5, 7);
    const dz = matrix(10, 20, 30, 40);
    // dZ = (dF + [0.1, 0.2] + 0.5·sign f) ⊙ [f > 0] = [[10.6, 0], [30.6, 40.7]]
    encodeBackward(k, gradient, x, sparseRows(k, 2, 2), f, dz, Float64Array.of(0.1, 0.2), 0.5, 'relu');
    near(dz.data, [10.6, 0, 30.6, 40.7], 1e-15);
    near(gradient.encoderWeight.data, [10.6, 0, 61.2, 81.4], 1e-15);
    near(gradient.encoderBias, [41.2, 40.7], 1e-15);
    near(gradient.decoderWeight.data, [9, 9], 0, "the decoder's share is left alone");
  });

  test(`${form} X: the slope of each activation, by hand`, () => {
    const slopes = { sigmoid: [0.25, 0.1875, 0, 0.24], tanh: [0.75, 0.9375, 0, 0.64], identity: [1, 1, 1, 1] } as const;
    for (const [activation, slope] of Object.entries(slopes)) {
      const f = activation === 'sigmoid' ? matrix(0.5, 0.25, 1, 0.6) : matrix(0.5, 0.25, 1, -0.6);
      const dz = matrix(1, 1, 1, 1);
      const gradient = viewParameters(new Float64Array(9), dims);
      encodeBackward(k, gradient, x, sparseRows(k, 2, 2), f, dz, new Float64Array(2), 0, activation as 'tanh');
      near(dz.data, slope, 1e-15, activation);
    }
  });
}

test.run();
