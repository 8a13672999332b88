import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import { SparseAutoencoder } from '../../src/core.js';
import { reportText } from '../../src/page/files.js';
import { Run } from '../../src/page/run.js';
import { MOST_BATCH, optionsOf, type Setup, settle } from '../../src/page/setup.js';
import { digits, sameBits } from '../helpers.js';

const ROWS = 200;
const { data } = digits(ROWS);
const samples = {
  x: { data, rows: ROWS, cols: 784 },
  labels: null,
  texts: null,
  image: { width: 28, height: 28 },
  range: [0, 1] as const,
};

/** A run that stands still at these steps, one after the other, for as long as it is looked at. */
function runTo(setup: Setup, before?: Run) {
  let stop: { step: number; reached: (run: Run) => void } = { step: 0, reached: () => {} };
  let failed: (error: Error) => void = () => {};
  const run = new Run(
    samples,
    setup,
    1,
    (at) => {
      if (at.step < stop.step) return undefined;
      const wait = at.wait();
      stop.reached(at);
      return wait;
    },
    (error) => failed(error),
    before,
  );
  const to = (step: number) =>
    new Promise<Run>((reached, fail) => {
      stop = { step, reached };
      failed = fail;
      run.go();
    });
  return { run, to };
}

const small = settle({ hidden: 8, batch: 64, seed: '7' });

/** The loss of every step of `fit` by itself. */
async function losses(setup: Setup, epochs: number): Promise<number[]> {
  const all: number[] = [];
  const sae = new SparseAutoencoder({ ...optionsOf(setup, { inputDim: 784, outputActivation: 'sigmoid' }), threads: 1 });
  await sae.fit(samples.x, { epochs, batchSize: setup.batch, onBatchEnd: ({ loss }) => all.push(loss) });
  return all;
}

test('a run that is stopped and looked at takes the very steps that fit takes', async () => {
  const expected = await losses(small, 5);
  const { run, to } = runTo(small);
  for (const step of [1, 2, 7, 20]) {
    await to(step);
    assert.is(run.step, step);
    assert.is(run.last?.loss, expected[step - 1]);
    run.sae.evaluate(samples.x);
  }
  run.end();
});

test('rate, β and batch change from one step to the next, in the midst of an epoch', async () => {
  const { run, to } = runTo(small);
  await to(2);
  assert.ok(run.change({ ...small, rate: 0.01, strength: 1, batch: 30 }));
  await to(3);
  assert.is(run.last?.rows, 30);
  assert.is(run.last?.learningRate, 0.01);
  assert.is(run.last?.beta, 1);
  assert.is(run.sae.beta, 1);
  run.end();
});

test('another kind takes the weights over; another k or ρ the moments too', async () => {
  const { run, to } = runTo(small);
  await to(5);
  const topk = settle({ ...small, kind: 'topk', strength: 3 });
  assert.not(run.change(topk));
  const next = runTo(topk, run);
  sameBits(next.run.sae.parameters.decoderWeight.data, run.sae.parameters.decoderWeight.data, 'weights');
  assert.is(next.run.step, 5);
  assert.is(modelOf(next.run.sae).state.step, 0);
  run.end();
  await next.to(6);
  const five = runTo({ ...topk, strength: 5 }, next.run);
  const { m } = modelOf(next.run.sae).live;
  assert.ok(m.some((value) => value !== 0));
  sameBits(modelOf(five.run.sae).state.m, m, 'moments');
  next.run.end();
  five.run.end();
});

test('snapshots are few, begin with the noise, and hold what there was', async () => {
  const { run, to } = runTo({ ...small, batch: MOST_BATCH });
  const noise = modelOf(run.sae).live.theta.slice();
  await to(40);
  const steps = run.snapshots.map(({ step }) => step);
  assert.equal(steps.slice(0, 5), [0, 1, 2, 3, 4]);
  assert.ok(steps.length < 30 && (steps.at(-1) ?? 0) > 35);
  sameBits(run.snapshots[0].theta, noise, 'the noise');
  run.end();
});

test('the curve keeps the mean of its steps, however few its points', async () => {
  const { run, to } = runTo({ ...small, hidden: 4, batch: 8 });
  await to(1000);
  const { step, loss } = run.curve.until(1000);
  assert.ok(step.length >= 400 && step.length < 800);
  const expected = await losses({ ...small, hidden: 4, batch: 8 }, 40);
  assert.ok(Math.abs(loss[0] - (expected[0] + expected[1]) / 2) < 1e-12);
  assert.is(run.curve.until(10).step.length, 5);
  run.end();
});

test('its report tells the loss step by step, all that it is made of, and that β was moved while it ran', async () => {
  const setup = { ...small, hidden: 4, batch: 8, kind: 'gated', strength: 0.001 };
  const { run, to } = runTo(setup);
  await to(6);
  run.change({ ...setup, strength: 0.01 });
  await to(12);
  const html = reportText(run.sae, samples, run);
  assert.match(html, /<h3>Loss<\/h3>[\s\S]*<li>.*>the gate&#39;s mse<\/li>/);
  assert.match(html, 'The weight of the penalty went from 0.001 to 0.01 meanwhile');
  const [, table] = /<caption>Loss by step<\/caption>[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(html) ?? [];
  const lines = table.trim().split('\n');
  assert.is(lines.length, 12);
  for (const [k, line] of lines.entries()) {
    const [loss, ...terms] = Array.from(line.matchAll(/<td>([^<]*)/g), ([, value]) => Number(value));
    assert.match(line, `step ${k + 1}<`);
    assert.ok(Math.abs(loss - terms[0] - terms[1] - terms[2]) < 0.003 * loss, line);
    assert.is(terms[3], k < 6 ? 0.001 : 0.01);
  }
  assert.match(html, /<th scope="row">loss<\/th><td>[\d.]+ = mse [\d.]+ \+ 0\.01·l1 [\d.]+ \+ the gate&#39;s mse/);
  run.end();
});

test.run();
