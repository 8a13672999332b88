import { escapeHtml } from '../escape.js';
import { figure, section } from '../figure.js';
import type { Page } from '../page.js';
import { row, strongestSamples } from '../statistics.js';
import { capital, clip, count, percent, short } from '../text.js';

/** Samples in a card: fewer where there are many cards. */
const EXEMPLARS = { few: 9, many: 6, manyFrom: 65 };
const STRONGEST_INPUTS = 4;
const TEXTS_ON_A_TILE = 3;

export function unitsSection(page: Page): string {
  const { carded, further, statistics, data } = page;
  const h = data.model.hiddenDim;
  const exemplars = carded.length < EXEMPLARS.manyFrom ? EXEMPLARS.few : EXEMPLARS.many;
  const tiles = carded.map((j) => unit(page, j, card(page, j, exemplars)));
  const choice = `<fieldset class="choice"><legend>Tiles show</legend>
<label><input type="radio" name="tiles" id="by-decoder" checked> <span>what a unit adds (W<sub>dec</sub>)</span></label>
<label><input type="radio" name="tiles" id="by-encoder"> <span>what it answers to (W<sub>enc</sub>)</span></label></fieldset>`;
  const undrawn = h - carded.length - further.length;
  const dead = statistics.dead.length;
  const left =
    further.length + undrawn > 0
      ? ` The numbers of all ${h.toLocaleString('en-US')} are behind the chart of mean activations.`
      : '';
  const rest =
    further.length === 0
      ? ''
      : `<details class="further"><summary>${count(further.length, 'more unit')}, less used</summary><ol class="tiles">
${further.map((j) => `<li id="unit-${j}">${page.tile(j, '')}${j}`).join('\n')}
</ol></details>`;
  const body = figure({
    body: `${page.hasTexts ? '' : choice}
<div class="tiles${page.hasTexts ? ' of-texts' : carded.length > 64 ? ' small' : ''}">
${tiles.join('\n')}
</div>
${rest}`,
    caption: `${drawing(page)} Those active on the most samples come first, dead ones last${dead > 0 ? ' (dashed, in red)' : ''}. ${
      dead === 0
        ? 'No unit is dead.'
        : `Dead units, active on no ${data.model.dead ? 'row' : 'sample'}: ${dead.toLocaleString('en-US')}.`
    }${left} Choose a unit to see, beneath it, the samples that excite it most.`,
    good: `${goodUnits(page)} Twins are units not put to use.`,
  });
  return section('units', 'What each hidden unit stands for', '', body);
}

function drawing(page: Page): string {
  if (page.hasTexts) return 'Each tile is one unit, with the texts that excite it most.';
  const each =
    page.data.image === null
      ? 'a bar for each input, up where the unit adds to it and down where it takes away'
      : 'orange where it adds light and blue where it takes light away';
  return `Each tile is one unit, drawn by its row of decoder weights, that is, what it adds to an output when active: ${each}.
Every tile has a scale of its own, <span class="key">−max|w| <i></i> max|w|</span>, so colours tell the pattern and not its strength.`;
}

function goodUnits(page: Page): string {
  if (page.hasTexts) return 'the texts of a unit have a thing in common that one can name.';
  if (page.data.image === null) return 'each is large at a few inputs that belong together, and small elsewhere.';
  return 'each shows a thing of its own that one can name, such as a stroke, an edge or a corner, and little noise.';
}

/** A tile, and what opens beneath it. */
function unit(page: Page, j: number, content: string): string {
  const dead = page.statistics.dead.includes(j);
  const use = dead ? 'dead' : percent(page.statistics.density[j]);
  const face = page.hasTexts ? textTile(page, j) : page.tile(j, '');
  const spoken = page.hasTexts ? '' : ` aria-label="unit ${j}${page.unitName(j, ', ')}, ${dead ? 'dead' : `active on ${use}`}"`;
  return `<details class="unit${dead ? ' dead' : ''}" name="unit" data-unit="${j}"><summary${spoken}>${face}<span>${j}</span></summary><div class="card" id="unit-${j}">${content}</div></details>`;
}

function textTile(page: Page, j: number): string {
  const { samples, model } = page.data;
  const best = strongestSamples(samples.codes, model.hiddenDim, j, TEXTS_ON_A_TILE);
  const lines = best.map((i) => escapeHtml(clip(page.nameOf(i), 40)));
  const name = model.names?.[j] ?? '';
  // That of words is these words, that of a unit without common terms one of these texts.
  const texts = best.map((i) => samples.texts?.[i] ?? '');
  const isNew = name !== '' && !texts.some((text) => name.includes(text) || text.startsWith(name.replace(/^“|…?”$/g, '')));
  return `<em>${[...(isNew ? [`<b>${page.unitName(j, '')}</b>`] : []), ...lines].join('<br>') || '—'}</em>`;
}

function card(page: Page, j: number, most: number): string {
  const { model, samples } = page.data;
  const best = strongestSamples(samples.codes, model.hiddenDim, j, most);
  const loudest = samples.codes[best[0] * model.hiddenDim + j];
  const activation = (i: number) => samples.codes[i * model.hiddenDim + j];
  const heading = `<h3>Unit ${j}${page.unitName(j, ': ')}</h3><p>${capital(page.useOf(j))}.${typicalClasses(page, j)}${strongestInputs(page, j)}</p>`;
  const weights = `<div class="weights"><figure>${page.tile(j, `decoder weights of unit ${j}`)}<figcaption>adds (W<sub>dec</sub>, ±${short(page.scales[j])})</figcaption></figure><figure>${page.encoderTile(j, `encoder weights of unit ${j}`)}<figcaption>answers to (W<sub>enc</sub>)</figcaption></figure></div>`;
  if (best.length === 0) return `${heading}${weights}`;
  const list = page.hasTexts
    ? `<ol class="texts">${best.map((i) => `<li><b>${short(activation(i))}</b> ${escapeHtml(clip(samples.texts?.[i] ?? '', 240))}</li>`).join('')}</ol>`
    : `<ol class="exemplars">${best.map((i) => `<li>${page.sample(i)}${page.tile(j, '', activation(i) / loudest)}<span>${short(activation(i))}</span></li>`).join('')}</ol>`;
  const explained = page.hasTexts
    ? 'The texts that excite it most, and its activation:'
    : 'The samples that excite it most; beneath each, the part of it that the unit draws, and its activation:';
  return `${heading}${weights}<p>${explained}</p>${list}`;
}

/** The classes whose samples excite it most, where they excite it more than the mean of all. */
function typicalClasses(page: Page, j: number): string {
  const { model } = page.data;
  const { classMeans, mean } = page.statistics;
  const means = (page.classes?.names ?? []).map((name, k) => ({ name, value: classMeans[k * model.hiddenDim + j] }));
  const above = means.filter(({ value }) => value > 1.5 * mean[j] && value > 0).sort((a, b) => b.value - a.value);
  if (above.length === 0) return '';
  const list = above.slice(0, 3).map(({ name, value }) => `${escapeHtml(name)} (mean ${short(value)})`);
  return ` Loudest for class ${list.join(', ')}.`;
}

function strongestInputs(page: Page, j: number): string {
  const { image, inputNames, model } = page.data;
  if (image !== null || page.hasTexts) return '';
  const weights = Array.from(row(model.decoderWeight, j, model.outputDim), (w, p) => ({
    w,
    name: inputNames?.[p] ?? `input ${p}`,
  }));
  const strongest = weights.sort((a, b) => Math.abs(b.w) - Math.abs(a.w)).slice(0, STRONGEST_INPUTS);
  return ` Adds most to ${strongest.map(({ name, w }) => `${escapeHtml(name)} (${w > 0 ? '+' : ''}${short(w)})`).join(', ')}.`;
}
