import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CompleteOptions, completeModelOptions } from '../../src/core/options.js';
import type { Elementwise, Kernels, Matrix } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { asRows } from '../../src/kernels/rows.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { parameterCount, viewParameters } from '../../src/layers/parameters.js';
import { layoutOf, newMemory } from '../../src/model/layout.js';
import { Objective } from '../../src/model/objective.js';
import { klDivergence as kl } from '../../src/sparsity/penalties/kl.js';
import { near, numbers, sameBits } from '../helpers.js';

const spec = completeModelOptions({
  inputDim: 6,
  hiddenDim: 5,
  outputDim: 6,
  hiddenActivation: 'relu',
  outputActivation: 'sigmoid',
  reconstruction: 'mse',
  penalty: 'kl',
  sparsityParam: 0.05,
  beta: 0.3,
  weightDecay: 0.01,
});

function inMemory(k: Kernels, values: readonly number[]) {
  const x = k.floats(values.length);
  x.set(values);
  return x;
}
const matrix = (k: Kernels, rows: number, cols: number, seed: number, zeros = 0): Matrix => ({
  data: inMemory(
    k,
    numbers(rows * cols, seed).map((u) => (u < zeros ? 0 : u)),
  ),
  rows,
  cols,
});
const randomTheta = (k: Kernels, s: CompleteOptions) =>
  inMemory(
    k,
    numbers(parameterCount(layoutOf(s)), 3).map((u) => u - 0.5),
  );

const backends = {
  'plain float64': createPlainKernels('float64'),
  'plain float32': createPlainKernels('float32'),
  simd: createSimdKernels({ threads: 1 }),
};

test('J by hand: 1-1-1, relu, identity, sse, KL, λ', () => {
  const k = createPlainKernels('float64');
  const tiny: CompleteOptions = {
    ...spec,
    inputDim: 1,
    hiddenDim: 1,
    outputDim: 1,
    outputActivation: 'identity',
    reconstruction: 'sse',
    weightDecay: 0.5,
  };
  // w = 0.5, b = 0.1, u = −2, c = 1; x = 0.2 and 0.4: f = 0.2 and 0.3, x̂ = 0.6 and 0.4.
  const θ = viewParameters(Float64Array.of(0.5, 0.1, -2, 1), layoutOf(tiny));
  const x: Matrix = { data: Float64Array.of(0.2, 0.4), rows: 2, cols: 1 };
  const gradient = new Float64Array(4);
  const terms = new Objective(k, tiny, 2, false, newMemory(tiny, 0)).evaluate(θ, x, x, gradient);
  near([terms.reconstruction], [0.08], 1e-15, 'R = (0.4² + 0)/2');
  near([terms.sparsity], [kl(0.05, 0.25)], 1e-15, 'ρ̂ = 0.25');
  near([terms.loss], [0.08 + 0.3 * kl(0.05, 0.25) + 0.25 * (0.25 + 4)], 1e-14);
  assert.is(terms.active, 2);
  // dY = x̂ − t = [0.4, 0]; dF = −2·dY; pull = (0.3/2)·(−0.05/0.25 + 0.95/0.75) = 0.16
  // dZ = [−0.64, 0.16]; dw = Σ x·dz + 0.5·w, db = Σ dz, du = Σ f·dy + 0.5·u, dc = Σ dy
  near(gradient, [-0.128 + 0.064 + 0.25, -0.48, 0.08 - 1, 0.4], 1e-9);
});

for (const [name, k] of Object.entries(backends)) {
  const hidden: readonly Elementwise[] = ['relu', 'sigmoid', 'tanh'];
  for (const hiddenActivation of hidden) {
    const penalty = hiddenActivation === 'tanh' ? 'l1' : 'kl';
    test(`${name}, ${hiddenActivation}: a partial batch with room for more gives the very same loss and gradients`, () => {
      for (const zeros of [0, 0.9]) {
        const s = { ...spec, hiddenActivation, penalty } as const;
        const theta = randomTheta(k, s);
        const outcomes = [3, 4, 64].map((capacity) => {
          const x = matrix(k, 3, 6, 5, zeros);
          const rows = asRows(k, x);
          const objective = new Objective(k, s, capacity, 'index' in rows, newMemory(s, 0));
          const gradient = k.floats(theta.length).fill(Number.NaN);
          if (capacity === 64)
            objective.evaluate(
              viewParameters(theta, layoutOf(s)),
              matrix(k, 60, 6, 8),
              matrix(k, 60, 6, 9),
              k.floats(theta.length),
            );
          const { loss, reconstruction, sparsity, active } = objective.evaluate(
            viewParameters(theta, layoutOf(s)),
            rows,
            x,
            gradient,
          );
          return [loss, reconstruction, sparsity, active, ...gradient];
        });
        sameBits(outcomes[1], outcomes[0], 'room for one more');
        sameBits(outcomes[2], outcomes[0], 'room for 64, used before');
      }
    });
  }

  test(`${name}: with the gradient or without it, J is the same; loss = reconstruction + β·sparsity + decay`, () => {
    const theta = randomTheta(k, spec);
    const θ = viewParameters(theta, layoutOf(spec));
    const [x, t] = [matrix(k, 7, 6, 5), matrix(k, 7, 6, 6)];
    const objective = new Objective(k, spec, 7, false, newMemory(spec, 0));
    const alone = objective.evaluate(θ, x, t);
    assert.equal(objective.evaluate(θ, x, t, k.floats(theta.length)), alone);
    const squares = [...θ.encoderWeight.data, ...θ.decoderWeight.data].reduce((sum, w) => sum + w * w, 0);
    near([alone.loss], [alone.reconstruction + 0.3 * alone.sparsity + 0.005 * squares], 1e-6);
  });

  test(`${name}: sparse rows of X and dense ones give the same gradients within 1e-6`, () => {
    const theta = randomTheta(k, spec);
    const x = matrix(k, 20, 6, 5, 0.8);
    const results = [x, asRows(k, x)].map((rows) => {
      const gradient = k.floats(theta.length);
      const { loss } = new Objective(k, spec, 20, 'index' in rows, newMemory(spec, 0)).evaluate(
        viewParameters(theta, layoutOf(spec)),
        rows,
        x,
        gradient,
      );
      return [loss, ...gradient];
    });
    near(results[1], results[0], 1e-6);
  });
}

test('sparse and dense codes give the same J and gradients, whatever the bias leaves active (float64, 1e-12)', () => {
  const plain = createPlainKernels('float64');
  const property = fc.property(fc.double({ min: -1.5, max: 1.5, noNaN: true }), fc.integer({ min: 1, max: 9 }), (bias, n) => {
    const results = [0, 2].map((sparseBelow) => {
      const k = { ...plain, sparseBelow };
      const theta = randomTheta(k, spec);
      const θ = viewParameters(theta, layoutOf(spec));
      θ.encoderBias.fill(bias);
      const x = matrix(k, n, 6, 5);
      const gradient = k.floats(theta.length);
      const { loss, active } = new Objective(k, spec, n, false, newMemory(spec, 0)).evaluate(θ, x, x, gradient);
      return [loss, active, ...gradient];
    });
    near(results[1], results[0], 1e-12);
  });
  fc.assert(property, { numRuns: 60 });
});

test('rows are samples: J of two batches is the mean of their Js where S is (l1), and gradients too', () => {
  const k = createPlainKernels('float64');
  const s: CompleteOptions = { ...spec, penalty: 'l1' };
  const theta = randomTheta(k, s);
  const x = matrix(k, 8, 6, 5);
  const of = (from: number, to: number) => {
    const part = { data: x.data.subarray(from * 6, to * 6), rows: to - from, cols: 6 };
    const gradient = new Float64Array(theta.length);
    const { loss } = new Objective(k, s, 8, false, newMemory(s, 0)).evaluate(
      viewParameters(theta, layoutOf(s)),
      part,
      part,
      gradient,
    );
    return [loss, ...gradient];
  };
  const [a, b] = [of(0, 2), of(2, 8)];
  near(
    of(0, 8),
    a.map((value, p) => (2 * value + 6 * b[p]) / 8),
    1e-14,
  );
});

test.run();
