import { type Axis, axisOf, chart, line, type Size } from '../charts.js';
import { escapeHtml } from '../escape.js';
import { figure, inBothSizes, section } from '../figure.js';
import type { Page } from '../page.js';
import { greatestMagnitude } from '../pictures.js';
import { row } from '../statistics.js';
import { count, short } from '../text.js';

/** Greatest over least from which a loss is drawn on a logarithmic axis. */
const LOG_FROM = 8;
const GROWN_UNITS = 6;
const MOST_SNAPSHOTS = 8;

export function trainingSection(page: Page): string {
  const { loss, l0 } = page.data.history;
  const figures = [loss.length > 0 ? lossCurves(page) : '', l0.length > 0 ? l0Curve(page) : '', growth(page)];
  return figures.every((each) => each === '') ? '' : section('training', 'How it learned', '', ...figures);
}

function lossCurves(page: Page): string {
  const { history, lossLabel, penaltyLabel } = page.data;
  const epochs = history.loss.length;
  const all = [
    { name: 'loss', className: 'loss', values: history.loss },
    { name: 'validation loss', className: 'validation', values: history.validationLoss },
    { name: 'reconstruction', className: 'reconstruction', values: history.reconstruction },
    { name: `${penaltyLabel ?? 'sparsity'} penalty × its weight`, className: 'sparsity', values: history.sparsity },
  ];
  const lines = all.filter(({ values }) => values.length > 0);
  const numbers = lines.flatMap(({ values }) => Array.from(values)).filter(Number.isFinite);
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  const log = least > 0 && greatest / least >= LOG_FROM && greatest < Infinity;
  const title = `${lossLabel}${penaltyLabel === null ? '' : ' + penalty'}${log ? ', logarithmic' : ''}`;
  const y: Axis = log ? { title, low: least / 1.1, high: greatest * 1.1, log } : axisOf(title, numbers);
  const draw = (size: Size) => {
    const frame = { size, x: epochAxis(epochs), y };
    return chart(
      frame,
      `Line chart of the loss and its terms over ${count(epochs, 'epoch')}.`,
      lines.map(({ values, className }) => line(frame, values, className)).join(''),
    );
  };
  const legend = lines.map(
    ({ name, className }) =>
      `<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line ${className}" d="M0 4H28"/></svg>${escapeHtml(name)}</li>`,
  );
  const hasValidation = history.validationLoss.length > 0;
  return figure({
    title: 'Loss',
    body: `<ul class="legend">${legend.join('')}</ul>${inBothSizes(draw)}`,
    caption: `One point an epoch, the mean over the samples as they were trained on. The loss is the sum of its terms.${
      hasValidation ? ' The validation loss is measured on samples that training does not see.' : ''
    }`,
    good: `the lines fall fast and then level off.${hasValidation ? ' A validation line that turns upwards while the loss still falls shows overfitting.' : ''}`,
    table: {
      caption: 'Loss after each epoch',
      columns: ['epoch', ...lines.map(({ name }) => name)],
      rows: Array.from(history.loss, (_, e) => [
        `epoch ${e + 1}`,
        ...lines.map(({ values }) => (Number.isFinite(values[e]) ? short(values[e]) : '–')),
      ]),
    },
    readable: 'points',
  });
}

function l0Curve(page: Page): string {
  const { l0 } = page.data.history;
  const h = page.data.model.hiddenDim;
  const y = axisOf(`active units a sample (L0), of ${h.toLocaleString('en-US')}`, l0);
  const draw = (size: Size) => {
    const frame = { size: { ...size, height: size.height - 60 }, x: epochAxis(l0.length), y };
    return chart(frame, `Line chart of the active units per sample over ${count(l0.length, 'epoch')}.`, line(frame, l0, 'l0'));
  };
  return figure({
    title: 'Active units per sample',
    body: inBothSizes(draw),
    caption: 'How many hidden units a sample makes active, averaged over the samples of each epoch.',
    good: 'it falls to a small part of all units and stays there. A fall to zero is a code that died.',
    table: {
      caption: 'Active units after each epoch',
      columns: ['epoch', 'active units'],
      rows: Array.from(l0, (value, e) => [`epoch ${e + 1}`, short(value)]),
    },
    readable: 'points',
  });
}

function epochAxis(epochs: number): Axis {
  const axis = { title: 'epoch', low: 1, high: Math.max(2, epochs) };
  if (epochs <= 10) return { ...axis, ticks: Array.from({ length: epochs }, (_, e) => ({ at: e + 1, name: String(e + 1) })) };
  return axis;
}

/** A few units' rows of W_dec over the epochs. */
function growth(page: Page): string {
  const { snapshots, model } = page.data;
  const { byUse, density } = page.statistics;
  const live = byUse.filter((j) => density[j] > 0);
  if (snapshots.length === 0 || live.length === 0) return '';
  const some = spread(live.length, GROWN_UNITS).map((k) => live[k]);
  const moments = spread(snapshots.length, MOST_SNAPSHOTS).map((k) => snapshots[k]);
  const d = model.outputDim;
  const rows = some.map((j) => {
    const pictures = moments.map(({ epoch, decoderWeight }) => ({ epoch, values: row(decoderWeight, j, d) }));
    const scale = Math.max(...pictures.map(({ values }) => greatestMagnitude(values)));
    const cells = pictures.map(
      ({ epoch, values }) => `<td>${page.growth.picture(values, `unit ${j} after ${count(epoch, 'epoch')}`, scale)}</td>`,
    );
    return `<tr><th scope="row">${page.link(j)}</th>${cells.join('')}</tr>`;
  });
  const head = moments.map(({ epoch }) => `<th scope="col">${epoch === 0 ? 'start' : epoch}</th>`);
  return figure({
    title: 'How units grew',
    body: `<table class="growth"><thead><tr><th scope="col">epoch</th>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
    caption: `The decoder weights of ${count(some.length, 'unit')}, from much used to little used, after so many epochs. All pictures of a unit
share a scale, so it grows out of the pale noise that it starts with.`,
    good: 'a shape appears early and then sharpens. Shapes that still change at the end ask for more epochs.',
  });
}

/** At most `most` of the indices 0 … n − 1, first and last among them, at equal distances. */
export function spread(n: number, most: number): number[] {
  if (n <= most) return Array.from({ length: n }, (_, k) => k);
  return Array.from({ length: most }, (_, k) => Math.round((k * (n - 1)) / (most - 1)));
}
