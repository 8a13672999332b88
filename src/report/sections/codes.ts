import { type Axis, chart, heat, lettersIn, narrow, points, type Size, wide, withRoom, words } from '../charts.js';
import { escapeHtml } from '../escape.js';
import { figure, inBothSizes, section } from '../figure.js';
import type { Page } from '../page.js';
import { greatestMagnitude } from '../pictures.js';
import { principalDirections } from '../principal.js';
import type { Classes } from '../statistics.js';
import { clip, count, percent, short } from '../text.js';

/** Units in the map: more columns than that run together. */
const MAPPED = 64;
/** Units that have a line of their own each, and the pixels that classes share, where the page is narrow. */
const MOST_LINES = 32;
const ROOM = 280;
/** Codes in the scatter. */
const SCATTERED = 2000;
/** Units named at either end of a direction. */
const NAMED = 3;
/** Colours there are; style.ts has them. */
const COLOURS = 10;

export function codesSection(page: Page): string {
  const live = page.statistics.byUse.filter((j) => page.statistics.density[j] > 0);
  if (live.length === 0) return '';
  const figures = [page.classes === null ? '' : classMap(page, page.classes, live), scatter(page)];
  return section('codes', 'What the codes say', '', ...figures);
}

/** Mean activation of each unit for each class, the one farthest from zero being 1 or −1. */
function classMap(page: Page, { names: classNames }: Classes, live: readonly number[]): string {
  const { model } = page.data;
  const { classMeans } = page.statistics;
  const h = model.hiddenDim;
  const meansOf = (j: number) => classNames.map((_, k) => classMeans[k * h + j]);
  const greatest = (j: number) => greatestMagnitude(meansOf(j));
  const favourite = (j: number) => meansOf(j).findIndex((mean) => Math.abs(mean) === greatest(j));
  const units = live.slice(0, MAPPED);
  const negative = units.some((j) => meansOf(j).some((mean) => mean < 0));
  const order = new Map(units.map((j) => [j, favourite(j) - greatest(j) / (1 + greatestMagnitude(classMeans))]));
  units.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0) || a - b);
  const relative = (j: number, k: number) => classMeans[k * h + j] / Math.max(greatest(j), 1e-30);
  const [m, classes] = [units.length, classNames.length];
  const unitTicks = units.map((j, u) => ({ at: u + 0.5, name: String(j) }));
  const classAxis = { title: 'class', low: 0, high: classes };
  const unitAxis = { title: 'units, those that prefer the same class side by side', low: 0, high: m };
  const name = `Map of the mean activation of ${count(m, 'unit')} for each of ${count(classes, 'class')}.`.replace(
    'classs',
    'classes',
  );
  const downwards = (k: number) => classes - k - 0.5;
  const draw = ({ width }: Size) => {
    if (width < 500) {
      const side = m > MOST_LINES ? 10 : 18;
      const named = unitTicks.filter((_, u) => m <= MOST_LINES || u % 2 === 0);
      const y: Axis = { ...unitAxis, title: 'unit', ticks: named.map(({ at, name }) => ({ at: m - at, name })) };
      const letters = Math.max(1, lettersIn(ROOM / classes) - 1);
      const nameOf = (name: string, k: number) => (classes > 10 ? String(k) : clip(name, letters));
      const x: Axis = {
        ...classAxis,
        ticks: withRoom(
          classNames.map((name, k) => ({ at: k + 0.5, name: nameOf(name, k) })),
          ROOM,
        ),
      };
      const frame = { size: { width, height: 68 + side * m }, x, y };
      return chart(
        frame,
        name,
        heat(
          frame,
          Float64Array.from({ length: m * classes }, (_, at) => relative(units[Math.floor(at / classes)], at % classes)),
          m,
          classes,
        ),
        'y',
      );
    }
    const x: Axis = { ...unitAxis, ticks: withRoom(unitTicks, width - 200) };
    const y: Axis = { ...classAxis, ticks: classNames.map((name, k) => ({ at: downwards(k), name: clip(name, 18) })) };
    const frame = { size: { width, height: 68 + 20 * classes }, x, y };
    return chart(
      frame,
      name,
      heat(
        frame,
        Float64Array.from({ length: m * classes }, (_, at) => relative(units[at % m], Math.floor(at / m))),
        classes,
        m,
      ),
    );
  };
  return figure({
    title: 'Which unit speaks for which class',
    body: inBothSizes(draw),
    caption: `Mean activation of ${live.length > m ? `the ${m} most used units` : 'each unit'} over the samples of each class, strong
where orange${negative ? ' and below zero where blue' : ''}; each unit's own greatest is full strength. The network was never told the classes.`,
    good: 'each unit is strong for a few classes only. Units that are equally strong for all classes stand for what all samples share.',
    table: {
      caption: 'Mean activation of each unit for each class',
      columns: ['unit', ...classNames.map((name) => `class ${name}`)],
      rows: units.map((j) => [`unit ${j}`, ...meansOf(j).map(short)]),
      units,
    },
    readable: 'bands',
  });
}

/** The codes seen from the side from which they differ most. */
function scatter(page: Page): string {
  const { model, samples } = page.data;
  const h = model.hiddenDim;
  const n = Math.min(SCATTERED, page.statistics.samples);
  if (h < 2 || n < 3) return '';
  const { directions, shares, places } = principalDirections(samples.codes, h, n);
  const along = (c: number) => Array.from({ length: n }, (_, i) => places[2 * i + c]);
  const [x, y] = [0, 1].map((c): Axis => {
    const [low, high] = [Math.min(...along(c)), Math.max(...along(c))];
    const room = 0.05 * (high - low) || 1;
    return {
      title: `${c === 0 ? 'first' : 'second'} direction, ${percent(shares[c])} of the variation`,
      low: low - room,
      high: high + room,
    };
  });
  const labels = page.classes?.of ?? null;
  const classNames = page.classes?.names ?? [];
  const groups = labels === null ? [-1] : classNames.map((_, k) => k);
  const middles = new Map(groups.map((k) => [k, middle(places, (i) => labels === null || labels[i] === k)]));
  const name = `Scatter chart of ${count(n, 'code')} along the two directions in which they differ most.`;
  const draw = (size: Size) => {
    const frame = { size, x, y };
    const dots = groups.map(
      (k) =>
        `<g class="k${Math.max(0, k) % COLOURS}" data-class="${k}">${points(frame, places, (i) => labels === null || labels[i] === k)}</g>`,
    );
    const named = groups.flatMap((k) => {
      const at = labels === null ? null : middles.get(k);
      return at ? [{ k, x: at[0], y: at[1], text: clip(classNames[k], 14) }] : [];
    });
    const names = words(frame, named).map(
      (word, w) => `<g class="k${named[w].k % COLOURS}" data-class="${named[w].k}">${word}</g>`,
    );
    return chart(frame, name, dots.join('') + names.join(''));
  };
  const legend =
    labels === null
      ? ''
      : `<fieldset class="classes"><legend>Classes</legend>${groups.map((k) => `<label><input type="checkbox" data-class="${k}" checked><b class="k${k % COLOURS}"></b>${escapeHtml(classNames[k])}</label>`).join('')}</fieldset>`;
  const ways = [
    ['to the right', directions[0], 1],
    ['to the left', directions[0], -1],
    ['upwards', directions[1], 1],
    ['downwards', directions[1], -1],
  ] as const;
  const ends = ways.map(([where, direction, sign]) => `<li><span>${where}:</span> ${end(page, direction, sign)}</li>`);
  const rows = groups.map((k) => {
    const at = middles.get(k);
    return [labels === null ? 'all' : classNames[k], ...(at ?? [Number.NaN, Number.NaN]).map(short)];
  });
  return figure({
    title: 'The codes, seen from where they differ most',
    body: `${legend}${inBothSizes(draw, [
      { ...wide, height: 600 },
      { ...narrow, height: 340 },
    ])}<p class="ends-title">The more active these units are, the further a point lies</p><ul class="ends">${ends.join('')}</ul>`,
    caption: `Each point is the code of one of ${count(n, 'sample')}. A code has ${h.toLocaleString('en-US')} numbers, too many to draw, so
it is seen from the side: of all directions among codes, these are the two along which the codes vary most (principal components).
Together they hold ${percent(shares[0] + shares[1])} of the variation${labels === null ? '' : '; colour and name give the class, the name standing at its middle, or as near as there is room'}.`,
    good:
      labels === null
        ? 'the points form arms or groups rather than one round heap.'
        : 'points of one class lie together. Classes that overlap here may still differ in directions that are not seen.',
    table: {
      caption: 'The middle of each class along the two directions',
      columns: ['class', 'first direction', 'second direction'],
      rows,
    },
  });
}

/** The units that pull most one way along a direction. */
function end(page: Page, direction: Float64Array, sign: 1 | -1): string {
  const pull = Array.from(direction, (value, j) => ({ j, value: value * sign })).filter(({ value }) => value > 0.05);
  const strongest = pull.sort((a, b) => b.value - a.value).slice(0, NAMED);
  return strongest.map(({ j }) => page.link(j, page.tile(j, ''))).join(' ') || '(none)';
}

/** The mean place of those i for which `belongs`; null of none. */
function middle(places: Float64Array, belongs: (i: number) => boolean): [number, number] | null {
  let [n, x, y] = [0, 0, 0];
  for (let i = 0; 2 * i < places.length; i++) {
    if (!belongs(i)) continue;
    n++;
    x += places[2 * i];
    y += places[2 * i + 1];
  }
  return n === 0 ? null : [x / n, y / n];
}
