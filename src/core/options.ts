import { elementwise } from '../kernels/elementwise.js';
import type { Elementwise } from '../kernels/kernels.js';
import { type Initializer, initializers } from '../layers/initializers.js';
import { type Reconstruction, reconstructionScale } from '../layers/reconstruction.js';
import {
  anything,
  belowOne,
  type Check,
  checkOptions,
  count,
  isCount,
  notNegative,
  type Option,
  oneOf,
  positive,
  refuse,
  requireValue,
  seed,
  when,
  withoutUndefined,
} from '../numbers/checks.js';
import type { DType } from '../numbers/matrix.js';
import { checkPreparation, type PreparationOptions } from '../numbers/preparation.js';
import type { Seed } from '../numbers/random.js';
import {
  codeKind,
  codes,
  type HiddenActivation,
  type KindValues,
  modifiers,
  type Penalty,
  penalties,
  penaltyKind,
  terms,
} from '../sparsity/kinds.js';
import { ADAM } from '../training/adam.js';

/** Where the arithmetic runs. 'auto' is 'simd' wherever that can run, float64 excepted. */
export type Backend = 'auto' | 'plain' | 'simd';

/** What every model is made of. All but the two sizes have defaults. */
interface CommonOptions {
  /** d, the width of X. */
  inputDim: number;
  /** h, the number of hidden units. */
  hiddenDim: number;
  /** d′, the width of X̂. Default: inputDim. */
  outputDim?: number;
  /** σ_h. Default 'relu'. */
  hiddenActivation?: HiddenActivation;
  /** σ_o. Default 'sigmoid'. */
  outputActivation?: Elementwise;
  /** R. Default 'mse'. */
  reconstruction?: Reconstruction;
  /** S. Default: what goes with the kind of code, 'kl' for 'relu'. */
  penalty?: Penalty;
  /** β ≥ 0, the weight of S. Default: what goes with the penalty, 0.1 for 'kl', 10⁻⁴ for 'l1', 10⁻³ for 'l0'. */
  beta?: number;
  /** What the columns of X are called, for reports and for checks of what comes in by name. Default: nothing, []. */
  inputNames?: readonly string[] | undefined;
  /** What is done to X first, and undone in `reconstruct`. Default: nothing. */
  preparation?: PreparationOptions;
  /** Adam's α > 0. Default 0.001. */
  learningRate?: number;
  /** Adam's β₁ and β₂, from 0 up to below 1. Defaults 0.9, 0.999. */
  beta1?: number;
  beta2?: number;
  /** Adam's ε > 0. Default 10⁻⁷, as Keras has it. */
  epsilon?: number;
  /**
   * How many units shall be active a row, on average, when training ends: `fit` then steers β, which starts at
   * `beta`. For penalties that make a code sparser the stronger they are. Default: β stays as it is.
   */
  targetL0?: number | undefined;
  /** Default 'glorot-uniform'. */
  initializer?: Initializer;
  /** The weights and the order of the batches follow from it. Default 0. */
  seed?: Seed;
  /** Default 'float32'. */
  dtype?: DType;
  /** Default 'auto'. */
  backend?: Backend;
  /** How many threads `fit` may use; the results are the same bits for any number. Default 'auto'. */
  threads?: 'auto' | number;
}

/** What a model is made of: plain JSON. Some options belong to a kind of code or penalty: see sparsity/. */
export interface SparseAutoencoderOptions extends CommonOptions, Partial<KindValues> {}

/** The same, defaults filled in; the options of kinds that were not chosen stay away. */
export interface SettledOptions extends Required<CommonOptions>, Partial<KindValues> {}

/** The same for the kinds themselves, each of which reads its own options alone. */
export interface CompleteOptions extends Required<CommonOptions>, KindValues {}

/** The options that no kind owns. A default that follows from others is undefined here. */
export const commonOptions: { readonly [K in keyof Required<CommonOptions>]: Option<CommonOptions[K] | undefined> } = {
  inputDim: { check: count, default: undefined, help: 'width of X (d)' },
  hiddenDim: { check: count, default: undefined, help: 'hidden units (h)' },
  outputDim: { check: count, default: undefined, help: 'width of the reconstruction (default: inputDim)' },
  hiddenActivation: { check: oneOf(...codes.map(({ name }) => name)), default: 'relu', help: 'kind of code' },
  outputActivation: { check: oneOf(...Object.keys(elementwise)), default: 'sigmoid', help: 'activation of the output' },
  reconstruction: { check: oneOf(...Object.keys(reconstructionScale)), default: 'mse', help: 'reconstruction term' },
  penalty: { check: oneOf(...penalties.map(({ name }) => name)), default: undefined, help: 'sparsity penalty' },
  beta: { check: notNegative, default: undefined, help: 'weight of the penalty (β)' },
  inputNames: {
    check: when((v) => Array.isArray(v) && v.every((name) => typeof name === 'string'), 'a list of texts'),
    default: [],
    help: 'names of the columns of X',
  },
  preparation: { check: anything, default: {}, help: 'what is done to X first' },
  learningRate: { check: positive, default: 0.001, help: "Adam's learning rate" },
  beta1: { check: belowOne, default: ADAM.beta1, help: "Adam's β₁" },
  beta2: { check: belowOne, default: ADAM.beta2, help: "Adam's β₂" },
  epsilon: { check: positive, default: ADAM.epsilon, help: "Adam's ε" },
  targetL0: { check: positive, default: undefined, help: 'active units a row that β is steered to' },
  initializer: { check: oneOf(...Object.keys(initializers)), default: 'glorot-uniform', help: 'initial weights' },
  seed: { check: seed, default: 0, help: 'of the weights and of the order of the batches' },
  dtype: { check: oneOf('float32', 'float64'), default: 'float32', help: 'precision' },
  backend: { check: oneOf('auto', 'plain', 'simd'), default: 'auto', help: 'where the arithmetic runs' },
  threads: {
    check: when((v) => v === 'auto' || (isCount(v) && v <= 64), '"auto" or a whole number from 1 to 64'),
    default: 'auto',
    help: 'threads, or auto',
  },
};

const kinds = [...codes, ...penalties, ...terms, ...modifiers];

/** Every option that a model can have, by name. */
export const modelOptions: Readonly<Record<string, Option>> = Object.assign(
  {},
  commonOptions,
  ...kinds.map(({ options }) => options),
);

const checksOf = (options: Readonly<Record<string, Option>>): Record<string, Check> =>
  Object.fromEntries(Object.entries(options).map(([name, { check }]) => [name, check]));

const defaultsOf = (options: Readonly<Record<string, Option>>) =>
  withoutUndefined(Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default])));

/** @throws RangeError or TypeError that begins with `call` */
const settled = (given: object) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, modelOptions[name].settle?.(value) ?? value]));

export function completeModelOptions(options: SparseAutoencoderOptions, call = 'SparseAutoencoder'): CompleteOptions {
  checkOptions(call, options, checksOf(modelOptions));
  for (const name of ['inputDim', 'hiddenDim'] as const) requireValue(`${call}: ${name}`, options[name], count);
  if (options.preparation !== undefined) checkPreparation(`${call}: preparation`, options.preparation);
  const given = withoutUndefined(options);
  const hiddenActivation = given.hiddenActivation ?? 'relu';
  const code = codeKind({ hiddenActivation });
  const penalty = given.penalty ?? code.penalty;
  const chosen = [code, penaltyKind({ penalty }), ...terms, ...modifiers];
  const shared = kinds.flatMap((kind) => (kind.shared ?? []).map((name) => [String(name), kind.options[name]] as const));
  const complete = {
    ...defaultsOf(commonOptions),
    outputDim: options.inputDim,
    penalty,
    ...defaultsOf(Object.fromEntries(shared)),
    ...Object.assign({}, ...chosen.map((kind) => defaultsOf(kind.options))),
    ...settled(given),
  } as CompleteOptions;
  const { beta } = penaltyKind({ penalty });
  complete.beta ??= typeof beta === 'number' ? beta : beta(complete);
  for (const name of Object.keys(given)) {
    const owners = kinds.filter(({ options }) => name in options);
    const stray = owners.length > 0 && !owners.some((kind) => chosen.includes(kind) || kind.shared?.includes(name));
    if (!stray) continue;
    const list = owners.map((kind) => `"${kind.name}"`).join(' or ');
    throw new RangeError(`${call}: ${name} means something with ${list} alone, which is not asked for`);
  }
  for (const kind of chosen) {
    const refusal = kind.refuse?.(complete, code, codes);
    if (!refusal) continue;
    const { option, expected } = refusal;
    const value = (complete as unknown as Record<string, unknown>)[option];
    if (value === undefined) throw new RangeError(`${call}: ${option} is not given, expected ${expected}`);
    refuse(`${call}: ${option}`, value, expected);
  }
  if (complete.targetL0 !== undefined) requireSteerable(complete, code.zeros);
  const { backend, dtype, reconstruction, outputActivation, preparation, inputNames } = complete;
  if (inputNames.length !== 0 && inputNames.length !== complete.inputDim) {
    throw new RangeError(`${call}: inputNames has ${inputNames.length} names, expected ${complete.inputDim}`);
  }
  if (reconstruction === 'bce' && outputActivation !== 'sigmoid')
    refuse(`${call}: outputActivation`, outputActivation, '"sigmoid" with reconstruction "bce", which compares probabilities');
  if (backend === 'simd' && dtype === 'float64') refuse(`${call}: backend`, backend, '"plain" or "auto" with dtype "float64"');
  return { ...complete, preparation: withoutUndefined(preparation) };
}

/** What `targetL0` needs: a code that has zeros, and a penalty that makes more of them, with a weight to start from. */
function requireSteerable({ targetL0, hiddenActivation, hiddenDim, k, penalty, beta }: CompleteOptions, zeros: boolean): void {
  const where = 'SparseAutoencoder: targetL0';
  const steerable = penalties.filter(({ steers }) => steers).map(({ name }) => `"${name}"`);
  if (!zeros) refuse(where, targetL0, `none with hiddenActivation "${hiddenActivation}", whose units are always active`);
  if (!penaltyKind({ penalty }).steers)
    refuse(where, targetL0, `none with penalty "${penalty}": β is steered for ${steerable.join(', ')}`);
  const most = k ?? hiddenDim;
  if (Number(targetL0) >= most) refuse(where, targetL0, `a number below ${k ? 'k' : 'hiddenDim'} ${most}`);
  if (beta === 0) refuse('SparseAutoencoder: beta', beta, 'a number above 0 for targetL0 to start from');
}

/** Checks the options of a call that takes targets and, if `more` says so, other things. */
export function checkDataOptions(call: string, options: unknown, more: Record<string, Check> = {}): void {
  checkOptions(call, options, { targets: anything, ...more });
}
