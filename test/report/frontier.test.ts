import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FrontierData, type FrontierRun, isAstray, l0Axis, meansOf, renderFrontier } from '../../src/report/frontier.js';

const run = (kind: string, l0: number, fvu: number, more: Partial<FrontierRun> = {}): FrontierRun => ({
  kind,
  penalty: 'none',
  level: 'k',
  value: 8,
  seed: '1',
  l0,
  fvu,
  deadUnits: 3,
  ...more,
});
const render = (runs: readonly FrontierRun[], more: Partial<FrontierData> = {}) =>
  renderFrontier({
    title: 'A <sweep>',
    summary: 'Rows & more.',
    expected: runs.length,
    hiddenDim: 64,
    runs,
    settings: [{ name: 'epochs', value: '2' }],
    skipped: [],
    commands: ['sweep'],
    ...more,
  });

test('a point stands where its run is: log L0 across, FVU upwards; a line goes through the means over the seeds', () => {
  const runs = [run('topk', 4, 0.2), run('topk', 16, 0.1), run('topk', 16, 0.3, { seed: '2' }), run('relu', 8, 0.25)];
  const html = render([runs[0], { ...runs[1], value: 16 }, { ...runs[2], value: 16 }, runs[3]]);
  const wide = /<svg class="chart wide"[\s\S]*?<\/svg>/.exec(html)?.[0] ?? '';
  // The plot reaches from 46 to 866 and from 278 (FVU 0) up to 26 (1.04·0.3 = 0.312); L0 from 4/1.5 to 16·1.5, 9 times as much.
  const x = (l0: number) => 46 + 820 * (Math.log(l0 / (4 / 1.5)) / Math.log(9));
  const y = (fvu: number) => 278 - 252 * (fvu / 0.312);
  const places = (path: string) => [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].flatMap(([, a, b]) => [Number(a), Number(b)]);
  const [topk, relu] = [...wide.matchAll(/<g class="k\d"><title>[\s\S]*?<\/g>/g)].map(([group]) => group);
  const near = (got: number[], expected: number[]) => {
    assert.is(got.length, expected.length);
    for (const [k, value] of got.entries()) assert.ok(Math.abs(value - expected[k]) <= 0.051, `${got} is not ${expected}`);
  };
  const pointsOf = (group: string) => places(/class="points" d="([^"]*)"/.exec(group)?.[1] ?? '');
  near(pointsOf(topk), [x(4), y(0.2), x(16), y(0.1), x(16), y(0.3)]);
  near(pointsOf(relu), [x(8), y(0.25)]);
  near(places(/class="line frontier" d="([^"]*)"/.exec(topk)?.[1] ?? ''), [x(4), y(0.2), x(16), y(0.2)]);
  assert.not.match(relu, /frontier/);
});

test('L0 is marked at powers of two, seven at the most', () => {
  const names = (...values: number[]) => l0Axis(values).ticks?.map(({ name }) => name);
  assert.equal(names(8), ['8']);
  assert.equal(names(8, 64), ['8', '16', '32', '64']);
  assert.equal(names(1, 4096), ['1', '4', '16', '64', '256', '1,024', '4,096']);
});

test('runs that differ in the seed alone are one mean', () => {
  const means = meansOf([run('topk', 8, 0.1), run('topk', 10, 0.3, { seed: '2' }), run('topk', 4, 0.5, { value: 4 })]);
  assert.equal(
    means.map(({ l0, fvu, runs }) => [l0, fvu, runs.length]),
    [
      [9, 0.2, 2],
      [4, 0.5, 1],
    ],
  );
});

test('the page says what is missing: runs to come, kinds left out, runs that no axis can show, and runs far from their L0', () => {
  const far = run('relu', 9, 0.1, { level: 'targetL0', penalty: 'l1' });
  assert.equal([far, { ...far, l0: 8.7 }, { ...far, l0: 7 }, { ...far, level: 'beta' }].map(isAstray), [
    true,
    false,
    true,
    false,
  ]);
  const selected = (l0: number) => run('batch-topk', l0, 0.1, { level: 'k' });
  assert.equal([selected(9), selected(8.7), selected(4)].map(isAstray), [true, false, false], 'k is the most there may be');
  assert.match(render([selected(27)], { expected: 1 }), /1 run ended more than 10% from the L0 asked for: the threshold [^β]*\./);
  const html = render([far, run('topk', 0, 1)], { expected: 5, skipped: ['topk: k is <9>'] });
  for (const part of [
    '3 of 5 runs are still to come',
    '1 run ended more than 10% from the L0 asked for',
    '1 run without an active unit',
    'topk: k is &lt;9&gt;',
    'A &lt;sweep&gt;',
    'Rows &amp; more.',
    'relu, l1',
  ])
    assert.ok(html.includes(part), part);
  assert.not.match(html, /NaN|undefined|Infinity|<script/);
  assert.not.match(render([], { expected: 2 }), /NaN|undefined|Infinity/);
});

test.run();
