import type { Matrix } from '../../kernels/kernels.js';
import { flag } from '../../numbers/checks.js';
import { modifier } from '../kind.js';

/**
 * Each row w of W_dec has length 1. A step keeps to the sphere: before it the gradient loses its part along the row,
 *   g ← g − (g·w/‖w‖²)·w,
 * and after it the row is divided by its length. ∇J itself is left as it is. (Bricken et al. 2023, "Towards
 * monosemanticity", appendix.) Rows that someone has set are as they were set until the next step; a row of zeros stays.
 */
export const unitNorm = modifier({
  name: 'unitNorm',
  help: 'rows of the decoder weight have length 1',
  options: {
    /** Default false. */
    unitNorm: { check: flag, default: false as boolean, help: 'keep each row of the decoder weight at length 1' },
  },
  applies: (spec) => spec.unitNorm,
  start: ({ decoderWeight }) => normalizeRows(decoderWeight),
  beforeStep: (θ, dθ) => removeRadialPart(dθ.decoderWeight, θ.decoderWeight),
  afterStep: ({ decoderWeight }) => normalizeRows(decoderWeight),
  cases: [{ name: 'unitNorm', options: { unitNorm: true } }],
});

/** w ← w/‖w‖, row by row. */
export function normalizeRows({ data, rows, cols }: Matrix): void {
  for (let j = 0; j < rows; j++) {
    const from = j * cols;
    const length = Math.sqrt(dot(data, data, from, from + cols));
    if (length > 0) for (let q = from; q < from + cols; q++) data[q] /= length;
  }
}

/** g ← g − (g·w/‖w‖²)·w, row by row. */
export function removeRadialPart(g: Matrix, w: Matrix): void {
  for (let j = 0; j < w.rows; j++) {
    const from = j * w.cols;
    const to = from + w.cols;
    const squares = dot(w.data, w.data, from, to);
    if (squares === 0) continue;
    const share = dot(g.data, w.data, from, to) / squares;
    for (let q = from; q < to; q++) g.data[q] -= share * w.data[q];
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let q = from; q < to; q++) sum += a[q] * b[q];
  return sum;
}
