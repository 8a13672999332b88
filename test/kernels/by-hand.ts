import type { AdamStep, Elementwise } from '../../src/kernels/kernels.js';

/** Σ_t a(i, t)·b(t, j) (+ bias_j), as the equation says, in double precision. */
export function denseProduct(
  rows: number,
  inner: number,
  cols: number,
  a: (i: number, t: number) => number,
  b: (t: number, j: number) => number,
  bias?: ArrayLike<number>,
): number[] {
  const c: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = bias ? bias[j] : 0;
      for (let t = 0; t < inner; t++) sum += a(i, t) * b(t, j);
      c.push(sum);
    }
  }
  return c;
}

export function activationByHand(kind: Elementwise, z: number): number {
  if (kind === 'relu') return z > 0 ? z : z * 0 === 0 || z === -Infinity ? 0 : z;
  if (kind === 'sigmoid') return 1 / (1 + Math.exp(-z));
  return kind === 'tanh' ? Math.tanh(z) : z;
}

/** σ′, from the output f. */
export function slopeByHand(kind: Elementwise, f: number): number {
  if (kind === 'relu') return f > 0 ? 1 : 0;
  if (kind === 'sigmoid') return f * (1 - f);
  return kind === 'tanh' ? 1 - f * f : 1;
}

/** Kingma & Ba 2015, Algorithm 1, for one parameter. */
export function adamByHand(
  theta: number,
  g: number,
  m: number,
  v: number,
  how: AdamStep,
): { theta: number; m: number; v: number } {
  const { step, learningRate, beta1, beta2, epsilon } = how;
  const nextM = beta1 * m + (1 - beta1) * g;
  const nextV = beta2 * v + (1 - beta2) * g ** 2;
  const mHat = nextM / (1 - beta1 ** step);
  const vHat = nextV / (1 - beta2 ** step);
  return { theta: theta - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon), m: nextM, v: nextV };
}

/** Where row-major Z, `cols` wide, is positive and less than k entries of its row come before it: those that are greater, or equal and further left. */
export function topKByHand(z: ArrayLike<number>, cols: number, k: number): number[] {
  return Array.from(z, (x, p) => {
    let before = 0;
    for (let q = p - (p % cols), end = q + cols; q < end; q++) if (z[q] > x || (z[q] === x && q < p)) before++;
    return x > 0 && before < k ? x : 0;
  });
}
