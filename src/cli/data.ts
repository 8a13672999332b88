import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Command, Option } from 'commander';
import type { Kind } from '../formats/detect.js';
import { KINDS } from '../formats/detect.js';
import type { Table, TableOptions } from '../formats/table.js';
import { readWhole } from '../node/files.js';
import { type Check, oneOf, positive, text, when } from '../numbers/checks.js';
import type { DType } from '../numbers/matrix.js';
import type { PreparationOptions } from '../numbers/preparation.js';
import { readRows as readBytes } from '../read.js';
import { flag } from './flags.js';

/** How the files of a command are to be read: what their flags say. */
export interface DataFlags {
  embedding?: string;
  text?: string;
  id?: string;
  label?: string;
  header?: boolean;
  array?: string;
  delimiter?: string;
  format?: Kind;
}

/** Rows from one file or several, one after the other. */
export interface Rows {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly cols: number;
  readonly labels: readonly string[] | null;
  /** What the rows are called: words, titles, numbers; and the texts that they are of. */
  readonly ids: readonly string[] | null;
  readonly texts: readonly string[] | null;
  /** Of the columns. */
  readonly names: readonly string[] | null;
  /** Width and height, where rows look like pictures. */
  readonly image: readonly [number, number] | null;
}

/** Under which --help lists them. */
const GROUP = 'Data:';
const character: Check = when((v) => typeof v === 'string' && v.length === 1, 'one character');

export function addDataFlags(command: Command): Command {
  return command
    .addOption(
      flag('--label <column>', 'the column of labels, by name or number (from 0, negative from the end)', text).helpGroup(GROUP),
    )
    .addOption(
      flag('--embedding <field>', 'the list of numbers in JSON lines, Parquet or Arrow (default: the only one)', text).helpGroup(
        GROUP,
      ),
    )
    .addOption(
      flag('--text <field>', 'the texts that go with the rows (default: the only field of texts)', text).helpGroup(GROUP),
    )
    .addOption(flag('--id <field>', 'what the rows are called (default: the field "id")', text).helpGroup(GROUP))
    .addOption(new Option('--no-header', 'the first line of a CSV file is data').helpGroup(GROUP))
    .addOption(flag('--array <name>', 'the array of an npz or safetensors file', text).helpGroup(GROUP))
    .addOption(flag('--delimiter <char>', 'between the cells of a CSV file (default: found)', character).helpGroup(GROUP))
    .addOption(
      flag('--format <kind>', 'what kind of file it is (default: told by its content)', oneOf(...KINDS)).helpGroup(GROUP),
    );
}

/** Those of them that were given, as they are typed: how another command reads the same files. */
export const dataFlagsOf = (command: Command): string[] =>
  command.options
    .filter((option) => option.helpGroupHeading === GROUP && command.getOptionValueSource(option.attributeName()) === 'cli')
    .flatMap((option) => {
      const value = command.getOptionValue(option.attributeName());
      return [option.long as string, ...(typeof value === 'boolean' ? [] : [String(value)])];
    });

/** What is done to the rows before they are learned from. */
export function addPreparationFlags(command: Command): Command {
  const group = 'Preparation, kept in the model and undone by reconstruct:';
  return command
    .addOption(flag('--scale <x>', 'divide every entry by x: 255 for bytes', positive).helpGroup(group))
    .addOption(new Option('--center', "subtract each column's mean").helpGroup(group))
    .addOption(new Option('--standardize', "subtract each column's mean, divide by its standard deviation").helpGroup(group))
    .addOption(new Option('--unit-rows', 'divide each row by its length').helpGroup(group))
    .addOption(new Option('--mean-norm', 'multiply so that rows have length √d on average').helpGroup(group));
}

export function preparationFrom(values: PreparationOptions): PreparationOptions {
  const { scale, center, standardize, unitRows, meanNorm } = values;
  const given = Object.entries({ scale, center, standardize, unitRows, meanNorm }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** Whether a sigmoid can give every entry that the model will see. */
export function withinUnit(data: ArrayLike<number>, preparation: PreparationOptions): boolean {
  const { scale = 1, ...rest } = preparation;
  if (Object.values(rest).some(Boolean)) return false;
  for (let i = 0; i < data.length; i++) if (!(data[i] >= 0 && data[i] <= scale)) return false;
  return true;
}

/** A column's number where the flag is one; labels by name otherwise. */
const column = (label: string | undefined) => (label !== undefined && /^-?\d+$/.test(label) ? Number(label) : label);

/**
 * Reads files of rows, `-` being what comes in on stdin, or what has come, if that was read already.
 * @throws Error naming the file, and the byte, line or key of it that is not as expected
 */
export async function readRows(paths: readonly string[], flags: DataFlags, dtype: DType, stdin?: Uint8Array): Promise<Rows> {
  const { embedding, text, id, label, header, array, delimiter, format } = flags;
  const options: TableOptions = {
    dtype,
    embedding,
    text: column(text),
    id: column(id),
    label: column(label),
    array,
    delimiter,
    kind: format,
    ...(header === false && { header }),
    gunzip: (packed, atMost) => gunzipSync(packed, { maxOutputLength: Math.max(1, atMost) }),
  };
  const tables: Table[] = [];
  for (const path of paths) tables.push(await readOne(path, options, stdin));
  return tables.length === 1 ? rowsOf(tables[0]) : joined(tables, paths, dtype);
}

async function readOne(path: string, options: TableOptions, stdin?: Uint8Array): Promise<Table> {
  try {
    return await readBytes(path === '-' && stdin ? stdin : bytesOf(path), path === '-' ? 'stdin' : path, options);
  } catch (error) {
    const { message } = error as Error;
    const hint = /is not a number$/.test(message) && options.label === undefined;
    const flags = 'a column of labels is named with --label, one of names or texts with --id or --text';
    if (hint) throw new Error(`${message} (${flags})`, { cause: error });
    const idle = /, expected no (\w+) to be named$/.exec(message);
    const called = idle && `--${idle[1] === 'header' ? 'no-header' : idle[1]}`;
    if (idle) throw new Error(message.replace(idle[0], `, expected no ${called}`), { cause: error });
    const which = ', expected embedding to name one of ';
    if (!message.includes(which)) throw error;
    throw new Error(message.replace(which, ', expected --embedding to name one of '), { cause: error });
  }
}

/** What stands for a row where it is shown: its text, or what it is called. */
export const textsOf = ({ texts, ids }: Rows): readonly string[] | null => texts ?? ids;

const rowsOf = ({ kind, data, rows, cols, labels, ids, texts, names }: Table): Rows => ({
  data,
  rows,
  cols,
  labels: labels ?? null,
  ids: ids ?? null,
  texts: texts ?? null,
  names: names ?? null,
  image: imageOf(kind, cols),
});

/** idx files of square width are taken for pictures, which is what they are used for. */
function imageOf(kind: Kind, cols: number): [number, number] | null {
  const side = Math.sqrt(cols);
  return kind === 'idx' && Number.isInteger(side) && side > 3 ? [side, side] : null;
}

function joined(tables: readonly Table[], paths: readonly string[], dtype: DType): Rows {
  const { cols, names } = tables[0];
  tables.forEach((table, i) => {
    if (table.cols !== cols) throw new Error(`${paths[i]}: has rows of ${table.cols}, expected ${cols}, as ${paths[0]}`);
  });
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const data = dtype === 'float32' ? new Float32Array(rows * cols) : new Float64Array(rows * cols);
  let at = 0;
  for (const table of tables) {
    data.set(table.data, at);
    at += table.data.length;
  }
  const all = (what: 'labels' | 'ids' | 'texts') =>
    tables.every((table) => table[what]) ? tables.flatMap((table) => table[what] ?? []) : null;
  const beside = { labels: all('labels'), ids: all('ids'), texts: all('texts') };
  return { data, rows, cols, ...beside, names: names ?? null, image: imageOf(tables[0].kind, cols) };
}

function bytesOf(path: string): Uint8Array {
  return path === '-' ? readFileSync(0) : readWhole(path, 'a file of rows');
}
