import { negativeColour, positiveColour } from './images.js';
import { classColours } from './palette.js';

const classVariables = (colours: readonly string[]): string => colours.map((colour, k) => `--class-${k}: ${colour};`).join(' ');

const rgb = (colour: readonly number[], opacity: number): string => `rgb(${colour.join(' ')} / ${opacity})`;

const dark = `
  color-scheme: dark;
  --page: #131517; --surface: #1a1d20; --ink: #e9eaeb; --muted: #a6adb4; --line: #33383d;
  --accent: #82b4ec; --mark: #f0a35e; --warn: #ff8f7d; --bar: #5d8fc4;
  --loss: #e9eaeb; --validation: #f0a35e; --reconstruction: #6fb1f0; --sparsity: #5cc9a0;
  ${classVariables(classColours.dark)}`;

const light = `
  color-scheme: light;
  --page: #fbfbfa; --surface: #ffffff; --ink: #1d2023; --muted: #5a6067; --line: #dcdee1;
  --accent: #1f5fa8; --mark: #b8560c; --warn: #b3261e; --bar: #6b95c4;
  --loss: #1d2023; --validation: #c8620f; --reconstruction: #2b78c2; --sparsity: #0b8a62;
  ${classVariables(classColours.light)}`;

/** The page's style sheet; the tile pictures' own rules are added by sections.ts. */
export const style = `
:root {${light}
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) { :root {${dark}
} }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 var(--font); text-rendering: optimizeLegibility;
}
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: clamp(1.6rem, 4vw, 2.2rem); line-height: 1.2; letter-spacing: -.015em; margin: 0 0 .6em; }
h2 { font-size: 1.3rem; line-height: 1.3; letter-spacing: -.01em; margin: 0 0 .75rem; }
h3 { font-size: .95rem; margin: 0 0 .4rem; }
h1, h2, h3 { font-weight: 650; text-wrap: balance; overflow-wrap: anywhere; }
p { margin: 0 0 1em; max-width: 70ch; }
.lead { font-size: 1.05rem; }
a { color: var(--accent); text-underline-offset: .15em; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1.5rem 0 0; font-size: .95rem; }
section { margin-top: 3rem; padding-top: 1.75rem; border-top: 1px solid var(--line); scroll-margin-top: 0; }
.tables { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem 3rem; align-items: start; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
caption { text-align: left; font-weight: 650; font-size: 1.05rem; padding-bottom: .4rem; }
th, td { padding: .35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: baseline; }
th { font-weight: 400; color: var(--muted); padding-right: 1rem; }
td { font-variant-numeric: tabular-nums; text-align: right; overflow-wrap: anywhere; }
.command { margin: 2rem 0 0; }
.command pre {
  margin: .35rem 0 0; padding: .7rem .9rem; background: var(--surface); border: 1px solid var(--line);
  border-radius: 6px; font: .875rem/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere;
}
.command span { display: inline-block; }
figure { margin: 0; }
figure + figure { margin-top: 2rem; }
figcaption { margin-top: .9rem; max-width: 76ch; font-size: .925rem; color: var(--muted); }
.chart { position: relative; height: 380px; min-width: 0; }
.chart.small { height: 220px; }
.chart.square { height: min(620px, 88vh); }
.controls { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem 1.25rem; margin-bottom: .9rem; font-size: .9rem; }
.controls label { display: inline-flex; align-items: center; gap: .45rem; color: var(--muted); }
.controls label.stack { flex-direction: column; align-items: start; gap: .2rem; }
select, .controls button, .legend button {
  font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line);
  border-radius: 6px; padding: .3rem .6rem; min-height: 36px;
}
select { max-width: 100%; }
button { cursor: pointer; }
input[type=checkbox] { width: 1.05rem; height: 1.05rem; margin: 0; accent-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: .9rem; font-size: .9rem; }
.legend button { display: inline-flex; align-items: center; gap: .4rem; padding: .2rem .6rem; }
.legend .every { background: none; border-color: transparent; color: var(--accent); text-decoration: underline; text-underline-offset: .15em; }
.legend svg { width: 12px; height: 12px; }
.legend button[aria-pressed=false] { color: var(--muted); text-decoration: line-through; background: none; }
.legend button[aria-pressed=false] svg { opacity: .25; }
.axis { display: inline-flex; align-items: end; gap: .6rem; }
.axis .picture { width: 60px; flex: none; border: 1px solid var(--line); border-radius: 3px; }
.examples { display: grid; gap: .5rem; align-items: center; grid-template-columns: repeat(5, minmax(0, 1fr)); row-gap: 1.1rem; }
.examples .sample { display: grid; gap: .5rem; min-width: 0; }
.examples .rows { display: none; font-size: .85rem; color: var(--muted); text-align: right; }
.examples img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 3px; }
.examples .difference { background: var(--surface); outline: 1px solid var(--line); outline-offset: -1px; }
.examples .note { font-size: .78rem; line-height: 1.35; color: var(--muted); text-align: center; font-variant-numeric: tabular-nums; }
.examples .note b { display: block; font-weight: 600; color: var(--ink); overflow-wrap: anywhere; }
.tiles { --side: 90px; display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr)); gap: 6px; justify-items: center; }
.tiles[data-size=m] { --side: 60px; gap: 5px; }
.tiles[data-size=s] { --side: 44px; gap: 3px; }
.tile {
  display: block; width: var(--side); padding: 0; font: 11px/1.5 var(--font); color: var(--muted);
  background: none; border: 0; font-variant-numeric: tabular-nums;
}
.picture { display: block; background-color: var(--surface); background-repeat: no-repeat; image-rendering: pixelated; }
.tile .picture { border: 1px solid var(--line); border-radius: 3px; }
.tiles[data-size=s] .picture { image-rendering: auto; }
.tiles[data-size=s] .tile span { display: none; }
.tile:hover .picture { border-color: var(--ink); }
.tile.dead .picture { border: 1px dashed var(--warn); background-color: color-mix(in srgb, var(--warn) 16%, var(--surface)); }
.tile.dead span { color: var(--warn); }
.tile[aria-pressed=true] .picture { outline: 3px solid var(--mark); border-color: var(--mark); }
.tile[aria-pressed=true] span { color: var(--mark); font-weight: 700; }
.status { position: sticky; top: 0; z-index: 1; margin: 0 0 .4rem; padding: .5rem 0; background: var(--page); font-size: .925rem; max-width: none; }
.key { display: inline-flex; align-items: center; gap: .45rem; white-space: nowrap; }
.key i { display: inline-block; width: 120px; height: 10px; border-radius: 2px; border: 1px solid var(--line);
  background: linear-gradient(90deg, ${rgb(negativeColour, 1)}, ${rgb(negativeColour, 0)} 50%, ${rgb(positiveColour, 0)} 50%, ${rgb(positiveColour, 1)}) var(--surface); }
.key i.grey { background: linear-gradient(90deg, #000, #fff); }
.problem { color: var(--warn); }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .85rem; color: var(--muted); }
@media (min-width: 721px) {
  .examples.wide { grid: repeat(4, auto) / auto; grid-auto-flow: column; grid-auto-columns: minmax(0, 96px); justify-content: start; gap: .5rem; }
  .examples.wide .sample, .examples.wide .rows { display: contents; }
  .examples.wide .rows > * { display: block; padding-right: .35rem; font-size: .85rem; color: var(--muted); text-align: right; }
}
@media (max-width: 720px) {
  main { padding: 24px 16px 48px; }
  .tables { grid-template-columns: 1fr; }
  section { margin-top: 2.25rem; padding-top: 1.5rem; }
  .chart { height: 300px; }
  .chart.small { height: 190px; }
  .chart.square { height: 400px; }
  .tiles { --side: 60px; gap: 5px; }
  .tiles[data-size=m] { --side: 46px; gap: 4px; }
  .tiles[data-size=s] { --side: 34px; gap: 3px; }
}
@media print {
  main { max-width: none; padding: 0; }
  nav, .controls, .status { display: none; }
  section, figure { break-inside: avoid; }
  #weights, #weights figure { break-inside: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
