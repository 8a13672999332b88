import { type Fail, failing } from './entries.js';
import type { Kept, Picked } from './fields.js';
import { FLOATS, type FloatType } from './floats.js';
import { grouped } from './header.js';
import { shown, type TextRows } from './text.js';

/** A column of a file, or a part of one: an entry a row. */
export type Column = ArrayLike<unknown>;

/** Rows put together from the columns of a file, which may come in parts, one after the other. */
export class ColumnRows {
  readonly #name: string;
  readonly #picked: Picked;
  readonly #type: FloatType;
  readonly #parts: TextRows['data'][] = [];
  readonly #kept: [Kept, string, string[]][];
  #cols: number;
  #rows = 0;

  constructor(name: string, picked: Picked, type: FloatType) {
    this.#name = name;
    this.#picked = picked;
    this.#type = type;
    this.#cols = picked.list === null ? picked.numbers.length : 0;
    this.#kept = Object.entries(picked.kept).map(([what, field]) => [what as Kept, field, []]);
  }

  /** The columns that are asked for. */
  get wanted(): string[] {
    const { list, numbers, kept } = this.#picked;
    return [...new Set([...(list === null ? numbers : [list]), ...Object.values(kept)])];
  }

  /** More rows, as many in each of the columns. */
  add(columns: ReadonlyMap<string, Column>): void {
    const { list, numbers } = this.#picked;
    const column = (field: string): Column => columns.get(field) ?? this.#fail(`has no column ${shown(field)}`);
    const lengths = new Set(this.wanted.map((field) => column(field).length));
    if (lengths.size !== 1) this.#fail(`has columns of different lengths: ${[...lengths].map(grouped).join(', ')}`);
    const [rows] = lengths;
    if (list === null) this.#addNumbers(numbers.map(column), rows);
    else this.#addLists(column(list), list);
    for (const [, field, kept] of this.#kept) {
      const values = column(field);
      for (let i = 0; i < rows; i++) kept.push(this.#textOf(values[i], i, field));
    }
    this.#rows += rows;
  }

  done(): TextRows {
    const { list, numbers } = this.#picked;
    const [only] = this.#parts;
    const cols = this.#cols;
    // A file whose column has no rows has not said how wide they are.
    if (cols === 0) this.#fail(`has no rows, expected lists of numbers in ${shown(list ?? '')}`);
    const data = this.#parts.length === 1 ? only : new FLOATS[this.#type](this.#rows * cols);
    if (this.#parts.length > 1) {
      let at = 0;
      for (const part of this.#parts) {
        data.set(part, at);
        at += part.length;
      }
    }
    const kept = Object.fromEntries(this.#kept.map(([what, , values]) => [what, values]));
    return { rows: this.#rows, cols, data, ...kept, ...(list === null && { names: [...numbers] }) };
  }

  #addLists(column: Column, field: string): void {
    if (column.length === 0) return;
    const wrong = (i: number, what: string) => this.#failRow(i, `${shown(field)} ${what}`);
    this.#cols ||= (column[0] as ArrayLike<unknown> | null)?.length ?? 0;
    const cols = this.#cols;
    if (cols === 0) wrong(0, 'has no numbers');
    const data = new FLOATS[this.#type](column.length * cols);
    for (let i = 0; i < column.length; i++) {
      const row = column[i] as ArrayLike<unknown> | null | undefined;
      if (row === null || row === undefined) wrong(i, `is null, expected a list of ${cols} numbers`);
      const values = row as ArrayLike<unknown>;
      if (values.length !== cols) wrong(i, `has ${values.length} numbers, expected ${cols}`);
      if (ArrayBuffer.isView(values) && typeof values[0] === 'number') data.set(values as unknown as ArrayLike<number>, i * cols);
      else for (let j = 0; j < cols; j++) data[i * cols + j] = this.#numberOf(values[j], i, field);
    }
    this.#parts.push(data);
  }

  #addNumbers(columns: readonly Column[], rows: number): void {
    const cols = columns.length;
    const data = new FLOATS[this.#type](rows * cols);
    columns.forEach((column, j) => {
      for (let i = 0; i < rows; i++) data[i * cols + j] = this.#numberOf(column[i], i, this.#picked.numbers[j]);
    });
    this.#parts.push(data);
  }

  #numberOf(value: unknown, i: number, field: string): number {
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    return this.#failRow(
      i,
      `${shown(field)} holds ${value === null || value === undefined ? 'null' : typeof value}, expected numbers`,
    );
  }

  #textOf(value: unknown, i: number, field: string): string {
    if (value === null || value === undefined) return '';
    if (typeof value === 'object') this.#failRow(i, `${shown(field)} is an object, expected a text or a number`);
    return String(value);
  }

  #failRow(i: number, what: string): never {
    return failing(`${this.#name} row ${this.#rows + i}`)(what);
  }

  #fail: Fail = (what) => failing(this.#name)(what);
}
