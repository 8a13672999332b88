import { log } from './elementary.js';

/** S, the sparsity penalty. */
export type Penalty = 'kl' | 'l1' | 'none';

/** Keeps both logarithms finite at ρ̂ = 0 and ρ̂ = 1. */
const MARGIN = 1e-10;
/** Beyond this mean activation KL goes on as its tangent. */
export const TANGENT_FROM = 1 - 1e-3;

/**
 * KL(ρ‖ρ̂): how far a unit that is active with mean ρ̂ is from one with mean ρ.
 *   KL = ρ·ln(ρ/(ρ̂ + 10⁻¹⁰)) + (1 − ρ)·ln((1 − ρ)/(1 − ρ̂ + 10⁻¹⁰))
 * A ReLU unit's mean may pass 1, where the logarithm ends; from 1 − 10⁻³ on the tangent line at that
 * point goes on in its place, so that a loud unit is pulled back hard, finitely, and never by NaN.
 */
export function kl(rho: number, rhoHat: number): number {
  if (rhoHat > TANGENT_FROM) return kl(rho, TANGENT_FROM) + klSlope(rho, TANGENT_FROM) * (rhoHat - TANGENT_FROM);
  return rho * log(rho / (rhoHat + MARGIN)) + (1 - rho) * log((1 - rho) / (1 - rhoHat + MARGIN));
}

/** ∂KL/∂ρ̂ = −ρ/(ρ̂ + 10⁻¹⁰) + (1 − ρ)/(1 − ρ̂ + 10⁻¹⁰), constant along the tangent. */
export function klSlope(rho: number, rhoHat: number): number {
  const at = Math.min(rhoHat, TANGENT_FROM);
  return -rho / (at + MARGIN) + (1 - rho) / (1 - at + MARGIN);
}

/** S = Σ_j KL(ρ‖ρ̂_j) over the h units. */
export function klPenalty(rho: number, rhoHat: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < rhoHat.length; j++) sum += kl(rho, rhoHat[j]);
  return sum;
}

/**
 * S = Σ_j KL(ρ‖ρ̂_j), ρ̂_j = (1/n)·Σ_i f_ij   ⇒   ∂S/∂f_ij = (1/n)·∂KL/∂ρ̂_j, the same for every row i.
 * Writes pull_j = β·∂S/∂f_ij.
 */
export function klPull(pull: Float32Array | Float64Array, rho: number, rhoHat: ArrayLike<number>, beta: number, n: number) {
  for (let j = 0; j < pull.length; j++) pull[j] = (beta / n) * klSlope(rho, rhoHat[j]);
}

/**
 * S = (1/n)·Σ_ij |f_ij|   ⇒   ∂S/∂f_ij = sign(f_ij)/n.
 * Returns β/n, the factor of the sign.
 */
export const l1Pull = (beta: number, n: number): number => beta / n;
