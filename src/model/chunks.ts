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

/** The most rows that the kernels select entries of at a time: see assembly/topk.ts. */
export const CHUNK_OF_SELECTED = 256;

/** How many rows to have in the kernels' memory at a time; where the kernels select entries of Z, it takes up none. */
export function chunkOf(k: Kernels, rows: number, spec: ObjectiveSpec, selects = false): number {
  const { inputDim, hiddenDim, outputDim } = spec;
  if (k.threads === 1) return Math.min(rows, selects ? CHUNK_OF_SELECTED : CHUNK);
  const narrow = Math.floor(MOST_IN_CHUNK / Math.max(inputDim, selects ? 1 : hiddenDim, outputDim));
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
    this.capacity = chunkOf(k, rows, spec, selectedBy(spec) !== undefined);
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
