import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parameterCount, parameterNames, parameterShapes, viewParameters } from '../src/parameters.js';

const dims = { inputDim: 3, hiddenDim: 2, outputDim: 4 };

test('names, shapes and count: 3·2 + 2 + 2·4 + 4 = 20', () => {
  assert.equal([...parameterNames], ['encoderWeight', 'encoderBias', 'decoderWeight', 'decoderBias']);
  assert.equal(parameterShapes(dims), { encoderWeight: [3, 2], encoderBias: [2], decoderWeight: [2, 4], decoderBias: [4] });
  assert.is(parameterCount(dims), 20);
});

for (const Floats of [Float32Array, Float64Array]) {
  test(`${Floats.name}: the views lie end to end in θ, and share it`, () => {
    const theta = new Floats(20).map((_, k) => k);
    const { encoderWeight, encoderBias, decoderWeight, decoderBias } = viewParameters(theta, dims);
    assert.equal([...encoderWeight.data], [0, 1, 2, 3, 4, 5]);
    assert.equal([encoderWeight.rows, encoderWeight.cols], [3, 2]);
    assert.equal([...encoderBias], [6, 7]);
    assert.equal([...decoderWeight.data], [8, 9, 10, 11, 12, 13, 14, 15]);
    assert.equal([decoderWeight.rows, decoderWeight.cols], [2, 4]);
    assert.equal([...decoderBias], [16, 17, 18, 19]);
    theta[7] = -1;
    assert.is(encoderBias[1], -1);
    decoderBias[3] = -2;
    assert.is(theta[19], -2);
  });
}

test.run();
