import type { Reconstruction } from '../../layers/reconstruction.js';
import { rounded } from '../../numbers/decimals.js';
import { exp } from '../../numbers/elementary.js';
import { type Posterior, penalty } from '../kind.js';

/** What makes R + β·S proportional to the negative ELBO: twice, or once, what R leaves out of −ln p(t|f). */
const elboWeight: Readonly<Record<Reconstruction, (outputDim: number) => number>> = {
  'half-sse': () => 1,
  sse: () => 2,
  mse: (d) => 2 / d,
  bce: (d) => 1 / d,
};

/**
 * S = (1/n)·Σ_ij ½(μ_ij² + e^ℓ_ij − 1 − ℓ_ij): KL(N(μ, e^ℓ) ‖ N(0, 1)), summed over units. (Kingma & Welling 2014,
 * appendix B.)
 *   ∂S/∂μ = μ/n          ∂S/∂ℓ = ½(e^ℓ − 1)/n
 * β's default makes J proportional to the negative ELBO, T given F being a Gaussian of unit variance, or Bernoulli for
 * 'bce'.
 */
export const gaussian = penalty({
  name: 'gaussian',
  help: 'KL(N(μ, σ²) ‖ N(0, 1)), summed over units',
  beta: ({ reconstruction, outputDim }) => elboWeight[reconstruction](outputDim),
  options: {},
  describe: ({ beta }) => `Gaussian KL, weight ${rounded(beta)}`,

  refuse(_spec, code, codes) {
    if (code.random) return undefined;
    const fit = codes.filter(({ random }) => random).map(({ name }) => `"${name}"`);
    return { option: 'hiddenActivation', expected: `${fit.join(' or ')} with penalty "gaussian": no other code has a variance` };
  },

  layer(k, { hiddenDim }) {
    const pull = k.floats(hiddenDim);
    let n = 0;
    return {
      forward(_θ, { rows, posterior }) {
        n = rows.rows;
        return divergence(posterior as Posterior) / n;
      },
      slope: (beta) => ({ pull, l1: 0, gaussian: beta / n }),
    };
  },

  meter(_k, _spec, rows) {
    let sum = 0;
    return {
      add(_θ, { posterior }) {
        sum += divergence(posterior as Posterior);
      },
      value: () => sum / rows,
    };
  },

  cases: [],
});

/** Σ ½(μ² + e^ℓ − 1 − ℓ) */
function divergence({ mean, logVariance }: Posterior): number {
  let sum = 0;
  for (let i = 0; i < mean.data.length; i++) {
    const μ = mean.data[i];
    const ℓ = logVariance.data[i];
    sum += 0.5 * (μ * μ + exp(ℓ) - 1 - ℓ);
  }
  return sum;
}
