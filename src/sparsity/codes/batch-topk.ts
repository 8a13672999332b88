import type { FloatArray, Matrix, Rows, SparseRows } from '../../kernels/kernels.js';
import { denseRows, sparseRows } from '../../kernels/rows.js';
import { entriesOf, Selector, selectAmong, selectedRows } from '../../kernels/selected.js';
import { roomOfSome } from '../../layers/encoder.js';
import type { Parameters } from '../../layers/parameters.js';
import { rowsOf } from '../../numbers/matrix.js';
import { type Code, code, type Workspace } from '../kind.js';
import {
  drawAbove,
  keepAbove,
  keptBy,
  notFinite,
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

/** Times k: how much of a row is listed at first. */
const LISTED = 4;

class BatchLayer extends SelectedLayer {
  private readonly selector: Selector;
  /** Each row's `most` largest z: the batch's n·k are among them, unless a row has more of its own. */
  private list: SparseRows;
  private most: number;
  private readonly some: FloatArray;
  /** Room for F outside training, and for its non-zeros, as many as there may be: taken when it is first needed. */
  private wide: { readonly z: Matrix; readonly rows: SparseRows } | undefined;
  private smallest = Infinity;

  constructor(workspace: Workspace<Selected>) {
    super(workspace);
    const { k, capacity, spec } = workspace;
    this.selector = new Selector(capacity * this.kept);
    this.most = Math.min(LISTED * this.kept, spec.hiddenDim);
    this.list = selectedRows(k, capacity, spec.hiddenDim, capacity * this.most);
    this.some = roomOfSome(k, capacity, spec.hiddenDim);
  }

  forward(θ: Parameters, x: Rows, mode: 'training' | 'inference' = 'training'): Code {
    if (mode === 'inference') return this.infer(θ, x);
    const { encoder } = this.workspace;
    const rows = this.room(θ, x);
    this.smallest = Infinity;
    for (;;) {
      const list = { ...this.list, rows: x.rows };
      if (encoder.forwardTopK(θ, x, list, this.most, this.some) < 0) return { rows: notFinite(rows), active: 1 };
      if (selectAmong(rows, list, this.most, x.rows * this.kept, this.selector)) break;
      this.listMore();
    }
    const active = entriesOf(rows);
    for (let e = 0; e < active; e++) this.smallest = Math.min(this.smallest, rows.value[e]);
    return { rows, active };
  }

  private listMore(): void {
    const { k, capacity, spec } = this.workspace;
    this.most = Math.min(2 * this.most, spec.hiddenDim);
    this.list = selectedRows(k, capacity, spec.hiddenDim, capacity * this.most);
  }

  private infer(θ: Parameters, x: Rows): Code {
    const { k, memory, capacity, spec, encoder } = this.workspace;
    this.wide ??= { z: denseRows(k, capacity, spec.hiddenDim), rows: sparseRows(k, capacity, spec.hiddenDim) };
    const f = rowsOf(this.wide.z, 0, x.rows);
    encoder.forward(θ, x, f);
    keepAbove(f, memory.values.threshold[0]);
    const rows = { ...this.wide.rows, rows: f.rows };
    const active = k.compress(rows, f);
    return active >= 0 ? { rows, f, active } : { rows: f, f, active: k.countNonZeros(f.data) };
  }

  remember(): void {
    const { threshold } = this.workspace.memory.values;
    if (Number.isFinite(this.smallest)) threshold[0] = (1 - RATE) * threshold[0] + RATE * this.smallest;
  }
}
