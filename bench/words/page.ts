import type { Evaluation, Features, Scores, SparseAutoencoder } from '../../src/index.js';
import { encodeBase64 } from '../../src/report/base64.js';
import { htmlDocument } from '../../src/report/document.js';
import { escapeHtml } from '../../src/report/escape.js';
import { scoreTable } from '../../src/report/score-table.js';
import { style } from '../../src/report/style.js';
import { client } from './client.js';
import type { Reading } from './readings.js';

export interface WordsPage {
  readonly sae: SparseAutoencoder;
  readonly words: readonly string[];
  readonly labels: readonly (string | null)[];
  readonly features: Features;
  readonly scores: Scores;
  readonly evaluation: Evaluation;
  readonly read: readonly Reading[];
  /** What the preset chose. */
  readonly sentence: string;
  readonly seconds: number;
}

/** Of each feature: how many it is near. */
const NEIGHBORS = 6;
/** Of a feature's loudest words, how many must be of one category for it to be said. */
const [JUDGED, MOSTLY] = [20, 0.5];

/**
 * The page in which one types a word and reads its features, opens a feature and reads its words, and goes on from there. It
 * needs nothing but itself; without scripts it shows the tables.
 */
export function renderWords(page: WordsPage): string {
  const { features, sae, read, scores, evaluation, sentence, seconds } = page;
  const [n, h] = features.codes.shape;
  const count = (value: number) => value.toLocaleString('en-US');
  const explained = `${(100 * (1 - evaluation.fvu)).toFixed(0)}%`;
  return htmlDocument({
    title: `What ${count(n)} words are made of`,
    style: `${style}${own}`,
    main: `<header>
<h1>What ${count(n)} words are made of</h1>
<p class="lead">A word’s vector is ${sae.inputDim} numbers of which none means anything. Here each is taken apart into ${evaluation.l0.toFixed(0)} of
${count(h)} <em>features</em>, directions that a sparse autoencoder has found by itself: together they say ${explained} of what the vectors say.
A feature has no name but the words that it is loudest on.</p>
</header>
<section id="reader" aria-labelledby="reader-title" hidden>
<h2 id="reader-title">Type a word</h2>
<div class="search"><input id="word" type="text" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"
aria-label="Word" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="apple"><ul id="found" role="listbox" aria-label="Words" hidden></ul></div>
<p class="chips" id="chips">${read.map(({ word }) => `<a href="#word/${encodeURIComponent(word)}">${escapeHtml(word)}</a>`).join(' ')}</p>
<div id="view" aria-live="polite"></div>
</section>
<section id="several" aria-labelledby="several-title">
<h2 id="several-title">Words of several meanings</h2>
<p>Each with its five loudest features; a feature by the words that it is loudest on, the word itself left out. Those that are
active on more than one word in ten, and say little but how common a word is, are passed over here, and shown above.</p>
<div class="meanings">
${read.map(meanings).join('\n')}
</div>
</section>
<section id="scores" aria-labelledby="scores-title">
<h2 id="scores-title">Measured without people</h2>
${scoresTables(scores)}
</section>
<section id="made" aria-labelledby="made-title">
<h2 id="made-title">How it was made</h2>
<p>${escapeHtml(sentence)}. Trained in ${seconds.toFixed(1)} seconds; variance unexplained ${evaluation.fvu.toFixed(4)}, ${evaluation.deadUnits} of
${count(h)} units dead.</p>
<p>Words and vectors: <a href="https://nlp.stanford.edu/projects/glove/">GloVe</a> 6B, 100 numbers (Pennington, Socher &amp; Manning 2014; public domain),
the ${count(n)} commonest. Categories: of each word’s first noun sense in WordNet 3.1, copyright 2011 by Princeton University.</p>
</section>
<script type="application/json" id="data">${dataOf(page)}</script>`,
    script: client,
  });
}

function meanings({ word, features }: Reading): string {
  const rows = features.map(
    ({ unit, value, top }) =>
      `<li><b>${value.toFixed(1)}</b> <a href="#feature/${unit}">${escapeHtml(top.slice(0, 6).join(' '))}</a></li>`,
  );
  return `<div><h3><a href="#word/${encodeURIComponent(word)}">${escapeHtml(word)}</a></h3><ul class="texts">${rows.join('')}</ul></div>`;
}

function scoresTables(scores: Scores): string {
  const [head, ...rows] = scoreTable(scores);
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell, c) => (c === 0 ? `<th scope="row">${cell}</th>` : `<${tag}>${cell}</${tag}>`)).join('');
  const [units, raw] = scores.readings;
  const perLabel = units.precisions.map((each, l) => {
    const name = `<a href="#feature/${each.feature}">${each.label}</a>`;
    return {
      row: `<tr><th scope="row">${name}</th><td>${percent(each.precision)}</td><td>${percent(raw.precisions[l].precision)}</td></tr>`,
      each,
    };
  });
  perLabel.sort((a, b) => b.each.precision - a.each.precision);
  return `<div class="wide"><table class="scores"><thead><tr><td></td>${head
    .slice(1)
    .map((name) => `<th scope="col">${name}</th>`)
    .join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n')}</tbody></table></div>
<figcaption><p><b>DistRatio</b>: how much farther a feature’s five loudest words are from any word than from each other, in the space of the vectors
(Park et al. 2017); 1 is nothing in common. <b>Precision@20</b>: of the 20 loudest words of the best feature for each of WordNet’s categories, how many are of it; the
mean over the categories. <b>Probes</b>: balanced accuracy of a logistic regression on the one, or ${scores.k}, features that differ most by category, on words kept from it
(0.5 is chance). A feature is narrower than a category (“dogs” than “animals”): one alone finds few of its words, which is why probes
of few features do not favour it.</p></figcaption>
<details class="numbers"><summary>The best feature for each category</summary>
<div class="scroll" tabindex="0" role="region" aria-label="The best feature for each category"><table><thead><tr><td></td><th scope="col">unit</th><th scope="col">raw axis</th></tr></thead>
<tbody>${perLabel.map(({ row }) => row).join('\n')}</tbody></table></div></details>`;
}

const percent = (share: number) => `${(100 * share).toFixed(0)}%`;

/**
 * What the page's script reads: per word, in order, as many entries as `counts` says, of `units` (2 bytes each, low byte
 * first) and `values` (1 byte: f by the largest f there is, of 255), loudest first; per feature its nearest and its category.
 */
function dataOf({ words, labels, features, sae }: WordsPage): string {
  const { data, indices, indptr, shape } = features.codes;
  const [n, h] = shape;
  const largest = Array.from(data).reduce((most, value) => Math.max(most, value), 0);
  const counts = new Uint8Array(n);
  const units = new Uint8Array(2 * data.length);
  const values = new Uint8Array(data.length);
  for (let i = 0, at = 0; i < n; i++) {
    const entries = Array.from({ length: indptr[i + 1] - indptr[i] }, (_, p) => indptr[i] + p);
    entries.sort((a, b) => data[b] - data[a]);
    counts[i] = entries.length;
    for (const p of entries) {
      units[2 * at] = indices[p] & 255;
      units[2 * at + 1] = indices[p] >> 8;
      values[at++] = Math.max(1, Math.round((255 * data[p]) / largest));
    }
  }
  const nearest = new Uint8Array(2 * h * NEIGHBORS);
  const categories: (string | 0)[] = [];
  for (let j = 0; j < h; j++) {
    sae.neighbors(j, { count: NEIGHBORS }).forEach(({ unit }, p) => {
      nearest[2 * (j * NEIGHBORS + p)] = unit & 255;
      nearest[2 * (j * NEIGHBORS + p) + 1] = unit >> 8;
    });
    categories.push(mostly(features.topRows(j, { count: JUDGED }).map(({ row }) => labels[row])));
  }
  const texts = { counts, units, values, nearest };
  const packed = Object.fromEntries(Object.entries(texts).map(([name, bytes]) => [name, encodeBase64(bytes)]));
  const all = { words: words.join(' '), h, largest, neighbors: NEIGHBORS, categories, ...packed };
  return JSON.stringify(all).replaceAll('<', '\\u003c');
}

/** The category that most of some words are of, with its share; 0 if there is none. */
function mostly(labels: readonly (string | null)[]): string | 0 {
  const counts = new Map<string, number>();
  for (const label of labels) if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most && most[1] >= MOSTLY * JUDGED ? `${most[0]} ${percent(most[1] / labels.length)}` : 0;
}

const own = `
section#reader { border-top: 0; padding-top: 0; margin-top: 1.5rem; }
.search { position: relative; max-width: 26rem; }
.search input { width: 100%; font: inherit; font-size: 1.25rem; padding: .55rem .8rem; color: var(--ink); background: var(--surface);
  border: 1.5px solid var(--muted); border-radius: 8px; }
.search ul { position: absolute; z-index: 1; left: 0; right: 0; margin: 4px 0 0; padding: 4px; list-style: none; background: var(--surface);
  border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 6px 24px rgb(0 0 0 / .18); }
.search li { padding: .35rem .6rem; border-radius: 5px; cursor: pointer; }
.search li[aria-selected="true"], .search li:hover { background: var(--accent); color: var(--page); }
.search li.none { color: var(--muted); background: none; cursor: default; }
.chips { display: flex; flex-wrap: wrap; gap: .4rem .9rem; margin: .9rem 0 1.4rem; max-width: none; }
.chips a { padding: .15rem 0; }
#view h3 { font-size: 1.5rem; margin: 0 0 .2rem; }
#view > p { color: var(--muted); }
#view ol { list-style: none; margin: 0; padding: 0; }
#view ol li { display: grid; grid-template-columns: 2.6rem 6rem 1fr; gap: 0 .8rem; align-items: baseline; padding: .4rem 0; border-top: 1px solid var(--line); }
#view ol.of-words { columns: 4 10rem; column-gap: 1.5rem; }
#view ol.of-words li { grid-template-columns: 1.9rem 2.4rem 1fr; gap: 0 .5rem; break-inside: avoid; overflow-wrap: anywhere; }
#view output { font-variant-numeric: tabular-nums; color: var(--muted); text-align: right; }
#view svg { width: 100%; height: 10px; align-self: center; fill: var(--bar); }
#view .kind { color: var(--muted); font-size: .875rem; white-space: nowrap; }
#view .near { margin-top: 1.2rem; }
#view .near ul { margin: 0; padding: 0; list-style: none; }
#view .near li { padding: .25rem 0; border-top: 1px solid var(--line); }
#view nav { margin: 0 0 1rem; }
#view button { font: inherit; color: var(--accent); background: none; border: 0; padding: .3rem 0; cursor: pointer; text-decoration: underline; text-underline-offset: .15em; }
.meanings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 29rem), 1fr)); gap: 1.8rem 3rem; }
.meanings h3 { font-size: 1.15rem; }
.meanings li b { min-width: 2.2em; }
.wide { overflow-x: auto; }
table.scores { width: auto; }
table.scores th[scope="col"], table.scores td { text-align: right; padding-left: 1.6rem; padding-right: 0; white-space: nowrap; }
table.scores th[scope="row"] { color: var(--ink); white-space: nowrap; padding-right: 0; }
table.scores thead td, table.scores thead th { border-top: 0; }
table.scores tbody tr:first-child { font-weight: 650; }
table.scores tbody tr:first-child th { font-weight: 650; }
#scores figcaption b { color: inherit; }
@media (max-width: 720px) {
  #view ol li { grid-template-columns: 2.2rem 3.2rem 1fr; gap: 0 .6rem; }
  table.scores { font-size: .82rem; }
  table.scores th[scope="col"], table.scores td { padding-left: .7rem; white-space: normal; vertical-align: bottom; }
}
`;
