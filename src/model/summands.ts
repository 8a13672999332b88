import type { ObjectiveSpec } from '../layers/spec.js';
import type { KindValues } from '../sparsity/kinds.js';
import { codeKind, penaltyKind, terms } from '../sparsity/kinds.js';

/** What the summands of J are called where people read them: J = R + β·S + the rest. */
export interface SummandNames {
  /** "mse", or "mse of 3 prefixes", of which R is then the sum. */
  readonly reconstruction: string;
  /** null where there is no penalty. */
  readonly penalty: string | null;
  /** All that J adds to R and β·S, taken together: "auxK", "the gate's mse and weightDecay"; null where that is nothing. */
  readonly rest: string | null;
}

export function summandNames(spec: ObjectiveSpec & Partial<Pick<KindValues, 'prefixes'>>): SummandNames {
  const { prefixes = [] } = spec;
  const reconstruction = prefixes.length > 1 ? `${spec.reconstruction} of ${prefixes.length} prefixes` : spec.reconstruction;
  const gate = codeKind(spec).gated ? [`the gate's ${reconstruction}`] : [];
  const added = terms.filter((term) => term.applies(spec)).map(({ name }) => name);
  return {
    reconstruction,
    penalty: penaltyKind(spec).describe(spec) === null ? null : spec.penalty,
    rest: [...gate, ...added].join(' and ') || null,
  };
}
