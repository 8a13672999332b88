/** The page's script: the search, and what it shows of a word or of a feature. Where one is stands in the address, so that one can go back. */
export const client = `'use strict';
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const data = JSON.parse(document.getElementById('data').textContent);
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const pairsOf = (text) => {
  const bytes = bytesOf(text);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes[2 * i] + 256 * bytes[2 * i + 1]);
};
const words = data.words.split(' ');
const [counts, units, values, nearest] = [bytesOf(data.counts), pairsOf(data.units), bytesOf(data.values), pairsOf(data.nearest)];
const rowOf = new Map(words.map((word, i) => [word, i]));

/** Where each word's entries begin, and each feature's words, the loudest first. */
const starts = new Uint32Array(words.length + 1);
const wordsOf = Array.from({ length: data.h }, () => []);
words.forEach((_, i) => {
  starts[i + 1] = starts[i] + counts[i];
  for (let p = starts[i]; p < starts[i + 1]; p++) wordsOf[units[p]].push({ row: i, value: values[p] });
});
for (const list of wordsOf) list.sort((a, b) => b.value - a.value || a.row - b.row);

const shown = (value) => ((value * data.largest) / 255).toFixed(1);
const count = (n) => n.toLocaleString('en-US');
const link = (kind, name, text) => make('a', { href: '#' + kind + '/' + encodeURIComponent(name), textContent: text });
const named = (unit, without, most) =>
  wordsOf[unit].filter(({ row }) => row !== without).slice(0, most).map(({ row }) => words[row]).join(' ') || 'no other word';

function bar(value, most) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const rect = document.createElementNS(space, 'rect');
  svg.setAttribute('aria-hidden', 'true');
  rect.setAttribute('width', (100 * value) / most + '%');
  rect.setAttribute('height', '10');
  rect.setAttribute('rx', '2');
  svg.append(rect);
  return svg;
}

const view = document.getElementById('view');
const input = document.getElementById('word');
const found = document.getElementById('found');

function showWord(word) {
  const row = rowOf.get(word);
  if (row === undefined) {
    view.replaceChildren(make('p', { textContent: '“' + word + '” is not among the ' + count(words.length) + ' commonest words.' }));
    return;
  }
  const entries = Array.from({ length: counts[row] }, (_, p) => starts[row] + p);
  const list = make('ol', {}, ...entries.map((p) => {
    const unit = units[p];
    const kind = data.categories[unit] ? make('span', { className: 'kind', textContent: ' · ' + data.categories[unit] }) : '';
    return make('li', {}, make('output', { textContent: shown(values[p]) }), bar(values[p], values[starts[row]]),
      make('span', {}, link('feature', unit, named(unit, row, 8)), kind));
  }));
  view.replaceChildren(
    make('h3', { textContent: word }),
    make('p', { textContent: 'Number ' + count(row + 1) + ' by frequency. Its features, the loudest first, each by the other words that it is loudest on:' }),
    list,
  );
}

const FIRST = 60;

function showFeature(unit, most = FIRST) {
  const list = wordsOf[unit];
  if (!list || list.length === 0) {
    view.replaceChildren(make('p', { textContent: 'Feature ' + unit + ' is active on no word.' }));
    return;
  }
  const kind = data.categories[unit] ? ' Of the 20 loudest, mostly ' + data.categories[unit].replace(/ (\\d+%)$/, ' ($1)') + '.' : '';
  const rows = list.slice(0, most).map(({ row, value }) =>
    make('li', {}, make('output', { textContent: shown(value) }), bar(value, list[0].value), link('word', words[row], words[row])));
  const near = Array.from({ length: data.neighbors }, (_, p) => nearest[unit * data.neighbors + p]).filter((other) => other !== unit);
  const nav = make('nav', { ariaLabel: 'Features' },
    link('feature', (unit + data.h - 1) % data.h, '← ' + ((unit + data.h - 1) % data.h)),
    link('feature', (unit + 1) % data.h, (unit + 1) % data.h + ' →'));
  const more = list.length > most ? [make('button', { type: 'button', textContent: 'all ' + count(list.length) + ' words', onclick: () => showFeature(unit, Infinity) })] : [];
  view.replaceChildren(
    nav,
    make('h3', { textContent: named(unit, -1, 4) }),
    make('p', { textContent: 'Feature ' + unit + ', active on ' + count(list.length) + ' words, one in ' + count(Math.round(words.length / list.length)) + '.' + kind }),
    make('ol', { className: 'of-words' }, ...rows),
    ...more,
    make('div', { className: 'near' }, make('h4', { textContent: 'Features that point nearly the same way' }),
      make('ul', {}, ...near.map((other) => make('li', {}, link('feature', other, named(other, -1, 8)))))),
  );
}

let suggestions = [];
let chosen = -1;

function suggest() {
  const text = input.value.trim().toLowerCase();
  suggestions = text === '' ? [] : [...(rowOf.has(text) ? [text] : []), ...words.filter((word) => word !== text && word.startsWith(text)).slice(0, 8)].slice(0, 8);
  chosen = suggestions.length > 0 && suggestions[0] === text ? 0 : -1;
  drawSuggestions(text !== '');
}

function drawSuggestions(open) {
  const items = suggestions.map((word, i) => {
    const item = make('li', { id: 'found-' + i, textContent: word });
    item.setAttribute('role', 'option');
    item.setAttribute('aria-selected', String(i === chosen));
    item.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      go(word);
    });
    return item;
  });
  if (open && items.length === 0) items.push(make('li', { className: 'none', textContent: 'no such word here' }));
  found.replaceChildren(...items);
  found.hidden = !open;
  input.setAttribute('aria-expanded', String(open));
  if (chosen >= 0 && open) input.setAttribute('aria-activedescendant', 'found-' + chosen);
  else input.removeAttribute('aria-activedescendant');
}

function go(word) {
  drawSuggestions(false);
  input.select();
  const hash = '#word/' + encodeURIComponent(word);
  if (location.hash === hash) follow();
  else location.hash = hash;
}

input.addEventListener('input', suggest);
input.addEventListener('focus', () => input.select());
input.addEventListener('blur', () => drawSuggestions(false));
input.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (suggestions.length === 0) suggest();
    const n = suggestions.length;
    if (n > 0) chosen = event.key === 'ArrowDown' ? (chosen + 1) % n : (chosen + n - 1 + (chosen < 0 ? 1 : 0)) % n;
    drawSuggestions(n > 0);
  } else if (event.key === 'Enter') {
    const word = chosen >= 0 ? suggestions[chosen] : (suggestions[0] ?? input.value.trim().toLowerCase());
    if (word) go(word);
  } else if (event.key === 'Escape') drawSuggestions(false);
});
/** A slash anywhere is the way to the search. */
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === input) return;
  event.preventDefault();
  input.focus();
});

function follow(moved) {
  const [, kind, name] = /^#(word|feature)\\/(.+)$/.exec(location.hash) || ['', 'word', 'apple'];
  let plain = name;
  try {
    plain = decodeURIComponent(name);
  } catch {}
  if (kind === 'word') {
    input.value = plain;
    showWord(plain);
  } else showFeature(Number(plain));
  if (moved) document.getElementById('reader').scrollIntoView({ block: 'start' });
}
document.getElementById('reader').hidden = false;
addEventListener('hashchange', () => follow(true));
follow(location.hash !== '');
`;
