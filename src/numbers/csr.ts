import { show } from './checks.js';
import type { DType, FloatArray, Where } from './matrix.js';

/**
 * A matrix by its non-zeros, compressed row by row, under SciPy's names: row i has data[p] in column indices[p] for
 * p = indptr[i] … indptr[i + 1] − 1, columns ascending, and 0 elsewhere.
 */
export interface Csr {
  readonly data: FloatArray;
  readonly indices: Int32Array;
  /** Rows + 1 of them, from 0 to as many as there are entries. */
  readonly indptr: Int32Array;
  /** [rows, columns] */
  readonly shape: readonly [number, number];
}

/** What the library takes for one: lists of numbers will do. */
export interface CsrLike {
  readonly data: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly indptr: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** As many entries as indptr can count. */
export const MOST_ENTRIES = 2 ** 31 - 1;

export const isCsr = <T>(input: T): input is Extract<T, CsrLike> & CsrLike =>
  input !== null && typeof input === 'object' && 'indptr' in input;

/**
 * A Csr of `dtype`, checked: at least one row, `cols` columns (any number, if not given), each row's columns within them
 * and ascending, every entry finite. Shares the caller's memory where that is of the right types.
 * @throws TypeError or RangeError naming the entry that is not as it should be: `decode: F.indices[7] is 12, expected …`
 */
export function readCsr(where: Where, input: CsrLike, cols: number | undefined, dtype: DType): Csr {
  const [rows, width] = readShape(where, input.shape, cols);
  const { data, indices, indptr } = input;
  const lists = { data, indices, indptr };
  for (const [name, list] of Object.entries(lists)) {
    if (!Array.isArray(list) && !(ArrayBuffer.isView(list) && !(list instanceof DataView)))
      throw new TypeError(`${where}.${name} is ${show(list)}, expected a typed array or a list of numbers`);
  }
  const expectLength = (name: keyof typeof lists, length: number, why: string) => {
    if (lists[name].length === length) return;
    throw new RangeError(`${where}.${name} has ${lists[name].length} entries, expected ${length}, ${why}`);
  };
  expectLength('indptr', rows + 1, `one more than rows`);
  const wrong = (name: keyof typeof lists, at: number, expected: string): never => {
    throw new RangeError(`${where}.${name}[${at}] is ${show(lists[name][at])}, expected ${expected}`);
  };
  for (let i = 0; i <= rows; i++) {
    const from = i === 0 ? 0 : indptr[i - 1];
    const fits = Number.isInteger(indptr[i]) && indptr[i] >= from && indptr[i] <= MOST_ENTRIES;
    if (!fits || (i === 0 && indptr[0] !== 0)) wrong('indptr', i, i === 0 ? '0' : `a whole number from ${from} on`);
  }
  expectLength('indices', indptr[rows], 'as indptr ends');
  expectLength('data', indptr[rows], 'as indptr ends');
  for (let i = 0; i < rows; i++) {
    for (let p = indptr[i], last = -1; p < indptr[i + 1]; p++) {
      const j = indices[p];
      if (!(Number.isInteger(j) && j > last && j < width)) {
        const after = last < 0 ? 'from 0' : `above ${last}, the column before it, and`;
        wrong('indices', p, `a whole number ${after} up to ${width - 1}`);
      }
      last = j;
    }
  }
  for (let p = 0; p < data.length; p++) if (!Number.isFinite(data[p])) wrong('data', p, 'a finite number');
  const Floats = dtype === 'float32' ? Float32Array : Float64Array;
  return {
    data: data instanceof Floats ? data : Floats.from(data),
    indices: indices instanceof Int32Array ? indices : Int32Array.from(indices),
    indptr: indptr instanceof Int32Array ? indptr : Int32Array.from(indptr),
    shape: [rows, width],
  };
}

function readShape(where: Where, shape: unknown, cols: number | undefined): [number, number] {
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || shape.length !== 2 || !shape.every(isSize))
    throw new TypeError(`${where}.shape is ${show(shape)}, expected [rows, ${cols ?? 'columns'}]`);
  const [rows, width] = shape as [number, number];
  if (cols !== undefined && width !== cols)
    throw new RangeError(`${where.replace(/: [XF]$/, '')}: got rows of ${width}, expected ${cols}`);
  if (rows === 0) throw new RangeError(`${where} is empty, expected at least one row of ${width}`);
  return [rows, width];
}
