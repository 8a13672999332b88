import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Memory } from '../../src/sparsity/memory.js';
import { Steering } from '../../src/training/steering.js';
import { near, numbers } from '../helpers.js';

/** L0 after a step with that β. */
type Plant = (beta: number) => number;

function steer(plant: Plant, target: number, steps: number, start = 1e-4) {
  const memory = new Memory({ beta: [start] }, 0);
  const steering = new Steering(memory, target);
  const l0: number[] = [];
  const beta: number[] = [];
  for (let t = 0; t < steps; t++) {
    l0.push(plant(memory.values.beta[0]));
    steering.afterStep(l0[t]);
    beta.push(memory.values.beta[0]);
  }
  return { l0, beta };
}

const noise = numbers(40_000, 7).map((u) => 0.05 * (u - 0.5));

/** ln L0 → ln(500) − gain·ln(1 + β/1e-3), `lag` steps late, no faster than `fastest` a step; ±2.5% of noise. */
function plant({ gain = 1.5, lag = 200, fastest = Infinity }): Plant {
  let y = Math.log(500);
  let t = 0;
  return (beta) => {
    const rest = Math.log(500) - gain * Math.log(1 + beta / 1e-3);
    y += Math.max(-fastest, Math.min(fastest, (rest - y) / lag));
    return Math.exp(y + noise[t++]);
  };
}

const within = (values: readonly number[], target: number, share: number) =>
  values.every((value) => Math.abs(value / target - 1) < share + 0.03);

for (const [name, options] of Object.entries({
  'a slow, weak plant': { gain: 0.7, lag: 300 },
  'a quick, strong plant': { gain: 3, lag: 20 },
  'the usual plant': {},
}))
  test(`${name}: L0 ends within 2% of its target after 4,000 steps, stays, and never falls below it by 10%`, () => {
    const { l0 } = steer(plant(options), 32, 8000);
    assert.ok(within(l0.slice(4000), 32, 0.02), `${Math.min(...l0.slice(4000))} … ${Math.max(...l0.slice(4000))}`);
    assert.ok(Math.min(...l0) > 0.9 * 32, String(Math.min(...l0)));
  });

test('it finds its way up too: from a code that is far too sparse', () => {
  const { l0 } = steer(plant({}), 200, 8000, 1);
  assert.ok(within(l0.slice(5000), 200, 0.02), `${Math.min(...l0.slice(5000))} … ${Math.max(...l0.slice(5000))}`);
});

for (const fastest of [0.0005, 0.001])
  test(`no wind-up: where ln L0 falls by ${fastest} a step at the most, β stays within 20 × what it will take, and L0 does not overshoot by 10%`, () => {
    const options = { fastest };
    const { l0, beta } = steer(plant(options), 32, 12_000);
    // ln(500/32) = 1.5·ln(1 + β/1e-3)
    const needed = 1e-3 * ((500 / 32) ** (1 / 1.5) - 1);
    assert.ok(Math.max(...beta) < 20 * needed, `${Math.max(...beta)}, ${needed}`);
    assert.ok(Math.min(...l0) > 0.9 * 32, String(Math.min(...l0)));
    assert.ok(within(l0.slice(9000), 32, 0.02), `${Math.min(...l0.slice(9000))} … ${Math.max(...l0.slice(9000))}`);
  });

test('no wind-down: where L0 stays too small whatever β, β keeps a millionth of itself, and holds L0 soon after it has come up', () => {
  const usual = plant({});
  const stuck = 20_000;
  let t = 0;
  const { l0, beta } = steer((β) => (t++ < 3000 || t > stuck ? usual(β) : 8), 32, 40_000);
  const before = beta[2999];
  const least = Math.min(...beta);
  assert.ok(least > 0.9e-6 * before && least < 1.1e-6 * before, `${least}, ${before}`);
  assert.ok(
    within(l0.slice(stuck + 6000), 32, 0.02),
    `${Math.min(...l0.slice(stuck + 6000))} … ${Math.max(...l0.slice(stuck + 6000))}`,
  );
});

test('no wind-up where L0 does not answer at all: β waits at a million times its start, and holds L0 soon after it does', () => {
  const usual = plant({});
  const deaf = 20_000;
  let t = 0;
  const { l0, beta } = steer((β) => (t++ < deaf ? 500 * Math.exp(noise[t]) : usual(β)), 32, 40_000);
  for (const most of [Math.max(...beta), Math.min(...beta.slice(2000, deaf))])
    assert.ok(most > 0.9e6 * 1e-4 && most < 1.1e6 * 1e-4, String(most));
  assert.ok(
    within(l0.slice(deaf + 6000), 32, 0.02),
    `${Math.min(...l0.slice(deaf + 6000))} … ${Math.max(...l0.slice(deaf + 6000))}`,
  );
});

test('by hand: the first step only looks; each further one adds 3·(e/200 − fall of e) to ln β', () => {
  const memory = new Memory({ beta: [0.5] }, 0);
  const steering = new Steering(memory, 10);
  steering.afterStep(11);
  near(memory.values.beta, [0.5], 0);
  steering.afterStep(11);
  // e = ln 1.1 = 0.0953101798, unmoved: 3·0.0953101798/200
  near([Math.log(memory.values.beta[0] / 0.5)], [0.0014296527], 1e-9);
  const before = memory.values.beta[0];
  steering.afterStep(10.5);
  // e goes a tenth of the way to ln 1.05 = 0.0487901642, by 0.00465200156, to 0.0906581782: 3·(0.000453290891 − 0.00465200156)
  near([Math.log(memory.values.beta[0] / before)], [-0.012596132], 1e-8);
  for (let t = 0; t < 2; t++) steering.afterStep(1000);
  const above = memory.values.beta[0];
  steering.afterStep(10);
  near([Math.log(memory.values.beta[0] / above)], [-0.02], 1e-9, 'no more than 0.02 a step');
});

test.run();
