import { encodeBase64 } from './base64.js';
import { escapeHtml } from './escape.js';
import type { Brush } from './pictures.js';
import { SHEET_COLUMNS, sheetPng } from './png.js';
import type { Numbers } from './report-data.js';

/** Shades of an opacity that a class can name: o0 … o20. */
const SHADES = 20;

/**
 * Pictures of one kind, written into the page once, as one PNG behind many elements. Each element shows its
 * own part by two classes (its column and its row), because the page's policy has no style attributes.
 */
export class Sheet {
  readonly #pictures: Uint8Array[] = [];

  constructor(
    readonly name: string,
    readonly brush: Brush,
    /** Another selector which shows this sheet. */
    private readonly alsoShownBy = '',
  ) {}

  get size(): number {
    return this.#pictures.length;
  }

  /** Adds a picture of `values`; returns its place. */
  add(values: Numbers, scale?: number): number {
    return this.#pictures.push(this.brush.draw(values, scale)) - 1;
  }

  /** The picture at a place, named for those who cannot see it; '' where the text beside it says all. */
  html(place: number, name: string, { className = '', opacity = 1 } = {}): string {
    const shade = opacity < 1 ? ` o${Math.round(SHADES * Math.max(0, opacity))}` : '';
    const extra = className && ` ${className}`;
    const spoken = name === '' ? 'aria-hidden="true"' : `role="img" aria-label="${escapeHtml(name)}"`;
    const position = `x${place % SHEET_COLUMNS} y${rowOf(place)}`;
    return `<i class="p ${this.name} ${position}${shade}${extra}" ${spoken}></i>`;
  }

  /** Adds and shows. */
  picture(values: Numbers, name: string, scale?: number): string {
    return this.html(this.add(values, scale), name);
  }

  /** The rules that put the sheet behind its elements; style.ts has the rest. */
  rules(): string {
    if (this.size === 0) return '';
    const uri = `data:image/png;base64,${encodeBase64(sheetPng(this.#pictures, this.brush))}`;
    const selectors = this.alsoShownBy === '' ? `.${this.name}` : `.${this.name}, ${this.alsoShownBy}`;
    return `.${this.name} { --last: ${rowOf(this.size - 1)}; aspect-ratio: ${this.brush.aspect}; }
${selectors} { background-image: url(${uri}); }
`;
  }
}

const rowOf = (place: number) => Math.floor(place / SHEET_COLUMNS);

/** What the classes of an element mean, for sheets of at most `places` pictures. */
export function sheetRules(places: number): string {
  const each = (n: number, rule: (k: number) => string) => Array.from({ length: n }, (_, k) => rule(k)).join('');
  return `.p { display: block; background-repeat: no-repeat; image-rendering: pixelated;
  background-size: ${100 * SHEET_COLUMNS}% calc((var(--last) + 1) * 100%);
  background-position: calc(var(--x) * 100% / ${SHEET_COLUMNS - 1}) calc(var(--y) * 100% / max(1, var(--last))); }
${each(SHEET_COLUMNS, (k) => `.x${k}{--x:${k}}`)}
${each(rowOf(Math.max(0, places - 1)) + 1, (k) => `.y${k}{--y:${k}}`)}
${each(SHADES + 1, (k) => `.o${k}{opacity:${k / SHADES}}`)}
`;
}
