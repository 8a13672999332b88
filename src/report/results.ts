import type { Evaluation } from '../core/results.js';
import { equationOf } from './equation.js';
import type { ReportRow } from './report-data.js';
import type { Described } from './settings.js';
import { short, tenths } from './text.js';

/** What `evaluate` says, as a report tells it; of the `judgedBy` rows. */
export function resultsOf(
  model: Described,
  test: Omit<Evaluation<unknown>, 'meanActivation' | 'density'>,
  judgedBy = '',
  dead?: readonly number[],
): ReportRow[] {
  const { targetL0, hiddenDim } = model.options;
  return [
    { name: `${judgedBy} loss`.trim(), value: equationOf(model)({ ...test, beta: model.beta }) },
    { name: 'explained variance', value: `${tenths(100 * test.explainedVariance)}%` },
    { name: 'active units per row (L0)', value: `${test.l0.toFixed(1)} of ${hiddenDim}` },
    ...(targetL0 === undefined ? [] : [{ name: 'asked for (targetL0)', value: `${targetL0}: ${howNear(test.l0, targetL0)}` }]),
    dead
      ? { name: 'units that never fire (dead)', value: String(dead.length) }
      : { name: 'units that fire on none of these rows', value: String(test.deadUnits) },
  ];
}

/** It is met within the tenth that `diagnose` lets pass. */
function howNear(l0: number, target: number): string {
  const off = l0 / target - 1;
  return `${Math.abs(off) <= 0.1 ? 'met' : 'missed'}, ${short(100 * Math.abs(off))}% ${off < 0 ? 'below' : 'above'}`;
}
