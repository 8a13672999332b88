import { escapeHtml } from './escape.js';
import type { TileAtlas } from './images.js';
import { divergingPng, greatestMagnitude, greyscalePng, pictureSize } from './images.js';
import { classMarker } from './palette.js';
import type { ReportData, ReportRow } from './report-data.js';

/** Tile sizes offered, and the number of units up to which each is the first choice. */
const tileSizes = [
  { value: 'l', name: 'large', upTo: 100 },
  { value: 'm', name: 'medium', upTo: 400 },
  { value: 's', name: 'small', upTo: Infinity },
] as const;

/** Title, explanation, the two tables and the command. */
export function headSection(data: ReportData): string {
  const epochs = data.history.loss.length;
  const picture = data.image ? ` (a picture of ${data.image.width} × ${data.image.height} pixels)` : '';
  const words = data.command.split(' ').map((word) => `<span>${escapeHtml(word)}</span>`);
  const command = words.join(' ');
  return `<header>
<h1>${escapeHtml(data.title)}</h1>
<p class="lead">An autoencoder is a network that learns to copy its input to its output by way of
a layer of hidden units, the <em>code</em>. A <em>sparse</em> autoencoder is also made to keep
most of those units silent, or nearly so, for any one input. It must then put each input together
from a few units, and each unit comes to stand for a part that many inputs share. This run
learned to write ${count(data.inputs, 'number')}${picture} as a code of
${count(data.hidden, 'unit')} and back again, in ${count(epochs, 'epoch')} of training.
${escapeHtml(data.summary)}</p>
<div class="tables">
${table('Settings', data.settings)}
${table('Results', data.results)}
</div>
<div class="command"><h3>Made by</h3><pre><code>${command}</code></pre></div>
<nav aria-label="Sections">
<a href="#loss">Loss</a>
<a href="#reconstructions">Reconstructions</a>
<a href="#codes">Codes</a>
<a href="#activity">Activity</a>
<a href="#weights">Weights</a>
</nav>
</header>`;
}

export function lossSection(data: ReportData): string {
  const { sparsity, l0, loss } = data.history;
  const epochs = count(loss.length, 'epoch');
  const sparsityNote = sparsity.length > 0 ? ' The sparsity line is the penalty as it enters the loss, its weight included.' : '';
  const l0Figure = `
<figure>
<h3>Active units per sample</h3>
${canvas('l0-chart', 'small', `Line chart of the mean number of active hidden units per sample over ${epochs}.`)}
<figcaption>L0 is the number of hidden units active for one sample, averaged over samples. The
further it lies below ${data.hidden.toLocaleString('en-US')}, the sparser the codes.</figcaption>
</figure>`;
  return `<section id="loss" aria-labelledby="loss-title">
<h2 id="loss-title">Loss over training</h2>
<figure>
<div class="controls"><label><input type="checkbox" id="loss-log"> logarithmic scale</label></div>
${canvas('loss-chart', '', `Line chart of the loss and its terms over ${epochs} of training.`)}
<figcaption>Each point is one epoch. The loss is the sum of its terms, so it lies on or above each
of them. A validation line that turns upwards while the loss still falls shows
overfitting.${sparsityNote} Click a name in the legend to hide its line.</figcaption>
</figure>${l0.length > 0 ? l0Figure : ''}
</section>`;
}

export function examplesSection(data: ReportData): string {
  const { originals, reconstructions, labels } = data.examples;
  const d = data.inputs;
  const m = labels.length;
  const size = pictureSize(data.image, d);
  let low = 0;
  let high = 1;
  for (let i = 0; i < originals.length; i++) {
    if (originals[i] < low) low = originals[i];
    if (originals[i] > high) high = originals[i];
  }
  const difference = Array.from({ length: m * d }, (_, i) => reconstructions[i] - originals[i]);
  const scale = greatestMagnitude(difference);
  const samples = Array.from({ length: m }, (_, i) => {
    const row = (values: ArrayLike<number>) => Array.prototype.slice.call(values, i * d, i * d + d);
    const name = escapeHtml(data.classNames[labels[i]]);
    const error = row(difference).reduce((sum, value) => sum + value * value, 0) / d;
    const image = (kind: string, uri: string) =>
      `<img class="${kind}" src="${uri}" width="${size.width}" height="${size.height}" ` +
      `alt="Sample ${i + 1}, class ${name}: ${kind}">`;
    return `<div class="sample">
${image('original', greyscalePng(row(originals), size, low, high))}
${image('reconstruction', greyscalePng(row(reconstructions), size, low, high))}
${image('difference', divergingPng(row(difference), size, scale))}
<div class="note"><b>${name}</b>${short(error)}</div>
</div>`;
  });
  const wide = m <= 10;
  const names = ['original', 'reconstruction', 'difference'].map((name) => `<span>${name}</span>`);
  const rows = wide ? `<div class="rows" aria-hidden="true">${names.join('')}<div class="note">class<br>error</div></div>` : '';
  const vectors = data.image
    ? ''
    : ` The samples are not pictures: each is laid out row by row in a grid of ${size.width} × ${size.height} cells.`;
  return `<section id="reconstructions" aria-labelledby="reconstructions-title">
<h2 id="reconstructions-title">Originals and reconstructions</h2>
<figure>
<div class="examples${wide ? ' wide' : ''}">
${rows}${samples.join('\n')}
</div>
<figcaption>From top to bottom: a test sample, what the network makes of it from its code alone, and
what the second has over the first. Below them stand the class and the mean squared error per input.
The nearer the middle row is to the top one, and the fainter the bottom one, the better.${vectors}<br>
<span class="key">Samples: ${short(low)} <i class="grey"></i> ${short(high)}</span>
&emsp;<span class="key">Difference: −${short(scale)} <i></i> +${short(scale)}</span></figcaption>
</figure>
</section>`;
}

export function codesSection(data: ReportData): string {
  const n = data.codes.labels.length;
  const buttons = data.classNames.map((name, k) => {
    const fill = `style="fill: var(--class-${k % 10})"`;
    const shape = `<svg viewBox="0 0 12 12" aria-hidden="true"><path d="${classMarker(k).path}" ${fill}/></svg>`;
    return `<button type="button" data-class="${k}" aria-pressed="true">${shape}${escapeHtml(name)}</button>`;
  });
  const legend =
    buttons.length === 1
      ? ''
      : `<div class="legend" role="group" aria-label="Classes shown">${buttons.join('')}
<button type="button" class="every" data-every="show">all</button><button type="button" class="every" data-every="hide">none</button></div>`;
  const axis = (id: string, name: string) =>
    `<div class="axis"><i class="picture" id="${id}-picture"></i>
<label class="stack" for="${id}">${name}<select id="${id}"></select></label></div>`;
  const pair =
    data.hidden === 1
      ? ''
      : data.classNames.length === 1
        ? ' The pair shown first is the two units that vary most.'
        : ' The pair shown first is, among the units that vary most, the one that separates the classes best.';
  const classes =
    buttons.length === 1
      ? ''
      : ` Colour and shape give its class; click a class to hide or show it. Classes that lie apart
are told apart by these two units.`;
  return `<section id="codes" aria-labelledby="codes-title">
<h2 id="codes-title">Codes by class</h2>
<figure>
<div class="controls">
${axis('unit-x', 'Unit on the horizontal axis')}
${axis('unit-y', 'Unit on the vertical axis')}
</div>
${legend}
${canvas('codes-chart', 'square', `Scatter chart of the activations of two hidden units for ${count(n, 'test sample')}, coloured by class.`)}
<figcaption>Each of the ${count(n, 'point')} is a test sample, placed by the activations of the two
chosen units.${classes} <span id="codes-note" aria-live="polite"></span>${pair}
Activations are rounded to one part in 255 of their unit's range.</figcaption>
</figure>
</section>`;
}

export function activitySection(data: ReportData): string {
  const rho =
    data.rho === null
      ? ''
      : ` The dashed line is the mean activation ρ = ${short(data.rho)} that the sparsity penalty
asks of every unit: bars near it have obeyed.`;
  return `<section id="activity" aria-labelledby="activity-title">
<h2 id="activity-title">Mean activation of each hidden unit</h2>
<figure>
<div class="controls"><label for="activity-order">Order <select id="activity-order">
<option value="index">by unit number</option><option value="value">by value</option></select></label></div>
${canvas('activity-chart', '', `Bar chart of the mean activation of ${count(data.hidden, 'hidden unit')}.`)}
<figcaption>Each bar is one unit's activation averaged over the test samples.${rho} ${deadNote(data)}
The unit on the scatter's horizontal axis stands out; click a bar to put its unit there.</figcaption>
</figure>
</section>`;
}

export function weightsSection(data: ReportData, atlas: TileAtlas): string {
  const dead = new Set(data.deadUnits);
  const first = tileSizes.find((size) => data.hidden <= size.upTo)?.value;
  const options = tileSizes.map(
    ({ value, name }) => `<option value="${value}"${value === first ? ' selected' : ''}>${name}</option>`,
  );
  const tiles = Array.from({ length: data.hidden }, (_, j) => {
    const title =
      `unit ${j}: mean activation ${short(data.meanActivation[j])}, ` +
      `weights within ±${short(atlas.scales[j])}${dead.has(j) ? ', dead' : ''}`;
    return `<button type="button" class="tile${dead.has(j) ? ' dead' : ''}" data-unit="${j}" tabindex="-1" aria-pressed="false" title="${title}"><i class="picture" style="background-position:${tilePosition(atlas, j)}"></i><span aria-hidden="true">${j}</span></button>`;
  });
  const laidOut = data.image ? 'the pixel it belongs to' : 'the input it belongs to';
  return `<section id="weights" aria-labelledby="weights-title">
<h2 id="weights-title">Encoder weights of each hidden unit</h2>
<figure>
<div class="controls">
<label for="tile-order">Order <select id="tile-order">
<option value="index">by unit number</option><option value="value">by mean activation</option></select></label>
<label for="tile-size">Size <select id="tile-size">${options.join('')}</select></label>
</div>
<p class="status" id="tile-status" aria-live="polite"></p>
<div class="tiles" id="tiles" data-size="${first}" role="group" aria-label="Hidden units">
${tiles.join('\n')}
</div>
<figcaption>Each tile is one unit, drawn with each of its weights at ${laidOut}: the unit answers to
inputs that are bright where it is orange and dark where it is blue. Every tile has a scale of its own,
<span class="key">−max|w| <i></i> +max|w|</span>, so colours tell the pattern and not its strength.
${deadNote(data)} Click a tile, or walk with the arrow keys and press Enter, to put its unit on the
scatter's horizontal axis.</figcaption>
</figure>
</section>`;
}

/** The rule that puts the atlas behind every tile; each tile then shifts it to its own cell. */
export function tileStyle(atlas: TileAtlas): string {
  return `.picture { aspect-ratio: ${atlas.cell.width} / ${atlas.cell.height};
  background-image: url(${atlas.uri}); background-size: ${atlas.columns * 100}% ${atlas.rows * 100}%; }`;
}

/** CSS background-position of unit j's cell. */
export function tilePosition(atlas: TileAtlas, j: number): string {
  const percent = (index: number, of: number) => (of > 1 ? `${Number(((100 * index) / (of - 1)).toFixed(4))}%` : '0%');
  return `${percent(j % atlas.columns, atlas.columns)} ${percent(Math.floor(j / atlas.columns), atlas.rows)}`;
}

function deadNote(data: ReportData): string {
  const dead = data.deadUnits.length;
  if (dead === 0) return 'No unit is dead.';
  return `Dead units (active on no test sample), marked in red: ${dead.toLocaleString('en-US')}.`;
}

function table(caption: string, rows: readonly ReportRow[]): string {
  const body = rows.map(({ name, value }) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`);
  if (rows.length === 0) return '';
  return `<table><caption>${caption}</caption><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function canvas(id: string, kind: string, description: string): string {
  return `<div class="chart${kind && ` ${kind}`}"><canvas id="${id}" role="img" aria-label="${description}">${description}</canvas></div>`;
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

/** Three significant digits at most, with a true minus sign. */
function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
