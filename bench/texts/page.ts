import { reportData } from '../../src/cli/report-data.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import type { SparseAutoencoder } from '../../src/index.js';
import { renderReport } from '../../src/report/report.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { evenly, type Gloss } from './glosses.js';
import { type Dense, pick } from './rows.js';

/** Glosses that the page reads units by: of all of them it takes minutes to make, and says the same. */
const SHOWN = 2000;

/** The library's report, with glosses for rows and their categories for classes. */
export function renderTexts(sae: SparseAutoencoder, glosses: readonly Gloss[], x: Dense, batchSize: number): string {
  const shown = evenly([...glosses.keys()], Math.min(SHOWN, glosses.length));
  const names = [...new Set(glosses.map(({ category }) => category))].sort();
  const { data, shape } = pick(x, shown);
  const judge = {
    ...{ data, rows: shape[0], cols: shape[1] },
    classes: { of: shown.map((i) => names.indexOf(glosses[i].category)), names },
    texts: shown.map((i) => glosses[i].text),
  };
  const { records } = modelOf(coreOf(sae)).state;
  const about = {
    ...{ title: 'Glosses of nouns', judge, judgedBy: 'of these', image: null, inputNames: null },
    training: { rows: glosses.length, fit: { epochs: records.length, batchSize } },
    command: [],
    // As run.ts trains.
    rateEnded: true,
    dead: sae.evaluate(x).deadIndices,
  };
  return renderReport(reportData(about, sae, { records, snapshots: [] }, sae.evaluate(judge)));
}
