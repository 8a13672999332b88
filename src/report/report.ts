import { client } from './client.js';
import { htmlDocument, madeBy, pairsTable } from './document.js';
import { escapeHtml } from './escape.js';
import { findings } from './findings.js';
import { Page } from './page.js';
import { checkReportData, type ReportData } from './report-data.js';
import { codesSection } from './sections/codes.js';
import { samplesSections } from './sections/samples.js';
import { trainingSection } from './sections/training.js';
import { unitsSection } from './sections/units.js';
import { useSection } from './sections/use.js';
import { sheetRules } from './sheets.js';
import { style } from './style.js';
import { count, explained, percent, tenths } from './text.js';

/**
 * The report as one HTML page that needs nothing but itself, and no script to be read. The same data give the
 * same bytes.
 * @throws RangeError for data whose shapes contradict each other
 */
export function renderReport(data: ReportData): string {
  checkReportData(data);
  const page = new Page(data);
  const sections = [samplesSections(page), unitsSection(page), codesSection(page), useSection(page), trainingSection(page)].join(
    '\n',
  );
  const sheets = page.sheets.map((sheet) => sheet.rules()).join('');
  const places = Math.max(...page.sheets.map(({ size }) => size));
  return htmlDocument({
    title: data.title,
    style: `${style}:root { --shape: ${page.outputs.brush.aspect}; }
${sheetRules(places)}${sheets}`,
    main: `${head(page, sections)}
${sections}
${tables(data)}`,
    script: client,
  });
}

function head(page: Page, sections: string): string {
  const { data, statistics } = page;
  const { inputDim, hiddenDim } = data.model;
  const seen = findings(data, statistics).map(({ tone, text }) => `<li class="${tone}">${escapeHtml(text)}</li>`);
  const titles = [...sections.matchAll(/<h2 id="([^"]+)-title">(.*)<\/h2>/g)].map(
    ([, id, title]) => `<a href="#${id}">${title}</a>`,
  );
  const pictures = data.image ? `, the pixels of a picture of ${data.image.width} × ${data.image.height}` : '';
  const l0 = statistics.l0.reduce((sum, each) => sum + each, 0) / statistics.samples;
  const figures = [
    ...(data.explainedVariance === null ? [] : [[explained(data.explainedVariance), 'of the variance explained']]),
    [
      `${tenths(l0)} <small>of ${hiddenDim.toLocaleString('en-US')}</small>`,
      `units active for one sample (${percent(l0 / hiddenDim)})`,
    ],
    [statistics.dead.length.toLocaleString('en-US'), statistics.dead.length === 1 ? 'dead unit' : 'dead units'],
  ];
  return `<header>
<h1>${escapeHtml(data.title)}</h1>
<p class="lead">An autoencoder learns to copy its input to its output by way of a layer of hidden units, the <em>code</em>.
A <em>sparse</em> one must do so with few of them active at a time. Each unit then comes to stand for a part that many inputs share,
and each input is put together from a few. This one writes ${count(inputDim, 'number')}${pictures} as a code of
${count(hiddenDim, 'unit')} and back. ${escapeHtml(data.summary)}</p>
<dl class="figures">${figures.map(([value, name]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
<h2>What one sees</h2>
<ul class="findings">${seen.join('\n')}</ul>
<nav aria-label="Sections">${titles.join('\n')}<a href="#settings">Settings and results</a></nav>
</header>`;
}

function tables({ settings, results, command }: ReportData): string {
  return `<section id="settings" aria-labelledby="settings-title">
<h2 id="settings-title">Settings and results</h2>
<div class="tables">${pairsTable('Settings', settings)}${pairsTable('Results', results)}</div>
${madeBy(command)}
</section>`;
}
