import type { SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { rowsOf } from '../numbers/matrix.js';
import { codeOf, copyOf } from './look.js';
import type { Question } from './messages.js';
import type { Run } from './run.js';
import type { Samples } from './samples.js';

/** What the page asks of a model that stands still for as long as that takes. What is seldom asked for is loaded when it is. */
export async function answerTo(
  question: Exclude<Question, { what: 'load' | 'table' }>,
  sae: SparseAutoencoder,
  samples: Samples,
  run: Run | null,
): Promise<unknown> {
  switch (question.what) {
    case 'code':
      return codeOf(sae, question);
    case 'unit':
      return (await import('./units.js')).unitOf(sae, samples, Math.min(question.unit, sae.hiddenDim - 1));
    case 'word':
      return (await import('./words.js')).wordOf(sae, samples, question.text);
    case 'sample': {
      const at = question.index % samples.x.rows;
      return { x: Float32Array.from(rowsOf(samples.x, at, at + 1).data), label: samples.labels?.[at] ?? null };
    }
    case 'slow':
      return (await import('./slow.js')).slowStep(sae, samples, run?.setup.rate ?? sae.learningRate, question);
    case 'model':
      return copyOf(sae).toBytes();
    case 'module':
      return (await import('./files.js')).moduleText(copyOf(sae));
    case 'report':
      return (await import('./files.js')).reportText(copyOf(sae), samples, run);
  }
}
