import type { Matrix } from '../kernels/kernels.js';
import { dot, type RowCode, rowDot, sumOf } from './code.js';

/** A unit's part in the cosine of two rows. */
export interface SimilarityPart {
  readonly unit: number;
  /** f_j of the one row, and of the other. */
  readonly a: number;
  readonly b: number;
  /** What it adds to the cosine. */
  readonly part: number;
}

/** The cosine of two rows as a sum: all parts, of `shared` and `apart`, add up to it. */
export interface Similarity<Part = SimilarityPart> {
  /** r_a·r_b/(‖r_a‖·‖r_b‖), r = x̂ − b_dec; 0 where a code is empty. */
  readonly cosine: number;
  /** Units that are active in both rows, the largest part (whatever its sign) first. */
  readonly shared: Part[];
  /** Units that are active in one of them, and matter because their w_j overlaps with what the other row says. */
  readonly apart: Part[];
}

/**
 * r_a·r_b = Σ_i Σ_j f_i(a)·f_j(b)·(w_i·w_j). Units are not orthogonal, so that terms of two different units are there too; each
 * of the two gets half of them:
 *   part_j = ½·(f_j(a)·(w_j·r_b) + f_j(b)·(w_j·r_a))/(‖r_a‖·‖r_b‖)
 * Summed over all units either half is r_a·r_b. Of a row with itself these are the shares of `contributions`.
 */
export function similarityOf(a: RowCode, b: RowCode, decoder: Matrix): Similarity {
  const [ra, rb] = [sumOf(a, decoder), sumOf(b, decoder)];
  const scale = Math.sqrt(dot(ra, ra) * dot(rb, rb));
  const [ofA, ofB] = [a, b].map(({ units, values }) => new Map(Array.from(units, (unit, p) => [unit, values[p]])));
  const parts = [...new Set([...ofA.keys(), ...ofB.keys()])].map((unit) => {
    const [fa, fb] = [ofA.get(unit) ?? 0, ofB.get(unit) ?? 0];
    const both = (fa && fa * rowDot(decoder, unit, rb)) + (fb && fb * rowDot(decoder, unit, ra));
    return { unit, a: fa, b: fb, part: scale > 0 ? both / 2 / scale : 0 };
  });
  parts.sort((p, q) => Math.abs(q.part) - Math.abs(p.part) || p.unit - q.unit);
  return {
    cosine: scale > 0 ? dot(ra, rb) / scale : 0,
    shared: parts.filter((part) => part.a !== 0 && part.b !== 0),
    apart: parts.filter((part) => part.a === 0 || part.b === 0),
  };
}
