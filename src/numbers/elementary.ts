/**
 * e^x, ln x, tanh x and cos πp from +, −, ×, ÷ alone.
 *
 * ECMAScript leaves the last bits of Math.exp, Math.log, Math.tanh and Math.cos to each engine. IEEE arithmetic
 * leaves nothing open, so these give the same bits on every machine. Error: at most 4 ulp.
 */

/** ln 2 as a sum of two parts: k·LN2_HIGH is exact for every exponent k. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOWEST_EXPONENT = -1074;
const HIGHEST_EXPONENT = 1023;

/** 2^k for every k a double can have, by exact doubling. */
const powersOfTwo = new Float64Array(HIGHEST_EXPONENT - LOWEST_EXPONENT + 1);
for (let k = 0, power = Number.MIN_VALUE; k < powersOfTwo.length; k++, power *= 2) powersOfTwo[k] = power;

const bits = new DataView(new ArrayBuffer(8));

/**
 * e^r − 1 for |r| ≤ ½·ln 2: Taylor's series to r¹³/13!, whose next term is below 5·10⁻¹⁸. Its terms are
 * summed in pairs of pairs (Estrin's scheme), which do not wait for each other as Horner's would.
 */
function expm1Near0(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const to5 = 1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120));
  const to9 = 1 / 720 + r * (1 / 5040) + r2 * (1 / 40320 + r * (1 / 362880));
  const to13 = 1 / 3628800 + r * (1 / 39916800) + r2 * (1 / 479001600 + r * (1 / 6227020800));
  return r + r2 * (to5 + r4 * (to9 + r4 * to13));
}

/** e^x = 2^k·e^r, with k the integer nearest x/ln 2 and r = x − k·ln 2. */
export function exp(x: number): number {
  if (!(x > -708 && x < 709)) return expAtTheEdge(x);
  const k = Math.floor(x * Math.LOG2E + 0.5);
  return (1 + expm1Near0(x - k * LN2_HIGH - k * LN2_LOW)) * powersOfTwo[k - LOWEST_EXPONENT];
}

/** The same where e^x, or its factor 2^k, is subnormal or next to overflow: the power in two halves. */
function expAtTheEdge(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  if (x !== x) return x;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const half = k >> 1;
  const e = 1 + expm1Near0(x - k * LN2_HIGH - k * LN2_LOW);
  return e * powersOfTwo[half - LOWEST_EXPONENT] * powersOfTwo[k - half - LOWEST_EXPONENT];
}

/** tanh z = t/(t + 2), t = e^2z − 1 = 2^k·(e^r − 1) + (2^k − 1): nothing cancels near 0. */
export function tanh(z: number): number {
  if (z > 20) return 1;
  if (z < -20) return -1;
  if (z !== z) return z;
  const k = Math.floor(2 * z * Math.LOG2E + 0.5);
  const power = powersOfTwo[k - LOWEST_EXPONENT];
  const t = power * expm1Near0(2 * z - k * LN2_HIGH - k * LN2_LOW) + (power - 1);
  return t / (t + 2);
}

/** ln x = e·ln 2 + 2·artanh s, where x = m·2^e with √½ ≤ m < √2, and s = (m − 1)/(m + 1). */
export function log(x: number): number {
  if (x < 0 || x !== x) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  let e = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: out of the subnormals
    e = -54;
  }
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  e += (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    e++;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let p = 0; // s²/3 + s⁴/5 + … + s²²/23; |s| ≤ 0.1716
  for (let k = 23; k > 1; k -= 2) p = s2 * (p + 1 / k);
  return e * LN2_HIGH + (2 * s + (2 * s * p + e * LN2_LOW));
}

/** ln(1 + u), u ≥ 0: ln w·(u/(w − 1)) for w, which is 1 + u rounded, undoes the rounding (Kahan). */
export function log1p(u: number): number {
  const w = 1 + u;
  return w === 1 ? u : log(w) * (u / (w - 1));
}

/** cos πp for 0 ≤ p ≤ 1, as sin x, x = π·(½ − p): Taylor's series to x²¹/21!, whose next term is below 2·10⁻¹⁸. */
export function cosPi(p: number): number {
  const x = Math.PI * (0.5 - p);
  let series = 1;
  for (let k = 20; k > 0; k -= 2) series = 1 - ((x * x) / (k * (k + 1))) * series;
  return x * series;
}

/** xⁿ for whole n ≥ 0, by repeated squaring. */
export function power(x: number, n: number): number {
  let result = 1;
  for (let square = x, rest = n; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square;
  }
  return result;
}
