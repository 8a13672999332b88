import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toModule, toOnnx } from '../../src/export.js';
import { type FitOptions, SparseAutoencoder } from '../../src/index.js';
import { compute, readOnnx } from '../export/onnx-reader.js';
import { fails, flatten, near, randomRows, runModule, sameBits } from '../helpers.js';

const X = randomRows(60, 4, 7).map((row) => row.map((u) => 95 + 10 * u));
/** As wide as X, in units of their own. */
const targets = X.map((row) => row.map((_, j) => (row[(j + 1) % 4] - 100) / 10));
const create = (dtype: 'float32' | 'float64' = 'float64') =>
  new SparseAutoencoder({
    inputDim: 4,
    hiddenDim: 8,
    outputActivation: 'identity',
    penalty: 'none',
    preparation: { standardize: true, unitRows: true },
    seed: 1,
    dtype,
  });
const fitting = { epochs: 2, batchSize: 20 };

async function fitted(options: FitOptions, sae = create()): Promise<SparseAutoencoder> {
  await sae.fit(X, { ...fitting, ...options });
  return sae;
}

const reconstructed = (sae: SparseAutoencoder): number[] => flatten(sae.reconstruct(X));
const errorOf = (sae: SparseAutoencoder, T: number[][]): number =>
  reconstructed(sae).reduce((sum, value, p) => sum + (value - T.flat()[p]) ** 2 / 240, 0);

test('fitted with targets as wide as X, X itself among them, x̂ is in their units: nothing is undone', async () => {
  for (const T of [targets, X]) {
    const sae = await fitted({ targets: T });
    near([errorOf(sae, T) / sae.evaluate(X, { targets: T }).mse], [1], 1e-12);
    sameBits(flatten(sae.decoder.decode(sae.transform(X))), reconstructed(sae));
    sameBits(flatten(sae.steer(X, {})), reconstructed(sae));
  }
});

test('it holds in callbacks and in files, until a fit without targets', async () => {
  const sae = create();
  let seen: number[] = [];
  const onEpochEnd = () => {
    seen = reconstructed(sae);
  };
  await fitted({ targets, earlyStopping: { patience: 9, restoreBest: true }, onEpochEnd }, sae);
  sameBits(seen, reconstructed(sae));
  const stopped = create();
  let checkpoint: Uint8Array = new Uint8Array();
  const save = (bytes: Uint8Array) => {
    checkpoint = bytes;
  };
  await fitted({ targets, earlyStopping: { patience: 9 }, checkpoint: { save } }, stopped);
  for (const bytes of [sae.toBytes(), sae.toBytes({ training: true }), checkpoint])
    sameBits(reconstructed(SparseAutoencoder.fromBytes(bytes)), reconstructed(sae));
  const again = SparseAutoencoder.fromBytes(sae.toBytes({ training: true }));
  await again.fit(X, fitting);
  sameBits(flatten(again.steer(X, {})), flatten((await fitted({})).steer(X, {})));
  // What a fit without targets leaves is a file as it always was.
  assert.not(Buffer.from((await fitted({})).toBytes()).includes('memory.targets'));
});

test('a fit with targets that fails in its first epoch changes nothing', async () => {
  const sae = await fitted({});
  const before = sae.toBytes({ training: true });
  const onBatchEnd = () => {
    throw new Error('stop');
  };
  await fails(() => sae.fit(X, { targets, onBatchEnd }), 'stop');
  assert.equal(sae.toBytes({ training: true }), before);
});

test('what takes x for what x̂ is to be is refused', async () => {
  const sae = await fitted({ targets });
  const because = 'the model was fitted with targets, expected none';
  await fails(() => sae.query(X), `query: ${because}: queries are compared with decoded rows`);
  await fails(
    () => sae.transform(X, { refit: true }),
    `transform: refit: ${because}: codes are refitted to the rows that they are of`,
  );
  await fails(() => sae.steer(X, {}, { keepError: true }), `steer: keepError: ${because}: what x̂ lacks is of x`);
});

test('a module and an ONNX graph give what reconstruct gives', async () => {
  const sae = await fitted({ targets }, create('float32'));
  const expected = reconstructed(sae);
  near([errorOf(sae, targets) / sae.evaluate(X, { targets }).mse], [1], 1e-5);
  const { code } = toModule(sae);
  const print = `\nconsole.log(JSON.stringify(Array.from(reconstruct(${JSON.stringify(X.flat())}))));`;
  near(JSON.parse(await runModule(code + print)), expected, 1e-5);
  near(compute(readOnnx(toOnnx(sae)), { dims: [60, 4], data: X.flat() }).x_hat.data, expected, 1e-5);
});

test.run();
