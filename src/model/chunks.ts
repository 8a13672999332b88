import { isSparse, type Kernels, type Matrix, type Rows } from '../kernels/kernels.js';
import { ChunkBuffer } from '../kernels/rows.js';
import type { StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { checkFinite, rowsOf, type Where } from '../numbers/matrix.js';
import { codeKind } from '../sparsity/kinds.js';
import type { Memory } from '../sparsity/memory.js';

/** A model that is asked, not trained. */
export interface Trained {
  readonly spec: ObjectiveSpec;
  readonly θ: StoredParameters;
  readonly memory: Memory;
}

/** Rows that are in the kernels' memory at a time: few enough to stay in a core's cache. */
export const CHUNK = 128;

/** Threads get more of them, lest they wait for each other at the end of every chunk; of wide rows fewer. */
const CHUNK_OF_A_THREAD = 512;
const MOST_IN_CHUNK = 2 ** 20;

/**
 * Where the kernels select entries of Z they prepare W for every chunk anew (assembly/screen.ts), so that chunks are long: as
 * many rows as there is room for, in numbers, of X in both forms, of what is decoded, of entries and what may become one.
 */
const MOST_SELECTED_ROWS = 2048;
const MOST_SELECTED = 2 ** 22;

/** How many rows to have in the kernels' memory at a time; where the kernels select `kept` entries of a row of Z, that takes up none. */
export function chunkOf(k: Kernels, rows: number, spec: ObjectiveSpec, kept?: number): number {
  const { inputDim, hiddenDim, outputDim } = spec;
  if (kept !== undefined) {
    const most = Math.floor((Math.min(k.threads, 2) * MOST_SELECTED) / (3 * inputDim + outputDim + 8 * kept + 128));
    return Math.min(rows, Math.max(CHUNK, Math.min(most, MOST_SELECTED_ROWS)));
  }
  if (k.threads === 1) return Math.min(rows, CHUNK);
  const narrow = Math.floor(MOST_IN_CHUNK / Math.max(inputDim, hiddenDim, outputDim));
  return Math.min(rows, Math.max(CHUNK, Math.min(k.threads * CHUNK_OF_A_THREAD, narrow)));
}

/** How many entries a row of F has at the most, where the kernels select them as they compute Z. */
export const selectedBy = (spec: ObjectiveSpec): number | undefined => codeKind(spec).selects?.(spec);

/** Room for F of a chunk written out, taken when it is first needed. */
export class Room {
  readonly capacity: number;
  private readonly k: Kernels;
  private readonly hiddenDim: number;
  private made: ChunkBuffer | undefined;

  constructor(k: Kernels, rows: number, spec: ObjectiveSpec) {
    this.k = k;
    this.hiddenDim = spec.hiddenDim;
    this.capacity = chunkOf(k, rows, spec, selectedBy(spec));
  }

  get buffer(): ChunkBuffer {
    this.made ??= new ChunkBuffer(this.k, this.capacity, this.hiddenDim);
    return this.made;
  }
}

/**
 * Copies `x` into `buffer` a chunk at a time, every entry finite, and calls `visit` for each. The next chunk
 * is copied when `visit` is through, or earlier if it calls `copyNext`: what it was given dense is then gone.
 * @throws RangeError naming the first entry that is not finite: `transform: X[12, 3] is NaN`.
 */
export function forEachChunk(
  where: Where,
  k: Kernels,
  x: Matrix,
  buffer: ChunkBuffer,
  visit: (rows: Rows, from: number, copyNext: () => void) => void,
): void {
  let copied = 0;
  const copyUpTo = (end: number) => {
    if (copied >= end) return;
    buffer.dense(end - copied).data.set(rowsOf(x, copied, end).data);
    copied = end;
  };
  for (let from = 0; from < x.rows; from += buffer.capacity) {
    const to = Math.min(from + buffer.capacity, x.rows);
    copyUpTo(to);
    const rows = buffer.rows(to - from);
    if (!isSparse(rows)) {
      const { data } = rows;
      const at = k.findNonFinite(data);
      checkFinite(where, x, at, data[at], from);
    }
    visit(rows, from, () => copyUpTo(Math.min(to + buffer.capacity, x.rows)));
  }
}

/**
 * From the rows of a chunk to what is made of them, good until the next: one product, in the course of which the next chunk
 * may be copied to where `rows` are, if these are sparse.
 */
export type Stage = (rows: Rows, copyNext: () => void) => Rows;
