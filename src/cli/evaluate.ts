import type { Command } from 'commander';
import type { Evaluation, SparseAutoencoder } from '../index.js';
import { summandNames } from '../model/summands.js';
import { equationOf } from '../report/equation.js';
import { metricNotes } from '../report/results.js';
import { asText, scoreTable } from '../report/score-table.js';
import { type ApplyFlags, opened, samplesOf } from './apply.js';
import { addDataFlags } from './data.js';
import { print, short, table } from './output.js';
import { matrixOf } from './plan.js';
import { SCORED_UNASKED, scoresBeside } from './scores.js';

/** The order of the table, before whatever else there is. */
const FIRST = [
  'loss',
  'reconstruction',
  'sparsity',
  'mse',
  'fvu',
  'explainedVariance',
  'meanExplainedVariance',
  'l0',
  'deadUnits',
];
/** Dead units that are listed, and the longest bar of a histogram. */
const LISTED = 12;
const BAR = 32;

/** `evaluate`: how well a model does on rows. */
export function addEvaluateCommand(program: Command): void {
  addDataFlags(
    program
      .command('evaluate')
      .description(
        `says how well a model does on rows, and how its features do: with --label all scores, without it DistRatio (${SCORED_UNASKED})`,
      )
      .argument('<model>', 'a model.safetensors')
      .argument('<data...>', 'files of rows; - is stdin')
      .option('--json', 'as JSON'),
  ).action(async (path: string, paths: string[], flags: ApplyFlags) => {
    const { sae, rows } = await opened(path, paths, flags);
    const X = matrixOf(samplesOf(rows));
    const evaluation = sae.evaluate(X);
    const { found, leftOut } = scoresBeside(sae, X, rows);
    if (flags.json) {
      print(JSON.stringify({ ...plain(sae, evaluation), rows: rows.rows, ...(found && { scores: found }), leftOut }));
      return;
    }
    table(metrics(sae, evaluation, rows.rows));
    const bins = histogram(evaluation);
    if (bins.length) for (const line of ['', 'log₁₀ density  units', ...bins]) print(line);
    if (found) for (const line of ['', ...asText(scoreTable(found))]) print(line);
    if (leftOut.length) for (const line of ['', ...leftOut]) print(line);
  });
}

/** All that is known, in lists as JSON has them. */
function plain(sae: SparseAutoencoder, { meanActivation, density, ...rest }: Evaluation) {
  return {
    ...rest,
    beta: sae.beta,
    deadNames: rest.deadIndices.map((unit) => sae.names[unit]),
    meanActivation: Array.from(meanActivation.data),
    density: Array.from(density.data),
  };
}

/** The single numbers, each with what it is. */
function metrics(sae: SparseAutoencoder, evaluation: Evaluation, rows: number): string[][] {
  const { loss, reconstruction, sparsity, deadIndices } = evaluation;
  const { beta } = sae;
  const named = summandNames(sae.options);
  const notes: Readonly<Record<string, string>> = {
    ...metricNotes(sae),
    loss: `= ${equationOf(sae)({ loss, reconstruction, sparsity, beta }).split(' = ')[1]}`,
    reconstruction: named.reconstruction,
    sparsity: named.penalty === null ? 'no penalty' : `${named.penalty}, before its weight β = ${Number(beta.toPrecision(6))}`,
    saturatedUnits: 'where their activation is flat',
    outOfReach: `the share of entries that ${sae.options.outputActivation} cannot give`,
    l0: `of ${sae.hiddenDim} units active a row`,
    deadUnits: deadIndices.length ? `active on none of these rows: ${listed(sae, deadIndices)}` : '',
  };
  const single = Object.entries(evaluation).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const [first, others] = [true, false].map((is) => single.filter(([name]) => FIRST.includes(name) === is));
  first.sort(([a], [b]) => FIRST.indexOf(a) - FIRST.indexOf(b));
  return [['rows', String(rows)], ...[...first, ...others].map(([name, value]) => [name, short(value), notes[name] ?? ''])];
}

/** Units by number, and by name where they have one. */
function listed(sae: SparseAutoencoder, units: readonly number[]): string {
  const some = units.slice(0, LISTED).map((unit) => {
    const name = sae.names[unit];
    return name === null ? String(unit) : `${unit} (${name})`;
  });
  return [...some, ...(units.length > LISTED ? [`… and ${units.length - LISTED} more`] : [])].join(', ');
}

/** A line a bin, from the first that has a unit. */
function histogram({ densityHistogram: bins }: Evaluation): string[] {
  const most = Math.max(1, ...bins.map(({ units }) => units));
  const width = String(most).length;
  return bins.slice(bins.findIndex(({ units }) => units > 0)).map(({ from, units }) => {
    const range = `${from.toFixed(2)} … ${(from + 0.25).toFixed(2)}`.padStart(13);
    return `${range}  ${String(units).padStart(width)}  ${'█'.repeat(Math.ceil((BAR * units) / most))}`.trimEnd();
  });
}
