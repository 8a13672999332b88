import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { elementwise } from '../../src/kernels/elementwise.js';
import { Saturation } from '../../src/model/saturation.js';
import { randomRows } from '../helpers.js';

const { sigmoid } = elementwise;

/** Whether a unit of these activations is saturated, where nothing asks it to be quiet and where a penalty does. */
function judged(activations: number[], derivatives = sigmoid): [boolean, boolean] {
  const rows = activations.length;
  const saturation = new Saturation(derivatives, 1);
  saturation.add({ data: Float64Array.from(activations), rows, cols: 1 });
  const mean = Float64Array.of(activations.reduce((a, b) => a + b) / rows);
  return [saturation.units(mean, rows, false) === 1, saturation.units(mean, rows, true) === 1];
}

const times = (n: number, f: number) => Array<number>(n).fill(f);

test('a sigmoid unit: at an end, at both, or between', () => {
  assert.equal(judged(times(10, 0.5)), [false, false]);
  assert.equal(
    [0.951, 0.949].map((f) => judged([f])[0]),
    [true, false],
    'σ′ is 0.0466, 0.0484',
  );
  assert.equal(judged(times(10, 0.97)), [true, true], 'loud');
  assert.equal(judged([...times(5, 0.01), ...times(5, 0.99)]), [true, true], 'now the one, now the other');
  assert.equal(judged(times(10, 0.001)), [true, false], 'quiet, which a penalty may have asked for');
  assert.equal(judged([...times(19, 0.001), 1]), [true, true], 'as quiet as ρ = 0.05 asks for, by zeros and ones');
  assert.equal(judged([...times(18, 0.01), 0.3, 0.6]), [true, false], 'by values between');
});

test('a tanh unit: at 0 it is steep', () => {
  assert.equal(judged(times(10, 0), elementwise.tanh), [false, false]);
  assert.equal(judged([...times(5, -0.99), ...times(5, 0.99)], elementwise.tanh), [true, true]);
});

const X = randomRows(20, 6);
const count = (options: Partial<SparseAutoencoderOptions>, bias: number) => {
  const sae = new SparseAutoencoder({ inputDim: 6, hiddenDim: 4, ...options });
  sae.setParameters({ encoderBias: [bias, bias, bias, 0] });
  return sae.evaluate(X).saturatedUnits;
};

test('evaluate counts them, for codes whose σ has ends', () => {
  const none = { hiddenActivation: 'sigmoid', penalty: 'none' } as const;
  assert.equal([count(none, 9), count(none, -9), count(none, 0)], [3, 3, 0]);
  assert.equal([count({ ...none, penalty: 'kl' }, 9), count({ ...none, penalty: 'kl' }, -9)], [3, 0]);
  assert.is(count({ ...none, penalty: 'kl', beta: 0 }, -9), 3, 'a penalty of no weight asks for nothing');
  assert.equal(
    [count({ hiddenActivation: 'tanh', penalty: 'l1' }, 9), count({ hiddenActivation: 'tanh', penalty: 'l1' }, -9)],
    [3, 3],
  );
  for (const hiddenActivation of ['relu', 'identity', 'variational'] as const)
    assert.is(count({ hiddenActivation, penalty: 'none' }, 9), 0);
  assert.is(count({ hiddenActivation: 'topk', k: 2 }, 9), 0);
});

test.run();
