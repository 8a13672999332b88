import { checkOptions, count, show } from '../numbers/checks.js';
import { codeAt } from './code.js';
import type { Features, TopRow } from './features.js';
import { checkedName, requireUnit } from './names.js';

export interface PromptOptions {
  /** How many rows a prompt shows that the unit is active on. Default 12. */
  count?: number;
}

/** Rows that a prompt shows beside these. */
const SILENT = 6;
/** A row's text as far as a prompt shows it. */
const LONGEST = 300;

/**
 * For each unit that is active anywhere what to ask a language model for its name, as JSON lines { unit, prompt }. A prompt
 * shows the rows that the unit is most active on, and rows that it is silent on although units that are often active with it
 * are not: what its name must leave out. Answers are read by `readAnswers`.
 */
export function writePrompts(features: Features, options: PromptOptions = {}): string {
  checkOptions('writePrompts', options, { count });
  const units = features.list({ count: options.count ?? 12 });
  return units.map(({ unit, rows }) => `${JSON.stringify({ unit, prompt: promptOf(features, unit, rows) })}\n`).join('');
}

const line = ({ name, row }: TopRow) => (name ?? `row ${row}`).replace(/\s+/g, ' ').slice(0, LONGEST);

function promptOf(features: Features, unit: number, rows: readonly TopRow[]): string {
  const silent = silentRows(features, unit);
  return [
    'A feature of a sparse autoencoder is most active on these, the strongest first, with its activation:',
    ...rows.map((top) => `${top.value.toPrecision(3)}  ${line(top)}`),
    ...(silent.length ? ['', 'It is silent on these, which are similar:', ...silent.map((top) => `0  ${line(top)}`)] : []),
    '',
    'What do the first have in common that the others lack? Name it in one to five words, as precisely as they allow.',
    `Answer with one line of JSON and nothing else: {"unit": ${unit}, "name": "…"}`,
  ].join('\n');
}

/** The top rows of units that are active with it, the nearest first, where it is not active itself. */
function silentRows(features: Features, unit: number): TopRow[] {
  const found = new Map<number, TopRow>();
  for (const near of features.neighbors(unit, { by: 'activity', count: SILENT })) {
    const top = features.topRows(near.unit, { count: 20 });
    const silent = top.find(({ row }) => !found.has(row) && !Array.from(codeAt(features.codes, row).units).includes(unit));
    if (silent) found.set(silent.row, silent);
  }
  return [...found.values()];
}

/**
 * Names from a language model's answers, JSON lines { unit, name }, for `setNames`. Lines that are empty or belong to a code
 * fence or a list's brackets, commas at the end, and other fields are passed over; of two answers for a unit the later holds.
 * @param units how many the model has
 * @throws RangeError or TypeError naming the line that is not as it should be
 */
export function readAnswers(text: string, units: number): Record<number, string | null> {
  const names: Record<number, string | null> = {};
  text.split('\n').forEach((line, i) => {
    const answer = line.trim().replace(/,$/, '');
    if (answer === '' || answer === '[' || answer === ']' || answer.startsWith('```')) return;
    const where = `readAnswers: line ${i + 1}`;
    const { unit, name } = parsed(where, answer);
    names[requireUnit(`${where}: unit`, unit, units)] = checkedName(`${where}: name`, name);
  });
  return names;
}

function parsed(where: string, answer: string): { unit?: unknown; name?: unknown } {
  try {
    const value: unknown = JSON.parse(answer);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {}
  throw new RangeError(`${where} is ${show(answer)}, expected JSON: {"unit": 0, "name": "…"}`);
}
