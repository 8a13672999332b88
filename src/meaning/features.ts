import type { Matrix } from '../kernels/kernels.js';
import { type Check, checkOptions, count, oneOf, show, when } from '../numbers/checks.js';
import type { Csr } from '../numbers/csr.js';
import { type CompareOptions, compareChecks, type Difference, differences, type Frequencies } from './compare.js';
import { type Names, namesFromTexts, namesFromWords, requireUnit } from './names.js';
import { type Neighbor, neighborsByActivity, neighborsByDecoder } from './neighbors.js';
import type { TermOptions } from './terms.js';
import { UnitIndex } from './unit-index.js';

/** What is known of the rows that features are read by. If neither is given, the `texts` or `ids` that come with X. */
export interface FeatureOptions extends TermOptions {
  /** What each row is called: a word, a title, an id. */
  rows?: readonly string[] | undefined;
  /** What each row says, where rows are texts: units are then named by the terms of their texts, else by `rows`. */
  texts?: readonly string[] | undefined;
}

/** A row that a unit is active on. */
export interface TopRow {
  /** Counted from 0. */
  readonly row: number;
  /** f */
  readonly value: number;
  /** What the row is called, else what it says; null where neither is known. */
  readonly name: string | null;
}

/** With the name of the unit, null where it has none. */
export type Named<T> = T & { readonly name: string | null };

/** A unit, what it is called, and where it is active. */
export interface Feature {
  readonly unit: number;
  readonly name: string | null;
  /** The share of rows that it is active on. */
  readonly density: number;
  /** The rows that it is most active on. */
  readonly rows: TopRow[];
}

export interface NeighborOptions {
  /** 'decoder' (default): the cosine of rows of W_dec. 'activity': Jaccard's index of the rows that units are active on. */
  by?: 'decoder' | 'activity';
  /** Default 10. */
  count?: number;
}

const isTexts = (n: number): Check =>
  when(
    (v) => Array.isArray(v) && v.length === n && v.every((each) => typeof each === 'string'),
    `a list of ${n} texts, one a row`,
  );

const termChecks = {
  stopWords: when((v) => Array.isArray(v) && v.every((word) => typeof word === 'string'), 'a list of texts'),
  tokenize: when((v) => typeof v === 'function', 'a function'),
};

/** The features of some rows, read once: which are active where, what they are called, which are near which. */
export class Features {
  /** The codes of the rows, n×h. */
  readonly codes: Csr;
  /** The share of rows that each unit is active on, h entries. */
  readonly density: Float64Array;
  readonly #index: UnitIndex;
  readonly #decoder: Matrix;
  readonly #given: () => Names;
  readonly #options: FeatureOptions;
  #made: Names | null = null;

  /** @param given the names that the model has by now, which go before those that are made here */
  constructor(codes: Csr, decoder: Matrix, given: () => Names, options: FeatureOptions) {
    const [n, h] = codes.shape;
    checkOptions('features', options, { rows: isTexts(n), texts: isTexts(n), ...termChecks });
    this.codes = codes;
    this.#index = new UnitIndex(codes);
    this.#decoder = decoder;
    this.#given = given;
    this.#options = options;
    this.density = Float64Array.from({ length: h }, (_, j) => this.#index.countOf(j) / n);
  }

  /** Every unit's name: the model's own, else one made of the rows; null for a unit that is active on none. */
  get names(): Names {
    return Array.from(this.density, (_, unit) => this.#nameOf(unit));
  }

  /** That of one unit. */
  name(unit: number): string | null {
    return this.#nameOf(this.#unit('name', unit));
  }

  #nameOf(unit: number): string | null {
    this.#made ??= this.#makeNames();
    return this.#given()[unit] ?? this.#made[unit];
  }

  #makeNames(): Names {
    const h = this.density.length;
    const { rows, texts, ...how } = this.#options;
    if (texts) return namesFromTexts(this.#index, h, texts, how);
    return rows ? namesFromWords(this.#index, h, rows) : Array(h).fill(null);
  }

  /** The rows that a unit is most active on, the largest f first, of equal ones the earlier row: 10, if `count` is not given. */
  topRows(unit: number, options: { count?: number } = {}): TopRow[] {
    checkOptions('topRows', options, { count });
    return this.#top(this.#unit('topRows', unit), options.count ?? 10);
  }

  #top(unit: number, count: number): TopRow[] {
    const { rows, texts } = this.#options;
    return this.#index.top(unit, count).map(({ row, value }) => ({ row, value, name: (rows ?? texts)?.[row] ?? null }));
  }

  /** Every unit that is active anywhere, the most frequent first, with `count` rows of each (5). */
  list(options: { count?: number } = {}): Feature[] {
    checkOptions('list', options, { count });
    return Array.from(this.density, (share, unit) => ({ unit, share }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share || a.unit - b.unit)
      .map(({ unit, share }) => ({ unit, name: this.#nameOf(unit), density: share, rows: this.#top(unit, options.count ?? 5) }));
  }

  /** The units nearest to one, the nearest first. */
  neighbors(unit: number, options: NeighborOptions = {}): Named<Neighbor>[] {
    checkOptions('neighbors', options, { by: oneOf('decoder', 'activity'), count });
    const { by = 'decoder', count: most = 10 } = options;
    const j = this.#unit('neighbors', unit);
    const found = by === 'decoder' ? neighborsByDecoder(this.#decoder, j, most) : neighborsByActivity(this.#index, j, most);
    return found.map((each) => ({ ...each, name: this.#nameOf(each.unit) }));
  }

  /**
   * The units that are more frequent on some rows than on others, or less: see `differences`. Rows by number; `b`, if it is not
   * given, is all the rest.
   */
  compare(a: readonly number[], b?: readonly number[], options: CompareOptions = {}): Named<Difference>[] {
    checkOptions('compare', options, compareChecks);
    const inA = this.#rows('compare: a', a);
    const inB = b === undefined ? this.#rest(inA) : this.#rows('compare: b', b);
    const twice = [...inB].find((i) => inA.has(i));
    if (twice !== undefined)
      throw new RangeError(`compare: row ${twice} is in a and in b, expected sets that have no row in common`);
    return differences(this.#frequencies(inA), this.#frequencies(inB), options).map((each) => ({
      ...each,
      name: this.#nameOf(each.unit),
    }));
  }

  #rest(rows: ReadonlySet<number>): Set<number> {
    const all = Array.from({ length: this.codes.shape[0] }, (_, i) => i);
    const rest = new Set(all.filter((i) => !rows.has(i)));
    if (rest.size === 0) throw new RangeError(`compare: a is all ${all.length} rows, expected some to compare them with`);
    return rest;
  }

  #rows(where: string, rows: unknown): Set<number> {
    if (!Array.isArray(rows) && !ArrayBuffer.isView(rows))
      throw new TypeError(`${where} is ${show(rows)}, expected a list of row numbers`);
    const numbers = Array.from(rows as ArrayLike<number>);
    if (numbers.length === 0) throw new RangeError(`${where} is empty, expected at least one row`);
    const n = this.codes.shape[0];
    const odd = numbers.findIndex((i) => !Number.isInteger(i) || i < 0 || i >= n);
    if (odd >= 0) throw new RangeError(`${where}[${odd}] is ${show(numbers[odd])}, expected a row from 0 to ${n - 1}`);
    return new Set(numbers);
  }

  #frequencies(rows: ReadonlySet<number>): Frequencies {
    const counts = new Float64Array(this.density.length);
    for (const i of rows) for (const j of this.#index.unitsOf(i)) counts[j]++;
    return { counts, rows: rows.size };
  }

  #unit(call: string, unit: unknown): number {
    return requireUnit(`${call}: unit`, unit, this.density.length);
  }
}
