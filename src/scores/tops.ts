import type { Matrix } from '../numbers/matrix.js';
import type { Reading } from './readings.js';

/**
 * The rows that each feature is largest on, positive numbers alone, the largest first; of equal ones the earlier row. A
 * reading that counts at both ends has a list for each, those of the negative ends behind the others.
 */
export class Tops {
  /** Lists. */
  readonly width: number;
  readonly #count: number;
  readonly #bothEnds: boolean;
  readonly #values: Float64Array;
  readonly #rows: Int32Array;
  readonly #lengths: Int32Array;

  /** @param count how many rows a list has, at most */
  constructor({ width, bothEnds }: Reading, count: number) {
    this.width = bothEnds ? 2 * width : width;
    this.#count = count;
    this.#bothEnds = bothEnds;
    this.#values = new Float64Array(this.width * count);
    this.#rows = new Int32Array(this.width * count);
    this.#lengths = new Int32Array(this.width);
  }

  /** Takes in the readings of rows `from` and on; of them those that `counts`, in order. */
  add({ data, rows, cols }: Matrix, from: number, counts: (row: number) => boolean = () => true): void {
    for (let i = 0, at = 0; i < rows; i++, at += cols) {
      if (!counts(from + i)) continue;
      for (let j = 0; j < cols; j++) {
        const value = data[at + j];
        if (value > 0) this.#insert(j, from + i, value);
        else if (value < 0 && this.#bothEnds) this.#insert(cols + j, from + i, -value);
      }
    }
  }

  #insert(list: number, row: number, value: number): void {
    const first = list * this.#count;
    let length = this.#lengths[list];
    if (length === this.#count) {
      if (value <= this.#values[first + length - 1]) return;
    } else this.#lengths[list] = ++length;
    let at = first + length - 1;
    for (; at > first && this.#values[at - 1] < value; at--) {
      this.#values[at] = this.#values[at - 1];
      this.#rows[at] = this.#rows[at - 1];
    }
    this.#values[at] = value;
    this.#rows[at] = row;
  }

  /** The rows of a list. */
  of(list: number): Int32Array {
    const first = list * this.#count;
    return this.#rows.subarray(first, first + this.#lengths[list]);
  }
}
