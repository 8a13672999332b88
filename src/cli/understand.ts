import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { modelOf } from '../core/sparse-autoencoder.js';
import { type Feature, type Features, readAnswers, type SparseAutoencoder, writePrompts } from '../index.js';
import { dot } from '../meaning/code.js';
import { readWhole, writeWhole } from '../node/files.js';
import { load, save } from '../node.js';
import { count as atLeastOne, fraction, text, whole } from '../numbers/checks.js';
import { clip, count as counted, percent, short } from '../report/text.js';
import { coreOf } from '../sparse-autoencoder.js';
import { opened, samplesOf } from './apply.js';
import { addDataFlags, type DataFlags, type Rows } from './data.js';
import { flag } from './flags.js';
import { count, prepareFiles, print } from './output.js';
import { matrixOf } from './plan.js';

interface UnderstandFlags extends DataFlags {
  words?: boolean;
  texts?: boolean;
  count?: number;
  json?: boolean;
}

/** What the units of a model mean. */
export function addUnderstandingCommands(program: Command): void {
  addRowFlags(
    program
      .command('names')
      .description('names the units of a model by the rows that they are most active on, or reads their names')
      .argument('<model>', 'a model.safetensors')
      .argument('[data...]', 'files of rows; - is stdin')
      .addOption(flag('--out <file>', 'where the model with its names goes, such as named.safetensors', text))
      .addOption(flag('--prompts <file>', 'write what to ask a language model for each name: JSON lines', text))
      .addOption(flag('--answers <file>', 'take the names from its answers, JSON lines { unit, name }, instead of data', text)),
  ).action((path: string, paths: string[], flags: NamesFlags, command: Command) => names(path, paths, flags, command));

  addRowFlags(
    program
      .command('features')
      .description('lists the units that are active on rows: how often, what they are called, where most')
      .argument('<model>', 'a model.safetensors')
      .argument('<data...>', 'files of rows; - is stdin')
      .addOption(flag('--unit <n>', 'one unit, with its neighbours', whole))
      .addOption(flag('--count <n>', 'rows of each (default: 5; of one unit 20)', atLeastOne))
      .option('--json', 'as JSON lines'),
  ).action(async (path: string, paths: string[], flags: UnderstandFlags & { unit?: number }) => {
    const { sae, features } = await featuresOf(path, paths, flags);
    if (flags.unit !== undefined && flags.unit >= sae.hiddenDim)
      throw new Error(`--unit: ${flags.unit} is not among the ${count(sae.hiddenDim)} units of ${path}`);
    if (flags.unit !== undefined) showUnit(features, flags.unit, flags);
    else for (const feature of features.list({ count: flags.count ?? 5 })) showFeature(feature, flags.json);
  });

  addRowFlags(
    program
      .command('explain')
      .description('takes one row apart into the units that make it')
      .argument('<model>', 'a model.safetensors')
      .argument('<data...>', 'files of rows; - is stdin')
      .addOption(flag('--row <n>', 'which row, from 0 (default: 0)', whole))
      .addOption(flag('--name <name>', 'the row of that name', text).conflicts('row'))
      .addOption(flag('--count <n>', 'how many units (default: all that are active)', atLeastOne))
      .option('--json', 'as JSON'),
  ).action((path: string, paths: string[], flags: ExplainFlags) => explain(path, paths, flags));

  addRowFlags(
    program
      .command('compare')
      .description('finds the units that are more frequent in some rows than in others, with confidence intervals')
      .argument('<model>', 'a model.safetensors')
      .argument('<a>', 'a file of rows; - is stdin')
      .argument('<b>', 'another')
      .addOption(flag('--confidence <share>', 'of all intervals together (default: 0.95)', fraction))
      .addOption(flag('--count <n>', 'how many units (default: all that surely differ)', atLeastOne))
      .option('--json', 'as JSON'),
  ).action((path: string, a: string, b: string, flags: CompareFlags, command: Command) => compare(path, a, b, flags, command));
}

const addRowFlags = (command: Command): Command =>
  addDataFlags(
    command
      .option('--words', 'what rows are called are words, and units are called by them')
      .option('--texts', 'what rows are called are texts, and units are called by their terms (default: as it seems)'),
  );

/** Texts are what rows are called by, where there are any, else ids, else labels. */
function namesOf({ texts, ids, labels }: Rows, flags: UnderstandFlags): { rows?: string[]; texts?: string[] } {
  const given = texts ?? ids ?? labels;
  if (!given) return {};
  const called = [...given];
  return flags.texts || (!flags.words && seemTexts(called)) ? { texts: called } : { rows: called };
}

/** More than three words in most. */
const seemTexts = (called: readonly string[]): boolean =>
  2 * called.filter((each) => each.trim().split(/\s+/).length > 3).length > called.length;

async function featuresOf(path: string, paths: string[], flags: UnderstandFlags, stdin?: Uint8Array) {
  const { sae, rows } = await opened(path, paths, flags, stdin);
  const called = namesOf(rows, flags);
  return { sae, rows, called: called.rows ?? called.texts ?? null, features: sae.features(matrixOf(samplesOf(rows)), called) };
}

interface NamesFlags extends UnderstandFlags {
  out?: string;
  prompts?: string;
  answers?: string;
}

async function names(path: string, paths: string[], flags: NamesFlags, command: Command): Promise<void> {
  const { out, prompts, answers } = flags;
  if (out === undefined && (prompts === undefined || answers !== undefined))
    command.error('error: names needs --out, or --prompts');
  if ((answers === undefined) !== paths.length > 0) command.error('error: names needs rows, or --answers, and not both');
  // The model may be written over: it is read whole before, and written whole.
  prepareFiles({ out, prompts }, [...paths, ...(answers === undefined ? [] : [answers])]);
  prepareFiles({ prompts }, [path]);
  if (answers !== undefined) {
    const sae = load(path);
    sae.setNames(answersOf(answers, sae.hiddenDim));
    keep(sae, out as string);
    return;
  }
  const { sae, called, features } = await featuresOf(path, paths, flags);
  if (called === null)
    throw new Error(`${paths[0]}: its rows have no names, expected a column of them: --text, --id or --label names it`);
  if (prompts !== undefined) {
    writeWhole(prompts, new TextEncoder().encode(writePrompts(features)));
    print(`prompts: ${prompts}`);
  }
  if (out === undefined) return;
  sae.setNames(sae.names.map(() => null));
  sae.setNames(features.names);
  keep(sae, out);
}

function answersOf(path: string, units: number): Record<number, string | null> {
  const answers = new TextDecoder().decode(readWhole(path, 'a file of answers'));
  try {
    return readAnswers(answers, units);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The first row of that text, or of that id. */
const rowCalled = (name: string, ...lists: (readonly string[] | null)[]): number =>
  lists.map((list) => list?.indexOf(name) ?? -1).find((row) => row >= 0) ?? -1;

/** A checkpoint stays one. */
function keep(sae: SparseAutoencoder, out: string): void {
  save(sae, out, { training: modelOf(coreOf(sae)).state.step > 0 });
  const named = sae.names.filter((name) => name !== null).length;
  print(`model: ${out}, ${count(named)} of ${count(sae.hiddenDim)} units with names`);
}

function showFeature(feature: Feature, json: boolean | undefined): void {
  if (json) {
    print(JSON.stringify(feature));
    return;
  }
  const { unit, name, density, rows } = feature;
  print(`${unit}  ${percent(density)}  ${name ?? '—'}  | ${rows.map(calledBy).join(' · ')}`);
}

const calledBy = ({ name, row }: { name: string | null; row: number }) => (name === null ? `row ${row}` : clip(name, 60));

function showUnit(features: Features, unit: number, { count: most = 20, json }: UnderstandFlags): void {
  const rows = features.topRows(unit, { count: most });
  const near = (by: 'decoder' | 'activity') => features.neighbors(unit, { by });
  const [name, density] = [features.name(unit), features.density[unit]];
  if (json) {
    print(JSON.stringify({ unit, name, density, rows, byDecoder: near('decoder'), byActivity: near('activity') }));
    return;
  }
  print(`unit ${unit}: ${name ?? 'no name'}, active on ${percent(density)} of ${count(features.codes.shape[0])} rows`);
  columns(
    ['f', 'row'],
    rows.map((top) => [short(top.value), calledBy(top)]),
  );
  for (const [by, what] of [
    ['decoder', 'cosine of W_dec'],
    ['activity', 'active together (Jaccard)'],
  ] as const) {
    print('');
    columns(
      [what, 'unit', 'name'],
      near(by).map((each) => [each.similarity.toFixed(2), String(each.unit), each.name ?? '—']),
    );
  }
}

interface ExplainFlags extends UnderstandFlags {
  row?: number;
  name?: string;
}

async function explain(path: string, paths: string[], flags: ExplainFlags): Promise<void> {
  const { sae, rows, called, features } = await featuresOf(path, paths, flags);
  const row = flags.name === undefined ? (flags.row ?? 0) : rowCalled(flags.name, called, rows.ids);
  if (row < 0) throw new Error(`--name: no row of ${paths.join(', ')} is called ${JSON.stringify(flags.name)}`);
  if (row >= rows.rows) throw new Error(`--row: ${row} is not among the ${count(rows.rows)} rows of ${paths.join(', ')}`);
  const x = rows.data.subarray(row * rows.cols, (row + 1) * rows.cols);
  const parts = sae.explain(x, { features, count: flags.count });
  if (flags.json) {
    print(JSON.stringify({ row, name: called?.[row] ?? null, parts }));
    return;
  }
  print(called ? `row ${row}: ${clip(called[row], 200)}` : `row ${row}`);
  if (modelOf(coreOf(sae)).isAutoencoder) {
    const xHat = sae.reconstruct(x).data;
    const cosine = dot(x, xHat) / Math.sqrt(dot(x, x) * dot(xHat, xHat));
    print(`x̂, of ${counted(sae.explain(x).length, 'active unit')} and b_dec, has cosine ${cosine.toFixed(3)} with it`);
  }
  columns(
    ['share', 'f', 'unit', 'name'],
    parts.map(({ share, activation, unit, name }) => [percentOf(share), short(activation), String(unit), name ?? '—']),
  );
}

const percentOf = (share: number) => `${(100 * share).toFixed(1)}%`;

interface CompareFlags extends UnderstandFlags {
  confidence?: number;
}

async function compare(path: string, a: string, b: string, flags: CompareFlags, command: Command): Promise<void> {
  const { confidence = 0.95, json } = flags;
  if (a === '-' && b === '-') command.error('error: both sets are stdin, expected one of them');
  // It comes but once, and a is read alone first, for its number of rows.
  const stdin = a === '-' ? readFileSync(0) : undefined;
  const { rows } = await opened(path, [a], flags, stdin);
  const { features } = await featuresOf(path, [a, b], flags, stdin);
  const n = features.codes.shape[0];
  const all = Array.from({ length: n }, (_, i) => i);
  const found = features.compare(all.slice(0, rows.rows), all.slice(rows.rows), { confidence }).slice(0, flags.count);
  if (json) {
    print(
      JSON.stringify({ a: { path: a, rows: rows.rows }, b: { path: b, rows: n - rows.rows }, confidence, differences: found }),
    );
    return;
  }
  print(
    `${count(rows.rows)} rows of ${called(a)} against ${count(n - rows.rows)} of ${called(b)}: ${count(found.length)} units differ; all intervals hold at once with ${percent(confidence)} confidence (Newcombe, Bonferroni)`,
  );
  columns(
    ['a', 'b', 'a − b', 'from', 'to', 'unit', 'name'],
    found.map(({ unit, name, low, high, difference, ...share }) => [
      ...[share.a, share.b, difference, low, high].map(percentOf),
      String(unit),
      name ?? '—',
    ]),
  );
}

const called = (path: string) => (path === '-' ? 'stdin' : path);

/** Numbers to the right, the last column to the left. */
function columns(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const last = heads.length - 1;
  const widths = heads.map((head, c) => Math.max(head.length, ...rows.map((row) => row[c].length)));
  for (const row of [heads, ...rows]) print(row.map((cell, c) => (c === last ? cell : cell.padStart(widths[c]))).join('  '));
}
