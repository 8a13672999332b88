/**
 * The page's script, first part: data, theme and the line charts. It is kept as text, since a
 * function's toString() depends on what the bundler did to it; neither backtick nor backslash may
 * occur in it. `lineClient + activityClient + scatterClient` is one program, in one scope.
 */
export const lineClient = `'use strict';
const report = JSON.parse(document.getElementById('report-data').textContent);
const byId = (id) => document.getElementById(id);
const charts = {};
const state = {
  x: report.units[0],
  y: report.units[1],
  hidden: new Set(),
  dead: new Set(report.dead),
};

function short(value) {
  return value === null ? 'not a number' : String(Number(value.toPrecision(3)));
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/** #rrggbb with its opacity. */
function faded(hex, opacity) {
  return hex + Math.round(opacity * 255).toString(16).padStart(2, '0');
}

function narrow() {
  return window.innerWidth <= 720;
}

function applyTheme() {
  const defaults = Chart.defaults;
  defaults.animation = false;
  defaults.responsive = true;
  defaults.maintainAspectRatio = false;
  defaults.color = colour('muted');
  defaults.borderColor = colour('line');
  defaults.font.family = getComputedStyle(document.body).fontFamily;
  defaults.font.size = narrow() ? 11 : 13;
  Object.assign(defaults.plugins.tooltip, {
    backgroundColor: colour('surface'),
    titleColor: colour('ink'),
    bodyColor: colour('ink'),
    borderColor: colour('muted'),
    borderWidth: 1,
    padding: 10,
    boxPadding: 4,
    usePointStyle: true,
  });
}

/** An axis title, and grid lines in the page's own grey. */
function axis(title, more) {
  return Object.assign(
    {
      title: { display: true, text: title, color: colour('ink') },
      grid: { color: colour('line') },
      border: { color: colour('muted') },
    },
    more,
  );
}

function show(id, configuration) {
  if (charts[id]) charts[id].destroy();
  charts[id] = new Chart(byId(id), configuration);
}

function epochAxis(epochs) {
  const only = epochs === 1;
  return axis('epoch', {
    type: 'linear',
    min: only ? 0 : 1,
    max: only ? 2 : epochs,
    ticks: { precision: 0, maxRotation: 0, callback: (value) => (only && value !== 1 ? '' : value) },
    grid: { display: false },
  });
}

function lineData(values) {
  return Array.from(values, (y, i) => ({ x: i + 1, y }));
}

function line(label, values, hue, dash) {
  return {
    label,
    data: lineData(values),
    borderColor: colour(hue),
    backgroundColor: colour(hue),
    borderWidth: 2,
    borderDash: dash,
    pointRadius: values.length <= 30 ? 2.5 : 0,
    pointHitRadius: 8,
    pointStyle: 'circle',
    clip: 8,
  };
}

/** Even steps within a factor of three; beyond, the rounder mantissas the more decades there are. */
function logTicks(scale) {
  const { min, max } = scale;
  const ticks = [];
  if (max / min < 3) {
    const rough = (max - min) / 6;
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
    for (let k = Math.ceil(min / step - 1e-9); k * step <= max * (1 + 1e-9); k++) ticks.push(k * step);
  } else {
    const mantissas = max / min < 30 ? [1, 1.5, 2, 3, 5, 7] : max / min < 1e4 ? [1, 2, 5] : [1];
    for (let e = Math.floor(Math.log10(min)); e <= Math.log10(max); e++) {
      ticks.push(...mantissas.map((each) => each * Math.pow(10, e)));
    }
  }
  const inside = (value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9);
  scale.ticks = ticks.filter(inside).map((value) => ({ value }));
}

/** Chart.js's own legend entries, which otherwise forget the dashes of their lines. */
function dashedLabels(chart) {
  const labels = Chart.defaults.plugins.legend.labels.generateLabels(chart);
  for (const label of labels) label.lineDash = chart.data.datasets[label.datasetIndex].borderDash;
  return labels;
}

function drawLoss() {
  const history = report.history;
  const logarithmic = byId('loss-log').checked;
  const lines = [
    line('loss', history.loss, 'loss', []),
    line('validation loss', history.validationLoss, 'validation', [7, 4]),
    line('reconstruction', history.reconstruction, 'reconstruction', []),
    line('sparsity (weighted)', history.sparsity, 'sparsity', [2, 3]),
  ];
  show('loss-chart', {
    type: 'line',
    data: { datasets: lines.filter((each) => each.data.length > 0) },
    options: {
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: epochAxis(history.loss.length),
        y: logarithmic
          ? axis(report.lossUnit, {
              type: 'logarithmic',
              afterBuildTicks: logTicks,
              ticks: { callback: (value) => String(Number(value.toPrecision(4))), autoSkip: false },
            })
          : axis(report.lossUnit, { beginAtZero: true }),
      },
      plugins: {
        title: { display: true, text: '', weight: 1, padding: 2 },
        legend: {
          align: 'start',
          labels: {
            color: colour('ink'),
            usePointStyle: true,
            pointStyle: 'line',
            pointStyleWidth: 34,
            padding: 16,
            generateLabels: dashedLabels,
          },
        },
        tooltip: {
          callbacks: {
            title: (items) => 'epoch ' + items[0].parsed.x,
            label: (item) => item.dataset.label + ': ' + item.parsed.y.toPrecision(4),
          },
        },
      },
    },
  });
}

function drawL0() {
  const values = report.history.l0;
  if (values.length === 0) return;
  show('l0-chart', {
    type: 'line',
    data: { datasets: [line('L0', values, 'loss', [])] },
    options: {
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: epochAxis(values.length),
        y: axis(narrow() ? 'active units' : 'active units (of ' + report.hidden.toLocaleString('en-US') + ')', { beginAtZero: true }),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: (items) => 'epoch ' + items[0].parsed.x,
            label: (item) => item.parsed.y.toPrecision(4) + ' active units per sample',
          },
        },
      },
    },
  });
}
`;
