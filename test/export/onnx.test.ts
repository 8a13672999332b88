import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, message, toBytes } from '../../src/export/protobuf.js';
import { toModule, toOnnx } from '../../src/export.js';
import { SparseAutoencoder } from '../../src/index.js';
import { fails, flatten, near } from '../helpers.js';
import { exportCases, meanRowCase, roundedRowCase } from './cases.js';
import { compute, readOnnx } from './onnx-reader.js';

test('protobuf, by the examples of its documentation', () => {
  const hex = (...fields: readonly Field[]) => Buffer.from(toBytes(message(...fields))).toString('hex');
  assert.is(hex([1, 150]), '089601');
  assert.is(hex([2, 'testing']), '120774657374696e67');
  assert.is(hex([3, message([1, 150])]), '1a03089601');
  assert.is(hex([6, [3, 270, 86942]]), '3003308e02309ea705');
  assert.is(hex([1, -1]), '08ffffffffffffffffff01');
  assert.is(hex([1, { float: 1 }], [2, undefined]), '0d0000803f');
});

test('an input x and outputs f and x_hat, float32, of any number of rows; versions, options', () => {
  const sae = new SparseAutoencoder({ inputDim: 5, hiddenDim: 7, outputDim: 3, hiddenActivation: 'topk', k: 2 });
  const { irVersion, opset, producer, name, metadata, nodes, inputs, outputs, constants } = readOnnx(toOnnx(sae));
  assert.equal([irVersion, opset, producer, name], [7, 13, 'sparse-autoencoder', 'topk sparse autoencoder, 5-7-3']);
  assert.equal(inputs, [['x', 1, ['n', 5]]]);
  assert.equal(outputs, [
    ['f', 1, ['n', 7]],
    ['x_hat', 1, ['n', 3]],
  ]);
  assert.equal(JSON.parse(metadata.get('options') as string), JSON.parse(JSON.stringify(sae.options)));
  assert.equal(
    nodes.map(({ operator }) => operator),
    [
      'MatMul',
      'Add',
      'TopK',
      'Shape',
      'ConstantOfShape',
      'Relu',
      'ScatterElements',
      'Identity',
      'MatMul',
      'Add',
      'Sigmoid',
      'Identity',
    ],
  );
  const made = nodes.flatMap((node) => node.outputs);
  assert.is(new Set([...made, ...constants.keys(), 'x']).size, made.length + constants.size + 1, 'every name is given once');
  assert.equal([...constants.values()][0].data, flatten(sae.parameters.encoderWeight));
});

test('a row that is the mean but for rounding is not made a unit one', async () => {
  const { sae, X } = await meanRowCase();
  const { f, x_hat } = compute(readOnnx(toOnnx(sae)), { dims: [5, 2], data: X.flat() });
  near(f.data, flatten(sae.transform(X)), 1e-6);
  near(x_hat.data, flatten(sae.reconstruct(X)), 1e-6);
});

test('nor one that is it but for the rounding of large numbers: it is 0', async () => {
  const { sae, X } = await roundedRowCase();
  const { f, x_hat } = compute(readOnnx(toOnnx(sae)), { dims: [3, 1], data: X.flat().map(Math.fround) });
  near(f.data, flatten(sae.transform(X)), 1e-6);
  near(x_hat.data, flatten(sae.reconstruct(X)), 1e-6);
});

test('computed by the specification, within 1e-6: every kind with outputs, preparations and wirings', async () => {
  let tried = 0;
  for await (const { name, sae, X } of exportCases(false)) {
    const { f, x_hat } = compute(readOnnx(toOnnx(sae)), { dims: [X.length, 7], data: X.flat() });
    near(f.data, flatten(sae.transform(X)), 1e-6, `${name}: f`);
    near(x_hat.data, flatten(sae.reconstruct(X)), 1e-6, `${name}: x_hat`);
    tried++;
  }
  assert.is(tried, 45);
});

test('thresholds keep their side: of equal z the lower unit first, z = τ is silent', () => {
  const weights = (sae: SparseAutoencoder, row: number[]) => {
    sae.setParameters({ encoderWeight: [row], encoderBias: row.map(() => 0) });
    return compute(readOnnx(toOnnx(sae)), { dims: [2, 1], data: [1, -1] }).f.data;
  };
  const topk = new SparseAutoencoder({ inputDim: 1, hiddenDim: 4, hiddenActivation: 'topk', k: 2 });
  assert.equal(weights(topk, [1, 2, 2, 2]), [0, 2, 2, 0, 0, 0, 0, 0]);
  const jump = new SparseAutoencoder({ inputDim: 1, hiddenDim: 3, hiddenActivation: 'jumprelu', threshold: 0.1 });
  // θ = exp(log 0.1) lies between two float32 numbers, or on one.
  const [below, above] = [Math.fround(0.1) - 2 ** -27, Math.fround(0.1) + 2 ** -26];
  const row = [below, Math.fround(0.1), above];
  jump.setParameters({ encoderWeight: [row] });
  assert.equal(weights(jump, row), flatten(jump.transform([[1], [-1]])));
});

test('what is no model is refused', async () => {
  await fails(() => toOnnx({} as never), 'toOnnx: got an object (), expected a SparseAutoencoder');
  await fails(() => toModule(7 as never), 'toModule: got 7, expected a SparseAutoencoder');
});

test.run();
