/** The charts and tables as one HTML page that needs nothing but itself. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { codeForScript, escapeHtml, jsonForScript, style } from './library.js';
import type { Chart, Table } from './table.js';

/** Runs in the page. Colours follow the page's, light or dark. */
const client = `
const colours = ['--mark', '--accent', '--sparsity', '--reconstruction'];
const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3]];
const charts = JSON.parse(document.getElementById('charts').textContent);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = charts.map(({ x, y, lines }, i) => new Chart(document.getElementById('chart-' + i), {
  type: 'line',
  data: { datasets: lines.map(({ name, points }, j) => ({
    label: name, data: points, borderDash: dashes[j % dashes.length], borderWidth: 2, pointRadius: 3,
  })) },
  options: {
    animation: false, maintainAspectRatio: false, interaction: { mode: 'nearest', axis: 'x', intersect: false },
    scales: {
      x: { type: 'logarithmic', title: { display: true, text: x }, afterBuildTicks: (axis) => {
        axis.ticks = [...new Set(lines.flatMap(({ points }) => points.map((p) => p.x)))].map((value) => ({ value }));
      }, ticks: { callback: (v) => String(v) } },
      y: { type: 'logarithmic', title: { display: true, text: y } },
    },
  },
}));
function paint() {
  for (const chart of drawn) {
    chart.data.datasets.forEach((line, j) => {
      line.borderColor = line.backgroundColor = colour(colours[j % colours.length]);
    });
    for (const axis of Object.values(chart.options.scales)) {
      axis.grid = { color: colour('--line') };
      axis.ticks.color = axis.title.color = colour('--muted');
    }
    chart.options.plugins.legend.labels.color = colour('--ink');
    chart.update();
  }
}
paint();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
`;

export function writeReport(path: string, machine: string[], tables: Table[], charts: Chart[]): void {
  const library = readFileSync(join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.js'), 'utf8');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>sparse-autoencoder: benchmarks</title>
<link rel="icon" href="data:,">
<style>${style}
.wide { overflow-x: auto; }
.wide th, .wide td { padding-right: 1.25rem; text-align: right; vertical-align: top; }
.wide .word { text-align: left; }
</style>
</head>
<body>
<main>
<h1>Benchmarks</h1>
${machine.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
${charts.map(chartSection).join('\n')}
${tables.map(tableSection).join('\n')}
<footer>Written by <code>npm run bench</code>. Charts are drawn with Chart.js (MIT licence), which is part of this file.</footer>
</main>
<script type="application/json" id="charts">${jsonForScript(charts)}</script>
<script>${codeForScript(library)}</script>
<script>${client}</script>
</body>
</html>
`,
  );
}

const chartSection = ({ title }: Chart, i: number): string =>
  `<section><h2>${escapeHtml(title)}</h2><div class="chart"><canvas id="chart-${i}" role="img" aria-label="${escapeHtml(title)}"></canvas></div></section>`;

function tableSection({ title, columns, rows, words = 1, remarks }: Table): string {
  const row = (tag: string, cells: string[]) =>
    `<tr>${cells.map((cell, i) => `<${tag}${i < words ? ' class="word"' : ''}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const notes = remarks.map((remark) => `<li>${escapeHtml(remark)}</li>`).join('');
  return `<section><h2>${escapeHtml(title)}</h2><div class="wide"><table>${row('th', columns)}${rows
    .map((cells) => row('td', cells))
    .join('')}</table></div>${notes && `<ul>${notes}</ul>`}</section>`;
}
