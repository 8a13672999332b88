import { type Axis, axisOf, chart, line, points, type Size } from './charts.js';
import { htmlDocument, madeBy, pairsTable } from './document.js';
import { escapeHtml } from './escape.js';
import { figure, inBothSizes, section } from './figure.js';
import type { ReportRow } from './report-data.js';
import { style } from './style.js';
import { count, short } from './text.js';

/** A trained model as the frontier shows it. */
export interface FrontierRun {
  readonly kind: string;
  readonly penalty: string;
  /** The option that said how sparse it should be, and what it said. */
  readonly level: string;
  readonly value: number;
  readonly seed: string;
  readonly l0: number;
  readonly fvu: number;
  readonly deadUnits: number;
}

export interface FrontierData {
  readonly title: string;
  readonly summary: string;
  /** How many runs there shall be when it is done. */
  readonly expected: number;
  readonly hiddenDim: number;
  readonly runs: readonly FrontierRun[];
  readonly settings: readonly ReportRow[];
  /** What was left out, and why. */
  readonly skipped: readonly string[];
  /** Those that made these runs, one after the other. */
  readonly commands: readonly string[];
}

/** Colours that style.ts has for classes. */
const COLOURS = 10;
/** Greatest over least from which FVU is drawn on a logarithmic axis. */
const LOG_FROM = 8;
const MOST_OCTAVES = 7;

const own = `
path.frontier { stroke: currentColor; }
.chart .points { stroke-width: 6; opacity: .8; }
.legend li { white-space: nowrap; }
.legend span { color: var(--ink); }
.findings { margin-bottom: 1.5rem; }
.scroll:has(.means) { max-height: none; }`;

/** A sweep as one HTML page without scripts: L0 against FVU, and the numbers. The same data give the same bytes. */
export function renderFrontier(data: FrontierData): string {
  const { title, summary, expected, runs, settings, skipped, commands } = data;
  const yet = runs.length < expected ? ` ${expected - runs.length} of ${count(expected, 'run')} are still to come.` : '';
  const left = skipped.map((reason) => `<li class="fair">${escapeHtml(reason)}</li>`).join('\n');
  return htmlDocument({
    title,
    style: `${style}${own}`,
    main: `<header>
<h1>${escapeHtml(title)}</h1>
<p class="lead">A sparse code can be had at any price: the fewer units a row may use, the more of it is lost. What a way to be
sparse is worth shows in how much is lost at the same number of active units. ${escapeHtml(summary + yet)}</p>
</header>
${section('frontier', 'The frontier', '', ...(runs.length > 0 ? [findings(runs), frontierFigure(data), meansTable(data)] : []))}
<section id="settings" aria-labelledby="settings-title">
<h2 id="settings-title">Settings</h2>
${left && `<h3>Left out</h3>\n<ul class="findings">${left}</ul>`}
<div class="tables">${pairsTable('Asked of all runs', settings)}</div>
${madeBy(...commands)}
</section>`,
  });
}

/** How far from the L0 asked for is far. */
const FAR = 0.1;

/**
 * Whether it has far more or fewer active units than it was asked for: β was still on its way. Or far more than k, which holds in
 * training alone where a threshold takes its place outside: that was still on its way.
 */
export const isAstray = ({ level, value, l0 }: FrontierRun): boolean =>
  (level === 'targetL0' && Math.abs(l0 / value - 1) > FAR) || (level === 'k' && l0 / value - 1 > FAR);

function findings(runs: readonly FrontierRun[]): string {
  const astray = runs.filter(isAstray);
  if (astray.length === 0) return '';
  const some = (level: string) => astray.some((run) => run.level === level);
  const ways = [
    some('targetL0') ? 'β was still on its way, which a --beta nearer to where it ends would shorten' : [],
    some('k') ? 'the threshold that takes the place of k outside training was still on its way' : [],
  ].flat();
  return `<ul class="findings"><li class="fair">${count(astray.length, 'run')} ended more than 10% from the L0 asked for: ${ways.join('; ')}.
More epochs would bring it there.</li></ul>`;
}

/** Runs that differ in the seed alone. */
interface Mean extends Pick<FrontierRun, 'kind' | 'penalty' | 'level' | 'value'> {
  readonly runs: readonly FrontierRun[];
  readonly l0: number;
  readonly fvu: number;
}

export function meansOf(runs: readonly FrontierRun[]): Mean[] {
  const groups = new Map<string, FrontierRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.kind, run.penalty, run.level, run.value]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => ({
    ...group[0],
    runs: group,
    l0: meanOf(group, 'l0'),
    fvu: meanOf(group, 'fvu'),
  }));
}

const meanOf = (runs: readonly FrontierRun[], what: 'l0' | 'fvu' | 'deadUnits') =>
  runs.reduce((sum, run) => sum + run[what], 0) / runs.length;

/** One line of the chart: a kind of code, with the penalty that it had if that leaves it a choice. */
const seriesOf = ({ kind, penalty }: { kind: string; penalty: string }) => (penalty === 'none' ? kind : `${kind}, ${penalty}`);

function frontierFigure({ runs, hiddenDim }: FrontierData): string {
  const means = meansOf(runs);
  const series = [...new Set(runs.map(seriesOf))];
  const drawn = runs.filter(isDrawn);
  const x = l0Axis(drawn.map(({ l0 }) => l0));
  const y = fvuAxis(drawn.map(({ fvu }) => fvu));
  const draw = (size: Size) => {
    const frame = { size, x, y };
    const lines = series.map((name, s) => {
      const middle = means.filter((mean) => seriesOf(mean) === name && isDrawn(mean)).sort((a, b) => a.l0 - b.l0);
      const ends = drawn.filter((run) => seriesOf(run) === name).flatMap(({ l0, fvu }) => [l0, fvu]);
      const [l0s, fvus] = [middle.map(({ l0 }) => l0), middle.map(({ fvu }) => fvu)];
      const through = middle.length > 1 ? line(frame, fvus, 'frontier', l0s) : '';
      return `<g class="k${s % COLOURS}"><title>${escapeHtml(name)}</title>${through}${points(frame, ends, () => true)}</g>`;
    });
    return chart(
      frame,
      `Line chart of the fraction of variance unexplained over active units a row, for ${series.join('; ')}.`,
      lines.join('\n'),
    );
  };
  const legend = series.map(
    (name, s) =>
      `<li class="k${s % COLOURS}"><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line frontier" d="M0 4H28"/></svg><span>${escapeHtml(name)}</span></li>`,
  );
  const empty = runs.length - drawn.length;
  return figure({
    title: 'Active units against what is lost',
    body: `<ul class="legend">${legend.join('')}</ul>${inBothSizes(draw)}`,
    caption: `One point a run, judged on rows that training did not see; a line goes through the means over the seeds. L0 is the number of active
units a row, of ${hiddenDim.toLocaleString('en-US')}; FVU the fraction of variance unexplained, Σ(x̂ − x)²/Σ(x − x̄)².${empty > 0 ? ` ${count(empty, 'run')} without an active unit, or without a loss, in the table alone.` : ''}`,
    good: 'low and to the left. Of two lines the lower one says more with as many units.',
    table: {
      caption: 'Every run',
      columns: ['kind', 'asked for', 'seed', 'L0', 'FVU', 'dead units'],
      rows: runs.map((run) => [
        seriesOf(run),
        `${run.level} ${run.value}`,
        run.seed,
        run.l0.toFixed(2),
        run.fvu.toPrecision(4),
        String(run.deadUnits),
      ]),
    },
  });
}

/** What a logarithmic axis can show. */
const isDrawn = ({ l0, fvu }: { l0: number; fvu: number }) => l0 > 0 && fvu > 0;

/** Logarithmic, marked at powers of two. */
export function l0Axis(values: readonly number[]): Axis {
  const [low, high] = values.length > 0 ? [Math.min(...values) / 1.5, Math.max(...values) * 1.5] : [1, 2];
  const [first, last] = [Math.ceil(Math.log2(low)), Math.floor(Math.log2(high))];
  const stride = Math.ceil((last - first + 1) / MOST_OCTAVES);
  const ticks = [];
  for (let power = first; power <= last; power += stride)
    ticks.push({ at: 2 ** power, name: (2 ** power).toLocaleString('en-US') });
  return { title: 'active units a row (L0), logarithmic', low, high, log: true, ticks };
}

function fvuAxis(values: readonly number[]): Axis {
  const title = 'variance unexplained (FVU)';
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  if (!(greatest / least >= LOG_FROM)) return axisOf(title, values);
  return { title: `${title}, logarithmic`, low: least / 1.1, high: greatest * 1.1, log: true };
}

function meansTable({ runs }: FrontierData): string {
  const rows = meansOf(runs).map((mean) => {
    const fvus = mean.runs.map(({ fvu }) => fvu);
    const range = fvus.length > 1 ? `${short(Math.min(...fvus))} to ${short(Math.max(...fvus))}` : '';
    const cells = [
      `${mean.level} ${mean.value}`,
      String(mean.runs.length),
      short(mean.l0),
      short(mean.fvu),
      range,
      short(meanOf(mean.runs, 'deadUnits')),
    ];
    return `<tr><th scope="row">${escapeHtml(seriesOf(mean))}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  const head = ['kind', 'asked for', 'runs', 'L0', 'FVU', 'from … to', 'dead units'].map(
    (name) => `<th scope="col">${name}</th>`,
  );
  return `<figure><h3>Means over the seeds</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Means over the seeds"><table class="means"><thead><tr>${head.join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></figure>`;
}
