import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildUp, column, meanSquaredError, row, statisticsOf, strongestSamples } from '../../src/report/statistics.js';
import { near } from '../helpers.js';
import { noise, sample } from './sample.js';

/** Four samples of two classes, three units: one for class 1, one for all, one for none. */
const codes = [0, 1, 0, 3, 2, 0, 0, 1, 0, 1, 4, 0];
const base = sample();
const small = sample({
  model: { ...base.model, hiddenDim: 3 },
  samples: { ...base.samples, codes, labels: [0, 1, 0, 1] },
});

test('means, shares, deviations and classes of a code, by hand', () => {
  const s = statisticsOf(small);
  assert.is(s.samples, 4);
  assert.equal([...s.mean], [1, 2, 0]);
  assert.equal([...s.greatest], [3, 4, 0]);
  assert.equal([...s.density], [0.5, 1, 0]);
  assert.equal([...s.l0], [1, 2, 1, 2]);
  assert.equal([...s.classMeans], [0, 1, 0, 2, 3, 0]);
  near([...s.deviation], [Math.sqrt(1.5), Math.sqrt(1.5), 0], 1e-12, 'deviation');
  assert.equal(s.byUse, [1, 0, 2]);
  assert.equal(s.dead, [2]);
});

test('where more rows are known than the samples, a unit that these are silent about need not be dead', () => {
  const { model, samples } = small;
  const of = (codes: number[], dead: number[]) => {
    const s = statisticsOf({ ...small, model: { ...model, dead }, samples: { ...samples, codes } });
    return [s.silent, s.dead];
  };
  assert.equal(of(codes, []), [[2], []]);
  assert.equal(of(codes, [2]), [[2], [2]]);
  assert.equal(of(codes, [1]), [[2], []], 'what is active here is not dead');
  assert.equal(of(Array(12).fill(0), [0, 2]), [
    [0, 1, 2],
    [0, 2],
  ]);
});

test('units as often active as each other are in the order of their loudness, then of their number', () => {
  const s = statisticsOf(
    sample({ model: { ...base.model, hiddenDim: 4 }, samples: { ...base.samples, codes: [1, 2, 1, 0], labels: null } }),
  );
  assert.equal(s.byUse, [1, 0, 2, 3]);
});

test('the strongest samples come loudest first, ties by number, and none that is silent', () => {
  assert.equal(strongestSamples(codes, 3, 1, 3), [3, 1, 0]);
  assert.equal(strongestSamples(codes, 3, 1, 9), [3, 1, 0, 2]);
  assert.equal(strongestSamples(codes, 3, 0, 9), [1, 3]);
  assert.equal(strongestSamples(codes, 3, 2, 9), []);
});

test('the strongest samples are those that sorting finds', () => {
  const values = noise(500, 3);
  const sorted = Array.from({ length: 250 }, (_, i) => i).filter((i) => values[2 * i + 1] > 0);
  sorted.sort((a, b) => values[2 * b + 1] - values[2 * a + 1]);
  assert.equal(strongestSamples(values, 2, 1, 20), sorted.slice(0, 20));
});

test('a sample is put together from its parts, the largest first, and ends as its reconstruction', () => {
  const { model } = base;
  const code = [0.5, 0, 2, 0, 0.1, 0];
  const { bias, steps } = buildUp(model, code);
  const sigmoid = (y: number) => 1 / (1 + Math.exp(-y));
  const bias0 = Array.from(model.decoderBias);
  near([...bias], bias0.map(sigmoid), 1e-12, 'bias');
  const w = (j: number) => [...row(model.decoderWeight, j, 12)];
  const size = (j: number) => code[j] * Math.hypot(...w(j));
  const order = [0, 2, 4].sort((a, b) => size(b) - size(a));
  assert.equal(
    steps.map(({ unit }) => unit),
    order,
  );
  assert.equal(
    steps.map(({ activation }) => activation),
    order.map((j) => code[j]),
  );
  near(
    [...steps[0].soFar],
    bias0.map((b, p) => sigmoid(b + code[order[0]] * w(order[0])[p])),
    1e-12,
    'first',
  );
  near(
    [...steps[2].soFar],
    bias0.map((b, p) => sigmoid(b + code.reduce((sum, f, j) => sum + f * w(j)[p], 0))),
    1e-12,
    'last',
  );
  assert.equal(buildUp(model, new Float64Array(6)).steps, []);
});

test('rows, columns and the error of one row', () => {
  assert.equal([...row([1, 2, 3, 4, 5, 6], 1, 3)], [4, 5, 6]);
  assert.equal([...column([1, 2, 3, 4, 5, 6], 1, 3)], [2, 5]);
  assert.is(meanSquaredError([1, 2], [1, 5]), 4.5);
});

test.run();
