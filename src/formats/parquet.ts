import type * as Hyparquet from 'hyparquet';
import type { Compressors, FileMetaData, SchemaTree } from 'hyparquet';
import { type Column, ColumnRows } from './columns.js';
import { type Fail, failing } from './entries.js';
import { type Field, type FieldKind, type FieldOptions, pick } from './fields.js';
import type { FloatType } from './floats.js';
import { grouped } from './header.js';
import { limitOf } from './inflate.js';
import type { TextRows } from './text.js';

/** What of hyparquet is needed: it is handed in, since it is no dependency of the library. */
export type ParquetLibrary = Pick<typeof Hyparquet, 'parquetMetadataAsync' | 'parquetSchema' | 'parquetRead'>;

export interface ParquetOptions extends FieldOptions {
  readonly type: FloatType;
  readonly maxUnpacked?: number;
  /** How pages are unpacked, beside those of SNAPPY, which hyparquet unpacks. */
  readonly compressors: Compressors;
}

/**
 * Apache Parquet: a column of lists of numbers, each list a row, or columns of numbers, each a column; by hyparquet.
 * @param name how errors call the file
 * @throws RangeError naming the column, and the row of it
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  options: ParquetOptions,
  { parquetMetadataAsync, parquetSchema, parquetRead }: ParquetLibrary,
): Promise<TextRows> {
  const fail: Fail = failing(name);
  const sound = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      return fail(`broken Parquet data: ${(error as Error).message}`);
    }
  };
  const file = {
    byteLength: bytes.length,
    slice: (begin: number, end = bytes.length) =>
      bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + Math.min(end, bytes.length)) as ArrayBuffer,
  };
  const metadata = await sound(parquetMetadataAsync(file));
  const tree = await sound((async () => parquetSchema(metadata))());
  const fields = tree.children.map((column): Field => ({ name: column.element.name, kind: kindOf(column) }));
  const rows = new ColumnRows(name, pick(fields, options, fail), options.type);
  checkClaims(metadata, tree, rows.wanted, bytes.length, options, fail);

  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd === rowStart) continue;
    const columns = new Map<string, unknown[]>(rows.wanted.map((column) => [column, []]));
    const onChunk = ({ columnName, columnData }: { columnName: string; columnData: Column }) => {
      const own = columns.get(columnName) as unknown[];
      for (let i = 0; i < columnData.length; i++) own.push(columnData[i]);
    };
    const { compressors } = options;
    await sound(parquetRead({ file, metadata, columns: rows.wanted, rowStart, rowEnd, compressors, onChunk }));
    const short = [...columns].find(([, values]) => values.length !== rowEnd - rowStart);
    if (short) fail(`column "${short[0]}" has ${grouped(short[1].length)} rows, expected ${grouped(rowEnd - rowStart)}`);
    rows.add(columns);
    rowStart = rowEnd;
  }
  return rows.done();
}

const NUMBERS = ['FLOAT', 'DOUBLE', 'INT32', 'INT64'];

/** What a column holds: plain numbers and texts, or one list of numbers a row, in the form that any writer gives it. */
function kindOf({ element, children }: SchemaTree): FieldKind {
  const { type, repetition_type, converted_type, logical_type } = element;
  if (children.length > 1) return 'other';
  if (children.length === 1) {
    const inner = kindOf(children[0]);
    if (repetition_type === 'REPEATED') return inner === 'number' ? 'list' : 'other';
    return inner === 'list' && (converted_type === 'LIST' || logical_type?.type === 'LIST') ? 'list' : 'other';
  }
  const half = logical_type?.type === 'FLOAT16';
  const whole = converted_type === undefined || /^U?INT_/.test(converted_type);
  const number =
    half || (NUMBERS.includes(type ?? '') && whole && (logical_type === undefined || logical_type.type === 'INTEGER'));
  if (number) return repetition_type === 'REPEATED' ? 'list' : 'number';
  return type === 'BYTE_ARRAY' && (converted_type === 'UTF8' || logical_type?.type === 'STRING') ? 'text' : 'other';
}

/** Each group must have the parts that the schema names, packed in a way that can be unpacked, of such sizes as the file may hold. */
function checkClaims(
  { row_groups }: FileMetaData,
  tree: SchemaTree,
  wanted: readonly string[],
  size: number,
  { maxUnpacked, compressors }: ParquetOptions,
  fail: Fail,
): void {
  const limit = limitOf(size, maxUnpacked);
  const within = (n: number | bigint, what: string) => {
    if (!(n >= 0 && n <= limit.bytes))
      fail(`claims ${grouped(Number(n))} ${what}, more than a file of ${grouped(size)} bytes may hold (${limit.why})`);
  };
  const known = ['UNCOMPRESSED', 'SNAPPY', ...Object.keys(compressors)];
  const expected = tree.children.filter(({ element }) => wanted.includes(element.name)).flatMap(leaves);
  for (const { columns, num_rows } of row_groups) {
    within(num_rows, 'rows');
    const parts = columns.flatMap(({ meta_data }) =>
      meta_data && wanted.includes(meta_data.path_in_schema[0]) ? [meta_data] : [],
    );
    const paths = parts.map(({ path_in_schema }) => path_in_schema.join('.'));
    if (paths.sort().join() !== [...expected].sort().join())
      fail(`has a group of rows with ${paths.join(', ')}, expected ${expected.join(', ')}`);
    for (const { codec, num_values, path_in_schema } of parts) {
      if (!known.includes(codec))
        fail(`column "${path_in_schema[0]}" is packed with ${codec}, expected one of ${known.join(', ')}`);
      within(num_values, 'numbers');
    }
  }
}

const leaves = ({ children, path }: SchemaTree): string[] => (children.length ? children.flatMap(leaves) : [path.join('.')]);
