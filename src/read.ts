/** Files of rows, as bytes: what the command line reads, for programs. Parquet and Arrow need a package beside this one. */

import { decompress } from 'fzstd';
import { readArrow } from './formats/arrow-ipc.js';
import { detect } from './formats/detect.js';
import { failing } from './formats/entries.js';
import { gunzip, limitOf } from './formats/inflate.js';
import { readParquet } from './formats/parquet.js';
import { readTable, type Table, type TableOptions } from './formats/table.js';

export type { Kind } from './formats/detect.js';
export type { Table, TableOptions };

/**
 * Reads a table of numbers, a row for each of its rows, with what stands beside the numbers: ids, texts, labels. It can be
 * given as X as it is:
 *   const table = await readRows(readFileSync('quotes.parquet'), 'quotes.parquet');
 *   await sae.fit(table);
 * Formats: idx, npy, npz, safetensors, CSV and TSV, JSON lines (arrays, or objects with an embedding), word vectors (GloVe,
 * word2vec, fastText's text, word2vec's binary), gzipped or not; Parquet, which needs the package hyparquet, and Arrow IPC,
 * which needs @uwdata/flechette. These two libraries trust what they are given: a file that was made to do harm may keep
 * them busy for ever, where the other readers would refuse it.
 * @param name how errors call the file; what the file is depends on its content first, and on this second
 * @throws (rejects) RangeError naming the byte, the line and column, or the key at fault; Error if a package is missing
 */
export async function readRows(bytes: Uint8Array, name: string, options: TableOptions = {}): Promise<Table> {
  const kind = options.kind ?? (bytes.length ? detect(bytes, name) : null);
  if (kind !== 'parquet' && kind !== 'arrow') return readTable(bytes, name, options);
  const { dtype: type = 'float32', maxUnpacked } = options;
  const limit = limitOf(bytes.length, maxUnpacked);
  const unzstd = (packed: Uint8Array, size: number): Uint8Array => {
    if (!(size >= 0 && size <= limit.bytes))
      throw new RangeError(`a part claims ${size} bytes, expected at most ${limit.bytes} (${limit.why})`);
    return decompress(packed, new Uint8Array(size));
  };
  if (kind === 'arrow') {
    const library = await peer(() => import('@uwdata/flechette'), name, 'Arrow IPC', '@uwdata/flechette');
    return { kind, ...readArrow(bytes, name, { ...options, type, unzstd }, library) };
  }
  const fail = failing(name);
  const ungzip = (packed: Uint8Array, size: number) =>
    (options.gunzip ?? ((p, most) => gunzip(p, { bytes: most, why: 'as the page says' }, fail)))(packed, size);
  const library = await peer(() => import('hyparquet'), name, 'Parquet', 'hyparquet');
  return {
    kind,
    ...(await readParquet(bytes, name, { ...options, type, compressors: { GZIP: ungzip, ZSTD: unzstd } }, library)),
  };
}

/** A package that is used if it is there. */
async function peer<T>(load: () => Promise<T>, name: string, format: string, from: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Error(`${name}: is ${format}, which the package ${from} reads: npm install ${from}`, { cause: error });
  }
}
