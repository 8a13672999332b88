import type { SparseAutoencoderOptions } from '../core/options.js';
import { kindNamed, kinds } from './kinds.js';

/** All that decides what a run comes to, and how far it has gone: what a link to the page says. */
export interface Setup {
  /** What there is to learn from. */
  readonly world: World;
  /** How many of the digits there are to learn from. */
  readonly samples: number;
  /** A name of kinds.ts. */
  readonly kind: string;
  /** β or k, as the kind has it. */
  readonly strength: number;
  readonly rho: number;
  readonly rate: number;
  readonly batch: number;
  readonly hidden: number;
  readonly seed: string;
  /** How many steps have been taken. */
  readonly step: number;
}

export const SAMPLES = [2000, 60000] as const;

export const WORLDS = ['digits', 'words'] as const;
export type World = (typeof WORLDS)[number];

/** What each number may be. */
export const limits = {
  rho: { low: 0.005, high: 0.5, start: 0.05, whole: false },
  rate: { low: 0.00001, high: 0.1, start: 0.002, whole: false },
  batch: { low: 1, high: 1024, start: 128, whole: true },
  hidden: { low: 4, high: 256, start: 64, whole: true },
  step: { low: 0, high: 20_000, start: 0, whole: true },
} as const;

/** Rows that room is made for in a batch, so that it may grow while it runs. */
export const MOST_BATCH = limits.batch.high;

const LONGEST_SEED = 40;

export const defaults: Setup = {
  world: 'digits',
  samples: SAMPLES[0],
  kind: kinds[0].name,
  strength: kinds[0].strength?.start ?? 0,
  rho: limits.rho.start,
  rate: limits.rate.start,
  batch: limits.batch.start,
  hidden: limits.hidden.start,
  seed: '1',
  step: limits.step.start,
};

/** Word vectors want a wide dictionary and a fixed number of features a word. */
const ofWords: Setup = { ...defaults, world: 'words', kind: 'topk', strength: 10, hidden: limits.hidden.high };

/** What a setup learns from. */
export const samplesNamed = ({ world, samples }: Setup): string =>
  world === 'words' ? '10,000 words' : `${samples.toLocaleString('en-US')} digits`;

export const usualOf = (world: World): Setup => (world === 'words' ? ofWords : defaults);

interface Limit {
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly whole: boolean;
}

/** Within the limits; where it starts if it is no number at all. */
export function clamp(value: number, { low, high, start, whole }: Limit): number {
  if (Number.isNaN(value)) return start;
  const within = Math.min(high, Math.max(low, value));
  return whole ? Math.round(within) : within;
}

/** k is at most as many as there are units. */
const strengthLimit = (kind: string, hidden: number): Limit => {
  const { strength } = kindNamed(kind);
  if (!strength) return { low: 0, high: 0, start: 0, whole: false };
  return strength.whole
    ? { ...strength, high: Math.min(strength.high, hidden), start: Math.min(strength.start, hidden) }
    : strength;
};

/** The setup with every value such as a run can have. */
export function settle(wanted: { readonly [K in keyof Setup]?: unknown }): Setup {
  const world = WORLDS.find((name) => name === wanted.world) ?? defaults.world;
  const usual = usualOf(world);
  const number = (name: keyof typeof limits) =>
    clamp(wanted[name] === undefined ? Number.NaN : Number(wanted[name]), { ...limits[name], start: usual[name] });
  const kind = kinds.find(({ name }) => name === wanted.kind)?.name ?? usual.kind;
  const hidden = number('hidden');
  const strength = wanted.strength === undefined ? Number.NaN : Number(wanted.strength);
  return {
    world,
    samples: SAMPLES.find((n) => n === Number(wanted.samples)) ?? defaults.samples,
    kind,
    strength: clamp(strength, strengthLimit(kind, hidden)),
    rho: number('rho'),
    rate: number('rate'),
    batch: number('batch'),
    hidden,
    seed: wanted.seed === undefined ? defaults.seed : Array.from(String(wanted.seed)).slice(0, LONGEST_SEED).join(''),
    step: number('step'),
  };
}

/** The setup that the part of an address after # says. Whatever it says, this is a setup: nothing in it is trusted. */
export function parseHash(hash: string): Setup {
  const wanted: Record<string, string> = {};
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at);
    if (at > 0 && Object.hasOwn(defaults, name)) wanted[name] = decoded(part.slice(at + 1));
  }
  return settle(wanted);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The other way: what differs from the defaults of the page and of the kind, in one order. */
export function formatHash(setup: Setup): string {
  const usual: Setup = {
    ...usualOf(setup.world),
    world: defaults.world,
    strength: strengthLimit(setup.kind, setup.hidden).start,
  };
  const parts = (Object.keys(defaults) as (keyof Setup)[])
    .filter((name) => setup[name] !== usual[name])
    .map((name) => `${name}=${encodeURIComponent(String(setup[name]))}`);
  return parts.length ? `#${parts.join('&')}` : '';
}

/** The model of a setup, for rows so wide. */
export function optionsOf(setup: Setup, shape: Pick<SparseAutoencoderOptions, 'inputDim' | 'outputActivation' | 'preparation'>) {
  const { options, strength, rho } = kindNamed(setup.kind);
  return {
    ...shape,
    ...options,
    ...(strength && (strength.whole ? { k: setup.strength } : { beta: setup.strength })),
    ...(rho && { sparsityParam: setup.rho }),
    hiddenDim: setup.hidden,
    learningRate: setup.rate,
    seed: setup.seed,
  } satisfies SparseAutoencoderOptions;
}
