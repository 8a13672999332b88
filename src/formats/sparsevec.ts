import type { CsrLike } from '../numbers/csr.js';
import { numberText } from './write-csv.js';

/** pgvector's limits: of non-zeros in a sparsevec, and of dimensions. */
const MOST = 16_000;
const MOST_DIMENSIONS = 1_000_000_000;

/**
 * Row i as pgvector's sparsevec is written, indices from 1: {1:0.5,3:2}/1024. Its numbers are float32; what vanishes in them is
 * left out.
 * @throws RangeError for more than 16,000 non-zeros, or one that is not finite
 */
export function sparsevec({ data, indices, indptr, shape }: CsrLike, i: number): string {
  const [from, to] = [indptr[i], indptr[i + 1]];
  if (shape[1] > MOST_DIMENSIONS) throw new RangeError(`sparsevec: ${shape[1]} units, expected at most ${MOST_DIMENSIONS}`);
  if (to - from > MOST) {
    throw new RangeError(`sparsevec: row ${i} has ${to - from} non-zeros, expected at most ${MOST}, pgvector's limit`);
  }
  let text = '';
  for (let p = from; p < to; p++) {
    const value = Math.fround(data[p]);
    if (value - value !== 0) {
      throw new RangeError(`sparsevec: row ${i}, unit ${indices[p]} is ${data[p]}, expected a finite float32`);
    }
    if (value !== 0) text += `${text && ','}${indices[p] + 1}:${numberText(value, true)}`;
  }
  return `{${text}}/${shape[1]}`;
}
