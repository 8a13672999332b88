/**
 * Numbers that the loops over vectors need, in memory.
 *
 * A constant written into the code costs some engines four instructions whenever it is used (V8 since 12: it puts the
 * vector together from two integers, inside the loop); one from memory costs one load.
 */

import { CONSTANTS } from './layout';

export const enum Constant {
  ONE,
  TWO,
  /** 1.5·2²³: added to a number, it leaves the nearest integer in the lowest bits. */
  MAGIC,
  /** Beyond these, e⁻ˣ is held. */
  LEAST,
  MOST,
  /** log₂ e, and its negative. */
  LOG2E,
  MINUS_LOG2E,
  /** ln 2 in two parts, negative and less than itself: see exp.ts. */
  LN2_HIGH,
  LN2_LOW,
  /** The polynomial of 2ᶠ. */
  P1,
  P2,
  P3,
  P4,
  P5,
  /** Padé's fraction of eʳ. */
  TENTH,
  HALF,
  E3,
  /** tanh is ±1 beyond. */
  TANH_LEAST,
  TANH_MOST,
}

/** Writes them, once. */
export function writeConstants(): void {
  put(Constant.ONE, 1);
  put(Constant.TWO, 2);
  put(Constant.MAGIC, 12582912);
  put(Constant.LEAST, -88.7);
  put(Constant.MOST, 88);
  put(Constant.LOG2E, 1.44269504088896341);
  put(Constant.MINUS_LOG2E, -1.44269504088896341);
  put(Constant.LN2_HIGH, -0.693359375);
  put(Constant.LN2_LOW, 2.12194440e-4);
  put(Constant.P1, 0.6931469775989926);
  put(Constant.P2, 0.24022242085262163);
  put(Constant.P3, 0.05550733743497058);
  put(Constant.P4, 0.00967151264483123);
  put(Constant.P5, 0.0013264727123620847);
  put(Constant.TENTH, 0.1);
  put(Constant.HALF, 0.5);
  put(Constant.E3, 0.008333333333333333);
  put(Constant.TANH_LEAST, -20);
  put(Constant.TANH_MOST, 20);
}

// @ts-ignore: decorator
@inline
function put(which: Constant, x: f32): void {
  store<f32>(CONSTANTS + (which << 2), x);
}

/** Four times the same. */
// @ts-ignore: decorator
@inline
export function constant(which: Constant): v128 {
  return v128.load_splat<f32>(CONSTANTS + (which << 2));
}
