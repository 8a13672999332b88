import type { FloatArray } from './matrix.js';

/**
 * Non-negative least squares of a few unknowns, again and again: from a start f° ≥ 0, the
 *   f ≥ 0   that makes   ‖x − Σ_j f_j·w_j‖² + δ·Σ_j g_jj·(f_j − f°_j)²   smallest,
 * given by g_jl = w_j·w_l and c_j = x·w_j. The second term (a proximal one: Rockafellar 1976) has δ of the size of what the products
 * are rounded by. It gives vectors that depend on each other one answer, the nearest to f°, moves the others by no more than that,
 * and as f° is itself one of the choices, ‖x − Σ_j f_j·w_j‖² never becomes larger.
 *
 * With A = G + δ·diag(G) and r = c + δ·diag(G)·f°, an f ≥ 0 is the answer if the slope r − A·f is 0 where f is above 0 and not above 0 elsewhere
 * (Karush, Kuhn and Tucker). The way there is the active set of Lawson & Hanson (1974, Solving Least Squares Problems, 23.3), begun with
 * all that is above 0 as free instead of none, as most of it stays so:
 *   s = the answer for those that are free, all else 0, whatever its sign        A_FF·s = r_F, by Cholesky's L·Lᵀ
 *   if it is above 0,   f = s; of what is not free, that of the largest slope above 0 becomes so; if there is none, this is the answer
 *   if it is not,       f goes as far towards s as it stays ≥ 0, and what has come to 0 is no longer free
 * No step makes the sum larger. All of it in double precision, in the order of j.
 */
export class NonNegativeLeastSquares {
  /** The lower triangle of G, by rows: g_jl at j·(j + 1)/2 + l. */
  gram = new Float64Array(0);
  /** c */
  products = new Float64Array(0);
  /** f°, then f. */
  f = new Float64Array(0);
  /** L, by rows as G, of the free ones. */
  private factor = new Float64Array(0);
  private r = new Float64Array(0);
  private s = new Float64Array(0);
  private free = new Int32Array(0);

  /** Makes room for n unknowns. */
  reserve(n: number): void {
    if (this.f.length >= n) return;
    this.gram = new Float64Array((n * (n + 1)) / 2);
    this.factor = new Float64Array(this.gram.length);
    [this.products, this.f, this.r, this.s] = [0, 1, 2, 3].map(() => new Float64Array(n));
    this.free = new Int32Array(n);
  }

  /** f° becomes f, for the first n; δ is `nearness`, above 0. */
  solve(n: number, nearness: number): void {
    const { gram, products, f, r, s, free } = this;
    let most = 0;
    let count = 0;
    for (let j = 0; j < n; j++) {
      // Of a vector of zeros f stays f°.
      const weight = nearness * (gram[at(j, j)] || 1);
      gram[at(j, j)] += weight;
      r[j] = products[j] + weight * f[j];
      most = Math.max(most, Math.abs(r[j]));
      if (f[j] > 0) free[count++] = j;
    }
    // Each step ends with fewer free ones, or with a smaller sum: rounding alone could make it go round in circles.
    for (let step = 0; step < 3 * n + 3; step++) {
      this.solveFree(count);
      let share = 1;
      for (let p = 0; p < count; p++) if (s[p] <= 0) share = Math.min(share, f[free[p]] / (f[free[p]] - s[p]) || 0);
      let left = 0;
      for (let p = 0; p < count; p++) {
        const j = free[p];
        const bound = s[p] <= 0 && !(f[j] / (f[j] - s[p]) > share);
        f[j] = bound ? 0 : share === 1 ? s[p] : f[j] + share * (s[p] - f[j]);
        if (f[j] > 0) free[left++] = j;
        else f[j] = 0;
      }
      if (left < count) {
        count = left;
        continue;
      }
      const next = this.steepest(n, SLOPE * most);
      if (next < 0) return;
      let p = count++;
      for (; p > 0 && free[p - 1] > next; p--) free[p] = free[p - 1];
      free[p] = next;
    }
  }

  /** A_FF·s = r_F:  l_pq = (a_pq − Σ_t<q l_pt·l_qt)/l_qq, l_pp = √(a_pp − Σ_t l_pt²);  L·y = r, then Lᵀ·s = y. */
  private solveFree(count: number): void {
    const { gram, factor, r, s, free } = this;
    for (let p = 0; p < count; p++) {
      const row = at(p, 0);
      const from = at(free[p], 0);
      for (let q = 0; q <= p; q++) {
        const other = at(q, 0);
        let sum = gram[from + free[q]];
        for (let t = 0; t < q; t++) sum -= factor[row + t] * factor[other + t];
        factor[row + q] = p === q ? Math.sqrt(sum) : sum / factor[other + q];
      }
      let y = r[free[p]];
      for (let t = 0; t < p; t++) y -= factor[row + t] * s[t];
      s[p] = y / factor[row + p];
    }
    for (let p = count - 1; p >= 0; p--) {
      const row = at(p, 0);
      s[p] /= factor[row + p];
      for (let t = 0; t < p; t++) s[t] -= factor[row + t] * s[p];
    }
  }

  /** The one at 0 of the largest slope above `least`, of equal ones the first; −1 if there is none. */
  private steepest(n: number, least: number): number {
    const { gram, f, r } = this;
    let best = -1;
    let most = least;
    for (let j = 0; j < n; j++) {
      if (f[j] > 0) continue;
      let slope = r[j];
      for (let l = 0; l < n; l++) if (f[l] > 0) slope -= gram[l < j ? at(j, l) : at(l, j)] * f[l];
      if (slope > most) [best, most] = [j, slope];
    }
    return best;
  }
}

/** Below this share of the largest |r| a slope is none. */
const SLOPE = 1e-10;

/** Where row j of a lower triangle has column l. */
const at = (j: number, l: number): number => (j * (j + 1)) / 2 + l;

/** δ for products of that precision: what a sum of n·n of them, each off by a unit in the last place, may be off by. */
export const nearnessOf = (data: FloatArray, n: number): number => 4 * n * (data instanceof Float32Array ? 2 ** -23 : 2 ** -52);
