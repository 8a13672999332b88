/** Files of rows, as bytes: what the command line reads, for programs. Parquet and Arrow need a package beside this one. */

import { decompress } from 'fzstd';
import { readArrow } from './formats/arrow-ipc.js';
import { detect } from './formats/detect.js';
import { failing } from './formats/entries.js';
import { gunzip, limitOf } from './formats/inflate.js';
import { unpackBlock, unpackFrame } from './formats/lz4.js';
import { readParquet } from './formats/parquet.js';
import { readTable, refuseIdle, type Table, type TableOptions } from './formats/table.js';
import { show } from './numbers/checks.js';

export type { Kind } from './formats/detect.js';
export type { Table, TableOptions };

/**
 * Reads a table of numbers, a row for each of its rows, with what stands beside the numbers: ids, texts, labels. It can be
 * given as X as it is:
 *   const table = await readRows(readFileSync('quotes.parquet'), 'quotes.parquet');
 *   await sae.fit(table);
 * Formats: idx, npy, npz, safetensors, CSV and TSV, JSON lines (arrays, or objects with an embedding) and one JSON array of such,
 * word vectors (GloVe, word2vec, fastText's text, word2vec's binary), gzipped or not; Parquet, which needs the package hyparquet, and Arrow IPC,
 * which needs @uwdata/flechette. These two libraries trust what they are given: a file that was made to do harm may keep
 * them busy for ever, where the other readers would refuse it.
 * @param name how errors call the file; what the file is depends on its content first, and on this second
 * @throws (rejects) RangeError naming the byte, the line and column, or the key at fault; Error if a package is missing
 */
export async function readRows(bytes: Uint8Array, name: string, options: TableOptions = {}): Promise<Table> {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`readRows: bytes is ${show(bytes)}, expected a Uint8Array`);
  const kind = options.kind ?? (bytes.length ? detect(bytes, name) : null);
  if (kind !== 'parquet' && kind !== 'arrow') return readTable(bytes, name, options);
  refuseIdle(kind, options, failing(name));
  const { dtype: type = 'float32', maxUnpacked } = options;
  const limit = limitOf(bytes.length, maxUnpacked);
  const bounded =
    (unpack: Unpack): Unpack =>
    (packed, size) => {
      if (size >= 0 && size <= limit.bytes) return unpack(packed, size);
      throw new RangeError(`a part claims ${size} bytes, expected at most ${limit.bytes} (${limit.why})`);
    };
  const ZSTD = bounded((packed, size) => decompress(packed, new Uint8Array(size)));
  if (kind === 'arrow') {
    const library = await peer(() => import('@uwdata/flechette'), name, 'Arrow IPC', '@uwdata/flechette');
    return { kind, ...readArrow(bytes, name, { ...options, type, codecs: { LZ4_FRAME: bounded(unpackFrame), ZSTD } }, library) };
  }
  const GZIP = bounded((packed, size) =>
    options.gunzip ? options.gunzip(packed, size) : gunzip(packed, { bytes: size, why: 'as its page says' }, failing(name)),
  );
  const LZ4_RAW = bounded((packed, size) => {
    const out = new Uint8Array(size);
    return out.subarray(0, unpackBlock(packed, out));
  });
  const library = await peer(() => import('hyparquet'), name, 'Parquet', 'hyparquet');
  return { kind, ...(await readParquet(bytes, name, { ...options, type, compressors: { GZIP, LZ4_RAW, ZSTD } }, library)) };
}

/** Gives as many bytes. */
type Unpack = (packed: Uint8Array, size: number) => Uint8Array;

/** A package that is used if it is there. */
async function peer<T>(load: () => Promise<T>, name: string, format: string, from: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Error(`${name}: is ${format}, which the package ${from} reads: npm install ${from}`, { cause: error });
  }
}
