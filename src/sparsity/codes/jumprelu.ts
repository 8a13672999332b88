import type { Matrix, Rows, SparseRows } from '../../kernels/kernels.js';
import { denseRows, sparseRows } from '../../kernels/rows.js';
import type { Parameters } from '../../layers/parameters.js';
import { positive } from '../../numbers/checks.js';
import { exp, log } from '../../numbers/elementary.js';
import { rowsOf } from '../../numbers/matrix.js';
import { type Code, type CodeLayer, code, type Slope, type Workspace } from '../kind.js';
import { drawAbove } from './selected.js';

interface JumpReluSettings {
  bandwidth: number;
}

/**
 * f = z·1[z > θ_j], θ = exp(`logThreshold`): a ReLU that also says how much is enough. (Rajamanoharan et al. 2024b,
 * "Jumping Ahead: Improving Reconstruction Fidelity with JumpReLU Sparse Autoencoders".)
 *
 * J is a step in θ, and its derivative 0 wherever there is one. What is followed instead, straight through the step, is
 * that of the expected J, estimated by a rectangle of width ε (`bandwidth`) around θ_j:
 *   ∂f/∂θ_j = −(θ_j/ε)·1[|z − θ_j| < ε/2]          ∂1[z > θ_j]/∂θ_j = −(1/ε)·1[|z − θ_j| < ε/2]
 * and ∂f/∂z = 1[z > θ_j], as for any z that is not at the step.
 *
 * Choose both by the size of Z: the window must hold some z of most units in most batches, or their thresholds stay.
 */
export const jumprelu = code({
  name: 'jumprelu',
  help: 'z where z > θ_j, else 0; θ is learned',
  nonNegative: true,
  zeros: true,
  thresholds: true,
  penalty: 'l0',
  options: {
    /** ε > 0: how close to its threshold a z must be to tell which way it should move. Default 0.05. */
    bandwidth: { check: positive, default: 0.05, help: 'width of the window around a threshold (ε)' },
    /** θ > 0 of every unit, to start with. Default 0.01. */
    threshold: { check: positive, default: 0.01, help: 'threshold to start with (θ)' },
  },
  parameters: ({ hiddenDim, threshold }) => [
    {
      name: 'logThreshold',
      shape: [hiddenDim],
      start: log(threshold),
      tensor: 'log_threshold',
      alias: { tensor: 'threshold', of: exp },
      straightThrough: true,
    },
  ],
  layer: (workspace) => new JumpReluLayer(workspace),

  infer(_workspace, θ, { data, cols }) {
    const thresholds = Float64Array.from(θ.own.logThreshold, exp);
    for (let i = 0, j = 0; i < data.length; i++) {
      if (data[i] <= thresholds[j]) data[i] = 0;
      if (++j === cols) j = 0;
    }
  },

  script: (_spec, θ) => ({
    body: 'for (let j = 0; j < hiddenDim; j++) if (z[j] <= threshold[j]) z[j] = 0;',
    constants: { threshold: Array.from(θ.own.logThreshold, exp) },
  }),
  draw: (graph, z, _spec, θ) => drawAbove(graph, z, Float64Array.from(θ.own.logThreshold, exp)),

  cases: [
    { name: 'jumprelu, thresholds amid Z', options: { threshold: 0.4, bandwidth: 0.6 } },
    { name: 'jumprelu, one row, n = 1', options: { threshold: 0.4 }, n: 1 },
    { name: 'jumprelu, a partial batch, 3 rows in room for 8', options: { threshold: 0.3, bandwidth: 0.5 }, n: 3, room: 8 },
  ],
});

class JumpReluLayer implements CodeLayer {
  private readonly workspace: Workspace<JumpReluSettings>;
  private readonly z: Matrix;
  private readonly f: Matrix;
  private readonly nonZeros: SparseRows;
  /** The same, and where z is near enough to θ_j for dF to be asked for. */
  private readonly wanted: SparseRows;
  private readonly thresholds: Float64Array;
  /** What dF was asked for at, if not everywhere. */
  private asked: SparseRows | undefined;

  constructor(workspace: Workspace<JumpReluSettings>) {
    const { k, capacity, spec } = workspace;
    this.workspace = workspace;
    this.z = denseRows(k, capacity, spec.hiddenDim);
    this.f = denseRows(k, capacity, spec.hiddenDim);
    this.nonZeros = sparseRows(k, capacity, spec.hiddenDim);
    this.wanted = sparseRows(k, capacity, spec.hiddenDim);
    this.thresholds = new Float64Array(spec.hiddenDim);
  }

  forward(θ: Parameters, x: Rows, mode: 'training' | 'inference'): Code {
    const { k, encoder, spec } = this.workspace;
    const { thresholds, nonZeros, wanted } = this;
    const n = x.rows;
    const h = spec.hiddenDim;
    const reach = mode === 'training' ? spec.bandwidth / 2 : 0;
    const z = rowsOf(this.z, 0, n);
    const f = rowsOf(this.f, 0, n);
    encoder.forward(θ, x, z);
    for (let j = 0; j < h; j++) thresholds[j] = exp(θ.own.logThreshold[j]);
    let active = 0;
    let count = 0;
    for (let i = 0, at = 0; i < n; i++) {
      let put = at;
      let want = at;
      nonZeros.start[i] = wanted.start[i] = at;
      for (let j = 0; j < h; j++, at++) {
        const value = z.data[at];
        // NaN is let through, to be met by the loss.
        const silent = value <= thresholds[j];
        f.data[at] = silent ? 0 : value;
        if (silent && !(thresholds[j] - value < reach)) continue;
        wanted.index[want++] = j;
        if (silent) continue;
        nonZeros.index[put] = j;
        nonZeros.value[put++] = value;
      }
      nonZeros.end[i] = put;
      wanted.end[i] = want;
      active += put - nonZeros.start[i];
      count += want - wanted.start[i];
    }
    const few = count < k.sparseBelow * f.data.length;
    this.asked = few ? { ...wanted, rows: n } : undefined;
    return { f, rows: few ? { ...nonZeros, rows: n } : f, wanted: this.asked, active };
  }

  /**
   * F = Z ⊙ 1[Z > θ],  J = R + β·S(F) + β·l0·Σ 1[Z > θ]   ⇒   dZ = dF ⊙ 1[Z > θ]                                n×h
   *   dθ_j = Σ_i (dF_ij·θ_j + l0)·(−1/ε)·1[|z_ij − θ_j| < ε/2],   d logThreshold_j = θ_j·dθ_j                    h
   * where dF holds the penalty's slope too.
   */
  backward(θ: Parameters, dθ: Parameters, x: Rows, dF: Rows, { pull, l1, weighted, l0 = 0 }: Slope): void {
    const df = dF as Matrix;
    const { encoder, spec } = this.workspace;
    const { thresholds, asked } = this;
    const { bandwidth: ε } = spec;
    const z = this.z.data;
    const dz = df.data;
    const dlog = new Float64Array(thresholds.length);
    const entry = (at: number, j: number) => {
      const θ_j = thresholds[j];
      const active = !(z[at] <= θ_j);
      const g = dz[at] + pull[j] + (active ? l1 + (weighted ? weighted[j] : 0) : 0);
      if (Math.abs(z[at] - θ_j) < ε / 2) dlog[j] -= (θ_j / ε) * (g * θ_j + l0);
      dz[at] = active ? g : 0;
    };
    if (asked) {
      const { start, end, index } = asked;
      for (let i = 0; i < asked.rows; i++) for (let p = start[i]; p < end[i]; p++) entry(i * df.cols + index[p], index[p]);
    } else {
      for (let i = 0, at = 0; i < df.rows; i++) for (let j = 0; j < df.cols; j++, at++) entry(at, j);
    }
    dθ.own.logThreshold.set(dlog);
    encoder.backward(θ, dθ, x, df);
  }
}
