import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { completeModelOptions } from '../core/options.js';
import { writeWhole } from '../node/files.js';
import type { FrontierRun } from '../report/frontier.js';
import { codes, penalties, penaltyKind } from '../sparsity/kinds.js';
import type { GridRun } from './grid.js';
import type { Samples } from './plan.js';

/** All that a run's numbers follow from. Equal settings, equal numbers. */
export type SweepSettings = Readonly<Record<string, unknown>>;

/** A finished run as one line of sweep.jsonl has it. */
export interface SweepLine extends FrontierRun {
  readonly mse: number;
  readonly explainedVariance: number;
  readonly meanExplainedVariance: number;
  /** β as it ended. */
  readonly beta: number;
  /** Where its model is, from the folder of the sweep. */
  readonly model?: string;
  readonly settings: SweepSettings;
  /** By which it was trained; undefined in files of before. */
  readonly command?: string;
}

const NUMBERS = ['value', 'l0', 'fvu', 'deadUnits', 'mse', 'explainedVariance', 'meanExplainedVariance', 'beta'];
const TEXTS = ['kind', 'penalty', 'level', 'seed'];
/** What makes runs of one sweep differ. */
const OF_THE_GRID = ['hiddenActivation', 'penalty', 'k', 'targetL0', 'seed'];

/** What the rows are, in a few letters. */
export function digestOf(parts: readonly Samples[]): string {
  const hash = createHash('sha256');
  for (const { data, rows, cols } of parts) {
    hash.update(`${data.constructor.name} ${rows} ${cols}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}

/** A run's settings; where it is computed changes nothing that should be told apart. */
export function settingsOf({ options }: GridRun, fit: Readonly<Record<string, unknown>>): SweepSettings {
  const { backend: _, threads: __, ...model } = completeModelOptions(options);
  return JSON.parse(JSON.stringify({ ...fit, ...model }));
}

/** The finished runs of a sweep, in the order in which they were finished, as its file has them. */
export class SweepFile {
  readonly #lines = new Map<string, SweepLine>();

  /** @throws Error naming the line that is no run of a sweep */
  constructor(readonly path: string) {
    this.#read();
  }

  #read(): void {
    if (!existsSync(this.path)) return;
    const lines = readFileSync(this.path, 'utf8').split('\n');
    lines.forEach((text, k) => {
      if (text === '') return;
      const line = parsed(text);
      if (!line) throw new Error(`${this.path}: line ${k + 1} is no run of a sweep, expected a JSON object with ${TEXTS[0]}, …`);
      this.#lines.set(JSON.stringify(line.settings), line);
    });
  }

  get lines(): readonly SweepLine[] {
    return [...this.#lines.values()];
  }

  find(settings: SweepSettings): SweepLine | undefined {
    return this.#lines.get(JSON.stringify(settings));
  }

  /** Whoever reads the file, and whatever ends this process, it holds whole lines; what another sweep has put there stays. */
  add(line: SweepLine): void {
    this.#read();
    this.#lines.set(JSON.stringify(line.settings), line);
    const text = this.lines.map((each) => `${JSON.stringify(each)}\n`).join('');
    writeWhole(this.path, new TextEncoder().encode(text));
  }

  /**
   * One frontier is of one set of rows, trained one way.
   * @throws Error naming the first setting that differs from that of a run which is there
   */
  requireOneSweep(settings: SweepSettings): void {
    for (const { settings: other } of this.lines) {
      const sameWeight = settings.penalty === other.penalty && isSteered(settings) && isSteered(other);
      for (const name of new Set([...Object.keys(settings), ...Object.keys(other)])) {
        const both = Object.hasOwn(settings, name) && Object.hasOwn(other, name);
        if (OF_THE_GRID.includes(name) || (name === 'beta' && !sameWeight) || (!both && isOfKind(name))) continue;
        const [here, there] = [settings, other].map((of) => (Object.hasOwn(of, name) ? JSON.stringify(of[name]) : 'none'));
        if (here === there) continue;
        throw new Error(`${this.path}: has runs with ${name} ${there}, expected ${here} as in this sweep; name another --out`);
      }
    }
  }
}

/** Whether a kind of code or penalty owns an option, so that others are without it. */
const isOfKind = (name: string): boolean => [...codes, ...penalties].some(({ options }) => Object.hasOwn(options, name));

/** Whether β is where it starts, not the level. */
const isSteered = (settings: SweepSettings): boolean =>
  settings.k !== undefined || settings.targetL0 !== undefined || penaltyKind({ penalty: String(settings.penalty) })?.beta === 0;

function parsed(text: string): SweepLine | null {
  try {
    const line = JSON.parse(text);
    const whole =
      NUMBERS.every((name) => Number.isFinite(line[name])) &&
      TEXTS.every((name) => typeof line[name] === 'string') &&
      typeof line.settings === 'object' &&
      line.settings !== null;
    return whole ? line : null;
  } catch {
    return null;
  }
}
