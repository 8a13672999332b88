import { belowOne, checkOptions, count, notNegative, positive, refuse, seed, share, when } from '../numbers/checks.js';
import { type DType, floats, type Matrix } from '../numbers/matrix.js';
import { Random, type Seed } from '../numbers/random.js';

/** A world whose features are known. */
export interface WorldOptions {
  /** d, the width of a row. */
  dimension: number;
  /** m, how many features there are; more than d of them overlap ("superposition"). */
  features: number;
  /** How many of them make a row. */
  active: number;
  /** Coefficients are U(low, high). Defaults 0.5 and 1.5. */
  low?: number;
  high?: number;
  /** The standard deviation of what is added to each entry. Default 0.01. */
  noise?: number;
  /** Feature j is drawn with a weight of decayʲ: 1, the default, makes all equally frequent. */
  decay?: number;
  /** How likely a further feature of a row is drawn from the group of its first, as many as are `active`. Default 0. */
  correlation?: number;
  /** Default 0. */
  seed?: Seed;
  /** Default 'float32'. */
  dtype?: DType;
}

const checks = {
  dimension: count,
  features: count,
  active: count,
  low: notNegative,
  high: positive,
  noise: notNegative,
  decay: when((v) => share.ok(v) && v !== 0, 'a number above 0 and at most 1'),
  correlation: belowOne,
  seed,
  dtype: when((v) => v === 'float32' || v === 'float64', '"float32" or "float64"'),
};

/**
 * Rows made of a hidden dictionary:  x = Σ_{j ∈ A} c_j·g_j + ε,  with
 *   g_j  the m features: directions of N(0, I), each of length 1, drawn once
 *   A    `active` of them, no two the same: by their weights, or, each but the first, j, with probability `correlation`, any of
 *        j's group, features q·⌊j/q⌋ … + q − 1 for q = `active`, that is not there yet. Where m is no multiple of q, the last
 *        group is smaller: when it is all there, the others are drawn by their weights
 *   c_j  ~ U(low, high),   ε ~ N(0, noise²) in every entry
 * as in Sharkey et al. 2022 ("Taking features out of superposition with sparse autoencoders"), but for the
 * correlations, which are theirs by a random covariance.
 */
export class SparseWorld {
  readonly options: Required<WorldOptions>;
  /** The dictionary, m × d. */
  readonly features: Matrix;
  private readonly random: Random;
  /** Sums of the weights of features 0 … j. */
  private readonly weights: Float64Array;

  constructor(options: WorldOptions) {
    const where = 'SparseWorld';
    checkOptions(where, options, checks);
    for (const name of ['dimension', 'features', 'active'] as const)
      if (options[name] === undefined) refuse(`${where}: ${name}`, undefined, count.expected);
    const defaults = { low: 0.5, high: 1.5, noise: 0.01, decay: 1, correlation: 0, seed: 0, dtype: 'float32' as const };
    this.options = { ...defaults, ...options };
    const { features: m, active, low, high, decay, dimension, dtype } = this.options;
    if (active > m) refuse(`${where}: active`, active, `at most the ${m} features there are`);
    if (high < low) refuse(`${where}: high`, high, `at least low, ${low}`);
    this.features = dictionary(m, dimension, dtype, Random.stream(this.options.seed, 'features'));
    this.random = Random.stream(this.options.seed, 'rows');
    this.weights = new Float64Array(m);
    for (let j = 0, sum = 0, weight = 1; j < m; j++, weight *= decay) this.weights[j] = sum += weight;
    // Weights that vanish beside the others would be waited for in vain.
    if (this.weights[m - 1] === this.weights[active - 1] && active < m) refuse(`${where}: decay`, decay, 'a slower one');
  }

  /** The next rows of this world, and the coefficients they are made of, n × m. */
  sample(rows: number): { x: Matrix; codes: Matrix } {
    const { dimension: d, features: m, low, high, noise, dtype } = this.options;
    const x: Matrix = { data: floats(dtype, rows * d), rows, cols: d };
    const codes: Matrix = { data: floats(dtype, rows * m), rows, cols: m };
    const row = new Float64Array(d);
    for (let i = 0; i < rows; i++) {
      for (let p = 0; p < d; p++) row[p] = noise === 0 ? 0 : noise * this.random.gaussian();
      for (const j of this.choose()) {
        const c = low + (high - low) * this.random.uniform();
        codes.data[i * m + j] = c;
        for (let p = 0; p < d; p++) row[p] += c * this.features.data[j * d + p];
      }
      x.data.set(row, i * d);
    }
    return { x, codes };
  }

  /** A */
  private choose(): Set<number> {
    const { features: m, active, correlation } = this.options;
    const first = this.byWeight();
    const chosen = new Set([first]);
    const group = active * Math.floor(first / active);
    const size = Math.min(active, m - group);
    const any = () => group + Math.floor(size * this.random.uniform());
    for (let inGroup = 1; chosen.size < active; ) {
      const together = inGroup < size && correlation > 0 && this.random.uniform() < correlation;
      let j: number;
      do j = together ? any() : this.byWeight();
      while (chosen.has(j));
      chosen.add(j);
      if (j >= group && j < group + size) inGroup++;
    }
    return chosen;
  }

  private byWeight(): number {
    const { weights } = this;
    const u = this.random.uniform() * weights[weights.length - 1];
    let [low, high] = [0, weights.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (weights[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** m directions, evenly over the sphere. */
function dictionary(m: number, d: number, dtype: DType, random: Random): Matrix {
  const data = floats(dtype, m * d);
  for (let j = 0; j < m; j++) {
    const direction = Float64Array.from({ length: d }, () => random.gaussian());
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    for (let p = 0; p < d; p++) data[j * d + p] = direction[p] / length;
  }
  return { data, rows: m, cols: d };
}
