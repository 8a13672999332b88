import type { Rows } from '../kernels/kernels.js';
import { commonParameters, type Layout } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { Seed } from '../numbers/random.js';
import type { InputPlace } from '../sparsity/kind.js';
import { codeKind, modifiers } from '../sparsity/kinds.js';
import { Memory } from '../sparsity/memory.js';

/** θ, from beginning to end: what every model has, then what its kind of code adds. */
export function layoutOf(spec: ObjectiveSpec): Layout {
  const { tensors = {}, parameters } = codeKind(spec);
  const common = commonParameters(spec).map((part) => ({ ...part, tensor: tensors[part.name] ?? part.tensor }));
  return [...common, ...(parameters?.(spec) ?? [])];
}

/** What a new model remembers between batches: where β stands, what its kind of code keeps, and `more`. */
export const newMemory = (spec: ObjectiveSpec, seed: Seed, more: Record<string, readonly number[]> = {}): Memory =>
  new Memory({ beta: [spec.beta], ...codeKind(spec).memory?.(spec), ...more }, seed);

/** β as it stands: the option, until something steers it. */
export const betaOf = (memory: Memory): number => memory.values.beta[0];

/** What rows of X go through on their way to the encoder in `fit`: from one modifier to the next. */
export function inputOf(place: InputPlace<object>, { sparse, range }: { sparse: boolean; range: readonly [number, number] }) {
  const survey = { sparse, smallest: range[0], largest: range[1] };
  const steps = modifiers.filter((modifier) => modifier.applies(place.spec)).flatMap(({ input }) => input?.(place, survey) ?? []);
  return (x: Rows): Rows => steps.reduce((rows, step) => step(rows), x);
}
