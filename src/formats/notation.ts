import type { Csr } from '../numbers/csr.js';
import { sparsevec } from './sparsevec.js';
import { numberText } from './write-csv.js';

/** Ways to write a row as text. */
export const NOTATIONS = ['csv', 'tsv', 'jsonl', 'sparse', 'sparsevec'] as const;
export type Notation = (typeof NOTATIONS)[number];

/** The numbers from … to−1 of `data`. */
type DenseWriter = (data: ArrayLike<number>, from: number, to: number) => string;

/** Numbers with `separator` between; as float32 if they are. */
export const separated =
  (separator: string): DenseWriter =>
  (data, from, to) => {
    const single = data instanceof Float32Array;
    let text = numberText(data[from], single);
    for (let at = from + 1; at < to; at++) text += separator + numberText(data[at], single);
    return text;
  };

const commas = separated(',');

/** csv: 0,0.5   tsv: the same with tabs   jsonl: [0,0.5], null for what is not finite, as JSON has it */
export const dense: Readonly<Record<'csv' | 'tsv' | 'jsonl', DenseWriter>> = {
  csv: commas,
  tsv: separated('\t'),
  jsonl: (data, from, to) => `[${commas(data, from, to).replace(/nan|-?inf/g, 'null')}]`,
};

/**
 * Row i of a code by its non-zeros.
 *   sparse      {"indices":[1,3],"values":[0.5,2]}    counted from 0, as Qdrant and Pinecone take them
 *   sparsevec   {2:0.5,4:2}/4                         counted from 1, as pgvector reads it
 */
export const sparse: Readonly<Record<'sparse' | 'sparsevec', (codes: Csr, i: number) => string>> = {
  sparse({ data, indices, indptr }, i) {
    const single = data instanceof Float32Array;
    let [places, values] = ['', ''];
    for (let at = indptr[i]; at < indptr[i + 1]; at++) {
      places += `${places && ','}${indices[at]}`;
      values += `${values && ','}${numberText(data[at], single)}`;
    }
    return `{"indices":[${places}],"values":[${values}]}`;
  },
  sparsevec,
};

export const isSparse = (to: string | undefined): to is keyof typeof sparse => to !== undefined && Object.hasOwn(sparse, to);
