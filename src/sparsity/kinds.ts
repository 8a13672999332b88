/** The ways to be sparse that there are. A new one is its file and its place in one of these lists. */

import type { Option } from '../numbers/checks.js';
import { identity } from './codes/identity.js';
import { relu } from './codes/relu.js';
import { sigmoid } from './codes/sigmoid.js';
import { tanh } from './codes/tanh.js';
import type { AnyCodeKind, AnyPenaltyKind, AnyTermKind } from './kind.js';
import { kl } from './penalties/kl.js';
import { l1 } from './penalties/l1.js';
import { none } from './penalties/none.js';
import { weightDecay } from './terms/weight-decay.js';

export const codeList = [relu, sigmoid, tanh, identity] as const;
export const penaltyList = [kl, l1, none] as const;
export const termList = [weightDecay] as const;

export type HiddenActivation = (typeof codeList)[number]['name'];
export type Penalty = (typeof penaltyList)[number]['name'];

type AnyKind = (typeof codeList)[number] | (typeof penaltyList)[number] | (typeof termList)[number];
type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? I : never;
type OptionsOf<Kind> = Kind extends { options: infer O } ? O : never;
type AllOptions = UnionToIntersection<OptionsOf<AnyKind>>;
/** The options of all kinds, by name. */
export type KindValues = { -readonly [Name in keyof AllOptions]: AllOptions[Name] extends Option<infer T> ? T : never };

export const codes: readonly AnyCodeKind[] = codeList;
export const penalties: readonly AnyPenaltyKind[] = penaltyList;
export const terms: readonly AnyTermKind[] = termList;

export const codeKind = ({ hiddenActivation }: { hiddenActivation: string }): AnyCodeKind =>
  codes.find(({ name }) => name === hiddenActivation) as AnyCodeKind;
export const penaltyKind = ({ penalty }: { penalty: string }): AnyPenaltyKind =>
  penalties.find(({ name }) => name === penalty) as AnyPenaltyKind;
