import { rounded } from '../../numbers/decimals.js';
import { penalty } from '../kind.js';

/**
 * S = (1/n)·Σ_ij 1[z_ij > θ_j]: how many units are active a row. A step has no slope to follow; what is followed instead
 * is the straight-through one of codes/jumprelu.ts. (Rajamanoharan et al. 2024b, eq. 9.)
 */
export const l0 = penalty({
  name: 'l0',
  help: 'active units a row, straight through the thresholds',
  beta: 1e-3,
  steers: true,
  options: {},
  describe: ({ beta }) => `L0, weight ${rounded(beta)}`,

  refuse(_spec, code, codes) {
    if (code.thresholds) return undefined;
    const fit = codes.filter(({ thresholds }) => thresholds).map(({ name }) => `"${name}"`);
    const expected = `${fit.join(' or ')} with penalty "l0", which only a threshold can follow: 1[f ≠ 0] has no slope`;
    return { option: 'hiddenActivation', expected };
  },

  layer(k, { hiddenDim }) {
    const pull = k.floats(hiddenDim);
    let n = 0;
    return {
      forward(_θ, { rows, active }) {
        n = rows.rows;
        return active / n;
      },
      slope: (beta) => ({ pull, l1: 0, l0: beta / n }),
    };
  },

  meter(_k, _spec, rows) {
    let sum = 0;
    return {
      add(_θ, { active }) {
        sum += active;
      },
      value: () => sum / rows,
    };
  },

  cases: [],
});
