import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Called } from '../core/diagnose.js';
import { commonOptions, modelOptions, type SparseAutoencoderOptions } from '../core/options.js';
import { type Check, type Option as ModelOption, flag as onOff } from '../numbers/checks.js';
import { codes, penalties, penaltyKind } from '../sparsity/kinds.js';

/** Options that follow from the data, or are no single value: see data.ts. */
const WITHOUT_FLAG = ['inputDim', 'outputDim', 'inputNames', 'preparation'];
/** Flags that are not called as the options of a model, and of `fit`, whose values they say or are a part of. */
const OTHERWISE: Readonly<Record<string, string>> = {
  hiddenDim: 'hidden',
  learningRate: 'lr',
  sparsityParam: 'rho',
  resampling: 'resample-every',
  schedule: 'lr-decay',
  earlyStopping: 'patience',
};

/** How values of several parts are written. */
const EXAMPLES: Readonly<Record<string, string>> = {
  auxK: '{"k":256,"deadAfter":15000}',
  corruption: '{"kind":"masking","level":0.3}',
  prefixes: '64,256,1024',
};

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
/** What an option's flag is called. */
export const flagOf = (option: string) => OTHERWISE[option] ?? kebab(option);
/** The same as it is typed, with the value that it has or is to be given. */
export const asFlag: Called = (option, value) => `--${flagOf(option)}${value === undefined || value === true ? '' : ` ${value}`}`;

/** A flag's text as what its check takes: itself, or the JSON that it is, of a list without its brackets too. */
export function parsed(check: Check): (text: string) => unknown {
  return (text) => {
    if (check.ok(text)) return text;
    let value: unknown;
    try {
      value = text.trim() === '' || Number.isNaN(Number(text)) ? JSON.parse(text) : Number(text);
    } catch {}
    if (check.ok(value)) return value;
    const list = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
    if (check.ok(list)) return list;
    throw new InvalidArgumentError(`Expected ${check.expected.replaceAll('"', '')}.`);
  };
}

/** Flags that contradict each other: a command that makes no sense. */
export class UsageError extends Error {}

/** A flag whose value a check decides on. */
export const flag = (name: string, help: string, check: Check): Option => new Option(name, help).argParser(parsed(check));

const flagged = Object.entries(modelOptions).filter(([name]) => !WITHOUT_FLAG.includes(name));

/** A flag for each option of a model but some; `defaults` are shown, and filled in by `modelFrom`. */
export function addModelFlags(
  command: Command,
  defaults: Partial<SparseAutoencoderOptions>,
  without: readonly string[] = [],
): void {
  for (const [name, option] of flagged)
    if (!without.includes(name)) command.addOption(modelFlag(name, option, (defaults as Record<string, unknown>)[name]));
}

function modelFlag(name: string, { check, default: usual, help }: ModelOption, own: unknown): Option {
  const choices = check.names ? `: ${check.names.join(', ')}` : Object.hasOwn(EXAMPLES, name) ? `: ${EXAMPLES[name]}` : '';
  const text = `${help}${choices}${defaultOf(name, own ?? usual)}`;
  const made = check.ok(true)
    ? new Option(`--${flagOf(name)}${check === onOff ? '' : ' [value]'}`, text)
    : flag(`--${flagOf(name)} <value>`, text, check);
  if (check.ok(true) && check !== onOff) made.preset('true').argParser(parsed(check));
  return made.helpGroup(owners(name) ? 'Of some kinds:' : 'Model:');
}

/** The kinds that read an option, if it is not one of every model. */
function owners(name: string): string {
  return [...codes, ...penalties].flatMap((kind) => (Object.hasOwn(kind.options, name) ? [kind.name] : [])).join(', ');
}

/** What leaving a flag out means. Two options follow from others. */
function defaultOf(name: string, value: unknown): string {
  if (name === 'beta') {
    const said = penalties.map(({ name: of, beta }) => `${typeof beta === 'number' ? beta : 'that of the ELBO'} for ${of}`);
    return ` (default: ${said.join(', ')})`;
  }
  if (name === 'penalty') {
    const groups = penalties.map((penalty) => [penalty.name, codes.filter((code) => code.penalty === penalty.name)] as const);
    const [usual, ...others] = groups.filter(([, kinds]) => kinds.length).sort(([, a], [, b]) => b.length - a.length);
    return ` (default: ${[usual[0], ...others.map(([of, kinds]) => `${of} for ${kinds.map((kind) => kind.name).join(', ')}`)].join('; ')})`;
  }
  if (value === undefined || value === false) return '';
  return ` (default: ${typeof value === 'object' ? JSON.stringify(value) : value})`;
}

/**
 * What the flags of a model say: those given, over those of a preset, over the defaults. What a preset says of its own kind of
 * code has no say where a flag chooses another.
 */
export function modelFrom(
  command: Command,
  defaults: Partial<SparseAutoencoderOptions>,
  preset: Partial<SparseAutoencoderOptions> = {},
): Partial<SparseAutoencoderOptions> {
  const given = givenOptions(command);
  const code = given.hiddenActivation ?? preset.hiddenActivation;
  const ofItsKind = ([name]: readonly [string, unknown]) => {
    const owning = codes.filter((kind) => Object.hasOwn(kind.options, name)).map((kind) => kind.name);
    return owning.length === 0 || owning.includes(code ?? '');
  };
  const usual = Object.fromEntries(Object.entries(preset).filter(ofItsKind));
  const options: Partial<SparseAutoencoderOptions> = { ...defaults, ...usual, ...given };
  refuseIdle(command, options, new Set(Object.keys(given)));
  return options;
}

/**
 * The model that `make` makes of options that came from flags.
 * @throws UsageError that calls what is wrong by its flag
 */
export function calledByFlags<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    const [, name, rest] = /^SparseAutoencoder: (\w+)( .*)$/s.exec((error as Error).message) ?? [];
    if (!Object.hasOwn(modelOptions, name ?? '')) throw error;
    const wordy = rest.replace(/\b[a-z]+[A-Z]\w*/g, (each) => (Object.hasOwn(modelOptions, each) ? `--${flagOf(each)}` : each));
    throw new UsageError(`--${flagOf(name)}${wordy}`, { cause: error });
  }
}

/** The options of a model that flags were given for. */
export function givenOptions(command: Command): Partial<SparseAutoencoderOptions> {
  const values = command.optsWithGlobals();
  const given = flagged.map(([name]) => [name, values[camel(flagOf(name))]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** A flag that was given and means nothing with the kinds that were chosen is an error, even where the library lets it pass. */
function refuseIdle(command: Command, options: Partial<SparseAutoencoderOptions>, given: ReadonlySet<string>): void {
  const code = codes.find(({ name }) => name === (options.hiddenActivation ?? commonOptions.hiddenActivation.default));
  const penalty = options.penalty ?? code?.penalty ?? '';
  for (const [what, chosen, kinds] of [
    ['hidden-activation', code?.name, codes],
    ['penalty', penalty, penalties],
  ] as const) {
    for (const name of given) {
      const owners = kinds.filter((kind) => Object.hasOwn(kind.options, name)).map((kind) => kind.name);
      if (owners.length && !owners.includes(chosen as string)) idle(command, name, what, chosen, owners);
    }
  }
  const weighty = penalties.filter(({ beta }) => beta !== 0).map(({ name }) => name);
  if (given.has('beta') && penaltyKind({ penalty })?.beta === 0) idle(command, 'beta', 'penalty', penalty, weighty);
}

function idle(command: Command, name: string, what: string, chosen: string | undefined, owners: readonly string[]): never {
  return command.error(`error: --${flagOf(name)} has no meaning with ${what} ${chosen}, expected ${owners.join(' or ')}`);
}
