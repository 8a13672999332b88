/** The page's script, second part: the bar chart of mean activations. See client-lines.ts. */
export const activityClient = `
/** Unit numbers in the order asked for: 'index', or 'value' for the greatest mean first. */
function unitOrder(by) {
  const units = report.meanActivation.map((_, j) => j);
  const mean = (j) => (report.meanActivation[j] === null ? -Infinity : report.meanActivation[j]);
  return by === 'index' ? units : units.sort((a, b) => mean(b) - mean(a) || a - b);
}

const rhoText = report.rho === null ? '' : 'ρ = ' + short(report.rho);

function rhoFont() {
  return '600 ' + Chart.defaults.font.size + 'px ' + Chart.defaults.font.family;
}

/** Pixels to leave free on the right for the name of the line at rho. */
function rhoMargin() {
  if (report.rho === null) return 0;
  const context = document.createElement('canvas').getContext('2d');
  context.font = rhoFont();
  return Math.ceil(context.measureText(rhoText).width) + 10;
}

/** A dashed line at rho across the chart, with its name in the margin at its right end. */
const rhoLine = {
  id: 'rhoLine',
  afterDatasetsDraw(chart) {
    if (report.rho === null) return;
    const { ctx, chartArea, scales } = chart;
    const y = Math.round(scales.y.getPixelForValue(report.rho)) + 0.5;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour('ink');
    ctx.lineWidth = 1.5;
    ctx.setLineDash([6, 4]);
    ctx.beginPath();
    ctx.moveTo(chartArea.left, y);
    ctx.lineTo(chartArea.right, y);
    ctx.stroke();
    ctx.font = rhoFont();
    ctx.textBaseline = 'middle';
    ctx.fillText(rhoText, chartArea.right + 6, y);
    ctx.restore();
  },
};

/** A triangle over the bar of the unit on the scatter's horizontal axis. */
const chosenBar = {
  id: 'chosenBar',
  afterDatasetsDraw(chart) {
    const bar = chart.getDatasetMeta(0).data[chart.data.labels.indexOf(state.x)];
    const top = Math.min(bar.y, bar.base) - 3;
    chart.ctx.save();
    chart.ctx.fillStyle = colour('mark');
    chart.ctx.beginPath();
    chart.ctx.moveTo(bar.x, top);
    chart.ctx.lineTo(bar.x - 5, top - 8);
    chart.ctx.lineTo(bar.x + 5, top - 8);
    chart.ctx.fill();
    chart.ctx.restore();
  },
};

/** Keeps the ticks whose place in the row is a multiple of 1, 2 or 5 times a power of ten. */
function roundTicks(scale) {
  const room = Math.max(2, scale.chart.width / 55);
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
  const step = steps.find((each) => scale.ticks.length / each <= room) || 20000;
  scale.ticks = scale.ticks.filter((tick) => tick.value % step === 0);
}

function drawActivity() {
  const order = unitOrder(byId('activity-order').value);
  const hues = { bar: colour('bar'), mark: colour('mark'), warn: colour('warn') };
  const hue = (j) => (j === state.x ? hues.mark : state.dead.has(j) ? hues.warn : hues.bar);
  const many = order.length > (narrow() ? 60 : 200);
  show('activity-chart', {
    type: 'bar',
    data: {
      labels: order,
      datasets: [{
        data: order.map((j) => report.meanActivation[j]),
        backgroundColor: order.map(hue),
        minBarLength: 2,
        maxBarThickness: 80,
        categoryPercentage: many ? 1 : 0.9,
        barPercentage: many ? 1 : 0.9,
      }],
    },
    options: {
      interaction: { mode: 'index', intersect: false },
      layout: { padding: { top: 12, right: rhoMargin() } },
      onClick: (event, items) => { if (items.length > 0) selectUnit('x', order[items[0].index]); },
      scales: {
        x: axis('hidden unit' + (byId('activity-order').value === 'value' ? ', greatest mean first' : ''), {
          type: 'category',
          grid: { display: false },
          ticks: { maxRotation: 0, autoSkip: false },
          afterBuildTicks: roundTicks,
        }),
        y: axis('mean activation', {
          beginAtZero: true,
          suggestedMax: report.rho === null ? undefined : report.rho * 1.2,
        }),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: (items) => 'unit ' + order[items[0].dataIndex],
            label: (item) => {
              const j = order[item.dataIndex];
              return 'mean activation ' + short(report.meanActivation[j]) + (state.dead.has(j) ? ' (dead)' : '');
            },
          },
        },
      },
    },
    plugins: [rhoLine, chosenBar],
  });
}
`;
