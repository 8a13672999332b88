import { reportData } from '../../src/cli/report-data.js';
import { modelOf } from '../../src/core/sparse-autoencoder.js';
import type { SparseAutoencoder } from '../../src/index.js';
import { renderReport } from '../../src/report/report.js';
import { coreOf } from '../../src/sparse-autoencoder.js';
import { historyOf } from '../../src/training/history.js';
import { WIDTH } from './encode.js';
import { evenly, type Gloss } from './glosses.js';
import type { Dense } from './recall.js';

/** Glosses that the report shows units by. */
const SHOWN = 2000;

/** The library's report, with glosses for rows and their categories for classes. */
export function renderTexts(sae: SparseAutoencoder, glosses: readonly Gloss[], x: Dense): string {
  const shown = evenly(Array.from(glosses.keys()), Math.min(SHOWN, glosses.length));
  const names = [...new Set(glosses.map(({ category }) => category))].sort();
  const judge = {
    data: Float32Array.from(
      { length: shown.length * WIDTH },
      (_, at) => x.data[shown[Math.floor(at / WIDTH)] * WIDTH + (at % WIDTH)],
    ),
    rows: shown.length,
    cols: WIDTH,
    classes: { of: shown.map((i) => names.indexOf(glosses[i].category)), names },
    texts: shown.map((i) => glosses[i].text),
  };
  const history = historyOf(modelOf(coreOf(sae)).state.records);
  const about = {
    title: 'Glosses of nouns',
    train: { rows: glosses.length },
    judge,
    judgedBy: 'of these',
    image: null,
    inputNames: null,
    fit: { epochs: history.loss.length, batchSize: 1024 },
    command: [],
  };
  return renderReport(reportData(about, sae, { history, snapshots: [] }, sae.evaluate(judge)));
}
