import { Selector, selectInRows } from '../../kernels/selected.js';
import { code } from '../kind.js';
import { keepSelected, keptBy, refuseSelected, SelectedLayer, selectedCases, selectedOptions } from './selected.js';

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
  layer(workspace) {
    const kept = keptBy(workspace.spec);
    const entries = workspace.capacity * kept;
    return new SelectedLayer(workspace, entries, kept, (f, z, selector) => selectInRows(f, z, kept, selector));
  },
  infer({ spec }, _θ, z) {
    const kept = keptBy(spec);
    keepSelected(z, kept, new Selector(kept));
  },
  script: (spec) => ({
    body: `const above = Array.from(z.keys()).filter((j) => z[j] > 0);
const kept = new Set(above.sort((a, b) => z[b] - z[a] || a - b).slice(0, ${keptBy(spec)}));
for (let j = 0; j < hiddenDim; j++) if (!kept.has(j)) z[j] = 0;`,
  }),
  cases: selectedCases,
});
