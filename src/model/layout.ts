import { commonParameters, type Layout } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { Seed } from '../numbers/random.js';
import { codeKind } from '../sparsity/kinds.js';
import { Memory } from '../sparsity/memory.js';

/** θ, from beginning to end: what every model has, then what its kind of code adds. */
export function layoutOf(spec: ObjectiveSpec): Layout {
  return [...commonParameters(spec), ...(codeKind(spec).parameters?.(spec) ?? [])];
}

/** What a new model remembers between batches: where β stands, what its kind of code keeps, and `more`. */
export const newMemory = (spec: ObjectiveSpec, seed: Seed, more: Record<string, readonly number[]> = {}): Memory =>
  new Memory({ beta: [spec.beta], ...codeKind(spec).memory?.(spec), ...more }, seed);

/** β as it stands: the option, until something steers it. */
export const betaOf = (memory: Memory): number => memory.values.beta[0];
