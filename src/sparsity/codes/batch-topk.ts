import type { Matrix, Rows, SparseRows } from '../../kernels/kernels.js';
import { denseRows, sparseRows } from '../../kernels/rows.js';
import { Selector, selectInAll } from '../../kernels/selected.js';
import type { Parameters } from '../../layers/parameters.js';
import { rowsOf } from '../../numbers/matrix.js';
import { type Code, code, type Workspace } from '../kind.js';
import {
  drawAbove,
  keepAbove,
  keptBy,
  refuseSelected,
  type Selected,
  SelectedLayer,
  selectedCases,
  selectedOptions,
} from './selected.js';

/** How far τ goes towards a batch's smallest kept z. */
const RATE = 0.01;

/**
 * The n rows of a batch keep its n·k largest positive z among them, of equal ones the lower i, then the lower j:
 *   f_ij = z_ij if z_ij is one of the n·k largest of the batch and above 0, else 0
 * Outside training rows come alone, and a threshold stands for the rest of the batch:
 *   f = z·1[z > τ],   τ ← 0.99·τ + 0.01·(the smallest kept z) after each step, from 0 on; a batch that keeps none leaves it.
 * (Bussmann et al. 2024, "BatchTopK sparse autoencoders".)
 */
export const batchTopk = code({
  name: 'batch-topk',
  help: "a batch's n·k largest z, if above 0",
  nonNegative: true,
  zeros: true,
  penalty: 'none',
  options: selectedOptions,
  example: { k: 1 },
  refuse: refuseSelected,
  entries: (spec, rows) => rows * keptBy(spec),
  memory: () => ({ threshold: [0] }),
  layer: (workspace) => new BatchLayer(workspace),
  infer: ({ memory }, _θ, z) => keepAbove(z, memory.values.threshold[0]),
  script: (_spec, _θ, memory) => ({
    body: `for (let j = 0; j < hiddenDim; j++) if (z[j] <= ${memory.values.threshold[0]}) z[j] = 0;`,
  }),
  draw: (graph, z, _spec, _θ, memory) => drawAbove(graph, z, memory.values.threshold),
  cases: selectedCases,
});

class BatchLayer extends SelectedLayer {
  private readonly selector: Selector;
  private readonly z: Matrix;
  /** Room for the non-zeros outside training, as many as there may be: taken when it is first needed. */
  private wide: SparseRows | undefined;
  private smallest = Infinity;

  constructor(workspace: Workspace<Selected>) {
    super(workspace);
    const { k, capacity, spec } = workspace;
    this.selector = new Selector(capacity * this.kept);
    this.z = denseRows(k, capacity, spec.hiddenDim);
  }

  forward(θ: Parameters, x: Rows, mode: 'training' | 'inference' = 'training'): Code {
    const z = rowsOf(this.z, 0, x.rows);
    this.workspace.encoder.forward(θ, x, z);
    if (mode === 'inference') return this.infer(z);
    const rows = this.room(θ, x);
    selectInAll(rows, z, z.rows * this.kept, this.selector);
    const active = rows.end[rows.rows - 1] - rows.start[0];
    this.smallest = Infinity;
    for (let e = 0; e < active; e++) if (!(rows.value[e] >= this.smallest)) this.smallest = rows.value[e];
    return { rows, active };
  }

  private infer(f: Matrix): Code {
    const { k, memory, capacity, spec } = this.workspace;
    keepAbove(f, memory.values.threshold[0]);
    this.wide ??= sparseRows(k, capacity, spec.hiddenDim);
    const rows = { ...this.wide, rows: f.rows };
    const active = k.compress(rows, f);
    return active >= 0 ? { rows, f, active } : { rows: f, f, active: k.countNonZeros(f.data) };
  }

  remember(): void {
    const { threshold } = this.workspace.memory.values;
    if (Number.isFinite(this.smallest)) threshold[0] = (1 - RATE) * threshold[0] + RATE * this.smallest;
  }
}
