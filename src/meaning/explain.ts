import type { Matrix } from '../kernels/kernels.js';
import { dot, type RowCode, rowDot, sumOf } from './code.js';

/** A unit's part in what the code of a row says. */
export interface Contribution {
  readonly unit: number;
  /** f_j */
  readonly activation: number;
  /** f_j·(w_j·r), r = Σ_i f_i·w_i = x̂ − b_dec: all units' add up to ‖r‖². */
  readonly contribution: number;
  /** contribution/‖r‖²: all units' add up to 1. */
  readonly share: number;
}

/**
 * What each active unit contributes to r = Σ_i f_i·w_i, the largest (whatever its sign) first, of equal ones the lower unit.
 *
 *   ‖r‖² = r·r = Σ_j f_j·(w_j·r),   f_j·(w_j·r) = f_j²·‖w_j‖² + Σ_{i≠j} f_i·f_j·(w_i·w_j)
 *
 * so that a unit has its own square and half of each 2·f_i·f_j·(w_i·w_j) that it shares with another: the Shapley value of
 * unit j in the game v(S) = ‖Σ_{i∈S} f_i·w_i‖² (Shapley 1953), in which nothing but pairs interact. A unit whose w_j points
 * away from what the others say has a negative one. b_dec has no part in r, hence none here.
 */
export function contributions(code: RowCode, decoder: Matrix): Contribution[] {
  const r = sumOf(code, decoder);
  const whole = dot(r, r);
  return Array.from(code.units, (unit, p) => {
    const contribution = code.values[p] * rowDot(decoder, unit, r);
    return { unit, activation: code.values[p], contribution, share: whole > 0 ? contribution / whole : 0 };
  }).sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.unit - b.unit);
}
