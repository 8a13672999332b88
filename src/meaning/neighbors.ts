import type { Matrix } from '../kernels/kernels.js';
import { dot, rowDot } from './code.js';
import type { UnitIndex } from './unit-index.js';

/** A unit near another. */
export interface Neighbor {
  readonly unit: number;
  /** By 'decoder' the cosine of the two rows of W_dec, by 'activity' Jaccard's index. */
  readonly similarity: number;
}

const nearest = (found: Neighbor[], count: number): Neighbor[] =>
  found.sort((a, b) => b.similarity - a.similarity || a.unit - b.unit).slice(0, count);

/** The units whose rows of W_dec have the largest cosine with that of unit j: they write what it writes. */
export function neighborsByDecoder(decoder: Matrix, j: number, count: number): Neighbor[] {
  const { data, rows, cols } = decoder;
  const row = (i: number) => data.subarray(i * cols, (i + 1) * cols);
  const own = row(j);
  const length = Math.sqrt(dot(own, own));
  const found: Neighbor[] = [];
  for (let i = 0; i < rows; i++) {
    if (i === j) continue;
    const scale = length * Math.sqrt(dot(row(i), row(i)));
    found.push({ unit: i, similarity: scale > 0 ? rowDot(decoder, i, own) / scale : 0 });
  }
  return nearest(found, count);
}

/**
 * The units that are active where unit j is, by Jaccard's index n_ij/(n_i + n_j − n_ij): of the rows on which either is active,
 * the share on which both are. Units that are never active together with it are not among them.
 */
export function neighborsByActivity(index: UnitIndex, j: number, count: number): Neighbor[] {
  const both = new Map<number, number>();
  for (const i of index.rowsOf(j)) for (const unit of index.unitsOf(i)) both.set(unit, (both.get(unit) ?? 0) + 1);
  both.delete(j);
  const own = index.countOf(j);
  const found = Array.from(both, ([unit, shared]) => ({
    unit,
    similarity: shared / (own + index.countOf(unit) - shared),
  }));
  return nearest(found, count);
}
