/** The precisions a model can have. */
export type FloatArray = Float32Array | Float64Array;

export type DType = 'float32' | 'float64';

/** A dense rows × cols matrix, row-major and contiguous: a_ij = data[i·cols + j]. */
export interface Matrix {
  readonly data: FloatArray;
  readonly rows: number;
  readonly cols: number;
  /** Where its entries are not the caller's, but what preparation makes of them. */
  readonly prepared?: boolean;
}

/** A place in an error: the call, and what it calls its argument. `fit: X` */
export type Where = `${string}: ${string}`;

export const floats = (dtype: DType, n: number): FloatArray => (dtype === 'float32' ? new Float32Array(n) : new Float64Array(n));

export const dtypeOf = (data: FloatArray): DType => (data instanceof Float32Array ? 'float32' : 'float64');

/** The index of the first NaN or ±Infinity, or −1. */
export function firstNonFinite(data: FloatArray): number {
  // 0·∞ and 0·NaN are NaN, and so is any sum with them; four sums do not wait for each other.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += 0 * data[i];
    b += 0 * data[i + 1];
    c += 0 * data[i + 2];
    d += 0 * data[i + 3];
  }
  for (let i = whole; i < data.length; i++) a += 0 * data[i];
  if (a + b + c + d === 0) return -1;
  return data.findIndex((x: number) => x - x !== 0);
}

/** `fit: X[12, 3]`, or `fit: X[12, 3], prepared,` */
export const placeOf = (where: Where, { cols, prepared }: Matrix, at: number, firstRow = 0): string =>
  `${where}[${firstRow + Math.floor(at / cols)}, ${at % cols}]${prepared ? ', prepared,' : ''}`;

/** Throws `fit: X[12, 3] is NaN` for the entry that `findNonFinite` found, if it found one. */
export function checkFinite(where: Where, matrix: Matrix, at: number, value: number, firstRow = 0): void {
  if (at >= 0) throw new RangeError(`${placeOf(where, matrix, at, firstRow)} is ${value}, expected a finite number`);
}

/** The same of all that is in a matrix. */
export function requireFinite(where: Where, matrix: Matrix, firstRow = 0): void {
  const at = firstNonFinite(matrix.data);
  checkFinite(where, matrix, at, matrix.data[at], firstRow);
}

/** Rows from … to−1 of a matrix; shares its memory. */
export function rowsOf({ data, cols }: Matrix, from: number, to: number): Matrix {
  return { data: data.subarray(from * cols, to * cols), rows: to - from, cols };
}

/**
 * Up to what share of a column's size two of its numbers are the same: each was rounded when it was written down, and once more for
 * each operation that it came by; a mean of float64 entries too.
 */
export const LAST_BITS: Readonly<Record<DType, number>> = { float32: 2 ** -23, float64: 2 ** -49 };

/**
 * Each column's mean. A sum of doubles has 29 bits to spare for float32 entries, for float64 entries none: there what each addition
 * rounds off is kept beside it (Knuth's two-sum), so that the mean is off by 2⁻⁵² of itself, however many rows there are.
 */
export function columnMeans({ data, rows, cols }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  const rest = new Float64Array(cols);
  const spare = data instanceof Float32Array;
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const value = data[at++];
      const before = mean[j];
      const sum = before + value;
      mean[j] = sum;
      const added = sum - before;
      if (!spare) rest[j] += before - (sum - added) + (value - added);
    }
  for (let j = 0; j < cols; j++) mean[j] = (mean[j] + rest[j]) / rows;
  return mean;
}

/** ‖x‖ of the n numbers from `from` on. */
export function norm(data: ArrayLike<number>, from: number, n: number): number {
  let sum = 0;
  for (let j = from; j < from + n; j++) sum += data[j] * data[j];
  return Math.sqrt(sum);
}
