/**
 * npm run bench: this library against its peers on this machine.
 *
 * Every contestant is a process of its own. For each workload both sides must first compute the same
 * from the same weights and batches; then they run in turn, and the tables print medians.
 */

import { Command, InvalidArgumentError } from 'commander';
import { chooseNodes } from './calibrate.js';
import { type Contestants, findContestants, type Group } from './contestants.js';
import { Files } from './data.js';
import { clock, describeMachine, FLOPS_PER_CYCLE, load } from './machine.js';
import { writeReport } from './report.js';
import { asMarkdown, asText, digits, type Result, summaryTable } from './table.js';
import { costOfDensity, costOfHidden } from './workloads/cost.js';
import { topkGlove, topkTransform, topkWide } from './workloads/dictionary.js';
import { formats } from './workloads/formats.js';
import { kernels } from './workloads/kernels.js';
import { profile, profileTopk } from './workloads/profile.js';
import { training, ufldl } from './workloads/training.js';
import { transform } from './workloads/transform.js';
import type { Workload } from './workloads/workload.js';

const REPORT = 'out/bench/report.html';

const workloads: Workload[] = [
  training(64),
  training(1024),
  ufldl,
  transform(64),
  transform(1024),
  kernels,
  profile(64),
  profile(1024),
  topkWide,
  topkTransform,
  topkGlove,
  profileTopk(12288),
  profileTopk(49152),
  costOfHidden,
  costOfDensity,
  formats,
];

interface Options {
  only?: Workload[];
  rounds: number;
  quick: boolean;
  markdown: boolean;
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const started = performance.now();
const say = (text: string) =>
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);

async function bench({ only, rounds, quick, markdown }: Options): Promise<void> {
  const chosen = only ?? (quick ? workloads.filter(({ name }) => !/1024$|12288|49152|topk-transform/.test(name)) : workloads);
  const contestants = findContestants();
  if (quick) keepFirstSettings(contestants);
  const ghz = clock();
  const machine = [
    describeMachine(),
    `clock ${ghz.toFixed(2)} GHz, so 128-bit SIMD can do ${digits(FLOPS_PER_CYCLE * ghz)} GFLOP/s a core`,
    ...contestants.remarks,
  ];
  if (load() > 0.5) machine.push(`the machine is busy (load ${load().toFixed(1)}): figures below are worse than they could be`);
  print(machine.join('\n'));

  const files = new Files();
  const results: Result[] = [];
  try {
    const groups = new Set(chosen.flatMap((workload) => workload.groups));
    const grounds = await chooseNodes(contestants, groups, files, say);
    print(`${grounds.join('\n')}\n`);
    machine.push(...grounds);
    for (const workload of chosen) {
      say(workload.title);
      const context = { contestants, files, rounds: quick ? 1 : rounds, quick, say };
      const result = await workload.run(context);
      results.push(result);
      if (!markdown) for (const table of result.tables) print(`\n${asText(table)}`);
    }
  } finally {
    files.remove();
  }
  const tables = results.flatMap((result) => result.tables);
  const charts = results.flatMap((result) => result.charts);
  const summary = summaryTable(results.flatMap(({ summary }) => summary ?? []));
  if (markdown) {
    const shown = chosen.includes(kernels) ? [summary, ...results[chosen.indexOf(kernels)].tables] : [summary];
    for (const table of shown) if (table.rows.length > 0) print(`\n${asMarkdown(table)}`);
  } else if (summary.rows.length > 0) print(`\n${asText(summary)}`);
  writeReport(REPORT, machine, summary.rows.length > 0 ? [summary, ...tables] : tables, charts);
  say(`charts and tables: ${REPORT}`);
}

function named(text: string): Workload[] {
  return text.split(',').map((name) => {
    const workload = workloads.find((one) => one.name === name.trim());
    if (!workload) throw new InvalidArgumentError(`Expected some of ${workloads.map((one) => one.name).join(', ')}.`);
    return workload;
  });
}

/** No competition of settings, and nobody as slow as tfjs without WebAssembly. */
function keepFirstSettings({ groups }: Contestants): void {
  for (const group of Object.keys(groups) as Group[]) groups[group] = groups[group].map((team) => team.slice(0, 1));
  groups['tfjs-cpu'] = [];
}

function count(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return n;
}

const program = new Command('npm run bench --')
  .description('Measures this library against PyTorch, jax-js and TensorFlow.js.')
  .option('--only <names>', `workloads, of ${workloads.map(({ name }) => name).join(', ')}`, named)
  .option('--rounds <n>', 'how many turns each side has', count, 5)
  .option('--quick', 'a smoke run: one round, less of everything, one setting of each peer', false)
  .option('--markdown', "print the README's tables, as Markdown", false)
  .action(bench);

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
