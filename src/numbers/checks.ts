/** What an option may be, and the sentence that refuses what it may not. */

/** Whether a value will do, and how to say what would. */
export interface Check {
  ok(value: unknown): boolean;
  /** Ends the sentence "beta is −1, expected …". */
  readonly expected: string;
  /** All values there are, where they are few. */
  readonly names?: readonly string[];
  /** What the value was probably meant to be, for the end of that sentence. */
  hint?(value: unknown): string;
}

/** An option of a model: its check, what leaving it out means, and a line for help texts. */
export interface Option<T = unknown> {
  readonly check: Check;
  readonly default: T;
  readonly help: string;
  /** A value that will do, with the defaults of its own parts filled in. */
  settle?(value: T & {}): T;
}

export type Options = Readonly<Record<string, Option>>;

/** The values that a table of options describes. */
export type ValuesOf<O extends Options> = { -readonly [K in keyof O]: O[K]['default'] };

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const when = (ok: (value: unknown) => boolean, expected: string): Check => ({ ok, expected });
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
export const count = when(isCount, 'a whole number of at least 1');
export const positive = when((v) => isNumber(v) && v > 0, 'a number above 0');
export const notNegative = when((v) => isNumber(v) && v >= 0, 'a number of at least 0');
export const belowOne = when((v) => isNumber(v) && v >= 0 && v < 1, 'a number from 0 up to below 1');
export const share = when((v) => isNumber(v) && v >= 0 && v <= 1, 'a number from 0 to 1');
export const whole = when((v) => v === 0 || isCount(v), 'a whole number of at least 0');
export const fraction = when((v) => isNumber(v) && v > 0 && v < 1, 'a number between 0 and 1, both excluded');
export const flag = when((v) => typeof v === 'boolean', 'true or false');
export const callback = when((v) => typeof v === 'function', 'a function');
export const text = when((v) => typeof v === 'string', 'a text');
export const seed = when((v) => typeof v === 'string' || isNumber(v), 'a string or a finite number');
export const anything = when(() => true, 'anything');

export const oneOf = (...names: readonly string[]): Check => ({
  names,
  ok: (value) => names.includes(value as string),
  expected: `one of ${names.map((name) => `"${name}"`).join(', ')}`,
  hint: (value) => (typeof value === 'string' ? `; did you mean "${nearest(value, names)}"?` : ''),
});

/** Throws `fit: epochs is 0, expected a whole number of at least 1`. */
export function refuse(where: string, value: unknown, expected: string): never {
  throw new RangeError(`${where} is ${show(value)}, expected ${expected}`);
}

/** A value that must pass a check by itself. */
export function requireValue(where: string, value: unknown, check: Check): void {
  if (!check.ok(value)) refuse(where, value, check.expected + (check.hint?.(value) ?? ''));
}

/**
 * Checks names and values of an options object; undefined values count as left out.
 * @throws TypeError for something that is not an object, RangeError for a wrong name or value.
 */
export function checkOptions(call: string, options: unknown, checks: Readonly<Record<string, Check>>): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new TypeError(`${call}: got ${show(options)}, expected an object with options`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      throw new RangeError(`${call}: unknown option ${show(name)}${suggestion(name, Object.keys(checks))}`);
    }
    if (value !== undefined) requireValue(`${call}: ${name}`, value, checks[name]);
  }
}

export const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

/** `value` as an error should show it: short, and with its type where that helps. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) {
    const short = value.length <= 4 && value.every((v) => typeof v !== 'object');
    return short ? `[${value.map(show).join(', ')}]` : `a list of ${value.length}`;
  }
  if (typeof value === 'function') return 'a function';
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${(value as Uint8Array).length ?? value.byteLength}`;
  if (value !== null && typeof value === 'object') {
    const kind = value.constructor?.name || Object.prototype.toString.call(value).slice('[object '.length, -1);
    return kind === 'Object' ? `an object (${Object.keys(value).slice(0, 5).join(', ')})` : `a ${kind}`;
  }
  return String(value);
}

/** What users of other libraries, and readers of the mathematics, call these options. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  rho: 'sparsityParam',
  lr: 'learningRate',
  lambda: 'weightDecay',
  optimizer: 'learningRate',
  steps: 'epochs',
};

/** The rest of an error about an unknown name: the one that was probably meant, or all there are. */
export function suggestion(name: string, names: readonly string[]): string {
  const other = OTHER_NAMES[name.toLowerCase()];
  const likely = names.includes(other) ? other : nearest(name, names);
  const close = likely === other || editDistance(name.toLowerCase(), likely.toLowerCase()) <= Math.max(2, name.length / 2);
  return close ? `; did you mean "${likely}"?` : `, expected one of ${names.join(', ')}`;
}

/** The name that takes the fewest edits (Levenshtein) to become `name`, letter case aside. */
export function nearest(name: string, names: readonly string[]): string {
  const edits = names.map((other) => editDistance(name.toLowerCase(), other.toLowerCase()));
  return names[edits.indexOf(Math.min(...edits))];
}

function editDistance(a: string, b: string): number {
  if (a.length > 4 * b.length) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
