import type { Matrix, Rows } from '../../kernels/kernels.js';
import { denseRows, sparseRows } from '../../kernels/rows.js';
import type { Parameters } from '../../layers/parameters.js';
import { exp } from '../../numbers/elementary.js';
import { rowsOf } from '../../numbers/matrix.js';
import { type Code, type CodeLayer, code, type Slope, type Workspace } from '../kind.js';

/**
 * Whether a unit is active, and how much, are two questions, asked of the same directions. (Rajamanoharan et al. 2024a,
 * "Improving Dictionary Learning with Gated Sparse Autoencoders".) With A = X·W_enc,
 *   G = A + b_enc          M = A ⊙ exp(`magnitudeScale`) + `magnitudeBias`          F = 1[G > 0] ⊙ max(0, M)
 * S is of ReLU(G), so that it shrinks no magnitude, and J adds R(σ_o(ReLU(G)·W_dec + b_dec), T), W_dec and b_dec held
 * constant: through the step no gradient reaches G, and this is what teaches it when to open.
 */
export const gated = code({
  name: 'gated',
  help: 'max(0, m) where g > 0: a gate and a magnitude',
  nonNegative: true,
  zeros: true,
  gated: true,
  penalty: 'l1',
  options: {},
  tensors: { encoderBias: 'b_gate' },
  parameters: ({ hiddenDim }) => [
    { name: 'magnitudeScale', shape: [hiddenDim], start: 0, tensor: 'r_mag' },
    { name: 'magnitudeBias', shape: [hiddenDim], start: 0, tensor: 'b_mag' },
  ],
  layer: (workspace) => new GatedLayer(workspace),

  infer(_workspace, θ, { data, cols }) {
    const scales = Float64Array.from(θ.own.magnitudeScale, exp);
    for (let i = 0, j = 0; i < data.length; i++) {
      data[i] = magnitude(data[i], θ, scales, j);
      if (++j === cols) j = 0;
    }
  },

  script: (_spec, θ) => ({
    body: `for (let j = 0; j < hiddenDim; j++) {
  const m = (z[j] - gateBias[j]) * magnitudeScale[j] + magnitudeBias[j];
  z[j] = z[j] > 0 && m > 0 ? m : 0;
}`,
    constants: {
      gateBias: θ.encoderBias,
      magnitudeScale: Array.from(θ.own.magnitudeScale, exp),
      magnitudeBias: θ.own.magnitudeBias,
    },
  }),

  draw(graph, g, _spec, θ) {
    const scales = Float64Array.from(θ.own.magnitudeScale, exp);
    const [a] = graph.node('Sub', [g, graph.floats(θ.encoderBias)]);
    const [scaled] = graph.node('Mul', [a, graph.floats(scales)]);
    const [m] = graph.node('Relu', graph.node('Add', [scaled, graph.floats(θ.own.magnitudeBias)]));
    const zero = graph.floats([0]);
    return graph.node('Where', [...graph.node('Greater', [g, zero]), m, zero])[0];
  },

  cases: [
    { name: 'gated, one row, n = 1', options: {}, n: 1 },
    { name: 'gated, a partial batch, 3 rows in room for 8', options: {}, n: 3, room: 8 },
    { name: 'gated, all gates open', options: {}, loudness: 3 },
  ],
});

/** f, from g = a + b_enc. NaN is let through. */
function magnitude(g: number, θ: Parameters, scales: Float64Array, j: number): number {
  if (g <= 0) return 0;
  const m = (g - θ.encoderBias[j]) * scales[j] + θ.own.magnitudeBias[j];
  return m <= 0 ? 0 : m;
}

class GatedLayer implements CodeLayer {
  private readonly workspace: Workspace<unknown>;
  /** G, then ReLU(G) in its place: they are the same where the gate is open, and where it is shut nothing depends on G. */
  private readonly gate: Matrix;
  private readonly f: Matrix;
  private readonly scales: Float64Array;
  private readonly nonZeros: ReturnType<typeof sparseRows>;
  private readonly gateNonZeros: ReturnType<typeof sparseRows>;

  constructor(workspace: Workspace<unknown>) {
    const { k, capacity, spec } = workspace;
    this.workspace = workspace;
    this.gate = denseRows(k, capacity, spec.hiddenDim);
    this.f = denseRows(k, capacity, spec.hiddenDim);
    this.scales = new Float64Array(spec.hiddenDim);
    this.nonZeros = sparseRows(k, capacity, spec.hiddenDim);
    this.gateNonZeros = sparseRows(k, capacity, spec.hiddenDim);
  }

  forward(θ: Parameters, x: Rows): Code {
    const { k, encoder } = this.workspace;
    const { scales } = this;
    const gate = rowsOf(this.gate, 0, x.rows);
    const f = rowsOf(this.f, 0, x.rows);
    encoder.forward(θ, x, gate);
    for (let j = 0; j < scales.length; j++) scales[j] = exp(θ.own.magnitudeScale[j]);
    for (let i = 0, j = 0; i < f.data.length; i++) {
      f.data[i] = magnitude(gate.data[i], θ, scales, j);
      if (++j === scales.length) j = 0;
    }
    k.activate(gate, 'relu');
    const { rows, active } = this.compressed(this.nonZeros, f);
    return { f, rows, active, gate: { f: gate, rows: this.compressed(this.gateNonZeros, gate).rows } };
  }

  private compressed(room: ReturnType<typeof sparseRows>, f: Matrix): { rows: Rows; active: number } {
    const { k } = this.workspace;
    const nonZeros = { ...room, rows: f.rows };
    const active = k.compress(nonZeros, f);
    return { rows: active >= 0 && active < k.sparseBelow * f.data.length ? nonZeros : f, active };
  }

  /**
   * F = 1[G > 0] ⊙ max(0, M)            ⇒   dM = dF ⊙ 1[F > 0]                                        n×h
   * J holds R(ReLU(G)) + β·S(ReLU(G))   ⇒   dG = (dReLU(G) + β·∂S) ⊙ 1[G > 0]                         n×h
   * M = A ⊙ e^r + b_mag, G = A + b_enc  ⇒   dA = dG + dM ⊙ e^r, whose place in the encoder is dZ's    n×h
   *                                         db_enc = Σ_i dg_i     db_mag = Σ_i dm_i     dr = Σ_i dm_i·a_i·e^r     h
   */
  backward(θ: Parameters, dθ: Parameters, x: Rows, dF: Rows, { pull, l1, weighted }: Slope, dGate?: Rows): void {
    const df = dF as Matrix;
    const { encoder } = this.workspace;
    const { scales } = this;
    const h = scales.length;
    const [dScale, dMagnitude, dBias] = [new Float64Array(h), new Float64Array(h), new Float64Array(h)];
    const { data } = df;
    const gate = this.gate.data;
    const f = this.f.data;
    const toGate = (dGate as Matrix).data;
    for (let i = 0, j = 0; i < data.length; i++) {
      // F is 0 wherever the gate is shut.
      if (gate[i] === 0) data[i] = 0;
      else {
        const dg = toGate[i] + pull[j] + l1 + (weighted ? weighted[j] : 0);
        const dm = f[i] === 0 ? 0 : data[i];
        dBias[j] += dg;
        dMagnitude[j] += dm;
        dScale[j] += dm * (gate[i] - θ.encoderBias[j]) * scales[j];
        data[i] = dg + dm * scales[j];
      }
      if (++j === h) j = 0;
    }
    encoder.backward(θ, dθ, x, df);
    dθ.encoderBias.set(dBias);
    dθ.own.magnitudeScale.set(dScale);
    dθ.own.magnitudeBias.set(dMagnitude);
  }
}
