import type { Scores } from '../scores/scores.js';

const figure = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–');

/** Scores as a table: its header, then a row a reading. Columns of which nothing is known are left out. */
export function scoreTable({ readings, k }: Scores): string[][] {
  const labelled = readings.some(({ precision }) => Number.isFinite(precision));
  const ofLabels = labelled ? ['precision@20', 'probe of 1', `probe of ${k}`] : [];
  return [
    ['', 'features', 'DistRatio', ...ofLabels],
    ...readings.map(({ reading, features, distRatio, precision, probe1, probeK }) => [
      reading,
      features.toLocaleString('en-US'),
      figure(distRatio.value),
      ...(labelled ? [precision, probe1, probeK].map(figure) : []),
    ]),
  ];
}

/** Cells under each other: the first column to the left, all others to the right. */
export function asText(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join('  ')
      .trimEnd(),
  );
}
