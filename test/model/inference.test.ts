import fc from 'fast-check';
import { test } from 'uvu';
import { type Activation, SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { flatten, near, numbers, randomRows, sameBits } from '../helpers.js';

const hidden: readonly Activation[] = ['relu', 'sigmoid', 'tanh', 'identity'];
const kinds: readonly Partial<SparseAutoencoderOptions>[] = [{ backend: 'plain' }, { backend: 'simd' }, { dtype: 'float64' }];

for (const kind of kinds) {
  const name = JSON.stringify(kind);

  test(`${name}: reconstruct = decode ∘ encode = decode ∘ transform, bit for bit, for any sizes and activations`, () => {
    const property = fc.property(
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(...hidden),
      fc.constantFrom(...hidden),
      fc.constantFrom(0, 0.5, 0.95, 1),
      ([inputDim, hiddenDim, outputDim], rows, hiddenActivation, outputActivation, zeros) => {
        const sae = new SparseAutoencoder({
          inputDim,
          hiddenDim,
          outputDim,
          hiddenActivation,
          outputActivation,
          penalty: 'l1',
          ...kind,
        });
        const X = { data: numbers(rows * inputDim, rows).map((u) => (u < zeros ? 0 : u)), shape: [rows, inputDim] };
        const xHat = flatten(sae.reconstruct(X));
        sameBits(flatten(sae.decoder.decode(sae.encoder.encode(X))), xHat, 'decode ∘ encode');
        sameBits(flatten(sae.decoder.decode(sae.transform(X))), xHat, 'decode ∘ transform');
      },
    );
    fc.assert(property, { numRuns: 40 });
  });

  test(`${name}: rows do not know each other: any way of cutting X gives the same rows, within 1e-6`, () => {
    const sae = new SparseAutoencoder({ inputDim: 6, hiddenDim: 5, ...kind });
    const X = randomRows(400, 6);
    const [code, xHat] = [flatten(sae.transform(X)), flatten(sae.reconstruct(X))];
    for (const rows of [1, 127, 128, 129, 256, 257]) {
      near(flatten(sae.transform(X.slice(0, rows))), code.slice(0, rows * 5), 1e-6);
      near(flatten(sae.transform(X.slice(-rows))), code.slice(-rows * 5), 1e-6);
      near(flatten(sae.reconstruct(X.slice(0, rows))), xHat.slice(0, rows * 6), 1e-6);
    }
  });

  test(`${name}: transform and reconstruct are the equations, over loops, within 1e-5`, () => {
    const sae = new SparseAutoencoder({ inputDim: 6, hiddenDim: 5, outputDim: 3, seed: 'equation', ...kind });
    const bias = numbers(5, 2).map((u) => u - 0.5);
    sae.setParameters({ encoderBias: bias, decoderBias: [0.1, -0.2, 0.3] });
    const { encoderWeight: W, decoderWeight: V } = sae.parameters;
    const X = randomRows(150, 6);
    const F = X.map((x) =>
      bias.map((b, j) =>
        Math.max(
          0,
          x.reduce((sum, v, p) => sum + v * W.get(p, j), b),
        ),
      ),
    );
    const xHat = F.map((f) =>
      [0.1, -0.2, 0.3].map((c, q) => 1 / (1 + Math.exp(-f.reduce((sum, v, j) => sum + v * V.get(j, q), c)))),
    );
    near(flatten(sae.transform(X)), F.flat(), 1e-5);
    near(flatten(sae.reconstruct(X)), xHat.flat(), 1e-5);
  });
}

test('plain and simd agree within 1e-5', () => {
  const X = randomRows(200, 30);
  const [a, b] = (['plain', 'simd'] as const).map((backend) => new SparseAutoencoder({ inputDim: 30, hiddenDim: 20, backend }));
  near(flatten(b.transform(X)), flatten(a.transform(X)), 1e-5);
  near(flatten(b.reconstruct(X)), flatten(a.reconstruct(X)), 1e-5);
});

test.run();
