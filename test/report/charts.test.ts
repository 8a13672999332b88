import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Axis,
  axisOf,
  bars,
  chart,
  type Frame,
  level,
  line,
  narrow,
  placeWords,
  points,
  ticks,
  wide,
  withRoom,
} from '../../src/report/charts.js';
import { countHistogram, densityHistogram } from '../../src/report/sections/use.js';

const axis = (low: number, high: number, more: Partial<Axis> = {}): Axis => ({ title: 'title', low, high, ...more });
/** A frame whose plot is 100 × 100 pixels, its lower left corner at (46, 126). */
const frame = (x: Axis, y: Axis): Frame => ({ size: { width: 160, height: 168 }, x, y });
const names = (a: Axis, most: number) => ticks(a, most).map(({ name }) => name);

test('ticks are round numbers within the axis, no more than asked for', () => {
  assert.equal(names(axis(0, 1), 6), ['0', '0.2', '0.4', '0.6', '0.8', '1']);
  assert.equal(names(axis(-0.7, 1.3), 6), ['−0.5', '0', '0.5', '1']);
  assert.equal(names(axis(1, 50), 11), ['5', '10', '15', '20', '25', '30', '35', '40', '45', '50']);
  assert.equal(names(axis(0, 2600), 6), ['0', '500', '1,000', '1,500', '2,000', '2,500']);
  assert.equal(names(axis(0.008, 0.21, { log: true }), 6), ['0.01', '0.02', '0.05', '0.1', '0.2']);
  assert.equal(names(axis(0.001, 1000, { log: true }), 7), ['0.001', '0.01', '0.1', '1', '10', '100', '1,000']);
  for (const high of [1e-7, 0.3, 7, 41, 999, 12345])
    assert.ok(ticks(axis(0, high), 6).length <= 7 && ticks(axis(0, high), 6).length >= 3, `${high}`);
});

test('an axis begins at zero and has room for all that is finite', () => {
  const a = axisOf('t', [1, 4, Number.NaN, Infinity], [5]);
  assert.is(a.low, 0);
  assert.ok(a.high > 5 && a.high < 5.5);
  assert.ok(axisOf('t', [-2, 1]).low < -2);
  assert.is(axisOf('t', [0, 0]).high, 1);
});

test('a line goes through its points, and breaks where there is no number', () => {
  const f = frame(axis(1, 5), axis(0, 10));
  assert.is(
    line(f, [0, 10, 5, Number.NaN, 10], 'loss'),
    '<path class="line loss" d="M46 126L71 26L96 76M146 26"/><path class="line dot loss" d="M146 26h0"/>',
  );
  assert.match(line(frame(axis(1, 5), axis(0.1, 10, { log: true })), [0.1, 1, 0], 'l'), 'd="M46 126L71 76"');
  assert.match(line(f, [0, 10], 'l', [3, 5]), 'd="M96 126L146 26"');
});

test('bars stand on zero with gaps between them, and close up where there is no room', () => {
  const f = frame(axis(0, 2), axis(0, 4));
  assert.is(bars(f, [1, 4], 0, 1), '<path class="bar" d="M49.8 126V101h42.5V126zM99.8 126V26h42.5V126z"/>');
  assert.is(bars(frame(axis(0, 100), axis(0, 4)), [1, 4], 0, 1), '<path class="bar" d="M46 126V101H47V26H48V126z"/>');
  assert.match(bars(frame(axis(0, 1), axis(-4, 4)), [-4], 0, 1), /V126h85V76z/);
});

test('64 bars keep their gaps on a phone', () => {
  const drawn = bars({ size: narrow, x: axis(0, 64), y: axis(0, 1) }, new Float64Array(64).fill(1), 0, 1);
  assert.is(drawn.match(/M/g)?.length, 64);
  const [, left, width] = /M([\d.]+) [\d.]+V[\d.]+h([\d.]+)/.exec(drawn) ?? [];
  const next = /z?M([\d.]+)/.exec(drawn.slice(drawn.indexOf('z')))?.[1];
  assert.ok(Number(next) - Number(left) - Number(width) >= 0.9);
});

test('points and levels lie where the axes say', () => {
  const f = frame(axis(-1, 1), axis(0, 2));
  assert.is(
    points(f, [0, 1, 1, 2, -1, 0], (i) => i !== 1),
    '<path class="points" d="M96 76h0M46 126h0"/>',
  );
  assert.match(level(f, 0.5, 'ρ = 0.5'), /M46 101H146.*>ρ = 0\.5</);
});

test('words stand at their points, and none covers another', () => {
  const f = { size: wide, x: axis(0, 1), y: axis(0, 1) };
  const alone = { x: 0.5, y: 0.9, text: 'a' };
  const heap = Array.from({ length: 5 }, (_, k) => ({ x: 0.5, y: 0.5 + k / 1000, text: String(k) }));
  const [first, ...others] = placeWords(f, [alone, ...heap]);
  assert.equal(first, placeWords(f, [alone])[0]);
  const tops = others.map(({ top }) => top).sort((a, b) => a - b);
  for (let k = 1; k < tops.length; k++) assert.ok(tops[k] - tops[k - 1] > 17, `${tops}`);
  assert.ok(Math.abs(tops[2] - placeWords(f, [heap[2]])[0].top) < 5, 'the heap stays where it was');
});

test('a chart names itself and both axes, and escapes what it is given', () => {
  for (const size of [wide, narrow]) {
    const svg = chart({ size, x: axis(0, 1, { title: 'a < b' }), y: axis(0, 1, { title: 'up' }) }, 'what "it" shows', '');
    assert.match(svg, `class="chart ${size === wide ? 'wide' : 'narrow'}"`);
    assert.match(svg, 'role="img" aria-label="what &quot;it&quot; shows"');
    assert.match(svg, />a &lt; b<\/text>/);
    assert.match(svg, />up<\/text>/);
    assert.not.match(svg, /NaN|undefined|style=/);
  }
});

test('a chart of nothing that varies is drawn all the same', () => {
  assert.not.match(chart(frame(axis(0, 0), axis(3, 3)), 'n', line(frame(axis(0, 0), axis(3, 3)), [3], 'l')), /NaN|Infinity/);
});

test('densities fall into quarters of a power of ten, up to all samples', () => {
  const { edges, counts } = densityHistogram([0, 1, 0.99, 0.1, 0.0999, 0.001, 0.0001], 1000);
  assert.is(counts.length, 12);
  assert.ok(Math.abs(edges[0] - 0.001) < 1e-12 && edges[12] === 1);
  assert.equal(counts, [2, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 2]);
});

test('whole numbers fall into bins that are whole too, all of them counted', () => {
  assert.equal(countHistogram(Float64Array.of(2, 3, 3, 5)), { from: 2, width: 1, counts: [1, 2, 0, 1] });
  const wide = countHistogram(Float64Array.of(7, 100, 206));
  assert.is(wide.width, 5);
  assert.is(wide.from, 5);
  assert.ok(wide.counts.length <= 41);
  assert.is(
    wide.counts.reduce((a, b) => a + b),
    3,
  );
  assert.equal(countHistogram(Float64Array.of(0, 0)), { from: 0, width: 1, counts: [2] });
});

test('names along an axis keep off each other, and those of the vertical one have the room they need', () => {
  const all = Array.from({ length: 64 }, (_, k) => ({ at: k, name: String(1000 + k) }));
  const some = withRoom(all, 640);
  assert.ok((some[1].at - some[0].at) * 10 >= 4 * 7, 'pixels apart, a letter being seven wide');
  assert.is(withRoom(all, 6400).length, 64);
  const y = { title: '', low: 0, high: 1, ticks: [{ at: 0.5, name: 'a rather long name' }] };
  assert.match(chart({ size: wide, x: { title: '', low: 0, high: 1 }, y }, 'chart', ''), /data-left="136"/);
});

test.run();
