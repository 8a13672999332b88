import { numberText } from './write-csv.js';

/** Ways to write a row of numbers as text. */
export const NOTATIONS = ['csv', 'tsv', 'jsonl', 'sparse', 'sparsevec'] as const;
export type Notation = (typeof NOTATIONS)[number];

/** The entries from … to of `data`, which is float32 or not, and their non-zeros alone. */
type Write = (data: ArrayLike<number>, from: number, to: number, single: boolean) => string;

/** Numbers with `separator` between. */
export const separated =
  (separator: string): Write =>
  (data, from, to, single) => {
    let text = numberText(data[from], single);
    for (let at = from + 1; at < to; at++) text += separator + numberText(data[at], single);
    return text;
  };

const commas = separated(',');
const json: Write = (data, from, to, single) => commas(data, from, to, single).replace(/nan|-?inf/g, 'null');

/**
 *   csv, tsv    0,0.5,0,2
 *   jsonl       [0,0.5,0,2]
 *   sparse      {"indices":[1,3],"values":[0.5,2]}    counted from 0, as Qdrant, Pinecone and Milvus take them
 *   sparsevec   {2:0.5,4:2}/4                         counted from 1, as pgvector reads it
 */
export const notations: Readonly<Record<Notation, Write>> = {
  csv: commas,
  tsv: separated('\t'),
  jsonl: (data, from, to, single) => `[${json(data, from, to, single)}]`,
  sparse(data, from, to, single) {
    let [indices, values] = ['', ''];
    for (let at = from; at < to; at++) {
      if (data[at] === 0) continue;
      const comma = indices && ',';
      indices += comma + (at - from);
      values += comma + numberText(data[at], single);
    }
    return `{"indices":[${indices}],"values":[${values}]}`;
  },
  sparsevec(data, from, to, single) {
    let text = '';
    for (let at = from; at < to; at++)
      if (data[at] !== 0) text += `${text && ','}${at - from + 1}:${numberText(data[at], single)}`;
    return `{${text}}/${to - from}`;
  },
};
