import { escapeHtml } from './escape.js';
import type { ReportRow } from './report-data.js';

/** Forbids the page every request but for pictures written out in the page itself. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A page of its own, from its title, its style sheet and what is in it. */
export interface Document {
  readonly title: string;
  readonly style: string;
  /** HTML of its main part. */
  readonly main: string;
  readonly script?: string;
}

/** One HTML page that needs nothing but itself. */
export const htmlDocument = ({ title, style, main, script }: Document): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;

/** Names and values, one pair a row; '' where there are none. */
export function pairsTable(caption: string, rows: readonly ReportRow[]): string {
  const body = rows.map(({ name, value, note }) => {
    const defined = note === undefined ? '' : `<small>${escapeHtml(note)}</small>`;
    return `<tr><th scope="row">${escapeHtml(name)}${defined}</th><td>${escapeHtml(value)}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<table><caption>${caption}</caption><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

/** The command that made the page, or those that did, one after the other; '' where there is none. */
export function madeBy(...commands: readonly string[]): string {
  const words = (command: string) => command.split(' ').map((word) => `<span>${escapeHtml(word)}</span>`);
  const all = commands.filter(Boolean).map((each) => `<pre tabindex="0"><code>${words(each).join(' ')}</code></pre>`);
  return all.length ? `<h3>Made by</h3>${all.join('\n')}` : '';
}
