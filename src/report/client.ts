/**
 * The page's script. Everything stands there without it; it adds what needs a hand: values read out along a
 * chart (from the table behind it), arrow keys among the tiles, classes hidden in the scatter, and units that
 * open where another figure names them.
 */
export const client = `'use strict';
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

for (const figure of all('figure[data-readable]')) {
  const rows = all('tbody tr', figure);
  const bands = figure.dataset.readable === 'bands';
  const names = all('thead th', figure).map((cell) => cell.textContent);
  const charts = all('svg.chart', figure);
  const slider = make('input', { type: 'range', min: 0, max: rows.length - 1, step: 1 });
  const output = make('output', {});
  slider.setAttribute('aria-label', 'Read the chart');
  const bar = make('div', { className: 'reader' });
  bar.append(slider, output);
  figure.querySelector('.chart-box').after(bar);
  const lines = charts.map((svg) => {
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    line.setAttribute('class', 'cursor');
    svg.append(line);
    return line;
  });
  const ends = (svg) => {
    const { left, right, top, bottom, along } = svg.dataset;
    return along === 'y' ? [+top, +bottom, left, right] : [+left, +right, top, bottom];
  };
  const n = rows.length;
  const placeOf = (k) => (bands ? (k + 0.5) / n : n > 1 ? k / (n - 1) : 0.5);
  const show = () => {
    const k = +slider.value;
    const cells = all('th, td', rows[k]).map((cell) => cell.textContent);
    const parts = cells.map((value, c) => (c === 0 ? value : names[c] + ': ' + value));
    output.replaceChildren();
    const { unit } = rows[k].dataset;
    const tile = unit && (document.querySelector('.unit[data-unit="' + unit + '"] summary .p') || document.querySelector('li#unit-' + unit + ' .p'));
    const first = make('span', tile ? {} : { textContent: parts[0] });
    if (tile) first.append(tile.cloneNode(), make('a', { href: '#unit-' + unit, textContent: parts[0] }));
    output.append(first, ...parts.slice(1).map((textContent) => make('span', { textContent })));
    slider.setAttribute('aria-valuetext', parts.join(', '));
    charts.forEach((svg, c) => {
      const [from, to, low, high] = ends(svg);
      const at = (from + placeOf(k) * (to - from)).toFixed(1);
      lines[c].setAttribute('d', svg.dataset.along === 'y' ? 'M' + low + ' ' + at + 'H' + high : 'M' + at + ' ' + low + 'V' + high);
    });
  };
  slider.addEventListener('input', show);
  for (const svg of charts) {
    const point = (event) => {
      const box = svg.getBoundingClientRect();
      const along = svg.dataset.along === 'y' ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width;
      const [from, to] = ends(svg);
      const whole = svg.dataset.along === 'y' ? svg.viewBox.baseVal.height : svg.viewBox.baseVal.width;
      const share = (along * whole - from) / (to - from);
      slider.value = bands ? Math.floor(share * n) : Math.round(share * (n - 1));
      show();
    };
    svg.addEventListener('pointermove', point);
    svg.addEventListener('pointerdown', point);
  }
  slider.value = bands ? 0 : n - 1;
  show();
  for (const line of lines) line.removeAttribute('d');
}

for (const box of all('.classes input')) {
  box.addEventListener('change', () => {
    for (const part of all('svg [data-class="' + box.dataset.class + '"]')) part.classList.toggle('off', !box.checked);
  });
}

/** Left and right go through the tiles; up and down to the nearest one of another row. */
document.addEventListener('keydown', (event) => {
  const summary = event.target.closest('.tiles summary');
  if (!summary || !event.key.startsWith('Arrow')) return;
  const tiles = all('summary', summary.closest('.tiles'));
  const at = tiles.indexOf(summary);
  const box = (tile) => tile.getBoundingClientRect();
  let next = tiles[at + (event.key === 'ArrowLeft' ? -1 : 1)];
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    const down = event.key === 'ArrowDown' ? 1 : -1;
    const beyond = tiles.filter((tile) => down * (box(tile).top - box(summary).top) > 4);
    const nearest = Math.min(...beyond.map((tile) => Math.abs(box(tile).top - box(summary).top)));
    const row = beyond.filter((tile) => Math.abs(box(tile).top - box(summary).top) < nearest + 4);
    const off = (tile) => Math.abs(box(tile).left - box(summary).left);
    next = row.sort((a, b) => off(a) - off(b))[0];
  }
  event.preventDefault();
  if (next) next.focus();
});

function openTarget() {
  const target = /^#unit-\\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let part = target.closest('details'); part; part = part.parentElement.closest('details')) part.open = true;
  target.scrollIntoView({ block: 'center' });
}
addEventListener('hashchange', openTarget);
openTarget();
`;
