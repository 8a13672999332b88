import { fraction } from '../../numbers/checks.js';
import { rounded } from '../../numbers/decimals.js';
import { log } from '../../numbers/elementary.js';
import { penalized, penalty } from '../kind.js';
import { columnSums } from '../sums.js';

/** Keeps both logarithms finite at ρ̂ = 0 and ρ̂ = 1. */
const MARGIN = 1e-10;
/** Beyond this mean activation KL goes on as its tangent. */
const TANGENT_FROM = 1 - 1e-3;

/**
 * S = Σ_j KL(ρ‖ρ̂_j), ρ̂_j = (1/n)·Σ_i f_ij   ⇒   ∂S/∂f_ij = (1/n)·∂KL/∂ρ̂_j, the same for every row i.
 * (Ng 2011, "Sparse autoencoder", CS294A lecture notes, section 3.)
 */
export const kl = penalty({
  name: 'kl',
  help: 'Σ KL(ρ‖ρ̂) draws each mean activation to ρ',
  beta: 0.1,
  options: {
    /** ρ in (0, 1), which KL draws the mean activations to. Default 0.05. */
    sparsityParam: { check: fraction, default: 0.05, help: 'target mean activation (ρ)' },
  },
  shared: ['sparsityParam'],
  describe: ({ sparsityParam, beta }) => `KL, ρ = ${sparsityParam}, weight ${rounded(beta)}`,
  target: ({ sparsityParam }) => sparsityParam,

  refuse({ sparsityParam }, code, codes) {
    if (!code.nonNegative) {
      const fit = codes.filter(({ nonNegative }) => nonNegative).map(({ name }) => `"${name}"`);
      const list = fit.length > 1 ? `${fit.slice(0, -1).join(', ')} or ${fit[fit.length - 1]}` : fit[0];
      return { option: 'hiddenActivation', expected: `one that is never negative with penalty "kl": ${list}` };
    }
    if (sparsityParam <= TANGENT_FROM) return undefined;
    return {
      option: 'sparsityParam',
      expected: `at most ${TANGENT_FROM} with penalty "kl", which is a falling line from there on`,
    };
  },

  layer(k, { hiddenDim, sparsityParam }) {
    const rhoHat = k.floats(hiddenDim);
    const pull = k.floats(hiddenDim);
    let n = 0;
    return {
      forward(_θ, code) {
        n = code.rows.rows;
        columnSums(k, rhoHat, penalized(code));
        for (let j = 0; j < hiddenDim; j++) rhoHat[j] /= n;
        return klPenalty(sparsityParam, rhoHat);
      },
      /** pull_j = β·∂S/∂f_ij */
      slope(beta) {
        for (let j = 0; j < hiddenDim; j++) pull[j] = (beta / n) * klSlope(sparsityParam, rhoHat[j]);
        return { pull, l1: 0 };
      },
    };
  },

  /** KL is a function of means over the whole set, not a mean over chunks. */
  meter(k, { hiddenDim, sparsityParam }, rows) {
    const rhoHat = new Float64Array(hiddenDim);
    const sums = k.floats(hiddenDim);
    return {
      add(_θ, code) {
        columnSums(k, sums, penalized(code));
        for (let j = 0; j < hiddenDim; j++) rhoHat[j] += sums[j] / rows;
      },
      value: () => klPenalty(sparsityParam, rhoHat),
    };
  },

  cases: [
    { name: 'KL past its tangent point (relu, ρ̂ > 1)', options: {}, loudness: 2 },
    { name: 'KL of saturated units (sigmoid, ρ̂ → 1)', options: { hiddenActivation: 'sigmoid' }, loudness: 8 },
    { name: 'KL of quiet units (sigmoid, ρ̂ → 0)', options: { hiddenActivation: 'sigmoid' }, loudness: -6 },
    { name: 'one row, n = 1, KL', options: {}, n: 1, loudness: 0.2 },
    { name: 'one unit, h = 1, KL', options: { hiddenDim: 1, hiddenActivation: 'sigmoid' } },
    { name: 'a partial batch, 3 rows in room for 8, KL', options: {}, n: 3, room: 8, loudness: 0.2 },
  ],
});

/**
 * KL(ρ‖ρ̂): how far a unit that is active with mean ρ̂ is from one with mean ρ.
 *   KL = ρ·ln(ρ/(ρ̂ + 10⁻¹⁰)) + (1 − ρ)·ln((1 − ρ)/(1 − ρ̂ + 10⁻¹⁰))
 * A ReLU unit's mean may pass 1, where the logarithm ends; from 1 − 10⁻³ on the tangent line at that
 * point goes on in its place, so that a loud unit is pulled back hard, finitely, and never by NaN.
 */
export function klDivergence(rho: number, rhoHat: number): number {
  if (rhoHat > TANGENT_FROM) return klDivergence(rho, TANGENT_FROM) + klSlope(rho, TANGENT_FROM) * (rhoHat - TANGENT_FROM);
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
  for (let j = 0; j < rhoHat.length; j++) sum += klDivergence(rho, rhoHat[j]);
  return sum;
}
