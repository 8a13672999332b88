import type { FloatArray, Rows } from '../../kernels/kernels.js';
import { Selector } from '../../kernels/selected.js';
import { roomOfSome } from '../../layers/encoder.js';
import type { Parameters } from '../../layers/parameters.js';
import { type Code, code, type Workspace } from '../kind.js';
import {
  keepSelected,
  keptBy,
  notFinite,
  refuseSelected,
  type Selected,
  SelectedLayer,
  selectedCases,
  selectedOptions,
} from './selected.js';

/**
 * Each row keeps its k largest z, of equal ones the lower j, then ReLU:
 *   f_ij = max(0, z_ij) if z_ij is one of row i's k largest, else 0
 * (Gao et al. 2024, "Scaling and evaluating sparse autoencoders", section 2.3.)
 */
export const topk = code({
  name: 'topk',
  help: "each row's k largest z, if above 0",
  nonNegative: true,
  zeros: true,
  penalty: 'none',
  options: selectedOptions,
  example: { k: 2 },
  refuse: refuseSelected,
  entries: (spec, rows) => rows * keptBy(spec),
  selects: keptBy,
  layer: (workspace) => new TopKLayer(workspace),
  infer({ spec }, _θ, z) {
    const kept = keptBy(spec);
    keepSelected(z, kept, new Selector(kept));
  },
  script: (spec) => ({
    body: `const above = Array.from(z.keys()).filter((j) => z[j] > 0);
const kept = new Set(above.sort((a, b) => z[b] - z[a] || a - b).slice(0, ${keptBy(spec)}));
for (let j = 0; j < hiddenDim; j++) if (!kept.has(j)) z[j] = 0;`,
  }),
  draw(graph, z, spec) {
    const [values, places] = graph.node('TopK', [z, graph.integers([keptBy(spec)])], {}, 2);
    const [zeros] = graph.node('ConstantOfShape', graph.node('Shape', [z]));
    return graph.node('ScatterElements', [zeros, places, ...graph.node('Relu', [values])], { axis: 1 })[0];
  },
  cases: selectedCases,
});

/** F straight from X: see Kernels.gemmTopK. */
class TopKLayer extends SelectedLayer {
  private readonly z: FloatArray;

  constructor(workspace: Workspace<Selected>) {
    super(workspace);
    const { k, capacity, spec } = workspace;
    this.z = roomOfSome(k, capacity, spec.hiddenDim);
  }

  forward(θ: Parameters, x: Rows): Code {
    const rows = this.room(θ, x);
    const active = this.workspace.encoder.forwardTopK(θ, x, rows, this.kept, this.z);
    return active < 0 ? { rows: notFinite(rows), active: 1 } : { rows, active };
  }
}
