import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame, ToWorker } from '../../src/page/messages.js';
import { settle } from '../../src/page/setup.js';
import { Tandem } from '../../src/page/tandem.js';

/** A run that takes no step before it is let; what it was told is kept. */
class Rider {
  step = 0;
  until = 0;
  readonly told: ToWorker[] = [];

  tell(message: ToWorker): void {
    this.told.push(message);
    if (message.type === 'start') this.step = this.until = 0;
    if (message.type === 'play') this.until = message.until ?? Infinity;
  }

  frame(more: Partial<Frame> = {}): Frame {
    return { of: 'run', step: this.step, playing: false, note: '', pace: 7, ...more } as Frame;
  }
}

function tandem() {
  const riders = [new Rider(), new Rider()] as const;
  const seen: [number, number, boolean][] = [];
  const other = (setup: ReturnType<typeof settle>) => settle({ ...setup, rate: 0.05 });
  const runs = new Tandem(riders, other, (a, b) => seen.push([a.step, b.step, a.playing]), false);
  /** One of them comes to where it was let go. */
  const comes = (which: 0 | 1) => {
    riders[which].step = riders[which].until;
    runs.take(which, riders[which].frame());
  };
  return { riders, runs, seen, comes };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
const play = { type: 'start', setup: settle({ seed: '3' }), play: true, own: false, start: 1 } as const;

test('the faster waits for the slower: what is seen is the same step of both', async () => {
  const { riders, runs, seen, comes } = tandem();
  runs.tell(play);
  runs.take(1, riders[1].frame({ of: 'trained' }));
  comes(0);
  assert.equal(seen, [], 'what was there before is none of it');
  comes(1);
  await soon();
  for (const order of [
    [0, 1],
    [1, 0],
    [0, 1],
  ] as const) {
    const before = seen.length;
    comes(order[0]);
    await soon();
    assert.is(seen.length, before);
    assert.is(riders[order[0]].until, riders[order[0]].step, 'it waits');
    comes(order[1]);
    await soon();
    assert.is(seen.length, before + 1);
    assert.is(riders[0].until, riders[1].until);
    assert.ok(riders[0].until > riders[0].step, 'both go on');
  }
  assert.ok(seen.every(([a, b, playing]) => a === b && playing));
  const starts = riders.map(({ told }) => told.find(({ type }) => type === 'start') as Extract<ToWorker, { type: 'start' }>);
  assert.equal(starts[1].setup, { ...starts[0].setup, rate: 0.05 });
});

test('pause, changes and a look back wait until both have met; then each comes after the same step', async () => {
  const { riders, runs, seen, comes } = tandem();
  runs.tell(play);
  comes(0);
  comes(1);
  await soon();
  const { until } = riders[0];
  comes(0);
  runs.tell({ type: 'change', setup: settle({ seed: '3', batch: 9 }) });
  runs.tell({ type: 'view', step: 1 });
  assert.is(riders[0].told.at(-1)?.type, 'play');
  comes(1);
  await soon();
  assert.equal(seen.at(-1), [until, until, false]);
  for (const { told } of riders)
    assert.equal(
      told.slice(-2).map(({ type }) => type),
      ['change', 'view'],
    );
  runs.tell({ type: 'step' });
  assert.equal([riders[0].until, riders[1].until], [until + 1, until + 1]);
  comes(1);
  comes(0);
  await soon();
  assert.equal(seen.at(-1), [until + 1, until + 1, false]);
  assert.equal([riders[0].until, riders[1].until], [until + 1, until + 1], 'one step is one step');
});

test('steps asked for on the way are taken too', async () => {
  const { riders, runs, seen, comes } = tandem();
  runs.tell({ ...play, play: false });
  comes(0);
  comes(1);
  for (let k = 0; k < 3; k++) runs.tell({ type: 'step' });
  comes(0);
  runs.tell({ type: 'step' });
  for (const which of [1, 0] as const) comes(which);
  await soon();
  assert.equal(seen.at(-1), [4, 4, false]);
  assert.equal([riders[0].until, riders[1].until], [4, 4]);
});

test('the first goes its own way when they part, at the speed that was asked for', async () => {
  const { riders, runs, comes } = tandem();
  runs.tell(play);
  runs.tell({ type: 'speed', perSecond: 2 });
  comes(0);
  comes(1);
  runs.end();
  assert.equal(riders[0].told.slice(-2), [{ type: 'speed', perSecond: 2 }, { type: 'play' }]);
  await soon();
  assert.is(riders[1].until, 0);
});

test('left alone, both stop after so many steps', async () => {
  const { runs, seen, comes } = tandem();
  runs.tell(play);
  for (let k = 0; k < 60 && seen.at(-1)?.[2] !== false; k++) {
    comes(0);
    comes(1);
    await soon();
  }
  const [step, , playing] = seen.at(-1) ?? [0, 0, true];
  assert.ok(step >= 20_000 && !playing);
});

test.run();
