import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toSciPy } from '../../src/export.js';
import { readNpz } from '../../src/formats/npz.js';
import { type Csr, SparseAutoencoder } from '../../src/index.js';
import { fails, randomRows } from '../helpers.js';

/** The arrays of a file of SciPy's, but for `format`, of which our reader has no type. */
function read(bytes: Uint8Array): Csr {
  const [data, indices, indptr, shape] = ['data', 'indices', 'indptr', 'shape'].map(
    (name) => readNpz(bytes, 'codes.npz', name).data,
  );
  return { data, indices, indptr, shape: Array.from(shape as BigInt64Array, Number) } as unknown as Csr;
}

test('what is written reads back, in both precisions, codes of any model', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const sae = new SparseAutoencoder({ inputDim: 6, hiddenDim: 20, hiddenActivation: 'topk', k: 3, dtype });
    const codes = sae.transform(randomRows(50, 6), { sparse: true });
    assert.equal(read(toSciPy(codes)), codes);
  }
  const lists = fc.array(fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), { minLength: 1, maxLength: 9 });
  const property = fc.property(lists, (rows) => {
    const indptr = [0];
    for (const row of rows) indptr.push(indptr[indptr.length - 1] + row.filter(Boolean).length);
    const indices = rows.flatMap((row) => row.flatMap((on, j) => (on ? [j] : [])));
    const codes = { data: Float32Array.from(indices, (j) => j + 0.5), indices, indptr, shape: [rows.length, 7] };
    const back = read(toSciPy(codes));
    assert.equal([...back.data, ...back.indices, ...back.indptr], [...codes.data, ...indices, ...indptr]);
    assert.equal(back.shape, codes.shape);
  });
  fc.assert(property, { numRuns: 50 });
});

test('byte for byte what SciPy was seen to read, its own layout: see fixtures/csr.py', () => {
  const { file, ours, data, indices, indptr, shape } = JSON.parse(
    readFileSync(new URL('../fixtures/csr.json', import.meta.url), 'utf8'),
  );
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
  const codes = { data: Float32Array.from(data), indices: Int32Array.from(indices), indptr: Int32Array.from(indptr), shape };
  assert.equal(read(bytes(file)), codes, 'what save_npz writes');
  assert.equal(toSciPy(codes), bytes(ours), 'what load_npz reads');
});

test('what is no CSR is refused, and what SciPy could not hold', async () => {
  const codes = { data: [1], indices: [3], indptr: [0, 1], shape: [1, 3] };
  await fails(() => toSciPy(codes), 'toSciPy: codes.indices[0] is 3, expected a whole number from 0 up to 2');
  await fails(() => toSciPy({ ...codes, indptr: [0] }), /^toSciPy: codes\.indptr has 1 entries/);
});

test.run();
