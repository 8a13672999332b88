import { scratchKernels } from '../kernels/backend.js';
import { symmetricEigen } from '../numbers/eigen.js';
import { floats, type Matrix, rowsOf } from '../numbers/matrix.js';
import { Random, type Seed } from '../numbers/random.js';

/**
 * A way to read rows: of each row of X one number a feature. The units of a sparse autoencoder are one, and what they are to
 * be measured by are others: the axes of X themselves, its principal components, random directions.
 */
export interface Reading {
  /** How many features. */
  readonly width: number;
  /**
   * Whether a feature's negative numbers count as its positive ones do: an axis points nowhere in particular, and what lies at
   * its other end is read by it as well. A unit of a sparse code has one end.
   */
  readonly bothEnds: boolean;
  /** n×d → n×width */
  of(x: Matrix): Matrix;
}

/** The columns of X as they are. */
export const axes = (x: Matrix): Reading => ({ width: x.cols, bothEnds: true, of: (rows) => rows });

/** As many directions as a reader asks for, evenly over the sphere: m×d of N(0, 1), each row divided by its length. */
export function randomDirections(d: number, m: number, seed: Seed): Reading {
  const random = Random.stream(seed, 'directions');
  const data = new Float64Array(m * d);
  for (let j = 0; j < m; j++) {
    const row = data.subarray(j * d, (j + 1) * d);
    let square = 0;
    for (let p = 0; p < d; p++) {
      row[p] = random.gaussian();
      square += row[p] ** 2;
    }
    for (let p = 0; p < d; p++) row[p] /= Math.sqrt(square);
  }
  return projection({ data, rows: m, cols: d }, false);
}

/** Rows that the covariance is of, at most: of more it is that of so many, evenly spaced. */
const COVARIANCE_ROWS = 8192;

/** The widest rows whose principal components are worth the wait, 9·d³ operations. */
export const MOST_COMPONENTS = 1024;

/** All d principal components of X, the eigenvectors of (1/n)·Σ (x − x̄)(x − x̄)ᵀ, the one of greatest variance first. */
export function principalComponents(x: Matrix): Reading {
  const { rows, cols: d } = x;
  const n = Math.min(rows, COVARIANCE_ROWS);
  const mean = new Float64Array(d);
  const row = (i: number) => d * Math.floor((i * rows) / n);
  for (let i = 0; i < n; i++) for (let p = 0, at = row(i); p < d; p++, at++) mean[p] += x.data[at] / n;
  const covariance = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let p = 0, at = row(i); p < d; p++, at++) centred[p] = x.data[at] - mean[p];
    for (let p = 0; p < d; p++) for (let q = 0; q <= p; q++) covariance[p * d + q] += (centred[p] * centred[q]) / n;
  }
  return projection(symmetricEigen({ data: covariance, rows: d, cols: d }).vectors, true);
}

/** X·Dᵀ for the rows of D, m×d. */
export function projection({ data, rows: width, cols: d }: Matrix, bothEnds: boolean): Reading {
  return {
    width,
    bothEnds,
    of(x) {
      const dtype = x.data instanceof Float32Array ? 'float32' : 'float64';
      const out = { data: floats(dtype, x.rows * width), rows: x.rows, cols: width };
      const room = x.rows * (d + width) + width * d + 1024;
      const k = scratchKernels({ backend: 'auto', dtype, threads: 1 }, room);
      k.scoped(() => {
        const c = { ...out, data: k.floats(out.data.length) };
        const a = { ...x, data: k.adopt(x.data) };
        const directions = dtype === 'float32' ? Float32Array.from(data) : Float64Array.from(data);
        k.gemmNT(c, a, { data: k.adopt(directions), rows: width, cols: d });
        out.data.set(c.data);
      });
      return out;
    },
  };
}

/** Rows that are read at a time. */
const STRETCH = 1024;

/** Reads X a stretch of rows at a time: `visit` is told which row of X the first one is. */
export function forEachStretch(x: Matrix, reading: Reading, visit: (f: Matrix, from: number) => void): void {
  for (let from = 0; from < x.rows; from += STRETCH) visit(reading.of(rowsOf(x, from, Math.min(from + STRETCH, x.rows))), from);
}
