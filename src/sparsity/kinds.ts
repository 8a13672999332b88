/** The ways to be sparse that there are. A new one is its file and its place in one of these lists. */

import type { StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { Option } from '../numbers/checks.js';
import { batchTopk } from './codes/batch-topk.js';
import { gated } from './codes/gated.js';
import { identity } from './codes/identity.js';
import { jumprelu } from './codes/jumprelu.js';
import { relu } from './codes/relu.js';
import { sigmoid } from './codes/sigmoid.js';
import { tanh } from './codes/tanh.js';
import { topk } from './codes/topk.js';
import { variational } from './codes/variational.js';
import type { AnyCodeKind, AnyModifierKind, AnyPenaltyKind, AnyTermKind } from './kind.js';
import { corruption } from './modifiers/corruption.js';
import { preBias } from './modifiers/pre-bias.js';
import { prefixes } from './modifiers/prefixes.js';
import { tied } from './modifiers/tied.js';
import { unitNorm } from './modifiers/unit-norm.js';
import { gaussian } from './penalties/gaussian.js';
import { kl } from './penalties/kl.js';
import { l0 } from './penalties/l0.js';
import { l1 } from './penalties/l1.js';
import { none } from './penalties/none.js';
import { weightedL1 } from './penalties/weighted-l1.js';
import { auxK } from './terms/aux-k.js';
import { contractive } from './terms/contractive.js';
import { weightDecay } from './terms/weight-decay.js';

export const codeList = [relu, sigmoid, tanh, identity, topk, batchTopk, jumprelu, gated, variational] as const;
export const penaltyList = [kl, l1, weightedL1, l0, gaussian, none] as const;
export const termList = [weightDecay, auxK, contractive] as const;
/** In the order in which they start and step θ: W_enc is tied to rows that have their length. */
export const modifierList = [preBias, unitNorm, tied, prefixes, corruption] as const;

export type HiddenActivation = (typeof codeList)[number]['name'];
export type Penalty = (typeof penaltyList)[number]['name'];

type Lists = typeof codeList | typeof penaltyList | typeof termList | typeof modifierList;
type AnyKind = Lists[number];
type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? I : never;
type OptionsOf<Kind> = Kind extends { options: infer O } ? O : never;
type AllOptions = UnionToIntersection<OptionsOf<AnyKind>>;
/** The options of all kinds, by name. */
export type KindValues = { -readonly [Name in keyof AllOptions]: AllOptions[Name] extends Option<infer T> ? T : never };

export const codes: readonly AnyCodeKind[] = codeList;
export const penalties: readonly AnyPenaltyKind[] = penaltyList;
export const terms: readonly AnyTermKind[] = termList;
export const modifiers: readonly AnyModifierKind[] = modifierList;

export const codeKind = ({ hiddenActivation }: { hiddenActivation: string }): AnyCodeKind =>
  codes.find(({ name }) => name === hiddenActivation) as AnyCodeKind;
export const penaltyKind = ({ penalty }: { penalty: string }): AnyPenaltyKind =>
  penalties.find(({ name }) => name === penalty) as AnyPenaltyKind;

/** θ as the modifiers want it: on a sphere, say, which neither a step nor a mean of weights keeps to by itself. */
export function bringHome(spec: ObjectiveSpec, θ: StoredParameters): void {
  for (const modifier of modifiers) if (modifier.applies(spec)) modifier.afterStep?.(θ);
}
