import type { Matrix, Rows } from '../../kernels/kernels.js';
import type { Parameters } from '../../layers/parameters.js';
import { notNegative } from '../../numbers/checks.js';
import { type Code, type Derivatives, type Pass, type TermLayer, term } from '../kind.js';

/**
 * contractive·(1/n)·Σ_i ‖∂f_i/∂x_i‖² = contractive·(1/n)·Σ_ij σ_h′(z_ij)²·Σ_p w_pj²: a code that moves little as X does.
 * (Rifai et al. 2011, "Contractive Auto-Encoders: Explicit Invariance During Feature Extraction".) With N_j = Σ_p w_pj²,
 *   ∂/∂w_pj = contractive·(2/n)·w_pj·Σ_i σ′(z_ij)², beside what comes by way of Z:
 *   ∂/∂z_ij = contractive·(2/n)·N_j·σ′·σ″, which is added to dF as contractive·(2/n)·N_j·σ″: the code's backward has the σ′.
 */
export const contractive = term({
  name: 'contractive',
  help: 'squared slopes of the code in X',
  options: {
    /** Its weight, at least 0. Default 0. */
    contractive: { check: notNegative, default: 0, help: "weight of the code's squared slopes in X" },
  },
  applies: (spec) => spec.contractive !== 0,

  refuse(spec, code, codes) {
    if (spec.contractive === 0 || code.derivatives) return undefined;
    const fit = codes.filter(({ derivatives }) => derivatives).map(({ name }) => `"${name}"`);
    const expected = `one of ${fit.join(', ')} with contractive, which needs a σ′ of each z alone`;
    return { option: 'hiddenActivation', expected };
  },

  layer: ({ spec }) => new ContractiveLayer(spec.contractive),

  cases: [{ name: 'contractive=0.3', options: { contractive: 0.3 } }],
});

class ContractiveLayer implements TermLayer {
  private readonly weight: number;
  private code: Code | undefined;
  /** N, and Σ_i σ′(z_ij)² */
  private norms = new Float64Array();
  private squares = new Float64Array();

  constructor(weight: number) {
    this.weight = weight;
  }

  forward(θ: Parameters, { code }: Pass): number {
    const { slope } = code.derivatives as Derivatives;
    this.code = code;
    this.norms = sumsOfSquares(θ.encoderWeight, (w) => w);
    this.squares = sumsOfSquares(code.f as Matrix, slope);
    return (this.weight / code.rows.rows) * this.squares.reduce((sum, s, j) => sum + s * this.norms[j], 0);
  }

  intoCode(df: Rows): void {
    const { data, cols } = df as Matrix;
    const { derivatives, ...code } = this.code as Code;
    const f = code.f as Matrix;
    const curvature = derivatives?.curvature;
    if (!curvature) return;
    const scale = (2 * this.weight) / f.rows;
    for (let i = 0, j = 0; i < data.length; i++) {
      data[i] += scale * this.norms[j] * curvature(f.data[i]);
      if (++j === cols) j = 0;
    }
  }

  backward(θ: Parameters, dθ: Parameters): void {
    const scale = (2 * this.weight) / (this.code as Code).rows.rows;
    const { data, cols } = θ.encoderWeight;
    const dw = dθ.encoderWeight.data;
    for (let at = 0, j = 0; at < data.length; at++) {
      dw[at] += scale * this.squares[j] * data[at];
      if (++j === cols) j = 0;
    }
  }
}

/** Σ_i of(a_ij)² */
function sumsOfSquares({ data, cols }: Matrix, of: (a: number) => number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(cols);
  for (let at = 0, j = 0; at < data.length; at++) {
    out[j] += of(data[at]) ** 2;
    if (++j === cols) j = 0;
  }
  return out;
}
