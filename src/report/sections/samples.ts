import { escapeHtml } from '../escape.js';
import { figure, section } from '../figure.js';
import type { Page } from '../page.js';
import { greatestMagnitude } from '../pictures.js';
import type { ReportSamples } from '../report-data.js';
import { buildUp, meanSquaredError } from '../statistics.js';
import { clip, count, short } from '../text.js';

/** Samples that are shown, in so many strips side by side, or one below the other on a phone: fewer where texts need room. */
const MOST_EXAMPLES = 10;
const MOST_TEXTS = 6;
const STRIPS = 2;
/** Units shown one by one when a sample is put together. */
const STEPS = 7;

/** What is shown of one sample. */
interface Example {
  readonly sample: number;
  readonly label: string;
  readonly reconstruction: Float64Array;
  readonly error: number;
}

/** One sample of each class, or samples at equal distances where there are no classes. */
export function exampleSamples({ labels, texts }: Pick<ReportSamples, 'labels' | 'texts'>, n: number): number[] {
  const most = Math.min(n, texts === null ? MOST_EXAMPLES : MOST_TEXTS);
  if (labels === null) return Array.from({ length: most }, (_, k) => Math.floor((k * n) / most));
  const first = new Map<number, number>();
  for (let i = 0; i < n; i++) if (!first.has(labels[i])) first.set(labels[i], i);
  return [...first]
    .sort(([a], [b]) => a - b)
    .map(([, i]) => i)
    .slice(0, most);
}

export function samplesSections(page: Page): string {
  const { samples } = page.data;
  const examples = exampleSamples(samples, page.statistics.samples).map((sample): Example => {
    const { bias, steps } = buildUp(page.data.model, page.code(sample));
    const reconstruction = steps.length > 0 ? steps[steps.length - 1].soFar : bias;
    const label = page.hasTexts ? clip(page.nameOf(sample), 24) : (page.className(sample) ?? `sample ${sample}`);
    return { sample, label, reconstruction, error: meanSquaredError(page.target(sample), reconstruction) };
  });
  return reconstructions(page, examples) + oneByOne(page, examples);
}

function reconstructions(page: Page, examples: readonly Example[]): string {
  const differences = examples.map(({ sample, reconstruction }) => page.target(sample).map((t, p) => reconstruction[p] - t));
  const scale = Math.max(...differences.map(greatestMagnitude));
  const strips: string[] = [];
  const each = (page.hasTexts ? MOST_TEXTS : MOST_EXAMPLES) / STRIPS;
  for (let from = 0; from < examples.length; from += each) {
    const some = examples.slice(from, from + each);
    const line = (title: string, cell: (example: Example, k: number) => string) =>
      `<tr><th scope="row">${title}</th>${some.map((example, k) => `<td>${cell(example, from + k)}</td>`).join('')}</tr>`;
    strips.push(`<table class="strip"><tbody>
${line('original', ({ sample, label }) => page.output(page.target(sample), `original, ${label}`))}
${line('reconstruction', ({ reconstruction, label }) => page.output(reconstruction, `reconstruction, ${label}`))}
${line('difference', ({ label }, k) => page.differences.picture(differences[k], `difference, ${label}`, scale))}
${line('error', ({ error }) => short(Number(error.toFixed(error < 1 ? 4 : 1))))}
${line(page.data.samples.labels === null || page.hasTexts ? 'sample' : 'class', ({ label }) => escapeHtml(label))}
</tbody></table>`);
  }
  const grey =
    page.data.image === null
      ? 'A sample is a row of bars, one a number, up and orange above zero, down and blue below.'
      : `<span class="key">Samples: ${short(page.range[0])} <i class="grey"></i> ${short(page.range[1])}</span>`;
  const body = figure({
    body: `<div class="strips">${strips.join('\n')}</div>`,
    caption: `Each column is one sample: the sample itself, what the network makes of it from its code alone, and the second less the
first. The error is the mean squared difference. ${grey}
<span class="key">Difference: −${short(scale)} <i></i> ${short(scale)}</span>`,
    good: 'the first two rows are hard to tell apart, and the third is faint.',
  });
  return section('reconstructions', 'Originals and reconstructions', '', body);
}

function oneByOne(page: Page, examples: readonly Example[]): string {
  if (page.statistics.silent.length === page.data.model.hiddenDim) return '';
  const byError = [...examples].sort((a, b) => a.error - b.error);
  const typical = byError[Math.floor(byError.length / 2)];
  const others = examples.filter((example) => example !== typical);
  const more = others.map(
    (example) =>
      `<details class="other"><summary>${page.output(page.target(example.sample), '')}<span>${escapeHtml(example.label)}</span></summary>${steps(page, example)}</details>`,
  );
  const body = figure({
    body: `${steps(page, typical)}
${more.length > 0 ? `<div class="others${page.hasTexts ? ' of-texts' : ''}"><h3>The other samples, put together in the same way</h3>${more.join('\n')}</div>` : ''}`,
    caption: `The upper row holds the parts: a unit's row of decoder weights times how active the unit is, orange where it adds
and blue where it takes away. The parts of one sample share a scale, so a pale part adds little. The lower row is the output
with the parts so far, beginning with the decoder's bias alone, which is the same for every sample.`,
    good: 'few parts bring it close to the sample, and each is a piece that other samples could share.',
  });
  return section('parts', 'One sample = these units × their parts', '', body);
}

function steps(page: Page, { sample, label, reconstruction, error }: Example): string {
  const target = page.target(sample);
  const { bias, steps } = buildUp(page.data.model, page.code(sample));
  const shown = steps.slice(0, STEPS);
  const loudest = Math.max(...shown.map(({ unit, activation }) => Math.abs(activation) * page.scales[unit]));
  const cell = (upper: string, lower: string, text: string, className = '') =>
    `<li class="step${className}"><div>${upper}</div><div>${lower}</div><p>${text}</p></li>`;
  const items = [
    cell(
      '<b class="blank">start</b>',
      page.output(bias, 'output of the bias alone'),
      `the bias<br>error ${short(meanSquaredError(target, bias))}`,
    ),
    ...shown.map(({ unit, activation, soFar }) => {
      const part = page.tile(unit, `part of unit ${unit}`, (Math.abs(activation) * page.scales[unit]) / loudest);
      const sign = activation < 0 ? '−' : '+';
      return cell(
        part || `<b class="blank">unit ${unit}</b>`,
        page.output(soFar, `output with unit ${unit}`),
        `${sign} ${short(Math.abs(activation))} × ${page.link(unit)}<br>error ${short(meanSquaredError(target, soFar))}`,
      );
    }),
  ];
  if (steps.length > STEPS) {
    const rest = count(steps.length - STEPS, 'more unit');
    items.push(
      cell('<b class="blank">…</b>', page.output(reconstruction, 'the reconstruction'), `+ ${rest}<br>error ${short(error)}`),
    );
  }
  items.push(cell('<b class="blank">sample</b>', page.output(target, `the sample, ${label}`), escapeHtml(label), ' goal'));
  return `<ol class="steps">${items.join('\n')}</ol>`;
}
