/**
 * Search by codes. Codes compared with codes rank badly, since units overlap: w_i·w_j is not 0. The asymmetric form needs no
 * more of an index than sparse dot products, and ranks as decoded documents do:
 *
 *   a document   f/‖x̂‖              x̂ = f·W_dec + b_dec, its reconstruction        h
 *   a query      s = q·W_decᵀ/‖q‖   what each unit's direction has of the query     h
 *   s·f/‖x̂‖ = (Σ_j f_j·w_j)·q/(‖x̂‖·‖q‖) = cos(q, x̂) − (q·b_dec)/(‖q‖·‖x̂‖)
 *
 * all in the space that X is prepared for. It is the cosine of the query with the decoded document where b_dec is 0; where it
 * is not, what is missing differs from document to document by ‖x̂‖ alone. Recall@10 of 500 queries against dense cosine there,
 * on 10,000 glosses through a sentence encoder, centred (h = 2048, k = 32, ‖b_dec‖ a fifth of the rows' length): 0.848 with
 * that term and without it, and 0.849 with q and x̂ both taken from b_dec. It takes the products below 0 too: with those above
 * 0 alone it is 0.81, with the 512 largest of them 0.80, 256 0.74, 64 0.60. (Codes with codes: 0.52.) Few terms
 * find well and rank badly: where they find 50 rows, through an index, and all terms rank these, nothing is lost. 256 terms then come
 * to 0.855 and 64 to 0.837 where all come to 0.857 (npm run texts).
 *
 * A term that few documents have is seldom what finds one. Chosen by s_j·d_j^(1/6), d_j the share of documents that unit j is active
 * on, 256 terms find 0.005 to 0.009 more, for k = 16, 32 and 64, of 2,000 queries (standard error of the difference: 0.0015); the
 * exponent is the middle of a flat top from 0.1 to 0.25. By what a unit usually adds, s_j times its mean where it is active, less is
 * found, and weights fitted to the documents, so that the terms kept stand for those that are not, are worse still (0.70 for 0.76):
 * what they get right is the mean of all documents, not the few that are near.
 *
 * Where all rows have one length (preparation's unitRows) and f is refitted, ‖x̂‖ is better left out. What is not explained, x − x̂, is
 * then orthogonal to every unit in use, so that in q·x = q·x̂ + q·(x − x̂) the last part has no side that it leans to, while ‖x̂‖, dividing,
 * lifts a row the more the worse it is explained. For k = 16, 32 and 64 all terms come to 0.822, 0.881 and 0.924, with ‖x̂‖ to 0.817,
 * 0.878 and 0.924. Of codes as encoded, which are further off, it is the other way round: 0.794, 0.844 and 0.896 for 0.808, 0.857 and 0.909.
 */

import { CsrBuilder } from '../kernels/csr.js';
import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows } from '../kernels/kernels.js';
import { ChunkBuffer, denseRows } from '../kernels/rows.js';
import { selectedRows } from '../kernels/selected.js';
import { decodeAffine } from '../layers/decoder.js';
import type { StoredParameters } from '../layers/parameters.js';
import type { Csr } from '../numbers/csr.js';
import { exp, log } from '../numbers/elementary.js';
import { dtypeOf, norm, rowsOf, type Where } from '../numbers/matrix.js';
import { chunkOf, forEachChunk, type Room, type Stage, type Trained } from './chunks.js';

/** What `encode` gives, each row divided by ‖x̂‖; by 1 where that is 0. */
export function normalizedStage(k: Kernels, θ: StoredParameters, room: Room, encode: Stage): Stage {
  const xHat = denseRows(k, room.capacity, θ.decoderBias.length);
  return (x, copyNext) => {
    const f = encode(x, copyNext);
    const y = rowsOf(xHat, 0, f.rows);
    decodeAffine(k, θ, isSparse(f) ? f : room.buffer.rows(f.rows), y);
    for (let i = 0; i < f.rows; i++) {
      const length = norm(y.data, i * y.cols, y.cols) || 1;
      const [values, from, to] = isSparse(f) ? [f.value, f.start[i], f.end[i]] : [f.data, i * f.cols, (i + 1) * f.cols];
      for (let p = from; p < to; p++) values[p] /= length;
    }
    return f;
  };
}

/**
 * The queries' side, n×h: of every row of S its `terms` largest entries above 0, of equal ones the lower column; or all of them, those
 * below 0 too, if `terms` is not given. A query of zeros has none. With `preference`, h numbers, they are chosen by what they are
 * times these. X is d′ wide.
 */
export function encodeQueries(
  where: Where,
  k: Kernels,
  { spec, θ }: Trained,
  x: Matrix,
  terms?: number,
  preference?: FloatArray,
): Csr {
  const { hiddenDim } = spec;
  return k.scoped(() => {
    const w = { ...θ.decoderWeight, data: k.adopt(θ.decoderWeight.data) };
    const kept = terms && Math.min(terms, hiddenDim);
    const capacity = chunkOf(k, x.rows, spec, preference ? undefined : kept);
    const input = new ChunkBuffer(k, capacity, x.cols);
    const project = preference ? preferring(k, w, capacity, kept ?? hiddenDim, preference) : projection(k, w, capacity, kept);
    const s = new CsrBuilder(where, k, x.rows, hiddenDim, dtypeOf(x.data), kept && kept * x.rows);
    forEachChunk(where, k, x, input, ({ rows }) => {
      const q = input.dense(rows);
      for (let i = 0; i < rows; i++) toUnitLength(rowsOf(q, i, i + 1).data);
      s.add(project(q));
    });
    return s.done();
  });
}

const BEYOND = 'query: a product with W_dec is beyond the range of floats';

/** Q → Q·W_decᵀ, or of each row of that the `kept` largest entries above 0; good until the next. */
function projection(k: Kernels, w: Matrix, capacity: number, kept: number | undefined): (q: Matrix) => Rows {
  if (kept === undefined) {
    const products = denseRows(k, capacity, w.rows);
    return (q) => {
      const s = rowsOf(products, 0, q.rows);
      k.gemmNT(s, q, w);
      return s;
    };
  }
  const selected = selectedRows(k, capacity, w.rows, capacity * kept);
  return (q) => {
    const s = { ...selected, rows: q.rows };
    if (k.gemmNTTopK(s, q, w, kept) < 0) throw new RangeError(BEYOND);
    return s;
  };
}

/** d^(1/6): see above. */
export const preferred = (density: number): number => (density > 0 ? exp(log(density) / 6) : 0);

/** Q → of each row of Q·W_decᵀ the `kept` entries above 0 that are largest times c; good until the next. */
function preferring(k: Kernels, w: Matrix, capacity: number, kept: number, c: FloatArray): (q: Matrix) => Rows {
  const [products, weighed] = [denseRows(k, capacity, w.rows), denseRows(k, capacity, w.rows)];
  const selected = selectedRows(k, capacity, w.rows, capacity * kept);
  return (q) => {
    const [s, z] = [products, weighed].map((room) => rowsOf(room, 0, q.rows));
    k.gemmNT(s, q, w);
    for (let p = 0, j = 0; p < z.data.length; p++, j = j + 1 < w.rows ? j + 1 : 0) z.data[p] = s.data[p] * c[j];
    const chosen = { ...selected, rows: q.rows };
    if (k.topK(chosen, z, kept) < 0) throw new RangeError(BEYOND);
    const { start, end, index, value } = chosen;
    for (let i = 0; i < q.rows; i++) for (let p = start[i]; p < end[i]; p++) value[p] = s.data[i * w.rows + index[p]];
    return chosen;
  };
}

/** x ← x/‖x‖; zeros stay. */
function toUnitLength(x: FloatArray): void {
  const length = norm(x, 0, x.length) || 1;
  for (let p = 0; p < x.length; p++) x[p] /= length;
}
