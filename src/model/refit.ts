/**
 * Codes refitted. The encoder says which units a row has and how much of each, both in one product: an amortised guess. Given the
 * units, how much of each is a small least squares problem that has one answer:
 *
 *   f ← the f′ of the same units and signs that makes   ‖x − b_dec − Σ_j f′_j·w_j‖²   smallest
 *
 * Orthogonal matching pursuit (Pati, Rezaiifar & Krishnaprasad 1993) ends each of its steps with that; of sparse autoencoders Wright & Sharkey
 * (2024, "Addressing feature suppression in SAEs") and Smith (2024, "Replacing SAE encoders with inference-time optimisation") show
 * what it gives. A unit that would have to change its sign becomes 0. On 10,000 glosses (h = 2048, k = 32: see
 * search.ts) FVU is 0.085 where it was 0.088, and the search by f/‖x̂‖ and all terms of a query has a recall@10 of 0.878 where it was 0.857; for
 * k = 16 it is 0.817 for 0.808, for k = 64 0.924 for 0.909. By 256 terms it hardly changes: what is missing there is the query's.
 * (Other units beside other coefficients: four exchanges a row come to 0.895, a matching pursuit over all of W_dec, which leaves the
 * encoder aside, to 0.898, both at the cost of the search by few terms, 0.722 and 0.712 of 256 for 0.736.)
 *
 * For a row of k units k·(k + 1)/2 products of rows of W_dec, d long, by `sddmm`, in blocks that stay in a cache, and one factorization
 * of k × k: see numbers/nnls.ts. What a row comes to depends on no other, hence neither on blocks nor on threads.
 */

import { isSparse, type Kernels, type Matrix, type Rows, type SparseRows } from '../kernels/kernels.js';
import { denseRows, sparseRows } from '../kernels/rows.js';
import { selectedRows } from '../kernels/selected.js';
import type { StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { rowsOf } from '../numbers/matrix.js';
import { NonNegativeLeastSquares, nearnessOf } from '../numbers/nnls.js';
import { CHUNK, type Stage, selectedBy } from './chunks.js';

/** How many numbers of rows of W_dec are beside each other at a time. */
const BLOCK = 2 ** 17;
/** By how much more than is needed now room is made, as rows of codes that are not selected differ. */
const SPARE = 1.25;

/** How many floats and integers a refit takes up at the most, on one thread. */
export function numbersToRefit(spec: ObjectiveSpec): number {
  const n = selectedBy(spec) ?? spec.hiddenDim;
  const vectors = (n + 1) * spec.inputDim;
  const rows = Math.min(CHUNK, 1 + BLOCK / vectors);
  // Twice: what was too small is given back at the end alone.
  return Math.ceil(2 * SPARE * rows * (vectors + 2 * (n + 1) + n * (n + 3)));
}

/** What `encode` gives for up to `capacity` rows, refitted to them. */
export function refittedStage(k: Kernels, θ: StoredParameters, capacity: number, encode: Stage): Stage {
  let written: SparseRows | undefined;
  const refit = refitter(k, θ);
  return (x) => {
    // What x is must still be there afterwards, so the next chunk is not copied meanwhile.
    const made = encode(x, () => {});
    let f = made as SparseRows;
    if (!isSparse(made)) {
      written ??= sparseRows(k, capacity, made.cols);
      f = { ...written, rows: made.rows };
      if (k.compress(f, made) < 0) return made;
    }
    refit(x, f);
    return f;
  };
}

function refitter(k: Kernels, { decoderWeight: w, decoderBias }: StoredParameters): (x: Rows, f: SparseRows) => void {
  const d = w.cols;
  const problem = new NonNegativeLeastSquares();
  let room = roomFor(k, 0, d);
  /** Rows from … to−1 of F, whose units, and x − b_dec behind each row's, are together in `room`. */
  const refitBlock = (x: Rows, f: SparseRows, from: number, to: number) => {
    const { vectors, products } = room;
    let v = 0;
    let entries = 0;
    for (let i = from; i < to; i++) {
      const first = v;
      for (let e = f.start[i]; e <= f.end[i]; e++, v++) {
        if (e < f.end[i]) copySigned(vectors, v, rowsOf(w, f.index[e], f.index[e] + 1).data, f.value[e]);
        else copyShifted(vectors, v, x, i, decoderBias);
        products.start[v] = entries;
        for (let u = first; u < v + (e < f.end[i] ? 1 : 0); u++) products.index[entries++] = u;
        products.end[v] = entries;
      }
    }
    const at = { ...products, rows: v, cols: v };
    const all = rowsOf(vectors, 0, v);
    k.sddmmValues(at.value, at, all, all);
    for (let i = from, p = 0; i < to; i++) {
      const n = f.end[i] - f.start[i];
      problem.reserve(n);
      const triangle = (n * (n + 1)) / 2;
      for (let q = 0; q < triangle; q++) problem.gram[q] = at.value[p++];
      for (let j = 0; j < n; j++) {
        problem.products[j] = at.value[p++];
        problem.f[j] = Math.abs(f.value[f.start[i] + j]);
      }
      problem.solve(n, nearnessOf(w.data, n));
      let kept = f.start[i];
      for (let j = 0; j < n; j++) {
        const e = f.start[i] + j;
        const value = f.value[e] < 0 ? -problem.f[j] : problem.f[j];
        if (value === 0) continue;
        f.index[kept] = f.index[e];
        f.value[kept++] = value;
      }
      f.end[i] = kept;
    }
  };
  return (x, f) => {
    for (let from = 0, to = 0; from < f.rows; from = to) {
      let vectors = 0;
      let products = 0;
      for (; to < f.rows; to++) {
        const n = f.end[to] - f.start[to];
        if (to > from && (vectors + n + 1) * d > BLOCK) break;
        vectors += n + 1;
        products += (n * (n + 3)) / 2;
      }
      if (vectors > room.vectors.rows || products > room.products.index.length)
        room = roomFor(k, Math.ceil(SPARE * vectors), d, Math.ceil(SPARE * products));
      refitBlock(x, f, from, to);
    }
  };
}

/** Room for so many vectors, and for products of some of them with others. */
function roomFor(k: Kernels, vectors: number, d: number, products = 0) {
  return { vectors: denseRows(k, vectors, d), products: selectedRows(k, vectors, vectors, products) };
}

/** Row v ← sign(f)·w_j */
function copySigned(vectors: Matrix, v: number, w: Matrix['data'], f: number): void {
  const from = v * vectors.cols;
  vectors.data.set(w, from);
  if (f < 0) for (let p = from; p < from + vectors.cols; p++) vectors.data[p] = -vectors.data[p];
}

/** Row v ← x_i − b_dec */
function copyShifted(vectors: Matrix, v: number, x: Rows, i: number, bias: Matrix['data']): void {
  const row = rowsOf(vectors, v, v + 1).data;
  if (isSparse(x)) {
    row.fill(0);
    for (let e = x.start[i]; e < x.end[i]; e++) row[x.index[e]] = x.value[e];
  } else row.set(rowsOf(x, i, i + 1).data);
  for (let p = 0; p < row.length; p++) row[p] -= bias[p];
}
