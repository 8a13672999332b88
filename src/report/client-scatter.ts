/** The page's script, third part: the scatter of the codes, the tiles, the start. See client-lines.ts. */
export const scatterClient = `
const codeBytes = Uint8Array.from(atob(report.codes.base64), (character) => character.charCodeAt(0));
const samples = report.codes.labels.length;

/** Activation of unit j on sample i. */
function activation(j, i) {
  return report.codes.low[j] + report.codes.step[j] * codeBytes[j * samples + i];
}

/** Chart.js radii at which the shapes look equally large. */
const radii = { circle: 3.4, triangle: 4.3, rect: 4.2, rectRot: 4.2 };

/**
 * The points of the classes not hidden, in the order of the samples: one dataset for each class
 * would paint whole classes over one another.
 */
function codePoints() {
  const points = [];
  report.codes.labels.forEach((k, i) => {
    if (!state.hidden.has(k)) points.push({ x: activation(state.x, i), y: activation(state.y, i), k });
  });
  const each = (pick) => points.map((point) => pick(report.classes[point.k], point.k));
  const hues = report.classes.map((_, k) => faded(colour('class-' + (k % 10)), 0.78));
  return {
    data: points,
    pointStyle: each((entry) => entry.shape),
    rotation: each((entry) => entry.rotation),
    radius: each((entry) => radii[entry.shape] * (narrow() ? 0.8 : 1)),
    backgroundColor: each((_, k) => hues[k]),
    borderColor: faded(colour('page'), 0.6),
    borderWidth: 0.5,
    hoverRadius: 6,
    clip: false,
  };
}

/** Axis limits do not depend on which classes are hidden, so that points stay in place. */
function unitAxis(j) {
  let greatest = report.codes.low[j];
  for (let i = 0; i < samples; i++) greatest = Math.max(greatest, activation(j, i));
  return axis('activation of unit ' + j, {
    type: 'linear',
    suggestedMin: report.codes.low[j],
    suggestedMax: greatest > report.codes.low[j] ? greatest : greatest + 1,
    ticks: { maxRotation: 0 },
  });
}

function drawCodes() {
  show('codes-chart', {
    type: 'scatter',
    data: { datasets: [codePoints()] },
    options: {
      layout: { padding: 8 },
      scales: { x: unitAxis(state.x), y: unitAxis(state.y) },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            label: (item) => 'class ' + report.classes[item.raw.k].name + ': ' + short(item.parsed.x) + ', ' + short(item.parsed.y),
          },
        },
      },
    },
  });
  let silent = 0;
  for (let i = 0; i < samples; i++) {
    if (activation(state.x, i) === 0 && activation(state.y, i) === 0) silent++;
  }
  byId('codes-note').textContent = silent > 0
    ? silent.toLocaleString('en-US') + ' of the points lie on one another at the origin: neither unit is active there.'
    : '';
}

function drawLegend() {
  for (const button of document.querySelectorAll('.legend [data-class]')) {
    button.setAttribute('aria-pressed', String(!state.hidden.has(Number(button.dataset.class))));
  }
}

function setHidden(classes) {
  state.hidden = new Set(classes);
  drawCodes();
  drawLegend();
}

function tileOf(j) {
  return document.querySelector('.tile[data-unit="' + j + '"]');
}

function describe(j) {
  return tileOf(j).title;
}

/** Shows the chosen units in the dropdowns, beside them and among the tiles. */
function drawSelection() {
  for (const which of ['x', 'y']) {
    const j = state[which];
    const picture = byId('unit-' + which + '-picture');
    picture.style.backgroundPosition = tileOf(j).firstChild.style.backgroundPosition;
    picture.title = describe(j);
    byId('unit-' + which).value = String(j);
  }
  for (const tile of document.querySelectorAll('.tile[aria-pressed=true]')) {
    tile.setAttribute('aria-pressed', 'false');
    tile.tabIndex = -1;
  }
  tileOf(state.x).setAttribute('aria-pressed', 'true');
  tileOf(state.x).tabIndex = 0;
  byId('tile-status').innerHTML = 'On the <a href="#codes">scatter</a>’s horizontal axis: ';
  byId('tile-status').append(describe(state.x) + '.');
}

function selectUnit(which, j) {
  state[which] = j;
  drawSelection();
  drawCodes();
  if (which === 'x') drawActivity();
}

function drawAll() {
  applyTheme();
  drawLoss();
  drawL0();
  drawCodes();
  drawActivity();
}

function tilesPerRow(tiles) {
  const second = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop);
  return second === -1 ? tiles.length : second;
}

/** Arrow keys, Home and End walk among the tiles, of which one alone is in the tab order. */
function walkTiles(event) {
  const tiles = Array.from(byId('tiles').children);
  const at = tiles.indexOf(event.target.closest('.tile'));
  const last = tiles.length - 1;
  const moves = {
    ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last,
    ArrowUp: at - tilesPerRow(tiles), ArrowDown: at + tilesPerRow(tiles),
  };
  if (at < 0 || !(event.key in moves)) return;
  event.preventDefault();
  const to = tiles[moves[event.key]];
  if (!to) return;
  tiles[at].tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function start() {
  for (const which of ['x', 'y']) {
    const select = byId('unit-' + which);
    report.meanActivation.forEach((mean, j) => {
      const text = 'unit ' + j + (state.dead.has(j) ? ' (dead)' : ' (mean ' + short(mean) + ')');
      select.add(new Option(text, String(j)));
    });
    select.addEventListener('change', () => selectUnit(which, Number(select.value)));
  }
  for (const button of document.querySelectorAll('.legend [data-class]')) {
    button.addEventListener('click', () => {
      const k = Number(button.dataset.class);
      const hidden = new Set(state.hidden);
      if (!hidden.delete(k)) hidden.add(k);
      setHidden(hidden);
    });
  }
  for (const button of document.querySelectorAll('.legend [data-every]')) {
    const hidden = button.dataset.every === 'hide' ? Array.from(report.classes.keys()) : [];
    button.addEventListener('click', () => setHidden(hidden));
  }
  byId('loss-log').addEventListener('change', drawLoss);
  byId('activity-order').addEventListener('change', drawActivity);
  byId('tile-size').addEventListener('change', (event) => { byId('tiles').dataset.size = event.target.value; });
  byId('tile-order').addEventListener('change', (event) => {
    byId('tiles').append(...unitOrder(event.target.value).map(tileOf));
  });
  byId('tiles').addEventListener('click', (event) => {
    const tile = event.target.closest('.tile');
    if (tile) selectUnit('x', Number(tile.dataset.unit));
  });
  byId('tiles').addEventListener('keydown', walkTiles);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  matchMedia('print').addEventListener('change', drawAll);
  matchMedia('(max-width: 720px)').addEventListener('change', drawAll);
  drawSelection();
  drawAll();
}

start();
`;
