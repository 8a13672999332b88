import type { Kernels, Matrix, Rows } from '../../kernels/kernels.js';
import { denseRows } from '../../kernels/rows.js';
import type { Parameters } from '../../layers/parameters.js';
import { exp } from '../../numbers/elementary.js';
import { rowsOf } from '../../numbers/matrix.js';
import { Noise } from '../../numbers/noise.js';
import { type Code, type CodeLayer, code, type Slope, type Workspace } from '../kind.js';

/**
 * A code that is drawn, and decoded all the same (Kingma & Welling 2014, "Auto-Encoding Variational Bayes"):
 *   μ = X·W_enc + b_enc          ℓ = X·W_var + b_var          f = μ + e^(ℓ/2) ⊙ ε,   ε ~ N(0, 1) in `fit`
 * Outside training f = μ.
 */
export const variational = code({
  name: 'variational',
  help: 'drawn from N(μ, σ²), both learned',
  nonNegative: false,
  zeros: false,
  random: true,
  penalty: 'gaussian',
  options: {},
  parameters: ({ inputDim, hiddenDim }) => [
    { name: 'logVarianceWeight', shape: [inputDim, hiddenDim], start: 'drawn', tensor: 'W_var' },
    { name: 'logVarianceBias', shape: [hiddenDim], start: 0, tensor: 'b_var' },
  ],
  layer: (workspace) => new VariationalLayer(workspace),
  infer() {},
  script: () => ({ body: '' }),
  draw: (_graph, z) => z,

  cases: [
    { name: 'variational, one row, n = 1', options: {}, n: 1 },
    { name: 'variational, a partial batch, 3 rows in room for 8', options: {}, n: 3, room: 8 },
    { name: 'variational, the negative ELBO of bits', options: { reconstruction: 'bce', beta: 1 / 6 } },
  ],
});

/** θ with W_var and b_var in the place of W_enc and b_enc: ℓ is come by, and goes back, as Z does. */
function varianceSide(θ: Parameters): Parameters {
  const { rows, cols } = θ.encoderWeight;
  return {
    ...θ,
    encoderWeight: { data: θ.own.logVarianceWeight, rows, cols },
    encoderBias: θ.own.logVarianceBias,
  };
}

class VariationalLayer implements CodeLayer {
  private readonly workspace: Workspace<unknown>;
  private readonly mean: Matrix;
  /** ℓ, then dℓ. */
  private readonly logVariance: Matrix;
  private readonly f: Matrix;
  private drawn: Matrix | undefined;
  private noise: Matrix | undefined;

  constructor(workspace: Workspace<unknown>) {
    const { k, capacity, spec } = workspace;
    this.workspace = workspace;
    this.mean = denseRows(k, capacity, spec.hiddenDim);
    this.logVariance = denseRows(k, capacity, spec.hiddenDim);
    this.f = denseRows(k, capacity, spec.hiddenDim);
  }

  draw(rows: number): Matrix {
    const { k, capacity, memory, spec } = this.workspace;
    this.drawn ??= denseRows(k as Kernels, capacity, spec.hiddenDim);
    const noise = rowsOf(this.drawn, 0, rows);
    new Noise(memory.stream('noise')).fillGaussian(noise.data);
    return noise;
  }

  forward(θ: Parameters, x: Rows, _mode: 'training' | 'inference', noise?: Matrix): Code {
    const { k, encoder } = this.workspace;
    const mean = rowsOf(this.mean, 0, x.rows);
    const logVariance = rowsOf(this.logVariance, 0, x.rows);
    const f = rowsOf(this.f, 0, x.rows);
    encoder.forward(θ, x, mean);
    encoder.forward(varianceSide(θ), x, logVariance);
    this.noise = noise;
    if (!noise) f.data.set(mean.data);
    else for (let i = 0; i < f.data.length; i++) f.data[i] = mean.data[i] + exp(logVariance.data[i] / 2) * noise.data[i];
    return { f, rows: f, active: k.countNonZeros(f.data), posterior: { mean, logVariance } };
  }

  /**
   * f = μ + e^(ℓ/2)·ε,  J = R + β·S(f, μ, ℓ)   ⇒   dμ = df + β·∂S/∂f + β·∂S/∂μ                                     n×h
   *                                                dℓ = (df + β·∂S/∂f)·½e^(ℓ/2)·ε + β·∂S/∂ℓ                        n×h
   */
  backward(θ: Parameters, dθ: Parameters, x: Rows, dF: Rows, { pull, l1, weighted, gaussian = 0 }: Slope): void {
    const df = dF as Matrix;
    const { encoder } = this.workspace;
    const dLogVariance = rowsOf(this.logVariance, 0, x.rows);
    const { data, cols } = df;
    const ℓ = dLogVariance.data;
    const μ = this.mean.data;
    const f = this.f.data;
    const ε = this.noise?.data;
    for (let i = 0, j = 0; i < data.length; i++) {
      const g = data[i] + pull[j] + (l1 + (weighted ? weighted[j] : 0)) * Math.sign(f[i]);
      const σ = exp(ℓ[i] / 2);
      data[i] = g + gaussian * μ[i];
      ℓ[i] = (ε ? 0.5 * g * σ * ε[i] : 0) + 0.5 * gaussian * (σ * σ - 1);
      if (++j === cols) j = 0;
    }
    encoder.backward(θ, dθ, x, df);
    encoder.backward(varianceSide(θ), varianceSide(dθ), x, dLogVariance);
  }
}
