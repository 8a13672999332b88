import type * as Flechette from '@uwdata/flechette';
import type { DataType } from '@uwdata/flechette';
import { type Column, ColumnRows } from './columns.js';
import { type Fail, failing } from './entries.js';
import { type Field, type FieldKind, type FieldOptions, pick } from './fields.js';
import type { FloatType } from './floats.js';
import type { TextRows } from './text.js';

/** What of flechette is needed: it is handed in, since it is no dependency of the library. */
export type ArrowLibrary = Pick<
  typeof Flechette,
  'CompressionType' | 'getCompressionCodec' | 'setCompressionCodec' | 'tableFromIPC' | 'Type'
>;

export interface ArrowOptions extends FieldOptions {
  readonly type: FloatType;
  /** Unpack what has so many bytes. */
  readonly codecs: Readonly<Record<'LZ4_FRAME' | 'ZSTD', (packed: Uint8Array, bytes: number) => Uint8Array>>;
}

/**
 * Arrow IPC, a file or a stream of record batches: a column of lists of numbers, each list a row, or columns of numbers,
 * each a column; by flechette.
 * @param name how errors call the file
 * @throws RangeError naming the column, and the row of it
 */
export function readArrow(bytes: Uint8Array, name: string, options: ArrowOptions, library: ArrowLibrary): TextRows {
  const fail: Fail = failing(name);
  const { CompressionType, getCompressionCodec, setCompressionCodec, tableFromIPC } = library;
  const encode = (): never => fail('is only read');
  // Flechette has one list of codecs; those that the program has put there stay.
  for (const codec of ['LZ4_FRAME', 'ZSTD'] as const) {
    const type = CompressionType[codec];
    if (!getCompressionCodec(type)) setCompressionCodec(type, { decode: options.codecs[codec], encode });
  }
  const table = sound(() => tableFromIPC(bytes), fail);
  const fields = table.schema.fields.map((field): Field => ({ name: field.name, kind: kindOf(field.type, library) }));
  const rows = new ColumnRows(name, pick(fields, options, fail), options.type);
  rows.add(new Map(rows.wanted.map((column) => [column, sound(() => table.getChild(column).toArray() as Column, fail)])));
  return rows.done();
}

function sound<T>(work: () => T, fail: Fail): T {
  try {
    return work();
  } catch (error) {
    return fail(`broken Arrow data: ${(error as Error).message}`);
  }
}

function kindOf(type: DataType, { Type }: ArrowLibrary): FieldKind {
  const { typeId } = type;
  if (typeId === Type.Float || typeId === Type.Int) return 'number';
  if (typeId === Type.Utf8 || typeId === Type.LargeUtf8 || typeId === Type.Utf8View) return 'text';
  if (typeId === Type.Dictionary) return kindOf(type.dictionary, { Type } as ArrowLibrary) === 'text' ? 'text' : 'other';
  if (typeId === Type.FixedSizeList || typeId === Type.List || typeId === Type.LargeList)
    return kindOf(type.children[0].type, { Type } as ArrowLibrary) === 'number' ? 'list' : 'other';
  return 'other';
}
