import { type Axis, axisOf, bars, chart, evenStep, level, type Size, type Tick } from '../charts.js';
import { escapeHtml } from '../escape.js';
import { type Figure, figure, inBothSizes, section } from '../figure.js';
import type { Page } from '../page.js';
import type { Numbers } from '../report-data.js';
import { count, percent, short, tenths } from '../text.js';

/** Bins of the density histogram for each power of ten, and the bins that "never" takes. */
const PER_DECADE = 4;
const NEVER = 4;
const MOST_BINS = 40;
/** Bins either side of the middle that are there to be seen, however few are filled. */
const AROUND = 3;

export const useSection = (page: Page): string =>
  section('use', 'How much the units are used', '', meanActivations(page), densities(page), unitsPerSample(page));

function meanActivations(page: Page): string {
  const { rho, penaltyLabel, model } = page.data;
  const { mean, density, greatest } = page.statistics;
  const h = model.hiddenDim;
  const units = Array.from(mean, (_, j) => j).sort((a, b) => mean[b] - mean[a] || a - b);
  const values = units.map((j) => mean[j]);
  const x: Axis = { title: 'units, the loudest first', low: 0, high: h, ticks: ranks(h) };
  const y = axisOf('mean activation', values, rho === null ? [] : [rho]);
  const draw = (size: Size) => {
    const frame = { size, x, y };
    return chart(
      frame,
      `Bar chart of the mean activation of ${count(h, 'hidden unit')}.`,
      bars(frame, values, 0, 1) + (rho === null ? '' : level(frame, rho, `ρ = ${short(rho)}`)),
    );
  };
  const asked =
    rho === null
      ? ''
      : ` The dashed line is ρ, the mean activation that the ${escapeHtml(penaltyLabel ?? '')} penalty asks of every unit.`;
  return figure({
    title: 'Mean activation of each unit',
    body: inBothSizes(draw),
    caption: `Each bar is one unit's activation, averaged over ${count(page.statistics.samples, 'sample')}.${asked}`,
    good: rho === null ? 'no unit drowns out all others, and few are at zero.' : 'all bars end near the dashed line.',
    table: {
      caption: 'All units, the loudest first',
      columns: ['unit', 'mean activation', 'greatest', 'active on'],
      rows: units.map((j) => [`unit ${j}`, short(mean[j]), short(greatest[j]), percent(density[j])]),
      units,
    },
    readable: 'bands',
  });
}

/** First, last and some round ranks, each under the middle of its bar. */
function ranks(h: number) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => h / each <= 8) ?? 10 ** Math.floor(Math.log10(h));
  const some = Array.from({ length: Math.floor(h / step) }, (_, k) => (k + 1) * step);
  return (step === 1 ? some : [1, ...some]).map((rank) => ({ at: rank - 0.5, name: rank.toLocaleString('en-US') }));
}

/** How many units are active how often. */
function densities(page: Page): string {
  const { density, samples, silent } = page.statistics;
  const { edges, counts } = densityHistogram(density, samples);
  const decades = Math.round((edges.length - 1) / PER_DECADE);
  const ticks = Array.from({ length: decades + 1 }, (_, k) => ({
    at: NEVER + 1 + k * PER_DECADE,
    name: percent(10 ** (k - decades)),
  }));
  const x: Axis = {
    title: 'share of samples on which a unit is active (logarithmic)',
    low: 0,
    high: NEVER + 1 + counts.length,
    ticks: [{ at: NEVER / 2, name: 'never' }, ...ticks],
  };
  const y = axisOf('units', [...counts, silent.length]);
  const draw = (size: Size) => {
    const frame = { size, x: size.width < 500 ? { ...x, title: 'share of samples with the unit active' } : x, y };
    const never = `<g class="never">${bars(frame, [silent.length], NEVER / 2 - 0.5, 1)}</g>`;
    return chart(
      frame,
      `Histogram of how often units are active; ${count(silent.length, 'unit')} never.`,
      never + bars(frame, counts, NEVER + 1, 1),
    );
  };
  const rows = Array.from(counts, (n, k) => [`${percent(edges[k])} to ${percent(edges[k + 1])}`, n.toLocaleString('en-US')]);
  return figure({
    title: 'How often units are active',
    body: inBothSizes(draw),
    caption:
      'Each bar counts the units that are active on such a share of the samples. A unit far to the right says little, being on for nearly all; one far to the left is about something rare, or dying.',
    good: 'one heap well below 100%, and nothing at "never".',
    table: {
      caption: 'Units by the share of samples on which they are active',
      columns: ['active on', 'units'],
      rows: [['never', silent.length.toLocaleString('en-US')], ...rows],
    },
  });
}

/** Counts of the units that are ever active, in bins of a quarter of a power of ten, up to all samples. */
export function densityHistogram(density: Numbers, samples: number): { edges: number[]; counts: number[] } {
  const decades = Math.max(1, Math.ceil(Math.log10(samples) - 1e-9));
  const bins = decades * PER_DECADE;
  const counts = new Array<number>(bins).fill(0);
  for (let j = 0; j < density.length; j++) {
    if (density[j] === 0) continue;
    const bin = Math.floor((Math.log10(density[j]) + decades) * PER_DECADE + 1e-9);
    counts[Math.min(bins - 1, Math.max(0, bin))]++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, k) => 10 ** (k / PER_DECADE - decades)), counts };
}

/** How many samples make how many units active. */
function unitsPerSample(page: Page): string {
  const { l0, samples } = page.statistics;
  const { from, width, counts } = countHistogram(l0);
  const mean = l0.reduce((sum, each) => sum + each, 0) / samples;
  const h = page.data.model.hiddenDim;
  const middle = from + (width * (counts.length - 1)) / 2;
  const low = Math.max(0, Math.min(from, Math.floor(middle - AROUND * width)));
  const high = Math.max(from + width * counts.length - 1, Math.min(h, Math.ceil(middle + AROUND * width)));
  const x: Axis = { title: 'active units (L0)', low: low - 0.5, high: high + 0.5, ticks: wholeTicks(low, high) };
  const y = axisOf('samples', counts);
  const draw = (size: Size) => {
    const frame = { size, x, y };
    return chart(
      frame,
      `Histogram of the number of active units per sample, ${tenths(mean)} on average.`,
      bars(frame, counts, from - 0.5, width),
    );
  };
  const bin = (k: number) => (width === 1 ? String(from + k) : `${from + k * width} to ${from + (k + 1) * width - 1}`);
  return figure({
    title: 'How many units a sample needs',
    body: inBothSizes(draw),
    ...(l0.every((each) => each === mean)
      ? sameForAll(mean, h)
      : {
          caption: `Each bar counts the samples that make so many of the ${h.toLocaleString('en-US')} units active; the mean is ${tenths(mean)}.`,
          good: 'few compared with all, with some spread: simple samples need fewer units than busy ones.',
        }),
    table: {
      caption: 'Samples by the number of their active units',
      columns: ['active units', 'samples'],
      rows: Array.from(counts, (n, k) => [bin(k), n.toLocaleString('en-US')]),
    },
  });
}

/** What there is to say where every sample makes as many units active. */
function sameForAll(l0: number, h: number): Pick<Figure, 'caption' | 'good'> {
  if (l0 === 0) return { caption: 'No sample makes any unit active.', good: 'a few units of all for each sample.' };
  if (l0 === h)
    return {
      caption: `Every sample makes all ${h.toLocaleString('en-US')} units active: none is ever exactly silent.`,
      good: 'a few units of all, where a code is to be sparse.',
    };
  return {
    caption: `Every sample makes exactly ${l0.toLocaleString('en-US')} of the ${h.toLocaleString('en-US')} units active, a busy one as many as a simple one.`,
    good: 'few compared with all.',
  };
}

/** Whole numbers within [low, high], nine at the most. */
function wholeTicks(low: number, high: number): Tick[] {
  const step = evenStep(high - low, 8, 1);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => ({
    at: (first + k) * step,
    name: ((first + k) * step).toLocaleString('en-US'),
  }));
}

/** Counts of whole numbers in bins of equal width, the first beginning at `from`. */
export function countHistogram(values: Float64Array): { from: number; width: number; counts: number[] } {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, 0]);
  const width = Math.ceil((high - low + 1) / MOST_BINS);
  const from = Math.floor(low / width) * width;
  const counts = new Array<number>(Math.floor((high - from) / width) + 1).fill(0);
  for (const value of values) counts[Math.floor((value - from) / width)]++;
  return { from, width, counts };
}
