import { activityClient } from './client-activity.js';
import { lineClient } from './client-lines.js';
import { scatterClient } from './client-scatter.js';
import { chooseUnits, quantiseCodes } from './codes.js';
import { codeForScript, escapeHtml, jsonForScript } from './escape.js';
import { tileAtlas } from './images.js';
import { classMarker } from './palette.js';
import type { Numbers, ReportData } from './report-data.js';
import { checkReportData } from './report-data.js';
import * as sections from './sections.js';
import { style } from './style.js';

/** Forbids the page every request but for pictures written out in the page itself. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/**
 * The report as one HTML page that needs nothing but itself. The same data give the same bytes.
 * `chartLibrary` is the source text of Chart.js 4's UMD build (chart.js/dist/chart.umd.js).
 */
export function renderReport(data: ReportData, chartLibrary: string): string {
  checkReportData(data);
  const atlas = tileAtlas(data.encoderWeight, data.hidden, data.image);
  const { history } = data;
  const pageData = {
    hidden: data.hidden,
    lossUnit: data.lossUnit,
    history: {
      loss: rounded(history.loss),
      reconstruction: rounded(history.reconstruction),
      sparsity: rounded(history.sparsity),
      validationLoss: rounded(history.validationLoss),
      l0: rounded(history.l0),
    },
    classes: data.classNames.map((name, k) => {
      const { style: shape, rotation } = classMarker(k);
      return { name, shape, rotation };
    }),
    codes: {
      ...quantiseCodes(data.codes.values, data.hidden),
      labels: Array.from(data.codes.labels),
    },
    units: chooseUnits(data.codes.values, data.hidden, data.codes.labels),
    meanActivation: rounded(data.meanActivation),
    dead: data.deadUnits,
    rho: data.rho,
  };
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(data.title)}</title>
<link rel="icon" href="data:,">
<style>${style}${sections.tileStyle(atlas)}</style>
</head>
<body>
<main>
${sections.headSection(data)}
<noscript><p class="problem">The charts need JavaScript, which is turned off.</p></noscript>
${sections.lossSection(data)}
${sections.examplesSection(data)}
${sections.codesSection(data)}
${sections.activitySection(data)}
${sections.weightsSection(data, atlas)}
<footer>Charts are drawn with Chart.js (MIT licence), which is part of this file; the page loads
nothing from elsewhere.</footer>
</main>
<script type="application/json" id="report-data">${jsonForScript(pageData)}</script>
<script>${codeForScript(chartLibrary)}</script>
<script>${codeForScript(lineClient + activityClient + scatterClient)}</script>
</body>
</html>
`;
}

/** Seven significant digits, all that a 32-bit float has; NaN and ±Infinity become JSON's null. */
function rounded(values: Numbers): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(7)));
}
