import { modelOf, type SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { rowsOf } from '../numbers/matrix.js';
import { unitNames } from './look.js';
import type { WordAnswer } from './messages.js';
import type { Samples } from './samples.js';

/** Words that are said of what lies nearest. */
const NEAREST = 6;

/** Which sample a visitor means: that name, or the first that begins with it. */
function indexOf(texts: readonly string[], asked: string): number {
  const text = asked.trim().toLowerCase();
  const exact = texts.indexOf(text);
  return exact >= 0 || text === '' ? exact : texts.findIndex((word) => word.startsWith(text));
}

/**
 * What a word is made of.
 * @throws RangeError, in one sentence, for a word that is not among them
 */
export function wordOf(sae: SparseAutoencoder, { x, texts }: Samples, asked: string): WordAnswer {
  const at = indexOf(texts ?? [], asked);
  if (!texts || at < 0) throw new RangeError(`“${asked}” is not among the ${x.rows.toLocaleString('en-US')} words.`);
  const one = rowsOf(x, at, at + 1);
  const names = unitNames(sae, { x, texts } as Samples);
  const parts = Array.from(sae.transform(one).data, (activation, unit) => ({ unit, activation, names: names[unit] }))
    .filter(({ activation }) => activation > 0)
    .sort((a, b) => b.activation - a.activation);
  return { word: texts[at], parts, nearest: nearestTo(sae, x, one, texts) };
}

/** Cosines with what the code gives back, as the model sees vectors: centred. */
function nearestTo(sae: SparseAutoencoder, x: Samples['x'], one: Samples['x'], texts: readonly string[]): WordAnswer['nearest'] {
  const model = modelOf(sae);
  const { data, cols } = model.prepare(x);
  const back = model.prepare(sae.reconstruct(one)).data;
  const dot = (a: ArrayLike<number>, from: number, b: ArrayLike<number>) => {
    let sum = 0;
    for (let p = 0; p < cols; p++) sum += a[from + p] * b[p];
    return sum;
  };
  const size = Math.sqrt(dot(back, 0, back)) || 1;
  return texts
    .map((word, i) => {
      const own = data.subarray(i * cols, (i + 1) * cols);
      return { word, cosine: dot(data, i * cols, back) / (size * Math.sqrt(dot(own, 0, own)) || 1) };
    })
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, NEAREST);
}
