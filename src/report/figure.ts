import { narrow, type Size, wide } from './charts.js';
import { escapeHtml } from './escape.js';

/** A chart in both sizes; style.ts shows the one that fits. */
export const inBothSizes = (draw: (size: Size) => string, sizes: readonly Size[] = [wide, narrow]): string =>
  `<div class="chart-box">${sizes.map(draw).join('\n')}</div>`;

/** The numbers behind a chart. Its first column names the rows; a row may belong to a unit. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Unit of each row, for a script that shows it. */
  readonly units?: readonly number[];
}

export interface Figure {
  readonly title?: string;
  readonly body: string;
  /** HTML: what is drawn. */
  readonly caption: string;
  /** HTML: what one would like to see. */
  readonly good: string;
  readonly table?: Table;
  /** The table's rows lie side by side along the chart, as points or as bands: a script can read them out. */
  readonly readable?: 'points' | 'bands';
}

export function figure({ title, body, caption, good, table, readable }: Figure): string {
  return `<figure${readable ? ` data-readable="${readable}"` : ''}>
${title ? `<h3>${title}</h3>` : ''}
${body}
<figcaption><p>${caption}</p><p><b>Good:</b> ${good}</p></figcaption>
${table ? tableBehind(table) : ''}
</figure>`;
}

function tableBehind({ caption, columns, rows, units }: Table): string {
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}`).join('');
  const body = rows.map(([first, ...rest], k) => {
    const unit = units ? ` data-unit="${units[k]}"` : '';
    return `<tr${unit}><th scope="row">${escapeHtml(first)}${rest.map((value) => `<td>${escapeHtml(value)}`).join('')}`;
  });
  return `<details class="numbers"><summary>The numbers</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</thead><tbody>
${body.join('\n')}
</tbody></table></div></details>`;
}

export function section(id: string, title: string, lead: string, ...figures: string[]): string {
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${lead && `<p>${lead}</p>`}
${figures.join('\n')}
</section>`;
}
