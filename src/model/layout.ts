import type { Rows } from '../kernels/kernels.js';
import { commonParameters, type Layout } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { Seed } from '../numbers/random.js';
import type { InputPlace, InputSurvey, MemoryStart } from '../sparsity/kind.js';
import { codeKind, modifiers, terms } from '../sparsity/kinds.js';
import { Memory } from '../sparsity/memory.js';

/** What a model is known by: what every model has, then what its kind of code adds. */
export function parametersOf(spec: ObjectiveSpec): Layout {
  const { tensors = {}, parameters } = codeKind(spec);
  const common = commonParameters(spec).map((part) => ({ ...part, tensor: tensors[part.name] ?? part.tensor }));
  return [...common, ...(parameters?.(spec) ?? [])];
}

/** θ, from beginning to end: all of these, but W_enc where it is W_decᵀ. */
export function layoutOf(spec: ObjectiveSpec): Layout {
  return parametersOf(spec).filter(({ name }) => spec.tied !== true || name !== 'encoderWeight');
}

/** What a new model remembers between batches: where β stands, what its kinds keep, and `more`. */
export function newMemory(spec: ObjectiveSpec, seed: Seed, more: MemoryStart = {}): Memory {
  const ofTerms = terms.filter((term) => term.applies(spec)).map((term) => term.memory?.(spec));
  return new Memory(Object.assign({ beta: [spec.beta] }, codeKind(spec).memory?.(spec), ...ofTerms, more), seed);
}

/** β as it stands: the option, until something steers it. */
export const betaOf = (memory: Memory): number => memory.values.beta[0];

/** What rows of X go through on their way to the encoder in `fit`: from one modifier to the next. */
export function inputOf(place: InputPlace<object>, survey: InputSurvey) {
  const steps = modifiers.filter((modifier) => modifier.applies(place.spec)).flatMap(({ input }) => input?.(place, survey) ?? []);
  return (x: Rows): Rows => steps.reduce((rows, step) => step(rows), x);
}
