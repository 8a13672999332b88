import { commonParameters, type Layout } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { Seed } from '../numbers/random.js';
import type { MemoryStart } from '../sparsity/kind.js';
import { codeKind, terms } from '../sparsity/kinds.js';
import { Memory } from '../sparsity/memory.js';

/** What a model is known by: what every model has, then what its kind of code adds. */
export function parametersOf(spec: ObjectiveSpec): Layout {
  return [...commonParameters(spec), ...(codeKind(spec).parameters?.(spec) ?? [])];
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
