import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeModelOptions } from '../../src/core/options.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { viewParameters } from '../../src/layers/parameters.js';
import { layoutOf } from '../../src/model/layout.js';
import { kl as kind, klDivergence as kl, klPenalty, klSlope } from '../../src/sparsity/penalties/kl.js';
import { l1 } from '../../src/sparsity/penalties/l1.js';
import { near, numbers } from '../helpers.js';

const tangentFrom = 0.999;
const rhos = [0.001, 0.05, 0.5, 0.9];

test('KL by hand', () => {
  // 0.5·ln(0.5/0.25) + 0.5·ln(0.5/0.75) = 0.5·ln(4/3)
  near([kl(0.5, 0.25)], [0.5 * Math.log(4 / 3)], 1e-9);
  // 0.05·ln(0.05/0.1) + 0.95·ln(0.95/0.9)
  near([kl(0.05, 0.1)], [0.01670650102], 1e-9);
  for (const rho of rhos) near([kl(rho, rho)], [0], 1e-9, 'it vanishes where the means agree');
});

test('KL is the formula of DESIGN.md with its 10⁻¹⁰, below the tangent point', () => {
  for (const rho of rhos) {
    for (const p of [0, 1e-12, 1e-10, 1e-6, ...numbers(200).map((u) => u * tangentFrom), tangentFrom]) {
      const expected = rho * Math.log(rho / (p + 1e-10)) + (1 - rho) * Math.log((1 - rho) / (1 - p + 1e-10));
      near([kl(rho, p)], [expected], 1e-14, `ρ = ${rho}, ρ̂ = ${p}`);
    }
  }
});

test('the slope is the central difference within 1e-7, on both sides of the tangent point', () => {
  for (const rho of rhos) {
    for (const p of [...numbers(200, 2).map((u) => 0.02 + 0.96 * u), 1.001, 1.5, 5, 100]) {
      const s = 1e-4 * Math.min(1, p, Math.abs(1 - p));
      const difference = (8 * (kl(rho, p + s) - kl(rho, p - s)) - (kl(rho, p + 2 * s) - kl(rho, p - 2 * s))) / (12 * s);
      near([klSlope(rho, p)], [difference], 1e-7, `ρ = ${rho}, ρ̂ = ${p}`);
    }
  }
});

test('at the tangent point value and slope are continuous, and past it the line is straight', () => {
  for (const rho of rhos) {
    const [before, after] = [tangentFrom - 1e-13, tangentFrom + 1e-13];
    near([kl(rho, after)], [kl(rho, before)], 1e-9);
    near([klSlope(rho, after)], [klSlope(rho, before)], 1e-7);
    const slope = -rho / (0.999 + 1e-10) + (1 - rho) / (0.001 + 1e-10);
    near([klSlope(rho, 1), klSlope(rho, 2), klSlope(rho, 1e6)], [slope, slope, slope], 1e-9);
    near([kl(rho, 3) - kl(rho, 2), kl(rho, 1001) - kl(rho, 1)], [slope, 1000 * slope], 1e-9);
  }
});

test('value and slope are finite for any mean that a code can have', () => {
  for (const rho of [1e-300, ...rhos, 1 - 1e-16]) {
    for (const p of [0, 1e-300, 1 - 1e-16, 1, 1 + 1e-12, 5, 1e6, 1e30]) {
      assert.ok(Number.isFinite(kl(rho, p)) && Number.isFinite(klSlope(rho, p)), `ρ = ${rho}, ρ̂ = ${p}`);
    }
  }
  assert.ok(Number.isNaN(kl(0.05, Number.NaN)) && Number.isNaN(klSlope(0.05, Number.NaN)), 'NaN stays NaN');
});

test('KL is least at ρ: too quiet pulls up, too loud pulls down', () => {
  for (const rho of rhos) {
    for (const p of numbers(100, 3)) assert.ok(kl(rho, p) >= -1e-9);
    assert.ok(klSlope(rho, rho / 2) < 0 && klSlope(rho, (1 + rho) / 2) > 0);
  }
});

test('the penalty is the sum over units, and the pull β/n times each slope', () => {
  const rhoHat = [0.01, 0.2, 3];
  near([klPenalty(0.05, rhoHat)], [kl(0.05, 0.01) + kl(0.05, 0.2) + kl(0.05, 3)], 1e-15);
  const k = createPlainKernels('float64');
  const spec = completeModelOptions({ inputDim: 1, hiddenDim: 3 });
  const f = { data: Float64Array.from({ length: 21 }, (_, p) => rhoHat[p % 3]), rows: 7, cols: 3 };
  const θ = viewParameters(new Float64Array(100), layoutOf(spec));
  const layer = kind.layer(k, spec);
  near([layer.forward(θ, { f, rows: f, active: 21 })], [klPenalty(0.05, rhoHat)], 1e-14);
  const { pull, l1: sign } = layer.slope(0.3);
  near(
    pull,
    rhoHat.map((p) => (0.3 / 7) * klSlope(0.05, p)),
    1e-14,
  );
  assert.is(sign, 0);
  const absolute = l1.layer(k, spec);
  near([absolute.forward(θ, { f, rows: f, active: 21 })], [3.21], 1e-14);
  assert.equal(absolute.slope(0.3), { pull: new Float64Array(3), l1: 0.3 / 7 });
});

test.run();
