import type { FloatArray, Matrix, Rows, SparseRows } from '../../kernels/kernels.js';
import { type Selector, selectedRows } from '../../kernels/selected.js';
import type { Parameters } from '../../layers/parameters.js';
import { count, type Option } from '../../numbers/checks.js';
import { rowsOf } from '../../numbers/matrix.js';
import type { Code, CodeLayer, Drawing, GradientCase, Refusal, Slope, Workspace } from '../kind.js';

/** What codes that select have in common. */
export const selectedOptions: { readonly k: Option<number | undefined> } = {
  /** How many units a row keeps; of batch-topk on average. No default. */
  k: { check: count, default: undefined, help: 'units a row keeps (topk, batch-topk)' },
};

export interface Selected {
  k: number | undefined;
}

/** k, which has no default but has been asked for. */
export const keptBy = ({ k }: Selected): number => Number(k);

export function refuseSelected({ k, hiddenDim, hiddenActivation }: Selected & { hiddenDim: number; hiddenActivation: string }) {
  const refusal: Refusal = {
    option: 'k',
    expected: `a whole number from 1 to hiddenDim ${hiddenDim} with hiddenActivation "${hiddenActivation}"`,
  };
  return k === undefined || k > hiddenDim ? refusal : undefined;
}

export const selectedCases: readonly GradientCase[] = [
  { name: 'one row, n = 1', options: {}, n: 1 },
  { name: 'k = h', options: { k: 4 } },
  { name: 'fewer than k above 0', options: { k: 3 }, loudness: -0.5 },
  { name: 'a partial batch, 3 rows in room for 8', options: {}, n: 3, room: 8 },
  { name: 'prefixes, a partial batch', options: { prefixes: [1, 3, 4] }, n: 3, room: 8 },
  { name: 'targets narrower than X', options: { outputDim: 3, outputActivation: 'identity' } },
  { name: 'a larger one, 30-20-30, n = 40, k = 4', options: { inputDim: 30, hiddenDim: 20, k: 4 }, n: 40 },
];

/**
 * A code that is a selection of Z, held by its entries alone.
 *
 *   f_ij = z_ij if selected, else 0;  the selection is the same nearby   ⇒   dz_ij = ∂J/∂f_ij if selected, else 0
 */
export abstract class SelectedLayer implements CodeLayer {
  protected readonly workspace: Workspace<Selected>;
  protected readonly kept: number;
  /** Room for F. */
  private readonly f: SparseRows;

  constructor(workspace: Workspace<Selected>) {
    const { k, capacity, spec } = workspace;
    this.workspace = workspace;
    this.kept = keptBy(spec);
    this.f = selectedRows(k, capacity, spec.hiddenDim, capacity * this.kept);
  }

  abstract forward(θ: Parameters, x: Rows, mode: 'training' | 'inference'): Code;

  /** F of the rows of `x`, to be written to. */
  protected room(θ: Parameters, x: Rows): SparseRows {
    return { ...this.f, rows: x.rows, cols: θ.encoderWeight.cols };
  }

  /** F = Z where selected, every f > 0   ⇒   dZ = dF + β·∂S/∂F there */
  backward(θ: Parameters, dθ: Parameters, x: Rows, df: Rows, { pull, l1, weighted }: Slope): void {
    const dz = df as SparseRows;
    for (let i = 0; i < dz.rows; i++)
      for (let e = dz.start[i]; e < dz.end[i]; e++) {
        const j = dz.index[e];
        dz.value[e] += pull[j] + l1 + (weighted ? weighted[j] : 0);
      }
    this.workspace.encoder.backward(θ, dθ, x, dz);
  }
}

/** NaN, once, so that J says what Z has become. */
export function notFinite(f: SparseRows): SparseRows {
  f.start.fill(0);
  f.end.fill(0);
  f.end[0] = 1;
  f.index[0] = 0;
  f.value[0] = Number.NaN;
  return f;
}

/** Z with all that was not selected made 0, row by row. */
export function keepSelected(z: Matrix, kept: number, selector: Selector): void {
  const values: FloatArray = z.data.slice(0, kept);
  for (let i = 0; i < z.rows; i++) {
    const { data } = rowsOf(z, i, i + 1);
    const found = selector.select(data, 0, z.cols, kept);
    for (let e = 0; e < found; e++) values[e] = data[selector.places[e]];
    data.fill(0);
    for (let e = 0; e < found; e++) data[selector.places[e]] = values[e];
  }
}

/** z where z > τ, else 0, in place; NaN stays. */
export function keepAbove({ data }: Matrix, τ: number): void {
  for (let p = 0; p < data.length; p++) if (data[p] <= τ) data[p] = 0;
}

/** The same as ONNX operators: for a float32 z, z > τ as z > the largest float32 that is not above τ. */
export function drawAbove(graph: Drawing, z: string, τ: ArrayLike<number>): string {
  const single = Float32Array.from(τ, floor32);
  const [above] = graph.node('Greater', [z, graph.floats(single)]);
  return graph.node('Where', [above, z, graph.floats([0])])[0];
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** The largest float32 that is not above x > 0. */
function floor32(x: number): number {
  float[0] = x;
  if (float[0] > x) bits[0]--;
  return float[0];
}
