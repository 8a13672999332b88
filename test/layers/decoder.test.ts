import { test } from 'uvu';
import { completeModelOptions } from '../../src/core/options.js';
import type { Matrix, Rows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { sparseRows } from '../../src/kernels/rows.js';
import { decodeAffine, PlainDecoder } from '../../src/layers/decoder.js';
import { commonParameters, viewParameters } from '../../src/layers/parameters.js';
import { near } from '../helpers.js';

/** W_dec = [[1, −2], [3, 4]], b_dec = [0.5, −1]. */
const spec = completeModelOptions({
  inputDim: 1,
  hiddenDim: 2,
  outputDim: 2,
  outputActivation: 'identity',
  reconstruction: 'half-sse',
});
const layout = commonParameters(spec);
const θ = viewParameters(Float64Array.of(0, 0, 0, 0, 1, -2, 3, 4, 0.5, -1), layout);
const k = createPlainKernels('float64');
const matrix = (...data: number[]) => ({ data: Float64Array.from(data), rows: 2, cols: 2 });

/** F = [[2, 0], [1, 3]]: Y = [[2.5, −5], [10.5, 9]]. */
const F = matrix(2, 0, 1, 3);
const compressed = sparseRows(k, 2, 2);
k.compress(compressed, F);
const forms: Record<string, Rows> = { dense: F, sparse: compressed };

for (const [form, f] of Object.entries(forms)) {
  test(`${form} F: Y = F·W_dec + b_dec, by hand`, () => {
    const y = matrix(9, 9, 9, 9);
    decodeAffine(k, θ, f, y);
    near(y.data, [2.5, -5, 10.5, 9], 0);
  });

  test(`${form} F: R, dW_dec = Fᵀ·dY, db_dec = Σ dy, dF = dY·W_decᵀ, by hand, in room for more rows`, () => {
    const layer = new PlainDecoder(k, spec, { capacity: 3, sparseCode: form === 'sparse', thenBack: true });
    const gradient = viewParameters(new Float64Array(10).fill(9), layout);
    // T is such that dY = (x̂ − t)/2 = [[1, 2], [3, −1]]: R = (2² + 4² + 6² + 2²)/4, and
    // dY·W_decᵀ = [[−3, 11], [5, 5]], asked for where F is active if F is sparse.
    near([layer.forward(θ, f, matrix(0.5, -9, 4.5, 11), 1 / 4, true)], [15], 1e-15);
    const df = layer.backward(θ, gradient, f) as Matrix;
    near(gradient.decoderWeight.data, [5, 3, 9, -3], 0);
    near(gradient.decoderBias, [4, 1], 0);
    near(df.data, form === 'sparse' ? [-3, 0, 5, 5] : [-3, 11, 5, 5], 0);
    near(gradient.encoderWeight.data, [9, 9], 0, "the encoder's share is left alone");
  });
}

test.run();
