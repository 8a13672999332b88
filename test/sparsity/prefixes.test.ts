import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeModelOptions } from '../../src/core/options.js';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import type { Kernels, Matrix, SparseRows } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { asRows } from '../../src/kernels/rows.js';
import { viewParameters } from '../../src/layers/parameters.js';
import { PrefixDecoder } from '../../src/layers/prefix-decoder.js';
import { layoutOf } from '../../src/model/layout.js';
import { flatten, near, numbers, randomRows } from '../helpers.js';

const prefixes = [2, 3, 8];

for (const hiddenActivation of ['relu', 'sigmoid', 'jumprelu', 'gated'] as const) {
  test(`${hiddenActivation}: R is the sum of what each prefix of the code comes to by itself`, () => {
    const options: SparseAutoencoderOptions = { inputDim: 6, hiddenDim: 8, hiddenActivation, dtype: 'float64', seed: 4 };
    const whole = new SparseAutoencoder(options);
    const nested = new SparseAutoencoder({ ...options, prefixes });
    const X = randomRows(20, 6, 3);
    const parts = prefixes.map((h) => {
      const { encoderWeight, decoderWeight, ...rest } = whole.parameters;
      const cut = new SparseAutoencoder({ ...options, hiddenDim: h });
      const vectors = Object.entries(rest).map(([name, vector]) => [
        name,
        name === 'decoderBias' ? vector : flatten(vector).slice(0, h),
      ]);
      cut.setParameters({
        encoderWeight: Array.from({ length: 6 }, (_, p) => Array.from({ length: h }, (_, j) => encoderWeight.get(p, j))),
        decoderWeight: Array.from({ length: h }, (_, j) => Array.from({ length: 6 }, (_, q) => decoderWeight.get(j, q))),
        ...Object.fromEntries(vectors),
      });
      return cut.evaluate(X).reconstruction;
    });
    const sum = parts.reduce((a, b) => a + b);
    near([nested.lossAndGradients(X).reconstruction, nested.evaluate(X).reconstruction], [sum, sum], 1e-14);
    assert.equal(flatten(nested.transform(X)), flatten(whole.transform(X)));
    assert.equal(flatten(nested.reconstruct(X)), flatten(whole.reconstruct(X)), 'X̂ is that of the whole code');
    near([nested.evaluate(X).explainedVariance], [whole.evaluate(X).explainedVariance], 1e-13);
  });
}

test('sparse and dense F come to the same, within 1e-14', () => {
  const spec = completeModelOptions({ inputDim: 5, hiddenDim: 8, prefixes });
  const k = createPlainKernels('float64');
  const θ = viewParameters(
    Float64Array.from(numbers(2 * 40 + 13), (u) => u - 0.5),
    layoutOf(spec),
  );
  const f: Matrix = { data: Float64Array.from(numbers(48, 2), (u) => Math.max(0, u - 0.5)), rows: 6, cols: 8 };
  const t: Matrix = { data: Float64Array.from(numbers(30, 3)), rows: 6, cols: 5 };
  const [dense, sparse] = [f, asRows(k, f)].map((rows) => {
    const decoder = new PrefixDecoder(k, spec, prefixes, { capacity: 9, sparseCode: true, thenBack: true });
    const dθ = viewParameters(new Float64Array(2 * 40 + 13), layoutOf(spec));
    const loss = decoder.forward(θ, rows, t, 0.1, true);
    const df = (decoder.backward(θ, dθ, rows) as Matrix).data.map((value, p) => (f.data[p] === 0 ? 0 : value));
    return [loss, ...df, ...dθ.decoderWeight.data, ...dθ.decoderBias];
  });
  assert.ok('index' in asRows(k, f));
  near(sparse, dense, 1e-14);
});

/** The kernels, and how many multiply-adds their products have been asked for. */
function counting(k: Kernels): { kernels: Kernels; count: () => number } {
  let count = 0;
  const sparse = ({ rows, start, end }: SparseRows, cols: number) => {
    for (let i = 0; i < rows; i++) count += (end[i] - start[i]) * cols;
  };
  const kernels: Kernels = {
    ...k,
    gemm: (c, a, b, bias) => {
      count += c.rows * c.cols * a.cols;
      k.gemm(c, a, b, bias);
    },
    gemmTN: (c, a, b) => {
      count += c.rows * c.cols * a.rows;
      k.gemmTN(c, a, b);
    },
    gemmNT: (c, a, b) => {
      count += c.rows * c.cols * a.cols;
      k.gemmNT(c, a, b);
    },
    spmm: (c, a, b, bias) => {
      sparse(a, c.cols);
      k.spmm(c, a, b, bias);
    },
    sddmm: (c, at, a, b) => {
      sparse(at, a.cols);
      k.sddmm(c, at, a, b);
    },
  };
  return { kernels, count: () => count };
}

test('however many prefixes, each block is multiplied once: 3 products of n·h·d′, or of the non-zeros', () => {
  for (const zeros of [0, 0.8]) {
    const f: Matrix = { data: Float64Array.from(numbers(80, 2), (u) => Math.max(0, u - zeros)), rows: 10, cols: 8 };
    const t: Matrix = { data: Float64Array.from(numbers(50, 3)), rows: 10, cols: 5 };
    const plain = createPlainKernels('float64');
    const rows = asRows(plain, f);
    const active = f.data.filter((value) => value !== 0).length;
    for (const list of [[8], [1, 8], [1, 2, 3, 4, 5, 6, 7, 8]]) {
      const spec = completeModelOptions({ inputDim: 5, hiddenDim: 8, prefixes: list });
      const { kernels, count } = counting(plain);
      const decoder = new PrefixDecoder(kernels, spec, list, { capacity: 10, sparseCode: true, thenBack: true });
      const θ = viewParameters(new Float64Array(2 * 40 + 13), layoutOf(spec));
      decoder.forward(θ, rows, t, 1, true);
      decoder.backward(θ, viewParameters(new Float64Array(2 * 40 + 13), layoutOf(spec)), rows);
      assert.is(count(), 3 * 5 * ('index' in rows ? active : 80), `${list}`);
    }
  }
});

test.run();
