import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { symmetricEigen } from '../../src/numbers/eigen.js';
import { Random } from '../../src/numbers/random.js';

const matrix = (rows: readonly (readonly number[])[]) => ({
  data: Float64Array.from(rows.flat()),
  rows: rows.length,
  cols: rows.length,
});
const near = (a: ArrayLike<number>, b: readonly number[], tolerance = 1e-13) => {
  assert.is(a.length, b.length);
  for (const [i, each] of b.entries()) assert.ok(Math.abs(a[i] - each) <= tolerance, `${i}: ${a[i]}, expected ${each}`);
};

test('[[2, 1], [1, 2]]: 3 along (1, 1)/√2, 1 along (1, −1)/√2', () => {
  const { values, vectors } = symmetricEigen(
    matrix([
      [2, 1],
      [1, 2],
    ]),
  );
  near(values, [3, 1]);
  near(vectors.data.map(Math.abs), Array(4).fill(Math.SQRT1_2));
  assert.ok(vectors.data[0] > 0 && vectors.data[1] > 0 && vectors.data[2] * vectors.data[3] < 0);
});

test('a diagonal matrix, one of zeros, and one of a single entry stand as they are', () => {
  near(
    symmetricEigen(
      matrix([
        [1, 0, 0],
        [0, 5, 0],
        [0, 0, -2],
      ]),
    ).values,
    [5, 1, -2],
  );
  near(
    symmetricEigen(
      matrix([
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ]),
    ).values,
    [0, 0, 0],
  );
  const one = symmetricEigen(matrix([[7]]));
  near(one.values, [7]);
  near(one.vectors.data, [1]);
});

test('second differences: 2 − 2·cos(πk/(n + 1)), and sin(πki/(n + 1)) along each', () => {
  const n = 30;
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
  );
  const { values, vectors } = symmetricEigen(matrix(rows));
  for (let i = 0; i < n; i++) {
    const angle = (Math.PI * (n - i)) / (n + 1);
    assert.ok(Math.abs(values[i] - (2 - 2 * Math.cos(angle))) < 1e-13);
    const wave = Array.from({ length: n }, (_, j) => Math.sqrt(2 / (n + 1)) * Math.sin(angle * (j + 1)));
    const cosine = wave.reduce((sum, each, j) => sum + each * vectors.data[i * n + j], 0);
    assert.ok(Math.abs(Math.abs(cosine) - 1) < 1e-12, `${i}: ${cosine}`);
  }
});

test('A·v = λ·v and V·Vᵀ = I for a covariance of 60, also where it has rank 20 alone', () => {
  for (const rank of [60, 20]) {
    const n = 60;
    const random = Random.stream(1, 'eigen');
    const b = Float64Array.from({ length: n * rank }, () => random.gaussian());
    const a = Float64Array.from({ length: n * n }, (_, at) => {
      let sum = 0;
      for (let p = 0; p < rank; p++) sum += b[Math.floor(at / n) * rank + p] * b[(at % n) * rank + p];
      return sum;
    });
    const { values, vectors } = symmetricEigen({ data: a, rows: n, cols: n });
    for (let i = 0; i < n; i++) {
      const v = vectors.data.subarray(i * n, (i + 1) * n);
      for (let p = 0; p < n; p++) {
        let av = 0;
        for (let q = 0; q < n; q++) av += a[p * n + q] * v[q];
        assert.ok(Math.abs(av - values[i] * v[p]) < 1e-11 * values[0]);
      }
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let q = 0; q < n; q++) product += v[q] * vectors.data[j * n + q];
        assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-12);
      }
      assert.ok(i === 0 || values[i] <= values[i - 1]);
      if (i >= rank) assert.ok(Math.abs(values[i]) < 1e-11 * values[0]);
    }
  }
});

test.run();
