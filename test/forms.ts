/** X as programs hold it: one matrix of float32s, in every form that is taken for one. */
import { columnFromArray, fixedSizeList, float16, float32, list } from '@uwdata/flechette';
import ndarray from 'ndarray';

export const ROWS = 6;
export const COLS = 4;
/** Entries that float16 holds exactly, so that every form has the same ones. */
export const plain: number[][] = Array.from({ length: ROWS }, (_, i) =>
  Array.from({ length: COLS }, (_, j) => ((7 * i * i + 5 * j + i * j) % 16) / 16),
);
const flat = plain.flat();
const row32 = (row: readonly number[]) => Float32Array.from(row);
export const blob = (row: readonly number[]): Buffer => Buffer.from(row32(row).buffer);

/** The bytes at an odd address. */
export function unaligned(bytes: Uint8Array): Uint8Array {
  const room = new Uint8Array(bytes.length + 1);
  room.set(bytes, 1);
  return room.subarray(1);
}

/** binary16 of a multiple of 1/16 in [0, 1). */
export function half(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}
export const halfRow = (row: readonly number[]): Uint16Array => Uint16Array.from(row, half);

export const vectorText = (row: readonly number[]): string => `[${row.join(',')}]`;
export const sparseText = (row: readonly number[]): string =>
  `{${row.flatMap((value, j) => (value ? [`${j + 1}:${value}`] : [])).join(',')}}/${row.length}`;
export const base64 = (row: readonly number[]): string => blob(row).toString('base64');

/** apache-arrow's public face, as far as a column has one: `get` gives vectors, whose `toArray` shows what lies beneath a null. */
export class Vector {
  readonly length: number;
  readonly nullCount: number;
  constructor(
    readonly type: { typeId: number; precision?: number; listSize?: number; children?: { type: unknown }[] },
    readonly data: readonly {
      length: number;
      nullCount: number;
      values?: ArrayLike<number> | undefined;
      children: { length: number; nullCount: number; values: ArrayLike<number>; children: never[] }[];
    }[],
    private readonly entries: readonly unknown[],
  ) {
    this.length = entries.length;
    this.nullCount = entries.filter((entry) => entry === null).length;
  }
  get(index: number): unknown {
    return this.entries[index];
  }
  toArray(): ArrayLike<number> {
    return this.data[0].values as ArrayLike<number>;
  }
}

const floatType = (precision: number) => ({ typeId: 3, precision });

/** A vector of numbers, some of which may be null. */
export const numberVector = (values: ArrayLike<number>, precision = 1, nulls: readonly number[] = []): Vector =>
  new Vector(
    floatType(precision),
    [{ length: values.length, nullCount: nulls.length, values, children: [] }],
    Array.from(values, (value, j) => (nulls.includes(j) ? null : value)),
  );

/** A column of lists, in batches of so many rows. */
export function listVector(
  rows: readonly (readonly number[])[],
  { batch = rows.length, precision = 1, fixed = true } = {},
): Vector {
  const pack = (some: readonly number[]) =>
    precision === 0 ? halfRow(some) : precision === 1 ? row32(some) : Float64Array.from(some);
  const batches = Array.from({ length: Math.ceil(rows.length / batch) }, (_, b) => rows.slice(b * batch, (b + 1) * batch));
  return new Vector(
    { typeId: fixed ? 16 : 12, ...(fixed && { listSize: rows[0].length }), children: [{ type: floatType(precision) }] },
    batches.map((some) => ({
      length: some.length,
      nullCount: 0,
      children: [{ length: some.flat().length, nullCount: 0, values: pack(some.flat()), children: [] }],
    })),
    rows.map((row) => numberVector(pack(row), precision)),
  );
}

const shuffled = (order: readonly number[]) => order.map((index) => ({ object: 'embedding', index, embedding: plain[index] }));

/** Matrices. */
export const forms: Readonly<Record<string, unknown>> = {
  'rows of Float32Array': plain.map(row32),
  'rows of Float64Array': plain.map((row) => Float64Array.from(row)),
  'rows on one memory': Array.from({ length: ROWS }, (_, i) => row32(flat).subarray(i * COLS, (i + 1) * COLS)),
  'rows of one buffer': ((all) => plain.map((_, i) => all.subarray(i * COLS, (i + 1) * COLS)))(row32(flat)),
  'rows of kinds': [plain[0], row32(plain[1]), blob(plain[2]), vectorText(plain[3]), base64(plain[4]), { embedding: plain[5] }],
  ndarray: ndarray(row32(flat), [ROWS, COLS]),
  '{ data, rows, cols }': { data: row32(flat), rows: ROWS, cols: COLS },
  '{ data, shape }': { data: flat, shape: [ROWS, COLS] },
  'a tensor of transformers.js': { type: 'float32', data: row32(flat), dims: [ROWS, COLS], size: ROWS * COLS },
  'a float16 tensor': { type: 'float16', data: halfRow(flat), dims: [ROWS, COLS] },
  "OpenAI's answer": { object: 'list', data: shuffled([0, 1, 2, 3, 4, 5]), model: 'm', usage: { prompt_tokens: 6 } },
  'an answer in another order': { object: 'list', data: shuffled([3, 1, 0, 2, 5, 4]) },
  'an answer in base64': { data: plain.map((row, index) => ({ index, embedding: base64(row) })) },
  'two answers in one': { data: plain.map((row, i) => ({ index: i % 3, embedding: row })) },
  'the list in it': shuffled([0, 1, 2, 3, 4, 5]),
  'rows of a query': plain.map((row, id) => ({ id, embedding: vectorText(row) })),
  'float32 blobs': plain.map(blob),
  'float32 blobs as Uint8Array': plain.map((row) => new Uint8Array(row32(row).buffer)),
  'float32 blobs at odd addresses': plain.map((row) => unaligned(blob(row))),
  'float32 blobs as ArrayBuffer': plain.map((row) => row32(row).buffer),
  'vector texts': plain.map(vectorText),
  'halfvec texts, spaced': plain.map((row) => ` [${row.join(', ')}] `),
  'sparsevec texts': plain.map(sparseText),
  'base64 texts': plain.map(base64),
  'flechette: fixed-size lists': columnFromArray(plain, fixedSizeList(float32(), COLS)),
  'flechette: fixed-size lists of float16': columnFromArray(plain, fixedSizeList(float16(), COLS)),
  'flechette: lists': columnFromArray(plain, list(float32())),
  'flechette: the rows of a column': Array.from(columnFromArray(plain, fixedSizeList(float32(), COLS))),
  'apache-arrow: fixed-size lists': listVector(plain),
  'apache-arrow: in batches': listVector(plain, { batch: 4 }),
  'apache-arrow: float16 in batches': listVector(plain, { batch: 4, precision: 0 }),
  'apache-arrow: float64': listVector(plain, { precision: 2 }),
  'apache-arrow: lists': listVector(plain, { fixed: false }),
  'apache-arrow: lists of float16': listVector(plain, { fixed: false, precision: 0 }),
  'apache-arrow: rows': plain.map((row) => numberVector(row32(row))),
};

/** plain[1] by itself. */
export const singles: Readonly<Record<string, unknown>> = {
  numbers: plain[1],
  'a Float32Array': row32(plain[1]),
  'a Buffer': blob(plain[1]),
  'a Buffer at an odd address': unaligned(blob(plain[1])),
  'an ArrayBuffer': row32(plain[1]).buffer,
  'a vector text': vectorText(plain[1]),
  'a sparsevec text': sparseText(plain[1]),
  base64: base64(plain[1]),
  '{ embedding }': { object: 'embedding', index: 3, embedding: base64(plain[1]) },
  'a tensor of one dimension': { data: row32(plain[1]), dims: [COLS], type: 'float32' },
  'an ndarray of one dimension': ndarray(plain[1]),
  'an Arrow vector': numberVector(halfRow(plain[1]), 0),
};
