import type { Numbers } from './report-data.js';

export interface Principal {
  /** Two orthogonal directions of length 1 among the h units, the one of greater variance first. */
  readonly directions: readonly [Float64Array, Float64Array];
  /** Per direction: its share of the codes' whole variance. */
  readonly shares: readonly [number, number];
  /** n × 2: each code's place along them, less the mean's. */
  readonly places: Float64Array;
}

const MOST_ROUNDS = 200;
const STILL = 1e-13;

/**
 * The first two principal components of the first n rows of F (n × h): the directions v that maximise the variance
 * of (f − f̄)·v. Orthogonal iteration: V ← CᵀC·V, made orthonormal again, C = F − 1·f̄ᵀ, until V stands
 * still. C is never written down: a code is mostly zeros, and the zeros are passed over. (Pearson 1901;
 * Golub & Van Loan, Matrix Computations, 8.2.4)
 */
export function principalDirections(codes: Numbers, h: number, n = codes.length / h): Principal {
  const { starts, units, values } = nonZeros(codes, h, n);
  const mean = new Float64Array(h);
  for (let k = 0; k < values.length; k++) mean[units[k]] += values[k] / n;

  /** C·v, n numbers. */
  const project = (v: Float64Array) => {
    const offset = dot(mean, v);
    return Float64Array.from({ length: n }, (_, i) => {
      let sum = -offset;
      for (let k = starts[i]; k < starts[i + 1]; k++) sum += values[k] * v[units[k]];
      return sum;
    });
  };
  /** Cᵀ·y, h numbers. */
  const gather = (y: Float64Array) => {
    const total = y.reduce((sum, each) => sum + each, 0);
    const v = mean.map((m) => -m * total);
    for (let i = 0; i < n; i++) for (let k = starts[i]; k < starts[i + 1]; k++) v[units[k]] += values[k] * y[i];
    return v;
  };

  let [a, b] = [start(h, 1), start(h, 2)];
  orthonormal(a, b);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [nextA, nextB] = [gather(project(a)), gather(project(b))];
    orthonormal(nextA, nextB);
    const moved = 2 - Math.abs(dot(a, nextA)) - Math.abs(dot(b, nextB));
    [a, b] = [nextA, nextB];
    if (moved < STILL) break;
  }
  for (const v of [a, b]) if (greatest(v) < 0) for (let j = 0; j < h; j++) v[j] = -v[j];

  let variance = 0;
  for (let k = 0; k < values.length; k++) variance += values[k] ** 2;
  variance -= n * dot(mean, mean);
  const [alongA, alongB] = [project(a), project(b)];
  const share = (along: Float64Array) => (variance > 0 ? dot(along, along) / variance : 0);
  const places = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) places.set([alongA[i], alongB[i]], 2 * i);
  return { directions: [a, b], shares: [share(alongA), share(alongB)], places };
}

/** F row by row without its zeros: row i is at starts[i] … starts[i + 1]. */
function nonZeros(codes: Numbers, h: number, n: number) {
  const starts = [0];
  const units: number[] = [];
  const values: number[] = [];
  for (let at = 0; at < n * h; at++) {
    if (codes[at] !== 0 && Number.isFinite(codes[at])) {
      units.push(at % h);
      values.push(codes[at]);
    }
    if (at % h === h - 1) starts.push(units.length);
  }
  return { starts, units: Uint32Array.from(units), values: Float64Array.from(values) };
}

/** Numbers without a pattern that the data could be orthogonal to. */
const start = (h: number, seed: number) =>
  Float64Array.from({ length: h }, (_, j) => Math.sin(1 + seed * 7.3 + 12.9898 * j * seed));

/** Gram and Schmidt: a and b of length 1, b across a. A vector that vanishes stays 0. */
function orthonormal(a: Float64Array, b: Float64Array): void {
  scale(a);
  for (const _again of [0, 1]) {
    const overlap = dot(a, b);
    for (let j = 0; j < a.length; j++) b[j] -= overlap * a[j];
  }
  scale(b);
}

function scale(v: Float64Array): void {
  const size = Math.sqrt(dot(v, v));
  if (!(size > 1e-150)) v.fill(0);
  else for (let j = 0; j < v.length; j++) v[j] /= size;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

/** The entry of greatest magnitude, with its sign. */
const greatest = (v: Float64Array): number => v.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
