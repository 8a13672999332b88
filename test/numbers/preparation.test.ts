import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { type DType, floats } from '../../src/numbers/matrix.js';
import { Preparation, type PreparationOptions, unlearned } from '../../src/numbers/preparation.js';
import { fails, flatten, near, randomRows, sameBits, thetaOf } from '../helpers.js';

const matrix = (rows: number[][], dtype: DType = 'float64') => {
  const data = floats(dtype, rows.length * rows[0].length);
  data.set(rows.flat());
  return { data, rows: rows.length, cols: rows[0].length };
};

/** What becomes of rows that it learns from, and what undoing that gives. */
function prepared(options: PreparationOptions, rows: number[][], dtype?: DType) {
  const x = matrix(rows, dtype);
  const learned = Object.entries(unlearned(options, x.cols)).map(([name, start]) => [name, Float64Array.from(start)]);
  const preparation = new Preparation(options, Object.fromEntries(learned));
  preparation.learn(x);
  const made = preparation.apply(x);
  const back = { ...made, data: made.data.slice() };
  preparation.undo(back, x);
  return { made: Array.from(made.data), back: Array.from(back.data), preparation };
}

const X = [
  [2, 10],
  [4, 10],
  [6, 10],
];
const deviation = Math.sqrt(8 / 3);
const byHand: [PreparationOptions, number[]][] = [
  [{ scale: 2 }, [1, 5, 2, 5, 3, 5]],
  [{ center: true }, [-2, 0, 0, 0, 2, 0]],
  [{ standardize: true }, [-2 / deviation, 0, 0, 0, 2 / deviation, 0]],
  [{ scale: 2, center: true, unitRows: true }, [-1, 0, 0, 0, 1, 0]],
  // mean ‖x‖ = (2 + 0 + 2)/3
  [{ center: true, meanNorm: true }, [-2, 0, 0, 0, 2, 0].map((v) => (v * Math.SQRT2 * 3) / 4)],
  // unit rows but for one of zeros: mean ‖x‖ = 2/3
  [{ center: true, unitRows: true, meanNorm: true }, [-1, 0, 0, 0, 1, 0].map((v) => v * Math.SQRT2 * 1.5)],
];
for (const [options, expected] of byHand) {
  test(`${JSON.stringify(options)}: by hand, and back`, () => {
    const { made, back } = prepared(options, X);
    near(made, expected, 1e-15);
    near(back, X.flat(), 1e-14);
  });
}

const same = (value: number, rows: number) => Array.from({ length: rows }, (_, i) => [value, i % 7]);
for (const dtype of ['float32', 'float64'] as const) {
  test(`a column that never varies is 0 and is divided by nothing, ${dtype}`, () => {
    for (const value of [0.1, 1, 1 / 3, -7e8, 1e-30])
      for (const rows of [10, 100, 150, 1000]) {
        const { made, preparation } = prepared({ standardize: true }, same(value, rows), dtype);
        const first = made.filter((_, at) => at % 2 === 0);
        assert.is(Math.max(...first.map(Math.abs)), 0, `${value}, ${rows} rows`);
        const other = preparation.apply(matrix([[value + 0.01, 3]], dtype));
        near([other.data[0]], [value + 0.01 - value], 1e-7 * Math.max(1, Math.abs(value)));
      }
  });
}

test('rows that are all the same are 0, not rounding error brought to length 1; so is one that is the mean', () => {
  for (const options of [
    { center: true, unitRows: true },
    { standardize: true, unitRows: true },
  ]) {
    const { made, back } = prepared(options, Array(10).fill([0.1, 1, 1 / 3]));
    assert.equal(made, Array(30).fill(0));
    near(
      back,
      Array(10)
        .fill([0.1, 1, 1 / 3])
        .flat(),
      1e-15,
    );
  }
  // Neither mean is exact: 0.1 + 0.2 + 0.3 + …, and -0.3 + 0.1 + 0.2 + 0 is 3e-17.
  const up = Array.from({ length: 1001 }, (_, i) => [0.1 * (i + 1), 0.7 * (i + 1)]);
  const { made } = prepared({ center: true, unitRows: true }, up);
  assert.equal(made.slice(1000, 1002), [0, 0]);
  near(made.slice(0, 2), [-1 / Math.sqrt(50), -7 / Math.sqrt(50)], 1e-15);
  const around = [[-0.3], [0.1], [0.2], [0]];
  for (const dtype of ['float32', 'float64'] as const)
    assert.equal(prepared({ center: true, unitRows: true }, around, dtype).made, [-1, 1, 1, 0]);
});

test('what little a column varies is kept, up to the last bits of its entries', () => {
  const { made } = prepared({ standardize: true }, [[1e6 + 1e-4], [1e6 - 1e-4], [1e6 + 1e-4], [1e6 - 1e-4]]);
  near(made, [1, -1, 1, -1], 1e-5);
  near(prepared({ standardize: true }, [[0.3], [0.1 + 0.2], [0.3]]).made, [0, 0, 0], 1e-15);
});

test('a column far from 0 varies, as far as float64 tells its entries apart: milliseconds and microseconds of this century', () => {
  for (const [start, step] of [
    [1.7e12, 1],
    [-1.7e12, 1],
    [1.7e15, 10],
  ]) {
    const column = [0, 1, 2].map((i) => [start + i * step]);
    assert.equal(prepared({ center: true }, column).made, [-step, 0, step]);
    near(prepared({ standardize: true }, column).made, [-Math.sqrt(1.5), 0, Math.sqrt(1.5)], 1e-15);
  }
  // The mean of 30,000 of them is off by its last bit at most, 2⁻¹² here.
  const many = Array.from({ length: 30_000 }, (_, i) => [1.7e12 + (i % 3)]);
  near(
    prepared({ center: true }, many).made,
    many.map((_, i) => (i % 3) - 1),
    2 ** -12,
  );
});

test('what was learned stays: other rows are prepared by it', () => {
  const { preparation } = prepared({ standardize: true }, X);
  preparation.learn(matrix([[100, 100]]));
  near(preparation.apply(matrix([[4 + deviation, 11]])).data, [1, 1], 1e-14);
});

const rows = randomRows(40, 6, 2).map((row, i) => row.map((u, j) => 100 * u + 10 * j + i));
const create = (options: Partial<SparseAutoencoderOptions> = {}) =>
  new SparseAutoencoder({ inputDim: 6, hiddenDim: 4, outputActivation: 'identity', seed: 5, dtype: 'float64', ...options });

for (const preparation of [{ scale: 255 }, { standardize: true }, { center: true, unitRows: true, meanNorm: true }]) {
  test(`${JSON.stringify(preparation)}: a model prepares X itself, and its file keeps how`, async () => {
    const [sae, other] = [create({ preparation }), create()];
    const by = prepared(preparation, rows);
    const already = { data: by.made, shape: [40, 6] };
    assert.equal(await sae.fit(rows, { epochs: 3, batchSize: 8 }), await other.fit(already, { epochs: 3, batchSize: 8 }));
    sameBits(thetaOf(sae), thetaOf(other));
    sameBits(flatten(sae.transform(rows)), flatten(other.transform(already)));
    assert.is(sae.evaluate(rows).loss, other.evaluate(already).loss);
    const xHat = other.reconstruct(already);
    by.preparation.undo({ data: xHat.data, rows: 40, cols: 6 }, matrix(rows));
    near(flatten(sae.reconstruct(rows)), flatten(xHat), 1e-12);
    const back = SparseAutoencoder.fromBytes(sae.toBytes());
    sameBits(flatten(back.transform(rows)), flatten(sae.transform(rows)));
    sameBits(flatten(back.reconstruct(rows[7])), flatten(sae.reconstruct(rows)).slice(42, 48));
  });
}

test('validation rows are prepared by what the training rows taught', async () => {
  const sae = create({ preparation: { standardize: true } });
  const { validationLoss } = await sae.fit(rows.slice(0, 30), { epochs: 1, validationData: rows.slice(30) });
  near(validationLoss, [sae.evaluate(rows.slice(30)).loss], 1e-12);
});

test('a fit that fails in its first epoch leaves nothing learned', async () => {
  const sae = create({ preparation: { standardize: true } });
  const before = sae.toBytes({ training: true });
  const fail = () => {
    throw new Error('stop');
  };
  await fails(() => sae.fit(rows, { batchSize: 8, onBatchEnd: fail }), 'stop');
  assert.equal(sae.toBytes({ training: true }), before);
});

test('entries that are not finite are named as they came, wrong options refused', async () => {
  const sae = create({ preparation: { unitRows: true } });
  await fails(() => sae.transform([[1, 2, 3, Number.NaN, 5, 6]]), 'transform: X[0, 3] is NaN, expected a finite number');
  await fails(
    () => create({ preparation: { scale: 0 } }),
    'SparseAutoencoder: preparation: scale is 0, expected a number above 0',
  );
  await fails(
    () => create({ preparation: { centre: true } as never }),
    'SparseAutoencoder: preparation: unknown option "centre"; did you mean "center"?',
  );
});

test('an error quotes what preparation has made as prepared', async () => {
  const rows = [
    [0, 1],
    [1, 0],
  ];
  const create = (options: Partial<SparseAutoencoderOptions>) => new SparseAutoencoder({ inputDim: 2, hiddenDim: 3, ...options });
  const tiny = () => create({ preparation: { scale: 1e-300 } });
  await fails(() => tiny().transform(rows), 'transform: X[0, 1], prepared, is Infinity, expected a finite number');
  await fails(() => tiny().fit(rows), 'fit: X[0, 1], prepared, is Infinity, expected a finite number');
  const sparse = [...Array(8).fill([0, 0]), [0, 1]];
  await fails(() => tiny().fit(sparse), 'fit: X[8, 1], prepared, is Infinity, expected a finite number');
  await fails(
    () => create({ reconstruction: 'bce', preparation: { center: true } }).fit(rows),
    'fit: X[0, 0], prepared, is -0.5, expected a number from 0 to 1 with reconstruction "bce"',
  );
});

test('meanNorm of rows that are too long for floats is refused, and nothing is learned of them', async () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const create = () =>
      new SparseAutoencoder({ inputDim: 2, hiddenDim: 3, dtype, preparation: { center: true, meanNorm: true } });
    const [sae, fresh] = [create(), create()];
    const long = dtype === 'float32' ? 3e38 : 1e200;
    const rows = [long, -long, -long, -long].map((x) => [x, -x]);
    await fails(() => sae.fit(rows), 'fit: X: mean length, prepared, is Infinity, expected a finite number');
    for (const each of [sae, fresh]) await each.fit(X, { epochs: 1 });
    sameBits(flatten(sae.transform(X)), flatten(fresh.transform(X)));
  }
});

test.run();
