import { test } from 'uvu';
import { decode, decodeAffine, decodeBackward } from '../src/decoder.js';
import type { Rows } from '../src/kernels/kernels.js';
import { createPlainKernels } from '../src/kernels/plain/plain.js';
import { viewParameters } from '../src/parameters.js';
import { sparseRows } from '../src/rows.js';
import { near } from './helpers.js';

/** W_dec = [[1, −2], [3, 4]], b_dec = [0.5, −1]. */
const dims = { inputDim: 1, hiddenDim: 2, outputDim: 2 };
const θ = viewParameters(Float64Array.of(0, 0, 0, 0, 1, -2, 3, 4, 0.5, -1), dims);
const k = createPlainKernels('float64');
const matrix = (...data: number[]) => ({ data: Float64Array.from(data), rows: 2, cols: 2 });

/** F = [[2, 0], [1, 3]]: Y = [[2.5, −5], [10.5, 9]]. */
const F = matrix(2, 0, 1, 3);
const compressed = sparseRows(k, 2, 2);
k.compress(compressed, F);
const forms: Record<string, Rows> = { dense: F, sparse: compressed };

for (const [form, f] of Object.entries(forms)) {
  test(`${form} F: Y = F·W_dec + b_dec and X̂ = σ(Y), by hand`, () => {
    const y = matrix(9, 9, 9, 9);
    decodeAffine(k, θ, f, y);
    near(y.data, [2.5, -5, 10.5, 9], 0);
    decode(k, θ, f, y, 'relu');
    near(y.data, [2.5, 0, 10.5, 9], 0);
    decode(k, θ, f, y, 'sigmoid');
    near(
      y.data,
      [2.5, -5, 10.5, 9].map((z) => 1 / (1 + Math.exp(-z))),
      1e-15,
    );
  });

  test(`${form} F: dW_dec = Fᵀ·dY, db_dec = Σ dy, dF = dY·W_decᵀ, by hand`, () => {
    const gradient = viewParameters(new Float64Array(10).fill(9), dims);
    const df = matrix(9, 9, 9, 9);
    // dY = [[1, 2], [3, −1]]: dY·W_decᵀ = [[−3, 11], [5, 5]], asked for where F is active if F is sparse.
    decodeBackward(k, θ, gradient, f, sparseRows(k, 2, 2), matrix(1, 2, 3, -1), df);
    near(gradient.decoderWeight.data, [5, 3, 9, -3], 0);
    near(gradient.decoderBias, [4, 1], 0);
    near(df.data, form === 'sparse' ? [-3, 0, 5, 5] : [-3, 11, 5, 5], 0);
    near(gradient.encoderWeight.data, [9, 9], 0, "the encoder's share is left alone");
  });
}

test.run();
