/** Parquet and Arrow IPC for the tests, by their JavaScript writers. */
import { gzipSync } from 'node:zlib';
import * as arrow from '@uwdata/flechette';
import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** A Zstandard frame that holds bytes as they are: one raw block after another (RFC 8878). */
export function zstd(bytes: Uint8Array): Uint8Array {
  const LARGEST = 2 ** 17;
  const blocks = Math.max(1, Math.ceil(bytes.length / LARGEST));
  const frame = new Uint8Array(9 + 3 * blocks + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  // A single segment, whose size has four bytes.
  frame[4] = 0xa0;
  view.setUint32(5, bytes.length, true);
  let at = 9;
  for (let b = 0; b < blocks; b++) {
    const part = bytes.subarray(b * LARGEST, (b + 1) * LARGEST);
    const header = (part.length << 3) | Number(b === blocks - 1);
    frame.set([header & 255, (header >> 8) & 255, header >> 16], at);
    frame.set(part, at + 3);
    at += 3 + part.length;
  }
  return frame;
}

/** An LZ4 block of literals alone. */
export function lz4(bytes: Uint8Array): Uint8Array {
  const left = bytes.length - 15;
  const length = left < 0 ? [] : [...Array(Math.floor(left / 255)).fill(255), left % 255];
  return Uint8Array.from([left < 0 ? bytes.length << 4 : 0xf0, ...length, ...bytes]);
}

/** Frames of bytes that are all the same, at least 20 and less than 274 of them. */
export function zstdRun(bytes: Uint8Array): Uint8Array {
  const header = (bytes.length << 3) | 0b011;
  return Uint8Array.from([...zstd(bytes).subarray(0, 9), header & 255, (header >> 8) & 255, header >> 16, bytes[0]]);
}
export function lz4Run(bytes: Uint8Array): Uint8Array {
  // Version 1, independent blocks, of 4 MiB at the most; one literal, and the rest from one back.
  const block = [0x1f, bytes[0], 1, 0, bytes.length - 1 - 4 - 15];
  return Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
}

const compressors = {
  LZ4_RAW: lz4,

  GZIP: (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes)),
  ZSTD: zstd,
  LZ4: (bytes: Uint8Array) => bytes,
};

export interface ParquetFile {
  rows?: readonly (readonly (number | null)[] | null)[];
  texts?: readonly string[];
  ids?: readonly string[];
  /** Of the numbers: FLOAT, DOUBLE, INT32, FLOAT16. */
  type?: string;
  codec?: CompressionCodec;
  rowGroupSize?: number;
  /** The name of the column of lists. */
  called?: string;
}

/** A column of lists in the three levels that writers give it, texts and ids beside it. */
export function parquetOf({ rows, texts, ids, type = 'FLOAT', called = 'embedding', ...options }: ParquetFile): Uint8Array {
  const text = (name: string): SchemaElement => ({
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    repetition_type: 'OPTIONAL',
  });
  const half = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } };
  const element = { name: 'element', repetition_type: 'OPTIONAL', ...(type === 'FLOAT16' ? half : { type }) } as SchemaElement;
  const columns: [SchemaElement[], { name: string; data: unknown[] }][] = [];
  if (ids) columns.push([[text('id')], { name: 'id', data: [...ids] }]);
  if (texts) columns.push([[text('text')], { name: 'text', data: [...texts] }]);
  if (rows) {
    const list: SchemaElement[] = [
      { name: called, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      element,
    ];
    columns.push([list, { name: called, data: [...rows] }]);
  }
  const schema = [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(([elements]) => elements)];
  const columnData = columns.map(([, data]) => data);
  return new Uint8Array(
    parquetWriteBuffer({ columnData, schema, compressors, ...options } as Parameters<typeof parquetWriteBuffer>[0]),
  );
}

/** Columns of one number a row. */
export const flatParquet = (columns: Record<string, readonly number[]>): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: Object.entries(columns).map(([name, data]) => ({ name, data: [...data], type: 'DOUBLE' })),
    }),
  );

export interface ArrowFile {
  format?: 'file' | 'stream';
  maxBatchRows?: number;
  codec?: number;
}

export function arrowOf(
  columns: Record<string, readonly unknown[]>,
  types: Record<string, arrow.DataType>,
  { format = 'file', maxBatchRows, codec }: ArrowFile = {},
): Uint8Array {
  const table = arrow.tableFromArrays(columns as Record<string, unknown[]>, { types, ...(maxBatchRows && { maxBatchRows }) });
  const options = { format, ...(codec !== undefined && { codec: codec as 0 }) };
  return arrow.tableToIPC(table, options) as Uint8Array;
}
