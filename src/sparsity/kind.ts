/**
 * What a way to be sparse consists of. A kind of code, of penalty, of term or of modifier is one file: its paper, its equations,
 * its options, its parameters, forward and backward, and the cases that try its gradients. kinds.ts lists them;
 * objective, options, command line, gradient table and report read that list and name no kind themselves.
 */

import type { FloatArray, Kernels, Matrix, Rows } from '../kernels/kernels.js';
import type { EncoderLayer } from '../layers/encoder.js';
import type { Layout, Parameters, StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { Options, ValuesOf } from '../numbers/checks.js';
import type { Memory } from './memory.js';

/** A model whose gradients `npm run gradcheck` tries. */
export interface GradientCase {
  /** What it tries, after the kind's name. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Rows of X. Default 5. */
  readonly n?: number;
  /** Rows that the workspace has room for, if more than n: the last batch of an epoch. */
  readonly room?: number;
  /** Added to b_enc, to make units loud or quiet. */
  readonly loudness?: number;
  /** What the model remembers, by name. */
  readonly memory?: Readonly<Record<string, readonly number[]>>;
}

/** Numbers to remember between batches, by name, as they start. */
export type MemoryStart = Readonly<Record<string, readonly number[]>>;

/** What all kinds have. */
interface Kind<Name extends string, O extends Options> {
  readonly name: Name;
  /** One line for help texts. */
  readonly help: string;
  /** Options that mean something with this kind alone; with another they are refused, but for the `shared`. */
  readonly options: O;
  readonly shared?: readonly (keyof O)[];
  /** Why this kind cannot be had with the other options: which of them is wrong, and what it should be. */
  refuse?(spec: ObjectiveSpec & ValuesOf<O>, code: AnyCodeKind, codes: readonly AnyCodeKind[]): Refusal | undefined;
  /** Values for options that have no default, for cases to start from. */
  readonly example?: Readonly<Record<string, unknown>>;
  readonly cases: readonly GradientCase[];
}

export interface Refusal {
  readonly option: string;
  readonly expected: string;
}

/** Where a layer works: the kernels, and how many rows a batch has at the most. */
export interface Workspace<O> {
  readonly k: Kernels;
  readonly spec: ObjectiveSpec & O;
  readonly capacity: number;
  readonly encoder: EncoderLayer;
  readonly memory: Memory;
}

/** F of a batch. sums.ts has what is commonly asked of it. */
export interface Code {
  /** n × h, by its non-zeros where they are few. */
  readonly rows: Rows;
  /** The same, zeros and all, where it is written out at all. */
  readonly f?: Matrix;
  /** How many entries are not zero. */
  readonly active: number;
}

/** ∂(β·S)/∂f_ij = pull_j + l1·sign(f_ij). */
export interface Slope {
  readonly pull: FloatArray;
  readonly l1: number;
}

/** From X to F, and from dF to the gradients of the encoder and of the kind's own parameters. Owns its buffers. */
export interface CodeLayer {
  /** F of the rows of `x`. */
  forward(θ: Parameters, x: Rows, mode: 'training' | 'inference'): Code;
  /**
   * From dF = ∂R/∂F, whose place dZ takes, and the penalty's slope, for the rows that `forward` was given last. dF
   * is held by F's entries where there is no other F, and written out otherwise.
   */
  backward(θ: Parameters, dθ: Parameters, x: Rows, df: Rows, slope: Slope): void;
  /** After a step: brings the memory forward by what the last training batch was like. */
  remember?(): void;
}

/** Statements, and the arrays that they read by name. */
export interface Script {
  readonly body: string;
  readonly constants?: Readonly<Record<string, ArrayLike<number>>>;
}

/** σ_h: how F comes of Z. */
export interface CodeKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** Whether every f ≥ 0, so that a mean activation tells how active a unit is. */
  readonly nonNegative: boolean;
  /** Whether most of F is exactly zero, and ∂J/∂Z vanishes there too. */
  readonly zeros: boolean;
  /** How many entries F has at the most for so many rows, if it is held by them alone and never written out. */
  entries?(spec: ObjectiveSpec & ValuesOf<O>, rows: number): number;
  /** Which penalty it has if none is asked for. */
  readonly penalty: string;
  /** What it adds to θ. */
  parameters?(spec: ObjectiveSpec & ValuesOf<O>): Layout;
  /** What it remembers between batches, as it starts. */
  memory?(spec: ObjectiveSpec & ValuesOf<O>): MemoryStart;
  layer(workspace: Workspace<ValuesOf<O>>): CodeLayer;
  /** F in the place of Z, outside training. */
  infer(workspace: Omit<Workspace<ValuesOf<O>>, 'capacity' | 'encoder'>, θ: Parameters, z: Matrix): void;
  /** The same for one row, as JavaScript statements that change the Float64Array z of length hiddenDim: see export/. */
  script(spec: ObjectiveSpec & ValuesOf<O>, θ: Parameters, memory: Memory): Script;
}

/** S of a batch. */
export interface PenaltyLayer {
  /** S, before β. */
  forward(θ: Parameters, code: Code): number;
  /** β·∂S/∂F of the batch that `forward` was given last. */
  slope(beta: number): Slope;
}

/** S of a data set that comes a chunk at a time, in double precision. */
export interface PenaltyMeter {
  add(θ: Parameters, code: Code): void;
  value(): number;
}

export interface PenaltyKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** β, if it is not given. */
  readonly beta: number;
  /** Whether units fall silent as β grows, so that `targetL0` can steer it. */
  readonly steers?: boolean;
  /** The penalty with its settings, as a report should name it; null where there is none. */
  describe(spec: ObjectiveSpec & ValuesOf<O>): string | null;
  /** The mean activation that it draws every unit to, if there is one. */
  target?(spec: ObjectiveSpec & ValuesOf<O>): number;
  layer(k: Kernels, spec: ObjectiveSpec & ValuesOf<O>): PenaltyLayer;
  meter(k: Kernels, spec: ObjectiveSpec & ValuesOf<O>, rows: number): PenaltyMeter;
}

/** What a pass over a batch has come to. */
export interface Pass {
  readonly x: Rows;
  readonly t: Rows;
  readonly code: Code;
  /** Y = F·W_dec + 1·b_decᵀ, n × d′ */
  readonly y: Matrix;
}

/** A term of J that is a mean over the rows of a batch. Owns its buffers. */
export interface TermLayer {
  /** What it adds to J for that batch. */
  forward(θ: Parameters, pass: Pass): number;
  /** Adds its gradient to dθ, for the pass that `forward` was given last. */
  backward(θ: Parameters, dθ: Parameters): void;
  /** From now on, whatever the gradient takes for constant stays as it was in the last `forward`. */
  hold?(): void;
  /** After a step: brings the memory forward by the last pass. */
  remember?(): void;
}

/** Something that J adds beside R and β·S, whatever the kind of code: a function of θ alone, or of a batch's pass. */
export interface TermKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** Whether the options ask for it. */
  applies(spec: ObjectiveSpec & ValuesOf<O>): boolean;
  /** What it adds for θ itself. */
  value?(k: Kernels, spec: ObjectiveSpec & ValuesOf<O>, θ: Parameters): number;
  /** Adds the gradient of that to dθ. */
  backward?(k: Kernels, spec: ObjectiveSpec & ValuesOf<O>, θ: Parameters, dθ: Parameters): void;
  /** What it adds for a batch. */
  layer?(workspace: Omit<Workspace<ValuesOf<O>>, 'encoder'> & { readonly sparseInput: boolean }): TermLayer;
  /** What it remembers between batches, as it starts. */
  memory?(spec: ObjectiveSpec & ValuesOf<O>): MemoryStart;
}

/** Another way to hold, to start or to step θ, whatever the kind of code. */
export interface ModifierKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** Whether the options ask for it. */
  applies(spec: ObjectiveSpec & ValuesOf<O>): boolean;
  /** Changes a new model's θ. */
  start?(θ: StoredParameters): void;
  /** Changes ∇J before a step. */
  beforeStep?(θ: StoredParameters, dθ: StoredParameters): void;
  /** Changes θ after a step. */
  afterStep?(θ: StoredParameters): void;
}

// A kind read from the list is given a spec that holds its options; which ones they are is known to it alone.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyCodeKind = CodeKind<string, any>;
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyPenaltyKind = PenaltyKind<string, any>;
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyTermKind = TermKind<string, any>;
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyModifierKind = ModifierKind<string, any>;

export const code = <const Name extends string, O extends Options>(kind: CodeKind<Name, O>): CodeKind<Name, O> => kind;
export const penalty = <const Name extends string, O extends Options>(kind: PenaltyKind<Name, O>): PenaltyKind<Name, O> => kind;
export const term = <const Name extends string, O extends Options>(kind: TermKind<Name, O>): TermKind<Name, O> => kind;
export const modifier = <const Name extends string, O extends Options>(kind: ModifierKind<Name, O>): ModifierKind<Name, O> =>
  kind;
