import { type Matrix, requireFinite } from '../numbers/matrix.js';
import { type MatrixLike, type MatrixOf, readMatrix, type ShapedArray } from '../numbers/matrix-like.js';

/** A dictionary whose width can be told by looking at it, a feature a row: `SparseWorld`'s own, an ndarray, number[][]. */
export type Dictionary = MatrixOf<ArrayLike<number>> | ShapedArray | readonly ArrayLike<number>[];

/** For each true feature the learned one that is nearest. */
export interface Recovery {
  /** MMCS, the mean of `cosines`: 1 where each true feature was found. */
  mmcs: number;
  /** The largest cosine between each true feature and any learned one. */
  cosines: Float64Array;
  /** Which row of the learned dictionary that is. */
  nearest: Int32Array;
}

/**
 * How much of a known dictionary was found (Sharkey et al. 2022):
 *   MMCS = (1/m)·Σ_j max_k cos(g_j, w_k),  g_j the rows of `truth`, w_k those of `learned`, W_dec
 * It does not fall because of learned features that are nowhere in the truth. A row of zeros has cosine 0 with all.
 * @param truth m × d
 * @param learned h × d, in any form of X: `sae.parameters.decoderWeight`
 * @throws RangeError or TypeError for what is no dictionary, or for two of different widths
 */
export function recovery(truth: Dictionary, learned: MatrixLike): Recovery {
  const known = read('truth', truth, widthOf(truth));
  return recoveryOf(known, read('learned', learned, known.cols));
}

function read(which: string, input: MatrixLike, cols: number): Matrix {
  const matrix = readMatrix(`recovery: ${which}`, input, cols, 'float64');
  requireFinite(`recovery: ${which}`, matrix);
  return matrix;
}

/** d as the input has it; 0 where it is none of these forms, which reading it will say. */
function widthOf(input: Dictionary): number {
  const { shape, cols, 0: first } = (input ?? {}) as Partial<ShapedArray & Matrix & ArrayLike<number>[]>;
  return shape?.[1] ?? cols ?? first?.length ?? 0;
}

function recoveryOf(truth: Matrix, learned: Matrix): Recovery {
  const d = truth.cols;
  const [lengths, others] = [rowLengths(truth), rowLengths(learned)];
  const cosines = new Float64Array(truth.rows).fill(-1);
  const nearest = new Int32Array(truth.rows);
  for (let j = 0; j < truth.rows; j++) {
    for (let k = 0; k < learned.rows; k++) {
      let product = 0;
      for (let p = 0; p < d; p++) product += truth.data[j * d + p] * learned.data[k * d + p];
      const cosine = product === 0 ? 0 : product / (lengths[j] * others[k]);
      if (cosine > cosines[j]) {
        cosines[j] = cosine;
        nearest[j] = k;
      }
    }
  }
  return { mmcs: cosines.reduce((sum, cosine) => sum + cosine, 0) / truth.rows, cosines, nearest };
}

const rowLengths = ({ data, rows, cols }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => {
    let square = 0;
    for (let p = i * cols; p < (i + 1) * cols; p++) square += data[p] ** 2;
    return Math.sqrt(square);
  });
