import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGradients, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { flatten, near, numbers, randomRows } from '../helpers.js';

/** Weights from −1 to 1, thresholds e^(−1.5) … e^(−0.5). */
function create(options: Partial<SparseAutoencoderOptions>, shift = 0): SparseAutoencoder {
  const sae = new SparseAutoencoder({
    inputDim: 5,
    hiddenDim: 7,
    hiddenActivation: 'jumprelu',
    outputActivation: 'identity',
    reconstruction: 'half-sse',
    bandwidth: 0.4,
    beta: 0.3,
    dtype: 'float64',
    ...options,
  });
  const signed = (rows: number, cols: number, seed: number) =>
    randomRows(rows, cols, seed).map((row) => row.map((u) => 2 * u - 1));
  sae.setParameters({
    encoderWeight: signed(5, sae.hiddenDim, 1),
    decoderWeight: signed(sae.hiddenDim, 5, 2),
    encoderBias: numbers(sae.hiddenDim, 3).map((u) => u + shift),
    decoderBias: numbers(5, 4),
    logThreshold: numbers(sae.hiddenDim, 5).map((u) => u - 1.5),
  });
  return sae;
}

/** The gradient of logThreshold as DESIGN.md writes it, by loops over one entry at a time. */
function straightThrough(sae: SparseAutoencoder, X: number[][], bandwidth: number): { gradient: number[]; silent: number } {
  const { encoderWeight: W, encoderBias: b, decoderWeight: D, decoderBias: c, logThreshold } = sae.parameters;
  const n = X.length;
  const [d, h] = W.shape;
  const θ = Array.from({ length: h }, (_, j) => Math.exp(logThreshold.get(j)));
  const gradient = Array(h).fill(0);
  let silent = 0;
  for (const x of X) {
    const z = θ.map((_, j) => x.reduce((sum, value, p) => sum + value * W.get(p, j), b.get(j)));
    const f = z.map((value, j) => (value > θ[j] ? value : 0));
    const error = x.map((value, q) => f.reduce((sum, fj, j) => sum + fj * D.get(j, q), c.get(q)) - value);
    for (let j = 0; j < h; j++) {
      if (Math.abs(z[j] - θ[j]) >= bandwidth / 2) continue;
      let df = 0;
      for (let q = 0; q < d; q++) df += (error[q] * D.get(j, q)) / n;
      const { penalty, beta } = sae.options;
      if (penalty === 'l1') df += f[j] > 0 ? beta / n : 0;
      if (penalty === 'weighted-l1')
        df += f[j] > 0 ? (beta / n) * Math.hypot(...Array.from({ length: d }, (_, q) => D.get(j, q))) : 0;
      const counted = penalty === 'l0' ? (beta / n) * (-1 / bandwidth) : 0;
      gradient[j] += θ[j] * (df * (-θ[j] / bandwidth) + counted);
      if (f[j] === 0) silent++;
    }
  }
  return { gradient, silent };
}

const X = randomRows(40, 5, 8);

for (const penalty of ['l0', 'l1', 'weighted-l1', 'none'] as const) {
  // Most units silent: F by its entries. Most units active: F written out.
  for (const [form, shift] of Object.entries({ sparse: -0.4, dense: 0.6 })) {
    test(`${penalty}, ${form} F: the gradient of logThreshold is the straight-through one, as written`, () => {
      const sae = create({ penalty }, shift);
      const active = flatten(sae.transform(X)).filter((f) => f !== 0).length / (40 * 7);
      assert.ok(form === 'sparse' ? active < 0.6 : active > 0.75, `${active} of F is active`);
      const { gradient, silent } = straightThrough(sae, X, 0.4);
      assert.ok(silent > 0, 'some z is in its window, below its threshold: dF is asked for where F is 0');
      assert.ok(gradient.filter((g) => g !== 0).length >= 3);
      near(flatten(sae.lossAndGradients(X).gradients.logThreshold), gradient, 1e-13);
    });
  }
}

test('KL: its pull reaches silent units in their windows too', () => {
  const [pulled, free] = (['kl', 'none'] as const).map((penalty) => create({ penalty, sparsityParam: 0.9 }, -1.2));
  const f = free.transform(X);
  const given = flatten(pulled.lossAndGradients(X).gradients.logThreshold);
  const { gradient } = straightThrough(free, X, 0.4);
  const θ = Array.from({ length: 7 }, (_, j) => Math.exp(free.parameters.logThreshold.get(j)));
  const expected = gradient.map((g, j) => {
    const mean = X.reduce((sum, _, i) => sum + f.get(i, j), 0) / X.length;
    const slope = -0.9 / (mean + 1e-10) + 0.1 / (1 - mean + 1e-10);
    const { encoderWeight: W, encoderBias: b } = free.parameters;
    const z = X.map((x) => x.reduce((sum, value, p) => sum + value * W.get(p, j), b.get(j)));
    const within = z.filter((value) => Math.abs(value - θ[j]) < 0.2).length;
    return g + within * θ[j] * ((0.3 / X.length) * slope) * (-θ[j] / 0.4);
  });
  near(given, expected, 1e-12);
});

test('f = z where z > θ, else 0, in transform as in training; a z at its threshold is silent', () => {
  const options = { inputDim: 1, hiddenDim: 3, hiddenActivation: 'jumprelu', dtype: 'float64' } as const;
  const sae = new SparseAutoencoder({ ...options, outputActivation: 'identity', reconstruction: 'sse' });
  sae.setParameters({ encoderWeight: [[1, 1, 1]], logThreshold: [0, Math.log(0.5), 0], decoderWeight: [[1], [10], [100]] });
  assert.equal(flatten(sae.transform([[1]])), [0, 1, 0]);
  assert.equal(flatten(sae.transform([[1.25]])), [1.25, 1.25, 1.25]);
  assert.equal(flatten(sae.transform([[0.25], [-3]])), [0, 0, 0, 0, 0, 0]);
  const { reconstruction, sparsity } = sae.lossAndGradients([[1]]);
  assert.equal([reconstruction, sparsity], [(10 - 1) ** 2, 1]);
});

test('options: threshold is where θ starts, l0 is the default penalty, both with the weights they are given', () => {
  const sae = new SparseAutoencoder({ inputDim: 3, hiddenDim: 2, hiddenActivation: 'jumprelu', threshold: 0.25 });
  near(flatten(sae.parameters.logThreshold), [Math.log(0.25), Math.log(0.25)], 1e-7);
  assert.equal([sae.options.penalty, sae.options.bandwidth, sae.beta], ['l0', 0.05, 1e-3]);
});

test('checkGradients leaves logThreshold out, which no difference tells', () => {
  const checks = checkGradients(create({}), X);
  assert.equal(Object.keys(checks), ['encoderWeight', 'encoderBias', 'decoderWeight', 'decoderBias']);
});

test('a NaN is not taken for silence', async () => {
  const sae = create({});
  sae.parameters.encoderWeight.set(0, 0, Number.NaN);
  assert.ok(Number.isNaN(sae.lossAndGradients(X).loss));
  assert.ok(flatten(sae.transform(X)).some(Number.isNaN));
});

test.run();
