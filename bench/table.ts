/** Results, and how they are written down. */

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
  remarks: string[];
}

/** Lines over one axis; both axes logarithmic. */
export interface Chart {
  title: string;
  x: string;
  y: string;
  lines: { name: string; points: { x: number; y: number }[] }[];
}

/** One line of the README's table: a figure for each contestant. */
export interface SummaryRow {
  workload: string;
  figures: Record<string, string>;
}

export interface Result {
  tables: Table[];
  charts: Chart[];
  summary: SummaryRow[];
}

/** Three significant digits. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return '–';
  if (x >= 100) return Math.round(x).toLocaleString('en-US');
  return x.toFixed(x >= 10 ? 1 : x >= 1 ? 2 : 3);
}

export const times = (x: number): string => `${digits(x)}×`;
export const percent = (x: number): string => `${x < 0.1 ? (100 * x).toFixed(1) : Math.round(100 * x)}%`;

export function asText({ title, columns, rows, remarks }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => [...line[i]].length)));
  const pad = (cell: string, i: number) => {
    const space = ' '.repeat(widths[i] - [...cell].length);
    return i === 0 ? cell + space : space + cell;
  };
  const body = lines.map((line) => `  ${line.map(pad).join('   ').trimEnd()}`);
  return [title, ...body, ...remarks.map((remark) => `  * ${remark}`), ''].join('\n');
}

export function asMarkdown({ columns, rows, remarks }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, i) => (i === 0 ? '---' : '---:'));
  return [line(columns), line(rule), ...rows.map(line), '', ...remarks.map((remark) => `* ${remark}`), ''].join('\n');
}

/** All workloads in one table, a column for each contestant. */
export function summaryTable(rows: SummaryRow[]): Table {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  return {
    title: 'In short (in brackets: how many times faster this library is)',
    columns: ['workload', ...names],
    rows: rows.map(({ workload, figures }) => [workload, ...names.map((name) => figures[name] ?? '–')]),
    remarks: [],
  };
}
