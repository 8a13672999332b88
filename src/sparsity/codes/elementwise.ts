import { type ElementwiseFormula, elementwise } from '../../kernels/elementwise.js';
import type { Elementwise, FloatArray, Kernels, Matrix, Rows } from '../../kernels/kernels.js';
import { denseRows, sparseRows } from '../../kernels/rows.js';
import type { Parameters } from '../../layers/parameters.js';
import { rowsOf } from '../../numbers/matrix.js';
import { type Code, type CodeKind, type CodeLayer, code, type Derivatives, type Slope, type Workspace } from '../kind.js';

/** σ as two passes over a matrix. */
interface Passes {
  /** A ← σ(A) */
  activate(k: Kernels, a: Matrix): void;
  /** σ(z) as an expression in z. */
  readonly script: string;
  /** σ as ONNX calls it. */
  readonly operator: string;
  /** dz_ij ← (dz_ij + pull_j + l1·sign(f_ij))·σ′(f_ij): from ∂R/∂F and β·∂S/∂F to ∂J/∂Z. */
  delta(k: Kernels, dz: Matrix, f: Matrix, slope: Slope): void;
}

type Traits = Pick<CodeKind, 'help' | 'nonNegative' | 'zeros'>;

/** F = σ(Z), by a function that the kernels have. */
export const kernelCode = <const Name extends Elementwise>(name: Name, traits: Traits): CodeKind<Name, Record<never, never>> =>
  elementwiseCode(name, traits, elementwise[name], {
    script: elementwise[name].script,
    operator: elementwise[name].operator,
    activate: (k, a) => k.activate(a, name),
    delta: (k, dz, f, { pull, l1 }) => k.hiddenDelta(dz, f, pull, l1, name),
  });

function elementwiseCode<const Name extends string>(name: Name, traits: Traits, derivatives: Derivatives, σ: Passes) {
  return code({
    name,
    ...traits,
    derivatives,
    penalty: 'kl',
    options: {},
    cases: [],
    layer: (workspace) => new ElementwiseLayer(workspace, traits.zeros, derivatives, σ),
    infer: ({ k }, _θ, z) => σ.activate(k, z),
    script: () => ({ body: `const σ = (z) => ${σ.script};\nfor (let j = 0; j < hiddenDim; j++) z[j] = σ(z[j]);` }),
    draw: (graph, z) => graph.node(σ.operator, [z])[0],
  });
}

class ElementwiseLayer implements CodeLayer {
  private readonly workspace: Workspace<unknown>;
  private readonly derivatives: Derivatives;
  private readonly σ: Passes;
  private readonly zeros: boolean;
  private readonly f: Matrix;
  private readonly nonZeros: ReturnType<typeof sparseRows>;

  constructor(workspace: Workspace<unknown>, zeros: boolean, derivatives: Derivatives, σ: Passes) {
    const { k, capacity, spec } = workspace;
    this.workspace = workspace;
    this.derivatives = derivatives;
    this.σ = σ;
    this.zeros = zeros;
    this.f = denseRows(k, capacity, spec.hiddenDim);
    this.nonZeros = sparseRows(k, capacity, spec.hiddenDim, zeros);
  }

  forward(θ: Parameters, x: Rows): Code {
    const { derivatives } = this;
    const { k, encoder } = this.workspace;
    const f = rowsOf(this.f, 0, x.rows);
    encoder.forward(θ, x, f);
    this.σ.activate(k, f);
    if (!this.zeros) return { f, rows: f, active: k.countNonZeros(f.data), derivatives };
    const nonZeros = { ...this.nonZeros, rows: f.rows };
    const active = k.compress(nonZeros, f);
    return { f, rows: active >= 0 && active < k.sparseBelow * f.data.length ? nonZeros : f, active, derivatives };
  }

  /** F = σ_h(Z),  J = R + β·S   ⇒   dZ = (dF + β·∂S/∂F) ⊙ σ_h′(Z)     n×h */
  backward(θ: Parameters, dθ: Parameters, x: Rows, df: Matrix, slope: Slope): void {
    const { k, encoder } = this.workspace;
    const f = rowsOf(this.f, 0, x.rows);
    if (slope.weighted) addWeighted(df, f, slope.weighted);
    this.σ.delta(k, df, f, slope);
    encoder.backward(θ, dθ, x, df);
  }
}

/** df_ij ← df_ij + weighted_j·sign(f_ij) */
function addWeighted({ data, cols }: Matrix, f: Matrix, weighted: FloatArray): void {
  for (let i = 0, j = 0; i < data.length; i++) {
    data[i] += weighted[j] * Math.sign(f.data[i]);
    if (++j === cols) j = 0;
  }
}

/** The same by a formula alone, in loops of its own: any σ whose derivative can be read off its output. */
export const formulaCode = <const Name extends string>(
  name: Name,
  traits: Traits,
  { value, script, operator, ...derivatives }: ElementwiseFormula,
) =>
  elementwiseCode(name, traits, derivatives, {
    script,
    operator,
    activate(_k, { data }) {
      for (let i = 0; i < data.length; i++) data[i] = value(data[i]);
    },
    delta(_k, { data, cols }, f, { pull, l1 }) {
      for (let i = 0, j = 0; i < data.length; i++) {
        data[i] = (data[i] + pull[j] + l1 * Math.sign(f.data[i])) * derivatives.slope(f.data[i]);
        if (++j === cols) j = 0;
      }
    },
  });
