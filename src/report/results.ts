import type { Evaluation } from '../core/results.js';
import { prepares } from '../numbers/preparation.js';
import { equationOf, four } from './equation.js';
import type { ReportRow } from './report-data.js';
import { askedFor, type Described } from './settings.js';
import { short, tenths } from './text.js';

/** Below it, the digits after the point that a loss has say too little. */
const SMALL = 0.001;

/** What the metrics are: x̄ is the mean of the rows. */
export const metricNotes = ({ options: { preparation } }: Described) =>
  ({
    mse: `the mean of (x − x̂)² over all entries${prepares(preparation) ? ', x as the model sees it: prepared' : ''}`,
    fvu: 'Σ‖x − x̂‖²/Σ‖x − x̄‖² over all rows',
    explainedVariance: '1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² over all rows',
    meanExplainedVariance: 'the mean over rows of 1 − ‖x − x̂‖²/‖x − x̄‖²',
  }) as const;

/** What `evaluate` says, as a report tells it; of the `judgedBy` rows. */
export function resultsOf(
  model: Described,
  test: Omit<Evaluation<unknown>, 'meanActivation' | 'density'>,
  judgedBy = '',
  dead?: readonly number[],
): ReportRow[] {
  const { targetL0, hiddenDim } = model.options;
  const target = askedFor(model.options, test.l0);
  const notes = metricNotes(model);
  return [
    { name: `${judgedBy} loss`.trim(), value: equationOf(model)({ ...test, beta: model.beta }) },
    { name: 'mean squared error (MSE)', value: test.mse < SMALL ? short(test.mse) : four(test.mse), note: notes.mse },
    { name: 'variance left unexplained (FVU)', value: test.fvu.toFixed(4), note: notes.fvu },
    {
      name: 'explained variance',
      value: `${tenths(100 * test.explainedVariance)}%`,
      note: notes.explainedVariance,
    },
    {
      name: 'explained variance, row by row',
      value: `${tenths(100 * test.meanExplainedVariance)}%`,
      note: notes.meanExplainedVariance,
    },
    { name: 'active units per row (L0)', value: `${tenths(test.l0)} of ${hiddenDim.toLocaleString('en-US')}` },
    ...(target === null
      ? []
      : [{ name: `asked for (${targetL0 === undefined ? 'k' : 'targetL0'})`, value: `${target}: ${howNear(test.l0, target)}` }]),
    dead
      ? { name: 'units that never fire (dead)', value: dead.length.toLocaleString('en-US') }
      : { name: 'units that fire on none of these rows', value: test.deadUnits.toLocaleString('en-US') },
  ];
}

/** It is met within the tenth that `diagnose` lets pass. */
function howNear(l0: number, target: number): string {
  const off = l0 / target - 1;
  return `${Math.abs(off) <= 0.1 ? 'met' : 'missed'}, ${short(100 * Math.abs(off))}% ${off < 0 ? 'below' : 'above'}`;
}
