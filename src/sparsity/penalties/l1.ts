import { rounded } from '../../numbers/decimals.js';
import { penalized, penalty } from '../kind.js';
import { sumOfAbs } from '../sums.js';

/** S = (1/n)·Σ_ij |f_ij|   ⇒   ∂S/∂f_ij = sign(f_ij)/n. */
export const l1 = penalty({
  name: 'l1',
  help: 'the mean over rows of Σ|f|',
  beta: 1e-4,
  steers: true,
  options: {},
  describe: ({ beta }) => `L1, weight ${rounded(beta)}`,

  layer(k, { hiddenDim }) {
    const pull = k.floats(hiddenDim);
    let n = 0;
    return {
      forward(_θ, code) {
        n = code.rows.rows;
        return sumOfAbs(k, penalized(code)) / n;
      },
      slope: (beta) => ({ pull, l1: beta / n }),
    };
  },

  meter(k, _spec, rows) {
    let sum = 0;
    return {
      add(_θ, code) {
        sum += sumOfAbs(k, penalized(code));
      },
      value: () => sum / rows,
    };
  },

  cases: [
    { name: 'one row, n = 1, L1', options: {}, n: 1 },
    { name: 'one unit, h = 1, L1', options: { hiddenDim: 1, hiddenActivation: 'tanh' } },
    { name: 'a partial batch, 3 rows in room for 8, L1', options: {}, n: 3, room: 8 },
    { name: 'targets wider than X', options: { outputDim: 9, reconstruction: 'sse' } },
  ],
});
