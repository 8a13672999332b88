import { steadyFrom } from '../../training/history.js';
import { type Axis, axisOf, chart, level, line, type Size } from '../charts.js';
import { escapeHtml } from '../escape.js';
import { figure, inBothSizes, section } from '../figure.js';
import type { Page } from '../page.js';
import { greatestMagnitude } from '../pictures.js';
import type { Numbers, ReportHistory } from '../report-data.js';
import { row } from '../statistics.js';
import { count, short, tenths } from '../text.js';

/** Greatest over least from which a loss is drawn on a logarithmic axis. */
const LOG_FROM = 8;
/** How far below all other lines that of the further terms is drawn, on such an axis. */
const SEEN_TO = 30;
const GROWN_UNITS = 6;
const MOST_SNAPSHOTS = 8;

export function trainingSection(page: Page): string {
  const { loss, l0 } = page.data.history;
  const figures = [loss.length > 0 ? lossCurves(page) : '', l0.length > 0 ? l0Curve(page) : '', growth(page)];
  return figures.every((each) => each === '') ? '' : section('training', 'How it learned', '', ...figures);
}

function lossCurves(page: Page): string {
  const { history, lossLabel, penaltyLabel, restLabel, restNotes } = page.data;
  const { axis, at, over, name, each, after } = timeOf(history);
  const all = [
    { name: 'loss', className: 'loss', values: history.loss },
    { name: 'validation loss', className: 'validation', values: history.validationLoss },
    { name: 'reconstruction', className: 'reconstruction', values: history.reconstruction },
    { name: `${penaltyLabel ?? 'sparsity'} penalty × its weight`, className: 'sparsity', values: history.sparsity },
    { name: restLabel ?? 'further terms', className: 'rest', values: history.rest },
  ];
  const lines = all.filter(({ values }) => values.length > 0);
  const numbersOf = (some: typeof lines) => some.flatMap(({ values }) => Array.from(values)).filter(Number.isFinite);
  const numbers = numbersOf(lines);
  const main = numbersOf(lines.filter(({ values }) => values !== history.rest));
  const [least, greatest] = [Math.min(...main), Math.max(...numbers)];
  const log = least > 0 && greatest / least >= LOG_FROM && greatest < Infinity;
  const summed = restLabel === null ? `${lossLabel}${penaltyLabel === null ? '' : ' + penalty'}` : 'loss and its terms';
  const title = `${summed}${log ? ', logarithmic' : ''}`;
  // A further term may be next to nothing, or nothing: on a logarithmic axis it begins where it can be seen beside the others.
  const low = Math.min(least, ...numbers.filter((value) => value > least / SEEN_TO));
  const y: Axis = log ? { title, low: low / 1.1, high: greatest * 1.1, log } : axisOf(title, numbers);
  const unseen = log && Array.from(history.rest).some((value) => value < low);
  const seen = (values: Numbers) => (log ? Array.from(values, (value) => (value < low ? Number.NaN : value)) : values);
  const draw = (size: Size) => {
    const frame = { size, x: axis, y };
    return chart(
      frame,
      `Line chart of the loss and its terms over ${over}.`,
      lines.map(({ values, className }) => line(frame, seen(values), className, at)).join(''),
    );
  };
  const legend = lines.map(
    ({ name, className }) =>
      `<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line ${className}" d="M0 4H28"/></svg>${escapeHtml(name)}</li>`,
  );
  const hasValidation = history.validationLoss.length > 0;
  const moved = weightMoved(history);
  const notes = restNotes.map((note) => ` Among them is ${escapeHtml(note)}.`).join('');
  const columns = moved ? [...lines, { name: 'weight of the penalty', values: history.weight }] : lines;
  return figure({
    title: 'Loss',
    body: `<ul class="legend">${legend.join('')}</ul>${inBothSizes(draw)}`,
    caption: `${each} ${sumOfTerms(page)}${notes}${unseen ? ' Where further terms come to next to nothing they are not drawn.' : ''}${
      hasValidation
        ? ` The validation loss is measured on samples that training does not see${moved ? ', with the full weight of the penalty at the time' : ''}.`
        : ''
    }`,
    good: `the lines fall fast and then level off.${hasValidation ? ' A validation line that turns upwards while the loss still falls shows overfitting.' : ''}`,
    table: {
      caption: `Loss ${after}`,
      columns: [axis.title, ...columns.map((each) => each.name)],
      rows: Array.from(history.loss, (_, e) => [
        name(e),
        ...columns.map(({ values }) => (Number.isFinite(values[e]) ? short(values[e]) : '–')),
      ]),
    },
    readable: 'points',
  });
}

/** Whether the penalty is known to have weighed more in some epochs than in others. */
const weightMoved = ({ weight }: ReportHistory) => steadyFrom(weight) > 0 && Array.from(weight).every(Number.isFinite);

/** What the lines are to each other. */
function sumOfTerms({ data: { history, penaltyLabel, restLabel } }: Page): string {
  const told = (label: string | null, values: Numbers) =>
    label === null || (values.length > 0 && Array.from(values).every(Number.isFinite));
  if (!told(penaltyLabel, history.sparsity) || !told(restLabel, history.rest))
    return 'What its terms came to is not known of every epoch.';
  const weights = Array.from(history.weight);
  const moved = weightMoved(history)
    ? ` The weight of the penalty went from ${short(weights[0])} to ${short(weights[weights.length - 1])} meanwhile, so that the loss of one epoch is no measure of that of another.`
    : '';
  return `The loss is the sum of its terms.${moved}`;
}

function l0Curve(page: Page): string {
  const { data } = page;
  const { l0 } = data.history;
  const { axis, at, over, name, after } = timeOf(data.history);
  const h = data.model.hiddenDim;
  const asked = data.target;
  const y = axisOf(`active units a sample (L0), of ${h.toLocaleString('en-US')}`, l0, asked === null ? [] : [asked]);
  const draw = (size: Size) => {
    const frame = { size: { ...size, height: size.height - 60 }, x: axis, y };
    return chart(
      frame,
      `Line chart of the active units per sample over ${over}.`,
      line(frame, l0, 'l0', at) + (asked === null ? '' : level(frame, asked, `asked for: ${short(asked)}`)),
    );
  };
  return figure({
    title: 'Active units per sample',
    body: inBothSizes(draw),
    caption: 'How many hidden units a sample makes active, averaged over the samples that each point is of.',
    good: `it ${asked === null ? 'falls to a small part of all units' : 'comes to the dashed line, which is what was asked for,'} and stays there. A fall to zero is a code that died.`,
    table: {
      caption: `Active units ${after}`,
      columns: [axis.title, 'active units'],
      rows: Array.from(l0, (value, e) => [name(e), tenths(value)]),
    },
    readable: 'points',
  });
}

/** Where the points of the curves stand, and how that is said. */
function timeOf({ loss, steps }: ReportHistory) {
  if (!steps)
    return {
      axis: epochAxis(loss.length),
      over: count(loss.length, 'epoch'),
      name: (e: number) => `epoch ${e + 1}`,
      each: 'One point an epoch, the mean over the samples as they were trained on.',
      after: 'after each epoch',
    };
  const last = steps[steps.length - 1];
  return {
    axis: { title: 'step', low: steps[0], high: Math.max(steps[0] + 1, last) },
    at: steps,
    over: count(last, 'step'),
    name: (k: number) => `step ${steps[k].toLocaleString('en-US')}`,
    each: 'Each point is the mean over the steps since the last, over samples as they were trained on.',
    after: 'by step',
  };
}

function epochAxis(epochs: number): Axis {
  const axis = { title: 'epoch', low: 1, high: Math.max(2, epochs) };
  if (epochs <= 10) return { ...axis, ticks: Array.from({ length: epochs }, (_, e) => ({ at: e + 1, name: String(e + 1) })) };
  return axis;
}

/** A few units' rows of W_dec over the epochs. */
function growth(page: Page): string {
  const { snapshots, model, history } = page.data;
  const { byUse, density } = page.statistics;
  const live = byUse.filter((j) => density[j] > 0);
  if (snapshots.length === 0 || live.length === 0) return '';
  const some = spread(live.length, GROWN_UNITS).map((k) => live[k]);
  const moments = spread(snapshots.length, MOST_SNAPSHOTS).map((k) => snapshots[k]);
  const d = model.outputDim;
  // Where the curves are drawn by steps, snapshots are counted in steps, too.
  const name = history.steps ? 'step' : 'epoch';
  const rows = some.map((j) => {
    const pictures = moments.map(({ epoch, decoderWeight }) => ({ epoch, values: row(decoderWeight, j, d) }));
    const scale = Math.max(...pictures.map(({ values }) => greatestMagnitude(values)));
    const cells = pictures.map(
      ({ epoch, values }) => `<td>${page.growth.picture(values, `unit ${j} after ${count(epoch, name)}`, scale)}</td>`,
    );
    return `<tr><th scope="row">${page.link(j)}</th>${cells.join('')}</tr>`;
  });
  const head = moments.map(({ epoch }) => `<th scope="col">${epoch === 0 ? 'start' : epoch.toLocaleString('en-US')}</th>`);
  return figure({
    title: 'How units grew',
    body: `<table class="growth"><thead><tr><th scope="col">${name}</th>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
    caption: `The decoder weights of ${count(some.length, 'unit')}, from much used to little used, after so many ${name}s. All pictures of a unit
share a scale, so it grows out of the ${page.data.image ? 'pale noise' : 'small random numbers'} that it starts with.`,
    good: page.data.image
      ? `a shape appears early and then sharpens. Shapes that still change at the end ask for more ${name}s.`
      : `some numbers rise above the others early, and then stay. What still changes at the end asks for more ${name}s.`,
  });
}

/** At most `most` of the indices 0 … n − 1, first and last among them, at equal distances. */
export function spread(n: number, most: number): number[] {
  if (n <= most) return Array.from({ length: n }, (_, k) => k);
  return Array.from({ length: most }, (_, k) => Math.round((k * (n - 1)) / (most - 1)));
}
