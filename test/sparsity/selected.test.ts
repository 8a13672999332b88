import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeModelOptions } from '../../src/core/options.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { isSparse } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { asRows } from '../../src/kernels/rows.js';
import { viewParameters } from '../../src/layers/parameters.js';
import { layoutOf, newMemory } from '../../src/model/layout.js';
import { Objective } from '../../src/model/objective.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { fails, flatten, near, numbers, randomRows, relativeDifference, sameBits, thetaOf } from '../helpers.js';

const make = (options: Partial<SparseAutoencoderOptions>) =>
  new SparseAutoencoder({ inputDim: 4, hiddenDim: 4, outputActivation: 'identity', dtype: 'float64', ...options });

/** W_enc = 1, b_enc = 0, so that Z = X. */
function identityModel(options: Partial<SparseAutoencoderOptions>): SparseAutoencoder {
  const sae = make(options);
  const eye = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => Number(i === j)));
  sae.setParameters({ encoderWeight: eye, decoderWeight: eye });
  return sae;
}

const memoryOf = (sae: SparseAutoencoder) => modelOf(coreOf(sae)).memory.values;
const centred = (rows: number, cols: number, seed: number) => randomRows(rows, cols, seed).map((row) => row.map((u) => u - 0.5));

test('topk: the k largest of each row, of equal ones the lower j, if above 0', () => {
  const sae = identityModel({ hiddenActivation: 'topk', k: 2 });
  near(
    flatten(
      sae.transform([
        [1, 3, 3, 3],
        [-1, 2, -3, 0],
        [4, 1, 2, 3],
      ]),
    ),
    [0, 3, 3, 0, 0, 2, 0, 0, 4, 0, 0, 3],
    0,
  );
});

test('batch-topk: n·k of a batch in training, f = z·1[z > τ] outside; τ follows the smallest kept z', async () => {
  const sae = identityModel({ hiddenActivation: 'batch-topk', k: 1, learningRate: 1e-9, reconstruction: 'sse' });
  const X = [
    [4, 3, -1, 0.5],
    [2, 3, 3, -2],
  ];
  near(flatten(sae.transform(X)), [4, 3, 0, 0.5, 2, 3, 3, 0], 0, 'τ = 0');
  // The batch keeps 4 and the first of the 3s: R = (0.5² + 1 + 2² + 3² + 3² + 2²)/2.
  near([sae.lossAndGradients(X).loss], [27.25 / 2], 1e-12);
  assert.is(memoryOf(sae).threshold[0], 0, 'lossAndGradients changes nothing');
  for (const expected of [0.03, 0.99 * 0.03 + 0.03]) {
    await sae.fit(X, { epochs: 1, batchSize: 2 });
    near(memoryOf(sae).threshold, [expected], 1e-7);
  }
  memoryOf(sae).threshold[0] = 2.5;
  near(flatten(sae.transform(X)), [4, 3, 0, 0, 0, 3, 3, 0], 1e-6, 'τ = 2.5');
  near([sae.evaluate(X).l0], [2], 0);
});

test('batch-topk: a batch that keeps nothing leaves τ, and its gradients are those of b_dec alone', async () => {
  const sae = identityModel({ hiddenActivation: 'batch-topk', k: 2 });
  memoryOf(sae).threshold[0] = 0.7;
  const { gradients } = sae.lossAndGradients([[-1, -1, -1, -1]]);
  near(flatten(gradients.encoderWeight), Array(16).fill(0), 0);
  near(flatten(gradients.decoderBias), [0.5, 0.5, 0.5, 0.5], 1e-15);
  await sae.fit([[-1, -1, -1, -1]], { epochs: 1 });
  near(memoryOf(sae).threshold, [0.7], 0);
});

const ways: Record<string, Partial<SparseAutoencoderOptions>> = {
  topk: { hiddenActivation: 'topk', k: 5 },
  'topk, preBias, tied, unitNorm': { hiddenActivation: 'topk', k: 5, preBias: true, tied: true, unitNorm: true },
  'topk, prefixes': { hiddenActivation: 'topk', k: 5, prefixes: [6, 20, 48] },
  'batch-topk, auxK, unitNorm': { hiddenActivation: 'batch-topk', k: 2, unitNorm: true, auxK: { k: 4, deadAfter: 100 } },
  'relu, auxK, preBias': { penalty: 'l1', auxK: { k: 4, deadAfter: 50 }, preBias: true, tied: 'start' },
};

for (const [name, way] of Object.entries(ways)) {
  const options = { inputDim: 20, hiddenDim: 48, outputActivation: 'identity', seed: 3, learningRate: 0.01, ...way } as const;
  for (const zeros of [0, 0.8]) {
    const X = centred(300, 20, 5).map((row) => row.map((v) => (Math.abs(v) < zeros / 2 ? 0 : v)));
    const how = { batchSize: 64 };

    test(`${name}, ${zeros} zeros: the same bits on 1 to 4 threads`, async () => {
      const runs: number[][] = [];
      for (const threads of [1, 2, 3, 4]) {
        const sae = new SparseAutoencoder({ ...options, backend: 'simd', threads });
        const { loss } = await sae.fit(X, { epochs: 3, ...how });
        runs.push([...loss, ...thetaOf(sae), ...flatten(sae.transform(X))]);
      }
      for (const run of runs.slice(1)) sameBits(run, runs[0]);
    });

    test(`${name}, ${zeros} zeros: fit(3) + fit(3) is fit(6), by way of a file too`, async () => {
      const whole = new SparseAutoencoder(options);
      let parts = new SparseAutoencoder(options);
      await whole.fit(X, { epochs: 6, ...how });
      await parts.fit(X, { epochs: 3, ...how });
      parts = SparseAutoencoder.fromBytes(parts.toBytes({ training: true }));
      await parts.fit(X, { epochs: 3, ...how });
      sameBits(thetaOf(parts), thetaOf(whole));
      sameBits(flatten(parts.transform(X)), flatten(whole.transform(X)));
    });

    test(`${name}, ${zeros} zeros: plain and simd within 1e-4, sparse X and dense X too (float64: 1e-12)`, () => {
      const [plain, simd] = (['plain', 'simd'] as const).map((backend) => new SparseAutoencoder({ ...options, backend }));
      const double = new SparseAutoencoder({ ...options, dtype: 'float64' });
      double.setParameters(plain.parameters as never);
      simd.setParameters(plain.parameters as never);
      for (const sae of [plain, simd]) {
        const [got, exact] = [sae.lossAndGradients(X), double.lossAndGradients(X)];
        for (const part of Object.keys(exact.gradients)) {
          const off = relativeDifference(flatten(got.gradients[part]), flatten(exact.gradients[part]));
          assert.ok(off <= 1e-4, `${sae.backend} ${part}: ${off}`);
        }
        assert.ok(relativeDifference(flatten(sae.reconstruct(X)), flatten(double.reconstruct(X))) <= 1e-4, sae.backend);
      }
    });
  }
}

test('topk: a Z that is not finite is told by the loss, on either backend, of dense and of sparse rows', async () => {
  for (const backend of ['plain', 'simd'] as const) {
    for (const row of [
      [1, 2, 3, 4],
      [0, 0, 0, 4],
    ]) {
      const sae = make({ hiddenActivation: 'topk', k: 2, dtype: 'float32', backend });
      const large = Array.from({ length: 4 }, () => Array(4).fill(-3e38));
      sae.setParameters({ encoderWeight: large });
      const before = thetaOf(sae);
      await fails(() => sae.fit([row, row, row], { epochs: 1 }), /^fit: the loss became NaN in epoch 1 of 1, batch 1 of 1/);
      sameBits(thetaOf(sae), before);
    }
  }
});

test('topk: training takes no room for rows × hiddenDim, be X dense or sparse', () => {
  const [n, h] = [64, 2 ** 16];
  const plain = createPlainKernels('float32');
  let most = 0;
  const note = (size: number) => {
    most = Math.max(most, size);
    return size;
  };
  const k = {
    ...plain,
    floats: (size: number) => plain.floats(note(size)),
    integers: (size: number) => plain.integers(note(size)),
  };
  for (const prefixes of [undefined, [2 ** 10, h]]) {
    const spec = completeModelOptions({ inputDim: 2, hiddenDim: h, hiddenActivation: 'topk', k: 4, prefixes });
    const theta = Float32Array.from(numbers(5 * h + 2, 7), (u) => u - 0.5);
    const x = { data: Float32Array.from(numbers(2 * n, 8), (u) => (u < 0.5 ? 0 : u)), rows: n, cols: 2 };
    const θ = viewParameters(theta, layoutOf(spec));
    const gradients = [x, asRows({ ...plain, sparseBelow: 2 }, x)].map((rows) => {
      const objective = new Objective(k, spec, n, isSparse(rows), newMemory(spec, 1));
      const gradient = new Float32Array(theta.length);
      objective.evaluate(θ, rows, rows, gradient);
      return Array.from(gradient);
    });
    sameBits(gradients[1], gradients[0], 'sparse X, dense X');
  }
  assert.ok(most < (n * h) / 2, `${most} elements`);
});

test('what cannot be had is refused in a line that says why', async () => {
  const refused: [Partial<SparseAutoencoderOptions>, string][] = [
    [{ hiddenActivation: 'topk' }, 'k is not given, expected a whole number from 1 to hiddenDim 4 with hiddenActivation "topk"'],
    [
      { hiddenActivation: 'batch-topk', k: 5 },
      'k is 5, expected a whole number from 1 to hiddenDim 4 with hiddenActivation "batch-topk"',
    ],
    [{ hiddenActivation: 'topk', k: 0 }, 'k is 0, expected a whole number of at least 1'],
    [{ k: 2 }, 'k means something with "topk" or "batch-topk" alone, which is not asked for'],
    [
      { preBias: true, outputDim: 3 },
      'preBias is true, expected false where outputDim 3 is not inputDim 4: b_dec is taken from X',
    ],
    [
      { tied: 'start', outputDim: 3 },
      'tied is "start", expected false where outputDim 3 is not inputDim 4: W_enc and W_decᵀ differ in shape',
    ],
    [{ tied: 'end' as never }, 'tied is "end", expected true, false or "start"'],
    [{ unitNorm: 1 as never }, 'unitNorm is 1, expected true or false'],
    [
      { auxK: { k: 2, deadAfter: 9 }, outputActivation: 'sigmoid' },
      'outputActivation is "sigmoid", expected "identity" with auxK, which adds decoded units to what is left over',
    ],
    [
      { auxK: { k: 2 } as never },
      'auxK is an object (k), expected { k, deadAfter, coefficient }: two whole numbers of at least 1, and a number of at least 0 (default 1/32)',
    ],
  ];
  for (const [options, message] of refused) await fails(() => make(options), `SparseAutoencoder: ${message}`);
});

test('defaults: no penalty for codes that select; auxK has its coefficient; all of it is plain JSON', () => {
  const sae = make({ hiddenActivation: 'topk', k: 2, auxK: { k: 1, deadAfter: 7 } });
  assert.is(sae.options.penalty, 'none');
  assert.equal(sae.options.auxK, { k: 1, deadAfter: 7, coefficient: 1 / 32 });
  const { preBias, tied, unitNorm } = sae.options;
  assert.equal({ preBias, tied, unitNorm }, { preBias: false, tied: false, unitNorm: false });
  const again = new SparseAutoencoder(JSON.parse(JSON.stringify(sae)));
  sameBits(thetaOf(again), thetaOf(sae));
});

test.run();
