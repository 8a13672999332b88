import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGradient, type Differentiable } from '../../src/index.js';
import { fails, near, numbers } from '../helpers.js';

/** Σ_k (k + 1)·sin θ_k + θ₀·θ₁, with its gradient, spoilt by `spoil`. */
const known =
  (spoil: (gradient: number[]) => void = () => {}): Differentiable =>
  (theta) => {
    const value = theta.reduce((sum, t, k) => sum + (k + 1) * Math.sin(t), 0) + theta[0] * theta[1];
    const gradient = Array.from(theta, (t, k) => (k + 1) * Math.cos(t) + (k === 0 ? theta[1] : k === 1 ? theta[0] : 0));
    spoil(gradient);
    return { value, gradient };
  };
const theta = numbers(12).map((u) => 4 * u - 2);

test('a right gradient is found right, within 1e-10', () => {
  const { relativeError, checked } = checkGradient(known(), theta);
  assert.ok(relativeError <= 1e-10, String(relativeError));
  assert.is(checked, 12);
});

test('one entry off by 1% is found, named, and both derivatives told', () => {
  for (const at of [0, 5, 11]) {
    const spoilt = known((g) => {
      g[at] *= 1.01;
    });
    const { relativeError, worst } = checkGradient(spoilt, theta);
    assert.ok(relativeError > 1e-6 && relativeError < 1e-2, String(relativeError));
    assert.is(worst.at, at);
    near([worst.analytic / worst.numeric], [1.01], 1e-9);
  }
});

test('a flipped sign, a swapped pair, a forgotten factor and NaN are found', () => {
  const wrongs: Record<string, (g: number[]) => void> = {
    flipped: (g) =>
      g.forEach((x, k) => {
        g[k] = -x;
      }),
    swapped: (g) => g.reverse(),
    doubled: (g) =>
      g.forEach((x, k) => {
        g[k] = 2 * x;
      }),
    zero: (g) => g.fill(0),
  };
  for (const [what, spoil] of Object.entries(wrongs)) {
    assert.ok(checkGradient(known(spoil), theta).relativeError > 0.1, what);
  }
  const nan = checkGradient(
    known((g) => {
      g[3] = Number.NaN;
    }),
    theta,
  );
  assert.not(nan.relativeError <= 1e-8, 'NaN is no pass');
  assert.is(nan.worst.at, 3);
});

test('the measure is ‖a − n‖/‖a + n‖: a gradient twice too large gives 1/3, its negative a huge number', () => {
  near(
    [
      checkGradient(
        known((g) =>
          g.forEach((x, k) => {
            g[k] = 2 * x;
          }),
        ),
        theta,
      ).relativeError,
    ],
    [1 / 3],
    1e-9,
  );
  assert.ok(
    checkGradient(
      known((g) =>
        g.forEach((x, k) => {
          g[k] = -x;
        }),
      ),
      theta,
    ).relativeError > 1e6,
  );
});

test('where both vanish the error is 0', () => {
  const { relativeError, worst } = checkGradient(() => ({ value: 5, gradient: [0, 0] }), [1, 2]);
  assert.is(relativeError, 0);
  assert.equal([worst.analytic, worst.numeric], [0, 0]);
});

test('θ is left as it was, and fn never sees more than one entry moved', () => {
  const own = Float64Array.from(theta);
  const fn = known();
  checkGradient((point) => {
    assert.ok(point.filter((x, k) => x !== theta[k]).length <= 1);
    return fn(point);
  }, own);
  assert.equal([...own], theta);
});

test('a kink close by does not spoil it: |θ| and max(0, θ) at 2·10⁻⁵ from theirs and more', () => {
  const kinked: Differentiable = ([a, b]) => ({
    value: Math.abs(a) + 3 * Math.max(0, b),
    gradient: [Math.sign(a), b > 0 ? 3 : 0],
  });
  for (const point of [
    [2e-5, 2e-5],
    [-2e-5, -2e-5],
    [1e-4, -1e-3],
    [2e-5, 5],
  ]) {
    assert.ok(checkGradient(kinked, point).relativeError <= 1e-9, point.join());
  }
});

test('a value may come as terms, so that a large constant costs no digits', () => {
  const terms: Differentiable = ([x]) => ({ value: [1e12, 1e-3 * Math.sin(x)], gradient: [1e-3 * Math.cos(x)] });
  const summed: Differentiable = ([x]) => ({ value: 1e12 + 1e-3 * Math.sin(x), gradient: [1e-3 * Math.cos(x)] });
  assert.ok(checkGradient(terms, [0.7]).relativeError <= 1e-10);
  assert.ok(checkGradient(summed, [0.7]).relativeError > 1e-6, 'which a sum does');
});

test('a value that is NaN is no derivative of 0: the check says NaN, and where', () => {
  const nowhere: Differentiable = () => ({ value: Number.NaN, gradient: [0] });
  const { relativeError, worst } = checkGradient(nowhere, [0.5]);
  assert.ok(Number.isNaN(relativeError) && Number.isNaN(worst.numeric));
  // NaN on one side of the point alone, at any of the steps that are tried.
  const cliff: Differentiable = ([x, y]) => ({ value: x > 0.5 ? Number.NaN : y, gradient: [0, 1] });
  const check = checkGradient(cliff, [0.5, 0.1]);
  assert.ok(Number.isNaN(check.relativeError));
  assert.is(check.worst.at, 0);
});

test('large entries move in proportion', () => {
  assert.ok(checkGradient(([x]) => ({ value: Math.log(x), gradient: [1 / x] }), [1e9]).relativeError <= 1e-9);
});

test('samples: so many entries, evenly spread', () => {
  const touched = new Set<number>();
  const fn = known();
  const { checked } = checkGradient(
    (point) => {
      point.forEach((x, k) => {
        if (x !== theta[k]) touched.add(k);
      });
      return fn(point);
    },
    theta,
    { samples: 4 },
  );
  assert.is(checked, 4);
  assert.equal([...touched], [0, 3, 6, 9]);
  assert.is(checkGradient(fn, theta, { samples: 99 }).checked, 12);
});

test('bad options and a missing gradient are refused', async () => {
  await fails(() => checkGradient(() => ({ value: 1 }), [1, 2]), 'checkGradient: got a gradient of 0 entries, expected 2');
  await fails(
    () => checkGradient(() => ({ value: 1, gradient: [1] }), [1, 2]),
    'checkGradient: got a gradient of 1 entries, expected 2',
  );
  for (const step of [0, -1, Infinity, Number.NaN]) {
    await fails(
      () => checkGradient(known(), theta, { step }),
      new RegExp(`^checkGradients?: step is ${step}, expected a number above 0$`),
    );
  }
  for (const samples of [0, -1, 1.5]) {
    await fails(
      () => checkGradient(known(), theta, { samples }),
      new RegExp(`^checkGradients?: samples is ${samples}, expected a whole number of at least 1$`),
    );
  }
});

test.run();
