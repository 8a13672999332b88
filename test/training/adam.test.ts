import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { createSimdKernels } from '../../src/kernels/simd/simd.js';
import { ADAM, adamStep } from '../../src/training/adam.js';
import { near } from '../helpers.js';

test("the constants are the paper's, ε is Keras's", () => {
  assert.equal({ ...ADAM }, { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
});

/**
 * α = 0.1, θ = [1, −2], g₁ = [0.5, −4], g₂ = [−1, 2].
 * Step 1: m = 0.1·g = [0.05, −0.4], v = 0.001·g² = [2.5e−4, 0.016];
 *         m̂ = m/0.1 = g, v̂ = v/0.001 = g²:  θ ← θ − 0.1·g/(|g| + 1e−7) = [0.90000002, −1.9000000025]
 * Step 2: m = 0.9·m + 0.1·g₂ = [−0.055, −0.16],        1 − 0.9² = 0.19
 *         v = 0.999·v + 0.001·g₂² = [1.24975e−3, 0.019984],   1 − 0.999² = 0.001999
 *         m̂ = [−0.28947368, −0.84210526], √v̂ = [0.79068805, 3.16180305]
 *         θ ← θ − 0.1·m̂/(√v̂ + 1e−7) = [0.93661037, −1.87336630]
 */
const backends = {
  'plain float64': [createPlainKernels('float64'), 1e-8],
  simd: [createSimdKernels({ threads: 1 }), 1e-6],
} as const;
for (const [name, [k, tolerance]] of Object.entries(backends)) {
  test(`${name}: the first two steps, by hand, within ${tolerance}`, () => {
    const of = (...values: number[]) => {
      const x = k.floats(values.length);
      x.set(values);
      return x;
    };
    const theta = of(1, -2);
    const moments = { m: of(0, 0), v: of(0, 0), step: 0 };
    adamStep(k, theta, of(0.5, -4), moments, 0.1);
    assert.is(moments.step, 1);
    near(moments.m, [0.05, -0.4], tolerance);
    near(moments.v, [2.5e-4, 0.016], tolerance);
    near(theta, [1 - 0.05 / 0.5000001, -2 + 0.4 / 4.0000001], tolerance);
    adamStep(k, theta, of(-1, 2), moments, 0.1);
    assert.is(moments.step, 2);
    near(moments.m, [-0.055, -0.16], tolerance);
    near(moments.v, [1.24975e-3, 0.019984], tolerance);
    near(theta, [0.93661037, -1.8733663], tolerance);
  });
}

test('dividing by 1 − βᵗ matters: a constant gradient moves θ by α each step, from the first on', () => {
  const k = createPlainKernels('float64');
  const theta = Float64Array.of(0, 0);
  const moments = { m: new Float64Array(2), v: new Float64Array(2), step: 0 };
  for (let t = 1; t <= 200; t++) {
    adamStep(k, theta, Float64Array.of(3, -0.02), moments, 0.01);
    near(theta, [-0.01 * t, 0.01 * t], 2e-5, `t = ${t}`);
  }
});

test('where the gradient is 0, θ stays', () => {
  const k = createPlainKernels('float64');
  const theta = Float64Array.of(5);
  adamStep(k, theta, Float64Array.of(0), { m: new Float64Array(1), v: new Float64Array(1), step: 0 }, 0.1);
  assert.is(theta[0], 5);
});

test.run();
