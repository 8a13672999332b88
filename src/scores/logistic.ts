import { exp, log1p } from '../numbers/elementary.js';

/** p = 1/(1 + e^−(b + w·x)) */
export interface Logistic {
  /** w, then b. */
  readonly weights: Float64Array;
  /** b + w·x of a row: above 0 where it is likelier than not. */
  score(row: number): number;
}

const MOST_STEPS = 50;
const STILL = 1e-10;

/**
 * Logistic regression: the w and b with the least
 *   L = Σ_i c_i·(ln(1 + e^{s_i}) − y_i·s_i) + (λ/2)·‖w‖²,   s_i = b + w·x_i,
 * c_i so that both sides weigh as much, n/2 in all. Newton's steps: with p_i = 1/(1 + e^−s_i) and a 1 behind every x_i for b,
 *   ∇L = Σ c_i·(p_i − y_i)·x_i + λ·w,   ∇²L = Σ c_i·p_i·(1 − p_i)·x_i·x_iᵀ + λ·I,
 * halved until L falls. (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 4.4.1.)
 * @param columns x, one list of numbers a feature
 * @param rows those to learn from, of both sides
 * @param isTrue y of a row
 * @param lambda λ > 0
 */
export function logisticRegression(
  columns: readonly ArrayLike<number>[],
  rows: readonly number[],
  isTrue: (row: number) => boolean,
  lambda: number,
): Logistic {
  const d = columns.length;
  const m = d + 1;
  const y = Float64Array.from(rows, (row) => Number(isTrue(row)));
  const positives = y.reduce((sum, each) => sum + each, 0);
  const weightOf = [rows.length / (2 * (rows.length - positives)), rows.length / (2 * positives)];
  const scoreBy = (w: Float64Array, row: number) => {
    let s = w[d];
    for (let j = 0; j < d; j++) s += w[j] * columns[j][row];
    return s;
  };
  const lossAt = (w: Float64Array) => {
    let loss = 0;
    for (let j = 0; j < d; j++) loss += (lambda / 2) * w[j] * w[j];
    for (let i = 0; i < rows.length; i++) {
      const s = scoreBy(w, rows[i]);
      loss += weightOf[y[i]] * (softplus(s) - y[i] * s);
    }
    return loss;
  };

  let weights = new Float64Array(m);
  let loss = lossAt(weights);
  const x = new Float64Array(m).fill(1);
  for (let step = 0; step < MOST_STEPS; step++) {
    const gradient = new Float64Array(m);
    const curvature = new Float64Array(m * m);
    for (let j = 0; j < d; j++) {
      gradient[j] = lambda * weights[j];
      curvature[j * m + j] = lambda;
    }
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < d; j++) x[j] = columns[j][rows[i]];
      const p = 1 / (1 + exp(-scoreBy(weights, rows[i])));
      const pull = weightOf[y[i]] * (p - y[i]);
      const bend = weightOf[y[i]] * p * (1 - p);
      for (let a = 0; a < m; a++) {
        gradient[a] += pull * x[a];
        for (let b = 0; b <= a; b++) curvature[a * m + b] += bend * x[a] * x[b];
      }
    }
    const move = solve(curvature, gradient, m);
    const moved = (t: number) => weights.map((w, j) => w - t * move[j]);
    let next = moved(1);
    for (let t = 0.5; lossAt(next) > loss && t > 1e-6; t /= 2) next = moved(t);
    const before = loss;
    loss = lossAt(next);
    if (loss > before) break;
    weights = next;
    if (before - loss <= STILL * rows.length) break;
  }
  return { weights, score: (row) => scoreBy(weights, row) };
}

/** ln(1 + e^s), finite for any s. */
const softplus = (s: number): number => Math.max(0, s) + log1p(exp(-Math.abs(s)));

/** A·x = b by Cholesky's A = L·Lᵀ, of which the lower triangle is given, n × n and positive definite. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const l = a.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = l[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      // A label that every row's score is sure of leaves b without curvature.
      l[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / l[j * n + j];
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i * n + k] * x[k];
    x[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l[k * n + i] * x[k];
    x[i] /= l[i * n + i];
  }
  return x;
}
