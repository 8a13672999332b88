import { isSparse } from '../kernels/kernels.js';
import type { Code } from '../sparsity/kind.js';

/** Which of h units have been active since the last reset. */
export class Activity {
  private readonly seen: Uint8Array;
  /** The units that have not, in any order; past `silent` are those that have. */
  private readonly units: Int32Array;
  silent: number;

  constructor(h: number) {
    this.seen = new Uint8Array(h);
    this.units = Int32Array.from({ length: h }, (_, j) => j);
    this.silent = h;
  }

  reset(): void {
    this.seen.fill(0);
    this.silent = this.units.length;
  }

  has(unit: number): boolean {
    return this.seen[unit] === 1;
  }

  add({ rows }: Code): void {
    if (this.silent === 0) return;
    if (isSparse(rows)) {
      const { start, end, index } = rows;
      for (let i = 0; i < rows.rows; i++) for (let k = start[i]; k < end[i]; k++) this.seen[index[k]] = 1;
      this.forget();
      return;
    }
    // The units still silent become few after a row or two, where most are alive.
    const { data, cols } = rows;
    for (let i = 0; i < rows.rows && this.silent > 0; i++) {
      for (let u = 0; u < this.silent; u++) if (data[i * cols + this.units[u]] !== 0) this.seen[this.units[u]] = 1;
      this.forget();
    }
  }

  /** Takes the units that have been seen off the list of silent ones. */
  private forget(): void {
    const { units, seen } = this;
    for (let u = 0; u < this.silent; ) {
      const unit = units[u];
      if (seen[unit]) {
        units[u] = units[--this.silent];
        units[this.silent] = unit;
      } else u++;
    }
  }
}
