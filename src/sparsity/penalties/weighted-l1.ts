import type { FloatArray, Kernels } from '../../kernels/kernels.js';
import { isSparse, type Rows } from '../../kernels/kernels.js';
import type { Parameters } from '../../layers/parameters.js';
import { rounded } from '../../numbers/decimals.js';
import { rowsOf } from '../../numbers/matrix.js';
import { penalized, penalty } from '../kind.js';

/**
 * S = (1/n)·Σ_ij |f_ij|·‖w_j‖, w_j being unit j's row of W_dec: what a unit adds to the reconstruction, so that the penalty
 * cannot be had more cheaply by a smaller code and a longer w_j. (Conerly et al. 2024, "Update on how we train SAEs".)
 *   ∂S/∂f_ij = (1/n)·‖w_j‖·sign(f_ij)          ∂S/∂w_j = (1/n)·Σ_i |f_ij| · w_j/‖w_j‖
 */
export const weightedL1 = penalty({
  name: 'weighted-l1',
  help: "the mean over rows of Σ|f|·(length of the unit's row of W_dec)",
  beta: 1e-4,
  steers: true,
  options: {},
  describe: ({ beta }) => `L1 by the length of each decoder row, weight ${rounded(beta)}`,

  layer(k, { hiddenDim }) {
    const pull = k.floats(hiddenDim);
    const weighted = k.floats(hiddenDim);
    const lengths = new Float64Array(hiddenDim);
    const sums = new Float64Array(hiddenDim);
    let n = 0;
    return {
      forward(θ, code) {
        const { rows } = penalized(code);
        n = rows.rows;
        rowLengths(k, lengths, θ);
        sums.fill(0);
        addMagnitudes(sums, rows);
        return dot(sums, lengths) / n;
      },
      slope(beta) {
        for (let j = 0; j < hiddenDim; j++) weighted[j] = (beta / n) * lengths[j];
        return { pull, l1: 0, weighted };
      },
      backward(θ, dθ, beta) {
        for (let j = 0; j < hiddenDim; j++) {
          if (sums[j] === 0 || lengths[j] === 0) continue;
          k.axpy(rowOf(dθ, j), ((beta / n) * sums[j]) / lengths[j], rowOf(θ, j));
        }
      },
    };
  },

  meter(k, { hiddenDim }, rows) {
    const lengths = new Float64Array(hiddenDim);
    const sums = new Float64Array(hiddenDim);
    return {
      add(θ, code) {
        rowLengths(k, lengths, θ);
        addMagnitudes(sums, penalized(code).rows);
      },
      value: () => dot(sums, lengths) / rows,
    };
  },

  cases: [
    { name: 'one row, n = 1, weighted L1', options: {}, n: 1 },
    { name: 'weighted L1 of a signed code', options: { hiddenActivation: 'tanh', outputActivation: 'identity' } },
    { name: 'a partial batch, 3 rows in room for 8, weighted L1', options: {}, n: 3, room: 8 },
  ],
});

const rowOf = (θ: Parameters, j: number): FloatArray => rowsOf(θ.decoderWeight, j, j + 1).data;

function rowLengths(k: Kernels, lengths: Float64Array, θ: Parameters): void {
  for (let j = 0; j < lengths.length; j++) lengths[j] = Math.sqrt(k.sumOfSquares(rowOf(θ, j)));
}

/** sums_j += Σ_i |f_ij| */
function addMagnitudes(sums: Float64Array, f: Rows): void {
  if (isSparse(f)) {
    for (let i = 0; i < f.rows; i++) for (let at = f.start[i]; at < f.end[i]; at++) sums[f.index[at]] += Math.abs(f.value[at]);
    return;
  }
  for (let i = 0, at = 0; i < f.rows; i++) for (let j = 0; j < f.cols; j++, at++) sums[j] += Math.abs(f.data[at]);
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j], 0);
