import { escapeHtml } from './escape.js';

/** What the picture shows of a run in a world with known truth. */
export interface SuperpositionPicture {
  readonly title: string;
  readonly lines: readonly string[];
  /** For each true feature: how often it is active, the largest cosine of a learned one, and both vectors. */
  readonly features: readonly {
    readonly frequency: number;
    readonly cosine: number;
    readonly truth: ArrayLike<number>;
    readonly learned: ArrayLike<number>;
  }[];
}

const [WIDTH, HEIGHT, PAD] = [980, 640, 48];
const PLOT = { x: PAD + 12, y: 110, width: 560, height: 230 };
const BARS = { x: 700, y: 110, width: 240, height: 230 };
const STRIPS = { y: 400, cell: 26 };
const BINS = 20;

const n = (x: number) => String(Number(x.toFixed(2)));
const text = (x: number, y: number, content: string, more = '') =>
  `<text x="${n(x)}" y="${n(y)}" ${more}>${escapeHtml(content)}</text>`;

/** One SVG that needs nothing but itself: cosines feature by feature, their histogram, and some features beside their truth. */
export function drawSuperposition({ title, lines, features }: SuperpositionPicture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#1d2023" role="img" aria-labelledby="title">
<title id="title">${escapeHtml(title)}</title>
<rect width="100%" height="100%" fill="#fff"/>
${text(PAD, 36, title, 'font-size="20" font-weight="650"')}
${lines.map((line, k) => text(PAD, 60 + 18 * k, line, 'fill="#5a6067"')).join('\n')}
${dots(features)}
${histogram(features)}
${strips(features)}
</svg>
`;
}

type Features = SuperpositionPicture['features'];

function dots(features: Features): string {
  const { x, y, width, height } = PLOT;
  const most = Math.max(...features.map(({ frequency }) => frequency));
  const at = (cosine: number) => y + height * (1 - Math.max(0, cosine));
  const across = (k: number) => x + (width * (k + 0.5)) / features.length;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (c) =>
      `<path d="M${x} ${n(at(c))}h${width}" stroke="#dcdee1"/>${text(x - 8, at(c) + 4, String(c), 'text-anchor="end" fill="#5a6067"')}`,
  );
  const marks = features.map(
    ({ frequency, cosine }, k) =>
      `<circle cx="${n(across(k))}" cy="${n(at(cosine))}" r="3" fill="#1f5fa8" fill-opacity="${n(0.25 + (0.75 * frequency) / most)}"><title>feature ${k}: cosine ${cosine.toFixed(4)}, on ${(100 * frequency).toFixed(2)}% of rows</title></circle>`,
  );
  const caption = text(
    x,
    y + height + 24,
    'cosine of each true feature with the nearest learned one; the darker, the more frequent',
    'fill="#5a6067"',
  );
  return [...grid, ...marks, caption].join('\n');
}

function histogram(features: Features): string {
  const { x, y, width, height } = BARS;
  const counts = Array<number>(BINS).fill(0);
  for (const { cosine } of features) counts[Math.min(BINS - 1, Math.max(0, Math.floor(cosine * BINS)))]++;
  const most = Math.max(...counts);
  const bars = counts.map((count, b) => {
    const tall = (height * count) / most;
    return `<rect x="${n(x + (b * width) / BINS)}" y="${n(y + height - tall)}" width="${n(width / BINS - 2)}" height="${n(tall)}" fill="#6b95c4"><title>${count} features from ${b / BINS} to ${(b + 1) / BINS}</title></rect>`;
  });
  const labels = [0, 0.5, 1].map((c) => text(x + c * width, y + height + 18, String(c), 'text-anchor="middle" fill="#5a6067"'));
  return [...bars, ...labels, text(x, y - 8, `how many features, up to ${most}`, 'fill="#5a6067"')].join('\n');
}

/** The worst, the middle and the best found: a row of cells for the truth, one below it for what was learned. */
function strips(features: Features): string {
  const sorted = features.map((_, j) => j).sort((a, b) => features[a].cosine - features[b].cosine);
  const places = [
    ['worst', 0],
    ['median', sorted.length >> 1],
    ['best', sorted.length - 1],
  ] as const;
  const drawn = places.map(([name, place], k) => {
    const { truth, learned, cosine } = features[sorted[place]];
    const top = STRIPS.y + k * (2 * STRIPS.cell + 22);
    const label = text(PAD, top + STRIPS.cell + 4, `${name} ${cosine.toFixed(3)}`, 'fill="#5a6067"');
    return `${label}${strip(truth, top, 'true')}${strip(learned, top + STRIPS.cell, 'learned')}`;
  });
  return drawn.join('\n');
}

function strip(vector: ArrayLike<number>, top: number, name: string): string {
  const values = Array.from(vector);
  const largest = Math.max(...values.map(Math.abs), 1e-30);
  const left = PAD + 100;
  const width = (WIDTH - PAD - left - 60) / values.length;
  const cells = values.map((value, p) => {
    const fill = value < 0 ? '#b3261e' : '#1f5fa8';
    return `<rect x="${n(left + p * width)}" y="${n(top)}" width="${n(width)}" height="${STRIPS.cell - 2}" fill="${fill}" fill-opacity="${n(Math.abs(value) / largest)}"/>`;
  });
  return `${cells.join('')}${text(WIDTH - PAD - 52, top + 17, name, 'fill="#5a6067"')}`;
}
