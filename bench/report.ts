/** The charts and tables as one HTML page that needs nothing but itself. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Axis, chart, escapeHtml, inBothSizes, line, style } from './library.js';
import type { Chart, Table } from './table.js';

/** Line styles of style.ts, in the order of a chart's lines. */
const lineStyles = ['validation', 'reconstruction', 'sparsity', 'loss'];

export function writeReport(path: string, machine: string[], tables: Table[], charts: Chart[]): void {
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
.results { overflow-x: auto; }
.results th, .results td { padding-right: 1.25rem; text-align: right; vertical-align: top; }
.results .word { text-align: left; }
</style>
</head>
<body>
<main>
<h1>Benchmarks</h1>
${machine.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
${charts.map(chartSection).join('\n')}
${tables.map(tableSection).join('\n')}
<footer>Written by <code>npm run bench</code>.</footer>
</main>
</body>
</html>
`,
  );
}

function chartSection({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((each) => each.points);
  const places = [...new Set(points.map((point) => point.x))];
  const across: Axis = { ...range(x, places), ticks: places.map((at) => ({ at, name: String(at) })) };
  const upwards = range(
    y,
    points.map((point) => point.y),
  );
  const styleOf = (k: number) => lineStyles[k % lineStyles.length];
  const drawn = inBothSizes((size) => {
    const frame = { size, x: across, y: upwards };
    const curve = ({ points }: Chart['lines'][number], k: number) => {
      const xs = points.map((point) => point.x);
      return line(
        frame,
        points.map((point) => point.y),
        styleOf(k),
        xs,
      );
    };
    return chart(frame, title, lines.map(curve).join(''));
  });
  const names = lines.map(
    ({ name }, k) =>
      `<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line ${styleOf(k)}" d="M0 4H28"/></svg>${escapeHtml(name)}</li>`,
  );
  return `<section><h2>${escapeHtml(title)}</h2><ul class="legend">${names.join('')}</ul>${drawn}</section>`;
}

/** A logarithmic axis around some numbers above 0. */
function range(title: string, values: number[]): Axis {
  return { title: `${title} (logarithmic)`, low: Math.min(...values) / 1.1, high: Math.max(...values) * 1.1, log: true };
}

function tableSection({ title, columns, rows, words = 1, remarks }: Table): string {
  const row = (tag: string, cells: string[]) =>
    `<tr>${cells.map((cell, i) => `<${tag}${i < words ? ' class="word"' : ''}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const notes = remarks.map((remark) => `<li>${escapeHtml(remark)}</li>`).join('');
  return `<section><h2>${escapeHtml(title)}</h2><div class="results" tabindex="0"><table>${row('th', columns)}${rows
    .map((cells) => row('td', cells))
    .join('')}</table></div>${notes && `<ul>${notes}</ul>`}</section>`;
}
