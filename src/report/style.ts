import { negativeColour, positiveColour } from './pictures.js';

/**
 * Petroff's ten-colour sequence (arXiv:2107.02270), optimised for the common kinds of colour blindness, and
 * the same hues lightened where they would sink into a dark page.
 */
const classColours = {
  light: ['#3f90da', '#c97f00', '#bd1f01', '#76878a', '#832db6', '#a96b59', '#e76300', '#8f8143', '#5d616d', '#2f9da3'],
  dark: ['#4f9fe8', '#ffb52e', '#f0543c', '#a9b8b6', '#b97be4', '#c99384', '#ff8a3c', '#c9bd85', '#9599a8', '#9fe3e6'],
} as const;

const classVariables = (colours: readonly string[]): string => colours.map((colour, k) => `--class-${k}: ${colour};`).join(' ');

const rgb = (colour: readonly number[], opacity: number): string => `rgb(${colour.join(' ')} / ${opacity})`;

const dark = `
  color-scheme: dark;
  --page: #131517; --surface: #1a1d20; --ink: #e9eaeb; --muted: #a6adb4; --line: #33383d;
  --accent: #82b4ec; --mark: #f0a35e; --warn: #ff8f7d; --bar: #5d8fc4; --good: #6fce8f; --fair: #e3b64c;
  --loss: #e9eaeb; --validation: #f0a35e; --reconstruction: #6fb1f0; --sparsity: #5cc9a0; --rest: #c590ea;
  ${classVariables(classColours.dark)}`;

const light = `
  color-scheme: light;
  --page: #fbfbfa; --surface: #ffffff; --ink: #1d2023; --muted: #5a6067; --line: #dcdee1;
  --accent: #1f5fa8; --mark: #b8560c; --warn: #b3261e; --bar: #6b95c4; --good: #1b7a3d; --fair: #8a5a00;
  --loss: #1d2023; --validation: #c8620f; --reconstruction: #2b78c2; --sparsity: #0b8a62; --rest: #8b3fb5;
  ${classVariables(classColours.light)}`;

const text = `
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 var(--font); text-rendering: optimizeLegibility; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: clamp(1.6rem, 4vw, 2.2rem); line-height: 1.2; letter-spacing: -.015em; margin: 0 0 .6em; }
h2 { font-size: 1.35rem; line-height: 1.3; letter-spacing: -.01em; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
h1, h2, h3 { font-weight: 650; text-wrap: balance; overflow-wrap: anywhere; }
p { margin: 0 0 .6em; max-width: 72ch; }
.lead { font-size: 1.05rem; }
a { color: var(--accent); text-underline-offset: .15em; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1.5rem 0 0; font-size: .95rem; }
section { margin-top: 3rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
dl.figures { display: flex; flex-wrap: wrap; gap: 1rem 3rem; margin: 1.5rem 0 2rem; }
dl.figures div { display: flex; flex-direction: column-reverse; }
dl.figures dt { color: var(--muted); font-size: .925rem; }
dl.figures dd { margin: 0; font-size: 1.8rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
dl.figures small { font-size: 1rem; font-weight: 400; color: var(--muted); }
.findings { margin: 0; padding: 0; list-style: none; max-width: 76ch; }
.findings li { padding: .3rem 0 .3rem 1.7rem; position: relative; }
.findings li::before { position: absolute; left: 0; font-weight: 700; content: "✓"; color: var(--good); }
.findings li.fair::before { content: "◦"; color: var(--fair); font-size: 1.4em; line-height: 1; }
.findings li.bad::before { content: "✗"; color: var(--warn); }
.tables { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem 3rem; align-items: start; margin: 0 0 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
caption { text-align: left; font-weight: 650; font-size: 1rem; padding-bottom: .4rem; }
th, td { padding: .35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: baseline; }
th { font-weight: 400; color: var(--muted); padding-right: 1rem; }
th small { display: block; font-size: .85em; }
td { font-variant-numeric: tabular-nums; text-align: right; overflow-wrap: anywhere; }
pre { margin: .35rem 0 0; padding: .7rem .9rem; background: var(--surface); border: 1px solid var(--line);
  border-radius: 6px; font: .875rem/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
pre span { display: inline-block; }`;

const figures = `
figure { margin: 0; }
section > figure + figure { margin-top: 2.75rem; }
figcaption { margin-top: .9rem; font-size: .925rem; color: var(--muted); }
figcaption p { margin: 0 0 .3em; max-width: 80ch; }
figcaption b { color: var(--good); font-weight: 650; }
.key { display: inline-flex; align-items: center; gap: .45rem; white-space: nowrap; }
.key i { display: inline-block; width: 90px; height: 10px; border-radius: 2px; border: 1px solid var(--line);
  background: linear-gradient(90deg, ${rgb(negativeColour, 1)}, ${rgb(negativeColour, 0)} 50%, ${rgb(positiveColour, 0)} 50%, ${rgb(positiveColour, 1)}) var(--surface); }
.key i.grey { background: linear-gradient(90deg, #000, #fff); }
details.numbers { margin-top: .5rem; font-size: .925rem; }
summary { cursor: pointer; }
details.numbers > summary, details.further > summary { color: var(--accent); width: fit-content; padding: .2rem 0; }
.scroll { overflow: auto; max-height: 22rem; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; margin-top: .4rem; }
.scroll th, .scroll td { white-space: nowrap; padding-right: 1rem; text-align: right; }
.scroll th:first-child { text-align: left; }
fieldset { border: 0; margin: 0 0 .8rem; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .925rem; }
legend { float: left; padding: .25rem 1rem 0 0; color: var(--muted); }
fieldset label { display: inline-flex; align-items: center; gap: .35rem; min-height: 32px; }
input { accent-color: var(--accent); margin: 0; }
.p { background-color: var(--surface); border-radius: 2px; }`;

const charts = `
.chart-box svg { display: block; width: 100%; height: auto; overflow: visible; font: 12px var(--font); }
.chart-box svg.narrow { display: none; }
.chart text { fill: var(--muted); font-variant-numeric: tabular-nums; }
.chart text.title { fill: var(--ink); }
.chart path { fill: none; }
.chart .grid { stroke: var(--line); }
.chart .base, .chart .tick { stroke: var(--muted); }
path.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; stroke: var(--bar); }
path.line.dot { stroke-width: 6; }
path.loss { stroke: var(--loss); }
path.validation { stroke: var(--validation); stroke-dasharray: 8 4; }
path.reconstruction { stroke: var(--reconstruction); stroke-dasharray: 2 4; }
path.sparsity { stroke: var(--sparsity); stroke-dasharray: 9 4 2 4; }
path.rest { stroke: var(--rest); stroke-dasharray: 12 4 2 4 2 4; }
.chart .bar { fill: var(--bar); }
.chart .never .bar { fill: var(--warn); }
.chart .level { stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 6 4; }
.chart text.level-name { fill: var(--mark); font-weight: 650; }
.chart image { image-rendering: pixelated; }
.chart:has(image) .grid { display: none; }
.chart .points { stroke: currentColor; stroke-width: 4; stroke-linecap: round; opacity: .6; }
.chart text.words { fill: currentColor; stroke: var(--page); stroke-width: 5px; paint-order: stroke; font-size: 20px; font-weight: 700; }
.chart .off { opacity: .08; }
.chart .cursor { stroke: var(--mark); stroke-width: 1.5; pointer-events: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 0 0 .6rem; padding: 0; list-style: none; font-size: .925rem; }
.legend svg { width: 28px; height: 8px; margin-right: .45rem; vertical-align: middle; }
.reader { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1rem; min-height: 44px; font-size: .925rem; }
.reader input { flex: 0 0 240px; }
.reader output { flex: 1 1 280px; font-variant-numeric: tabular-nums; }
.reader span { display: inline-block; margin-right: .9rem; }
.reader .p, .ends .p { display: inline-block; width: 34px; outline: 1px solid var(--line); vertical-align: middle; margin-right: .4rem; }
.ends-title { margin: .8rem 0 .3rem; font-size: .925rem; }
.ends { margin: 0; padding: 0; list-style: none; font-size: .925rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 4px 24px; }
.ends span { display: inline-block; min-width: 6.2em; color: var(--muted); }
.ends a { white-space: nowrap; margin-right: .5rem; }
${classColours.light.map((_, k) => `.k${k} { color: var(--class-${k}); }`).join(' ')}
.classes b { width: 11px; height: 11px; border-radius: 50%; background: currentColor; }`;

const samples = `
.strips { display: flex; align-items: start; gap: 2px; }
.strip tr { height: 1.9rem; }
.strip { table-layout: fixed; flex: 1 1 0; }
.strip:first-child { flex-basis: 116px; }
.strip th { width: 116px; padding: 3px 8px 3px 0; border: 0; font-size: .85rem; vertical-align: middle; }
.strip td { padding: 3px; border: 0; text-align: center; font-size: .8rem; line-height: 1.3; vertical-align: middle; }
.strip td, .other summary span { hyphens: auto; }
.strip .p { max-width: 110px; margin: 0 auto; }
.strip tr:last-child td { font-weight: 650; }
.strip .dif, .growth .p { outline: 1px solid var(--line); outline-offset: -1px; }
.steps { display: grid; grid-template-columns: repeat(auto-fill, minmax(80px, 1fr)); gap: 12px 8px; margin: 0; padding: 0; list-style: none; }
.step div { aspect-ratio: var(--shape); display: grid; place-items: center; margin-bottom: 6px; }
.step div > * { width: 100%; }
.step .dec { outline: 1px solid var(--line); outline-offset: -1px; }
.step .blank { text-align: center; font-weight: 400; color: var(--muted); font-size: .85rem; }
.step p { margin: 0; font-size: .78rem; line-height: 1.4; text-align: center; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.others { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 1.5rem; }
.others h3 { width: 100%; margin: 0; }
.other summary { display: grid; justify-items: center; width: 52px; list-style: none; font-size: .85rem; }
.others.of-texts .other summary { width: 112px; }
.other summary .p { width: 100%; }
.other summary span { max-width: 100%; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow-wrap: anywhere; }
.other[open] { width: 100%; border: 1px solid var(--line); border-radius: 8px; padding: 10px; }
.other[open] .steps { margin-top: 10px; }
.growth { table-layout: fixed; max-width: 640px; }
.growth th, .growth td { border: 0; padding: 2px; text-align: center; vertical-align: middle; font-size: .85rem; }
.growth tr > th:first-child { text-align: left; width: 5em; }`;

const units = `
.tiles { --side: 76px; display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr)); gap: 6px; grid-auto-flow: row dense; }
.tiles.small { --side: 52px; gap: 4px; }
.tiles.of-texts { --side: 190px; }
.unit summary { display: block; font-size: 11px; line-height: 1.5; color: var(--muted); text-align: center; border-radius: 3px; }
.unit summary::-webkit-details-marker { display: none; }
.unit summary .p { width: 100%; outline: 1px solid var(--line); outline-offset: -1px; }
.unit summary em { display: block; min-height: 5.2em; padding: .4em .6em; border: 1px solid var(--line); border-radius: 4px; background: var(--surface);
  font-style: normal; font-size: 12px; line-height: 1.45; text-align: left; color: var(--ink); overflow-wrap: anywhere; }
.unit summary:hover .p, .unit summary:hover em { outline: 1px solid var(--ink); }
.unit.dead summary .p, .unit.dead em { outline: 1px dashed var(--warn); }
.unit.dead summary { color: var(--warn); }
.unit[open] summary { color: var(--mark); font-weight: 700; }
.unit[open] summary .p, .unit[open] summary em { outline: 3px solid var(--mark); outline-offset: -2px; }
.unit[open] { grid-column: 1 / -1; }
.unit[open] summary { width: var(--side); }
.card { border: 1px solid var(--mark); border-radius: 8px; padding: 14px 16px; margin: 4px 0; background: var(--page); font-size: .925rem; }
.card p { margin: .2em 0 .7em; }
.card h3 { margin: 0; }
.weights { display: flex; flex-wrap: wrap; gap: 16px; margin-bottom: .8rem; }
.weights figure { width: 112px; }
.weights .p { outline: 1px solid var(--line); }
.weights figcaption { margin-top: .3rem; font-size: .8rem; line-height: 1.35; }
.exemplars { display: grid; grid-template-columns: repeat(auto-fill, minmax(64px, 1fr)); gap: 10px 6px; margin: 0; padding: 0; list-style: none; }
.exemplars li { display: grid; gap: 4px; max-width: 96px; text-align: center; font-size: .8rem; font-variant-numeric: tabular-nums; }
.exemplars .dec { outline: 1px solid var(--line); outline-offset: -1px; }
.texts { margin: 0; padding: 0; list-style: none; }
.texts li { padding: .3rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.texts b { display: inline-block; min-width: 3.2em; color: var(--muted); font-variant-numeric: tabular-nums; }
.further { margin-top: .8rem; }
.further .tiles { --side: 44px; gap: 4px; margin: .6rem 0 0; padding: 0; list-style: none; font-size: 11px; line-height: 1.5; color: var(--muted); text-align: center; }
.further li:target { color: var(--mark); font-weight: 700; outline: 2px solid var(--mark); outline-offset: 1px; }
/* Where the browser can: the tile keeps its place, and its card lies beneath the row. */
@supports selector(::details-content) {
  .unit, .unit[open] { display: contents; }
  .unit[open] summary { width: auto; }
  .unit::details-content { grid-column: 1 / -1; }
  .unit:not([open])::details-content { display: none; }
}`;

const elsewhere = `
@media (max-width: 720px) {
  main { padding: 24px 16px 48px; }
  .tables { grid-template-columns: 1fr; }
  section { margin-top: 2.25rem; padding-top: 1.5rem; }
  .chart-box svg.wide { display: none; }
  .chart-box svg.narrow { display: block; }
  .strips { display: block; }
  .strip + .strip { margin-top: 18px; }
  .strip th { width: 98px; }
  .strip td { padding: 3px 1px; font-size: .7rem; }
  .tiles { --side: 56px; gap: 5px; }
  .tiles.small { --side: 44px; }
  .tiles.of-texts { --side: 150px; }
  .steps { grid-template-columns: repeat(auto-fill, minmax(66px, 1fr)); }
  .exemplars { grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); }
  .growth tr > th:first-child { width: 4em; }
  dl.figures { gap: .8rem 2rem; }
}
@media (min-width: 721px) {
  /* Two strips side by side share the labels of the first. */
  .strip + .strip th { width: 0; padding: 0; font-size: 0; }
}
@media print {
  main { max-width: none; padding: 0; }
  nav, fieldset, .reader, .others, details:not([open]) { display: none; }
  .tiles details:not([open]) { display: contents; }
  section > h2 { break-after: avoid; }
  figure, tr, .step, .unit summary { break-inside: avoid; }
  #units figure { break-inside: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;

/** Colours and fonts, in light and in dark: for every page of the project. */
export const theme = `
:root {${light}
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) { :root {${dark}
} }
`;

/** The page's style sheet; the rules of its sheets of pictures are added to it. */
export const style = `${theme}${text}${figures}${charts}${samples}${units}${elsewhere}`;
