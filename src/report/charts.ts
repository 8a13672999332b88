import { encodeBase64 } from './base64.js';
import { escapeHtml } from './escape.js';
import { signedBrush } from './pictures.js';
import { picturePng } from './png.js';
import type { Numbers } from './report-data.js';
import { short } from './text.js';

/** Charts as SVG text: numbers in, a picture out. Colours are classes, so that a page's style sheet can give light and dark. */

export interface Axis {
  readonly title: string;
  readonly low: number;
  readonly high: number;
  /** Logarithmic: `low` is then above 0. */
  readonly log?: boolean;
  /** Where to mark it, and with what; round numbers where it is left out. */
  readonly ticks?: readonly Tick[];
}

export interface Tick {
  readonly at: number;
  readonly name: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Sizes for a page of any width: one of the two is shown, so that letters keep theirs. */
export const wide: Size = { width: 880, height: 320 };
export const narrow: Size = { width: 340, height: 240 };

const margin = { left: 46, right: 14, top: 26, bottom: 42 };
/** About as wide as a letter is. */
const LETTER = 7;

/** Where the plot lies within the picture, and where a value lies within the plot. */
export interface Frame {
  readonly size: Size;
  readonly x: Axis;
  readonly y: Axis;
}

const share = ({ low, high, log }: Axis, value: number) => {
  const of = log ? Math.log : (v: number) => v;
  return high > low ? (of(value) - of(low)) / (of(high) - of(low)) : 0.5;
};
/** How many letters have room in so many pixels. */
export const lettersIn = (pixels: number): number => Math.floor(pixels / LETTER);

/** Where the plot begins, by its vertical axis, whose names have the room that they need: asked for each of its points. */
const lefts = new WeakMap<Axis, number>();
function leftOf({ y }: Frame): number {
  let left = lefts.get(y);
  if (left === undefined) {
    left = Math.max(margin.left, 10 + LETTER * Math.max(...ticks(y, 6).map(({ name }) => name.length)));
    lefts.set(y, left);
  }
  return left;
}
const atX = (frame: Frame, value: number) => {
  const left = leftOf(frame);
  return left + share(frame.x, value) * (frame.size.width - left - margin.right);
};
const atY = ({ size, y }: Frame, value: number) =>
  size.height - margin.bottom - share(y, value) * (size.height - margin.top - margin.bottom);

/** One decimal: a tenth of a pixel. */
const px = (value: number) => String(Math.round(value * 10) / 10);

/** 1, 2 or 5 times a power of ten, at least `least`, of which `most` are as much as `span`, or more. */
export function evenStep(span: number, most: number, least = 0): number {
  let step = Math.max(10 ** Math.floor(Math.log10(span / most)), least);
  for (const factor of [2, 2.5, 2, 2]) if (span / step > most) step *= factor;
  return step;
}

/** Multiples of an even step within [low, high], at most `most` of them. */
export function ticks({ low, high, log, ticks: given }: Axis, most: number): readonly Tick[] {
  if (given) return given;
  if (log) {
    const ticks = logTicks(low, high, [1, 2, 5]);
    return ticks.length <= most ? ticks : logTicks(low, high, [1]);
  }
  const step = evenStep(high - low, most);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.max(0, Math.floor(high / step + 1e-9) - first + 1) || 0;
  return Array.from({ length: count }, (_, k) => tick(Number(((first + k) * step).toPrecision(10))));
}

function logTicks(low: number, high: number, factors: readonly number[]): Tick[] {
  const found: Tick[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const at = Number(`${factor}e${power}`);
      if (at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9)) found.push(tick(at));
    }
  }
  return found;
}

const tick = (at: number): Tick => ({ at, name: short(at) });

/** Those of them that have room beside each other, over so many pixels of an axis that they divide evenly. */
export const withRoom = (all: readonly Tick[], pixels: number): readonly Tick[] => {
  const needed = LETTER * (1 + Math.max(...all.map(({ name }) => name.length)));
  const each = Math.ceil((needed * all.length) / pixels);
  return all.filter((_, k) => k % each === 0);
};

/** The smallest axis from 0 (or from below it) that shows all values, ended a little above the greatest. */
export function axisOf(title: string, values: Numbers, more: readonly number[] = []): Axis {
  let [low, high] = [0, 0];
  for (const value of [...Array.from(values), ...more]) {
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  const room = 0.04 * (high - low) || 1;
  return { title, low: low < 0 ? low - room : 0, high: high + room };
}

/**
 * The picture around `body`: grid, ticks, and the titles of both axes, the vertical one lying above its axis.
 * `along` is the axis which lists things one by one.
 */
export function chart(frame: Frame, name: string, body: string, along: 'x' | 'y' = 'x'): string {
  const { width, height } = frame.size;
  const [left, right, bottom] = [leftOf(frame), width - margin.right, height - margin.bottom];
  const across = ticks(frame.y, 6).map(({ at, name }) => {
    const y = px(atY(frame, at));
    return `<path class="grid" d="M${left} ${y}H${right}"/><text x="${left - 6}" y="${y}" dy=".35em" text-anchor="end">${escapeHtml(name)}</text>`;
  });
  const below = ticks(frame.x, width > 500 ? 11 : 6).map(({ at, name }) => {
    const x = px(atX(frame, at));
    return `<path class="tick" d="M${x} ${bottom}v4"/><text x="${x}" y="${bottom + 17}" text-anchor="middle">${escapeHtml(name)}</text>`;
  });
  return `<svg class="chart ${width > 500 ? 'wide' : 'narrow'}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(name)}" data-left="${left}" data-right="${right}" data-top="${margin.top}" data-bottom="${bottom}" data-along="${along}">
<g class="axes">${across.join('')}${below.join('')}<path class="base" d="M${left} ${bottom}H${right}"/>
<text class="title" x="4" y="13">${escapeHtml(frame.y.title)}</text><text class="title" x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">${escapeHtml(frame.x.title)}</text></g>
${body}</svg>`;
}

/** A line through (xs[k], ys[k]), xs being 1, 2, … by default; broken where y is no number; a point that stands alone is a dot. */
export function line(frame: Frame, ys: Numbers, className: string, xs?: Numbers): string {
  let path = '';
  let dots = '';
  const drawn = (k: number) => Number.isFinite(ys[k]) && !(frame.y.log && ys[k] <= 0);
  for (let k = 0; k < ys.length; k++) {
    if (!drawn(k)) continue;
    const point = `${px(atX(frame, xs ? xs[k] : k + 1))} ${px(atY(frame, ys[k]))}`;
    path += `${drawn(k - 1) ? 'L' : 'M'}${point}`;
    if (!drawn(k - 1) && !drawn(k + 1)) dots += `M${point}h0`;
  }
  return `<path class="line ${className}" d="${path}"/>${dots && `<path class="line dot ${className}" d="${dots}"/>`}`;
}

/** Bars from 0 to values[k], over [from + k·step, from + (k + 1)·step]; gaps between them as long as there is room. */
export function bars(frame: Frame, values: Numbers, from: number, step: number): string {
  const band = atX(frame, from + step) - atX(frame, from);
  const gap = band >= 3 ? Math.max(1, band * 0.15) : 0;
  const base = atY(frame, 0);
  let path = gap === 0 ? `M${px(atX(frame, from))} ${px(base)}` : '';
  for (let k = 0; k < values.length; k++) {
    const value = Number.isFinite(values[k]) ? values[k] : 0;
    if (gap === 0) path += `V${px(atY(frame, value))}H${px(atX(frame, from + (k + 1) * step))}`;
    if (gap === 0 || value === 0) continue;
    const left = atX(frame, from + k * step) + gap / 2;
    path += `M${px(left)} ${px(base)}V${px(atY(frame, value))}h${px(band - gap)}V${px(base)}z`;
  }
  return `<path class="bar" d="${gap === 0 ? `${path}V${px(base)}z` : path}"/>`;
}

/** A dashed line across the plot, named at its right end. */
export function level(frame: Frame, value: number, name: string): string {
  const y = px(atY(frame, value));
  const right = frame.size.width - margin.right;
  return `<path class="level" d="M${leftOf(frame)} ${y}H${right}"/><text class="level-name" x="${right}" y="${y}" dy="-5" text-anchor="end">${escapeHtml(name)}</text>`;
}

/** Points (places[2i], places[2i + 1]) of those i for which `shown`. */
export function points(frame: Frame, places: Numbers, shown: (i: number) => boolean): string {
  let path = '';
  for (let i = 0; 2 * i < places.length; i++) {
    if (shown(i)) path += `M${px(atX(frame, places[2 * i]))} ${px(atY(frame, places[2 * i + 1]))}h0`;
  }
  return `<path class="points" d="${path}"/>`;
}

/** A word within the plot, meant to be centred at a point. */
export interface Word {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Pixels that words keep between their middles, one above the other. */
const LINE = 19;

/** Where words stand, in pixels: at their points, or moved up and down until none covers another. */
export function placeWords(frame: Frame, all: readonly Word[]): { left: number; top: number }[] {
  const places = all.map(({ x, y }) => ({ left: atX(frame, x), top: atY(frame, y) }));
  const halfWidth = (k: number) => 4 + 6 * all[k].text.length;
  for (let round = 0; round < 50; round++) {
    for (let a = 0; a < places.length; a++) {
      for (let b = 0; b < a; b++) {
        const apart = places[a].top - places[b].top;
        const covers = Math.abs(places[a].left - places[b].left) < halfWidth(a) + halfWidth(b) && Math.abs(apart) < LINE;
        if (!covers) continue;
        const push = (LINE + 0.1 - Math.abs(apart)) / 2;
        places[a].top += apart < 0 ? -push : push;
        places[b].top -= apart < 0 ? -push : push;
      }
    }
  }
  return places;
}

export function words(frame: Frame, all: readonly Word[]): string[] {
  const places = placeWords(frame, all);
  return all.map(
    ({ text }, k) =>
      `<text class="words" x="${px(places[k].left)}" y="${px(places[k].top)}" dy=".35em" text-anchor="middle">${escapeHtml(text)}</text>`,
  );
}

/** A matrix (rows × cols, values in [−1, 1], row 0 at the top) that fills the plot, one rectangle an entry, in signed colours. */
export function heat(frame: Frame, values: Numbers, rows: number, cols: number): string {
  const brush = signedBrush({ width: cols, height: rows });
  const uri = `data:image/png;base64,${encodeBase64(picturePng(brush.draw(values, 1), brush))}`;
  const { width, height } = frame.size;
  const left = leftOf(frame);
  return `<image href="${uri}" x="${left}" y="${margin.top}" width="${width - left - margin.right}" height="${height - margin.top - margin.bottom}" preserveAspectRatio="none"/>`;
}
