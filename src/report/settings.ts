import { modelOptions, type SettledOptions } from '../core/options.js';
import { summandNames } from '../model/summands.js';
import { rounded } from '../numbers/decimals.js';
import { codeKind, penaltyKind, terms } from '../sparsity/kinds.js';
import type { FitOptions } from '../training/fit-options.js';
import type { ReportData, ReportRow } from './report-data.js';

/** What a report needs to know of a model, beside its weights. */
export interface Described {
  readonly options: SettledOptions;
  /** β as it stands. */
  readonly beta: number;
}

/** What the loss is made of, and what was asked for, by name. `l0` is what it is judged by. */
export function labelsOf(
  { options, beta }: Described,
  l0: number,
): Pick<ReportData, 'lossLabel' | 'penaltyLabel' | 'beta' | 'target' | 'restLabel' | 'restNotes' | 'rho'> {
  const { reconstruction, penalty, rest } = summandNames(options);
  return {
    lossLabel: reconstruction === 'mse' ? 'mean squared error per entry' : `reconstruction (${reconstruction})`,
    penaltyLabel: penalty?.replace(/\b\w\w\b/, (acronym) => acronym.toUpperCase()) ?? null,
    beta: penalty === null ? null : beta,
    target: askedFor(options, l0),
    restLabel: rest,
    restNotes: terms.filter((term) => term.applies(options)).map(({ name, help }) => `${name}: ${help}`),
    rho: penaltyKind(options).target?.(options as never) ?? null,
  };
}

/** Outside training a threshold may stand for k: until it has settled there are more than were asked for. */
export function askedFor({ targetL0, k }: SettledOptions, l0: number): number | null {
  return targetL0 ?? (k !== undefined && l0 > 1.1 * k ? k : null);
}

/** What it learned from, and how. */
export interface Training {
  /** Rows that it was trained on. */
  readonly rows: number;
  readonly fit: FitOptions & { readonly epochs: number };
  /** The epoch, from 1 on, whose weights were kept, if it is not the last. */
  readonly kept?: number;
}

/** Options that have a line of their own, or say nothing of what is learned. */
const SAID =
  'inputDim hiddenDim outputDim hiddenActivation outputActivation reconstruction penalty beta sparsityParam targetL0 learningRate initializer seed inputNames backend threads';
const SAID_OF_FIT = 'epochs batchSize resume checkpoint signal settings targets validationData onEpochEnd onBatchEnd';
const said = (list: string) => new Set(list.split(' '));

/** "penaltyWarmup" as words; what is an abbreviation stays as it is. */
const words = (name: string): string => name.replaceAll(/([a-z])([A-Z])(?=[a-z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);

function written(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (typeof value === 'number') return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value);
  if (Array.isArray(value)) return value.map(written).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== undefined && part !== false);
  return parts.map(([name, part]) => words(name) + (part === true ? '' : ` ${written(part)}`)).join(', ');
}

/** A name, a value, and what it is. */
type Pair = readonly [string, string, string?];

/** Everything that was asked for otherwise than by default, beside what every report has a line for. */
export function settingsOf(model: Described, training: Training | null = null, epochs = 0): ReportRow[] {
  const { options } = model;
  const { inputDim, hiddenDim, outputDim, hiddenActivation, outputActivation, targetL0 } = options;
  const steered = targetL0 !== undefined;
  const rows: (Pair | false)[] = [
    ['network', `${inputDim}-${hiddenDim}-${outputDim}, ${hiddenActivation} then ${outputActivation}`],
    ...ofKinds(options),
    training !== null && ['training rows', training.rows.toLocaleString('en-US')],
    ['reconstruction', options.reconstruction],
    ['penalty', penaltyOf(model)],
    steered && ['active units asked for (targetL0)', `${targetL0}, by steering the weight from ${rounded(options.beta)}`],
    ['optimizer', `Adam, learning rate ${options.learningRate}`],
    epochs > 0 && ['epochs', epochsOf(training, epochs)],
    ...(training ? ofFit(training.fit) : []),
    ['initial weights', options.initializer],
    ['seed', String(options.seed)],
  ];
  return rows.filter((row) => row !== false).map(([name, value, note]) => ({ name, value, note }));
}

/** The penalty with its weight as it stands. */
function penaltyOf({ options, beta }: Described): string {
  return penaltyKind(options).describe({ ...options, beta } as never) ?? 'none';
}

/** What belongs to the kind of code, and what was asked for beside it. */
function ofKinds(options: SettledOptions): Pair[] {
  const known = said(SAID);
  const own = codeKind(options).options;
  const values = options as unknown as Record<string, unknown>;
  const asked = (name: string) =>
    values[name] !== undefined &&
    !known.has(name) &&
    (Object.hasOwn(own, name) || JSON.stringify(values[name]) !== JSON.stringify(modelOptions[name].default));
  return Object.keys(modelOptions)
    .filter(asked)
    .map((name) => [words(name), written(values[name]), modelOptions[name].help]);
}

function epochsOf(training: Training | null, epochs: number): string {
  if (!training) return String(epochs);
  const { fit, kept } = training;
  const all = epochs < fit.epochs ? `${epochs} of at most ${fit.epochs}` : String(epochs);
  return `${all}, batches of ${fit.batchSize}${kept === undefined ? '' : `; the weights are those of epoch ${kept}, the best`}`;
}

function ofFit(fit: FitOptions): Pair[] {
  const known = said(SAID_OF_FIT);
  const asked = Object.entries(fit).filter(([name, value]) => !known.has(name) && value !== undefined && value !== true);
  return asked.map(([name, value]) => [words(name), written(value)]);
}
