/** Results, and how they are written down. */

import type { Grounds, Peer } from './peers/peer.js';

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
  /** So many columns, the first ones, are words; the others are figures. Default 1. */
  words?: number;
  remarks: string[];
}

/** Lines over one axis; both axes logarithmic. */
export interface Chart {
  title: string;
  x: string;
  y: string;
  lines: { name: string; points: { x: number; y: number }[] }[];
}

/** One workload in the table of all: a figure for each contestant, and what it ran on. */
export interface Column {
  workload: string;
  cells: { name: string; grounds: Grounds; figure: string }[];
}

export interface Result {
  tables: Table[];
  charts: Chart[];
  /** Null for a workload that has no peers to compare with. */
  summary: Column | null;
}

/** Three significant digits. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return '–';
  if (x >= 100) return Math.round(x).toLocaleString('en-US');
  return x.toFixed(x >= 10 ? 1 : x >= 1 ? 2 : 3);
}

export const times = (x: number): string => `${digits(x)}×`;
export const percent = (x: number): string => `${x < 0.1 ? (100 * x).toFixed(1) : Math.round(100 * x)}%`;

export function asText({ title, columns, rows, words = 1, remarks }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => [...line[i]].length)));
  const pad = (cell: string, i: number) => {
    const space = ' '.repeat(widths[i] - [...cell].length);
    return i < words ? cell + space : space + cell;
  };
  const body = lines.map((line) => `  ${line.map(pad).join('   ').trimEnd()}`);
  return [title, ...body, ...remarks.map((remark) => `  * ${remark}`), ''].join('\n');
}

export function asMarkdown({ columns, rows, words = 1, remarks }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, i) => (i < words ? '---' : '---:'));
  return [line(columns), line(rule), ...rows.map(line), '', ...remarks.map((remark) => `* ${remark}`), ''].join('\n');
}

/**
 * A workload's column, the first contestant being this library: seconds as `show` writes them, and for the
 * others how many times that long they take.
 */
export async function column(
  workload: string,
  peers: Peer[],
  seconds: number[],
  show: (seconds: number) => string,
): Promise<Column> {
  const cells = peers.map(async (peer, i) => ({
    name: peer.name,
    grounds: await peer.runsOn(),
    figure: `${show(seconds[i])}${i === 0 ? '' : ` (${times(seconds[i] / seconds[0])})`}`,
  }));
  return { workload, cells: await Promise.all(cells) };
}

/** All workloads in one table, a row for each contestant. */
export function summaryTable(columns: Column[]): Table {
  const names = [...new Set(columns.flatMap(({ cells }) => cells.map(({ name }) => name)))];
  return {
    title: "In short (in brackets: how many times this library's time)",
    columns: ['', 'on', ...columns.map(({ workload }) => workload)],
    rows: names.map((name) => {
      const cells = columns.map((one) => one.cells.find((cell) => cell.name === name));
      const grounds = cells.flatMap((cell) => (cell ? [cell.grounds] : []));
      const kernels = [...new Set(grounds.map((one) => one.kernels))].join(' / ');
      const threads = new Set(grounds.map((one) => one.threads));
      // A contestant whose threads differ by workload has them said beside each figure.
      const differs = threads.size > 1;
      const figure = (cell: Column['cells'][0]) => `${cell.figure}${differs ? `, ${cell.grounds.threads}` : ''}`;
      return [
        name,
        differs ? kernels : `${kernels}; ${[...threads].join()}`,
        ...cells.map((cell) => (cell ? figure(cell) : '–')),
      ];
    }),
    words: 2,
    remarks: [],
  };
}
