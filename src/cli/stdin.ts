import { detect } from '../formats/detect.js';
import { isBlank } from '../formats/in-place.js';
import { isArrayOfRows } from '../formats/json-rows.js';
import { NOTATIONS, type Notation } from '../formats/notation.js';
import type { SparseAutoencoder } from '../index.js';
import type { Csr } from '../numbers/csr.js';
import type { FloatArray } from '../numbers/matrix.js';
import type { DataFlags } from './data.js';
import { answerLines, type Lines } from './stream.js';

interface Flags extends DataFlags {
  readonly out?: string;
  readonly to?: string;
  readonly field?: string;
}

const SPARSE_HELP = `    sparse     {"indices":[1],"values":[0.5]}
    sparsevec  {2:0.5}/2, pgvector's, counted from 1; in an object a text
`;

/** What --help says of it, of `transform`, which makes codes, or of `reconstruct`. */
export const linesHelp = (codes: boolean): string => `
Lines on stdin:
  MODEL - answers lines of text as they come, one for each, in order, each as
  soon as no more are there. That is what Spark's pipe, Hadoop streaming,
  ClickHouse's executable functions and GNU parallel ask for. The numbers of a
  line are replaced; all else in it is passed on byte for byte:
    {"id":7,"embedding":[…]}   the first field that is an array of as many
                               numbers as the model takes
    […]                        the array
    key<tab>0.1<tab>0.2        the last cells; also , ; | or space between
    key<tab>[0.1,0.2]          a last cell in brackets (ClickHouse, pgvector)
    key<tab>0.1,0.2            a last cell with other separators (Hadoop)
  They come back as they were written, or as --to says:
    jsonl      [0,0.5]
    csv, tsv   0,0.5
${codes ? SPARSE_HELP : ''}  An object keeps all its fields, and the numbers their field; --embedding says
  which it is${codes ? ', --field what it is called then' : ''}. A file is read as a table: a line
  has what there is of {"id":…,"text":…,"label":…,"${codes ? 'code' : 'reconstruction'}":…}, or, where
  there is no more, the numbers alone${codes ? ', as always with --to sparsevec' : ''}.
  A blank line gives a blank line; a first line of which no cell is a number
  names the columns and gives none (--no-header: is an error). A broken line
  ends it with exit code 1, when those before it are answered. When nobody reads
  on, it ends with exit code 0.
  Read whole instead: files; npy, npz, idx, safetensors, gzip or UTF-16 on stdin;
  and where there is --label, --array, a file for --out, or --to with what is no
  line of numbers.`;

/** Whether stdin is to be answered as it comes, if it is text. */
const streams = (paths: readonly string[], { label, array, out, to }: Flags): boolean =>
  paths.length === 1 &&
  paths[0] === '-' &&
  !label &&
  !array &&
  (out === undefined || out === '-') &&
  (to === undefined || (NOTATIONS as readonly string[]).includes(to));

/** What can be read of text as it comes. */
const isText = (head: Uint8Array, format: string | undefined): boolean => {
  if (isBlank(head, 0, head.length)) return true;
  if (isArrayOfRows(head)) return false;
  const kind = format ?? detect(head, 'stdin');
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return !wide && (kind === 'csv' || kind === 'tsv' || kind === 'jsonl' || kind === 'vectors');
};

/**
 * Answers lines on stdin with what `apply` makes of their numbers, `outputDim` in each row, if that is what is asked for and
 * what comes is lines of text. Otherwise it gives back what there is to read: null, if it has read nothing.
 * @throws RangeError naming the line that is not as it should be
 */
export async function answerStdin(
  paths: readonly string[],
  { to, delimiter, header, format, embedding, field, ...flags }: Flags,
  { inputDim, options }: SparseAutoencoder,
  outputDim: number,
  apply: (x: { data: FloatArray; shape: number[] }) => FloatArray | Csr,
): Promise<'answered' | Uint8Array | null> {
  if (!streams(paths, { to, ...flags })) return null;
  const chunks = process.stdin[Symbol.asyncIterator]();
  let head: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let done: boolean | undefined;
  // Enough to tell its kind by.
  while (!done && head.length < 16 && !head.includes('\n')) {
    const next = await chunks.next();
    done = next.done;
    if (!done) head = Buffer.concat([head, next.value]);
  }
  if (!isText(head, format)) {
    const pieces = [head];
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) pieces.push(next.value);
    return Buffer.concat(pieces);
  }
  const isMarked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length) yield isMarked ? head.subarray(3) : head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  const lines: Lines = {
    name: 'stdin',
    inputDim,
    outputDim,
    dtype: options.dtype,
    apply: (data, rows) => apply({ data, shape: [rows, inputDim] }),
    to: to as Notation | undefined,
    delimiter: delimiter ?? (format === 'tsv' ? '\t' : undefined),
    header,
    field: embedding,
    calledNext: field,
    inputNames: options.inputNames,
  };
  try {
    await answerLines(all(), process.stdout, lines);
  } finally {
    // Or it would be waited for.
    process.stdin.destroy();
  }
  return 'answered';
}
