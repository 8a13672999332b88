/**
 * What a way to be sparse consists of. A kind of code, of penalty, of term or of modifier is one file: its paper, its equations,
 * its options, its parameters, forward and backward, and the cases that try its gradients. kinds.ts lists them;
 * objective, options, command line, gradient table and report read that list and name no kind themselves.
 */

import type { FloatArray, Kernels, Matrix, Rows, SparseRows } from '../kernels/kernels.js';
import type { DecoderLayer, DecoderRoom } from '../layers/decoder.js';
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
  /** Where dF is asked for, if it is at more than F's non-zeros, and these are few. */
  readonly wanted?: SparseRows;
  /** How many entries are not zero. */
  readonly active: number;
  /** ReLU(G) of a gated code: S is of it instead of F, and J adds its reconstruction, W_dec and b_dec held constant. */
  readonly gate?: Pick<Code, 'f' | 'rows'>;
  /** σ′ and σ″, where F is a σ of Z. */
  readonly derivatives?: Derivatives;
  /** What F is drawn from, N(μ, e^ℓ), where it is drawn. n × h each. */
  readonly posterior?: Posterior;
}

export interface Posterior {
  /** μ */
  readonly mean: Matrix;
  /** ℓ, the logarithm of the variance. */
  readonly logVariance: Matrix;
}

/** What S is of. */
export const penalized = (code: Code): Pick<Code, 'f' | 'rows'> => code.gate ?? code;

/**
 * ∂(β·S)/∂f_ij = pull_j + (l1 + weighted_j)·sign(f_ij), f being what S is of; and beside that, where F does not tell it,
 * β·S changes by l0 for each unit that becomes active, and by gaussian·(μ, ½(e^ℓ − 1)) with μ and ℓ.
 */
export interface Slope {
  readonly pull: FloatArray;
  readonly l1: number;
  readonly weighted?: FloatArray;
  readonly l0?: number;
  readonly gaussian?: number;
}

/** From X to F, and from dF to the gradients of the encoder and of the kind's own parameters. Owns its buffers. */
export interface CodeLayer {
  /** F of the rows of `x`; what is random in training is drawn from `noise`, N(0, 1), n × h, zeros if not given. */
  forward(θ: Parameters, x: Rows, mode: 'training' | 'inference', noise?: Matrix): Code;
  /**
   * From dF = ∂R/∂F, whose place dZ takes, the penalty's slope, and the gradient of the second reconstruction where there
   * is a gate, for the rows that `forward` was given last. dF is held by F's entries where there is no other F, and
   * written out otherwise.
   */
  backward(θ: Parameters, dθ: Parameters, x: Rows, df: Rows, slope: Slope, dGate?: Rows): void;
  /** The noise of a step of `fit` on so many rows, from a stream of its own. */
  draw?(rows: number): Matrix;
  /** After a step: brings the memory forward by what the last training batch was like. */
  remember?(): void;
}

/** Statements, and the arrays that they read by name. */
export interface Script {
  readonly body: string;
  readonly constants?: Readonly<Record<string, ArrayLike<number>>>;
}

/** A graph of ONNX operators as it is drawn: see export/onnx.ts. */
export interface Drawing {
  /** A node, whose inputs are called by name. Gives the names of its outputs. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, number>>,
    outputs?: number,
  ): readonly string[];
  /** Constants, by name: a vector, if no shape is given. */
  floats(values: ArrayLike<number>, shape?: readonly number[]): string;
  integers(values: readonly number[]): string;
}

/** σ_h: how F comes of Z. */
export interface CodeKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** Whether every f ≥ 0, so that a mean activation tells how active a unit is. */
  readonly nonNegative: boolean;
  /** Whether most of F is exactly zero, and ∂J/∂Z vanishes there too. */
  readonly zeros: boolean;
  /** How many entries F has at the most for so many rows, if it is held by them alone and never written out. */
  entries?(spec: ObjectiveSpec & ValuesOf<O>, rows: number): number;
  /** How many entries a row of F has, the largest of Z above 0, if outside training these are all it has. */
  selects?(spec: ObjectiveSpec & ValuesOf<O>): number;
  /** Which penalty it has if none is asked for. */
  readonly penalty: string;
  /** Whether a unit is active where z > θ_j, straight through: what an L0 penalty needs. */
  readonly thresholds?: boolean;
  /** Whether F is drawn from Gaussians in training: it takes noise, and a Gaussian penalty knows it. */
  readonly random?: boolean;
  /** Whether it has a gate: see Code. */
  readonly gated?: boolean;
  /** σ′ and σ″, read off f = σ(z), where F is a σ of Z, entry by entry. */
  readonly derivatives?: Derivatives;
  /** What a model file calls parameters that every model has, where this kind's go by another name. */
  readonly tensors?: Readonly<Record<string, string>>;
  /** What it adds to θ. */
  parameters?(spec: ObjectiveSpec & ValuesOf<O>): Layout;
  /** What it remembers between batches, as it starts. */
  memory?(spec: ObjectiveSpec & ValuesOf<O>): MemoryStart;
  layer(workspace: Workspace<ValuesOf<O>>): CodeLayer;
  /** F in the place of Z, outside training. */
  infer(workspace: Omit<Workspace<ValuesOf<O>>, 'capacity' | 'encoder'>, θ: Parameters, z: Matrix): void;
  /** The same for one row, as JavaScript statements that change the Float64Array z of length hiddenDim: see export/. */
  script(spec: ObjectiveSpec & ValuesOf<O>, θ: Parameters, memory: Memory): Script;
  /** And as ONNX operators, from the name of Z, float32, to that of F. */
  draw(graph: Drawing, z: string, spec: ObjectiveSpec & ValuesOf<O>, θ: Parameters, memory: Memory): string;
}

export interface Derivatives {
  slope(f: number): number;
  /** Left out where it is 0. */
  curvature?(f: number): number;
}

/** S of a batch. */
export interface PenaltyLayer {
  /** S, before β. */
  forward(θ: Parameters, code: Code): number;
  /** β·∂S/∂F of the batch that `forward` was given last. */
  slope(beta: number): Slope;
  /** Adds β·∂S/∂W to dθ, of the weights that S itself names. */
  backward?(θ: Parameters, dθ: Parameters, beta: number): void;
}

/** S of a data set that comes a chunk at a time, in double precision. */
export interface PenaltyMeter {
  add(θ: Parameters, code: Code): void;
  value(): number;
}

export interface PenaltyKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** β, if it is not given. */
  readonly beta: number | ((spec: ObjectiveSpec) => number);
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
  /** Adds its gradient with respect to F to dF, for the pass that `forward` was given last. */
  intoCode?(df: Rows): void;
  /** Adds its gradient to dθ, apart from what comes by way of F. */
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

/** What a modifier of the input is told about X. */
export interface InputSurvey {
  readonly sparse: boolean;
  /** The smallest and the largest of all entries, looked for when it is read. */
  readonly range: readonly [number, number];
}

/** Something that any kind of code may have, and that changes how θ starts or steps, or how the batch or R is come by. */
export interface ModifierKind<Name extends string = string, O extends Options = Options> extends Kind<Name, O> {
  /** Whether the options ask for it. */
  applies(spec: ObjectiveSpec & ValuesOf<O>): boolean;
  /** Changes a new model's θ. */
  start?(θ: StoredParameters): void;
  /** Changes ∇J before a step. */
  beforeStep?(θ: StoredParameters, dθ: StoredParameters): void;
  /** Changes θ after a step. */
  afterStep?(θ: StoredParameters): void;
  /** In `fit`: from rows of X to what the encoder is given; T stays clean. Good until the next call. */
  input?(place: InputPlace<ValuesOf<O>>, survey: InputSurvey): (x: Rows) => Rows;
  /** From F to R and back, where that is another way than X̂ alone. */
  decoder?(k: Kernels, spec: ObjectiveSpec & ValuesOf<O>, room: DecoderRoom): DecoderLayer;
}

export type InputPlace<O> = Omit<Workspace<O>, 'encoder'>;

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
