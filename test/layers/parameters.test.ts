import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commonParameters, parameterCount, viewParameters } from '../../src/layers/parameters.js';

const layout = commonParameters({ inputDim: 3, hiddenDim: 2, outputDim: 4 });

test('names, shapes and count: 3·2 + 2 + 2·4 + 4 = 20', () => {
  assert.equal(
    layout.map(({ name, shape }) => [name, shape]),
    [
      ['encoderWeight', [3, 2]],
      ['encoderBias', [2]],
      ['decoderWeight', [2, 4]],
      ['decoderBias', [4]],
    ],
  );
  assert.is(parameterCount(layout), 20);
});

for (const Floats of [Float32Array, Float64Array]) {
  test(`${Floats.name}: the views lie end to end in θ, and share it`, () => {
    const theta = new Floats(20).map((_, k) => k);
    const { encoderWeight, encoderBias, decoderWeight, decoderBias } = viewParameters(theta, layout);
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

test('what a kind adds lies behind, by name', () => {
  const more = [...layout, { name: 'threshold', shape: [2], start: 0.5, tensor: 'threshold' }];
  const { own, decoderBias } = viewParameters(
    Float64Array.from({ length: 22 }, (_, k) => k),
    more,
  );
  assert.equal([...own.threshold], [20, 21]);
  assert.equal([...decoderBias], [16, 17, 18, 19]);
  assert.is(parameterCount(more), 22);
});

test.run();
