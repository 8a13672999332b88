import uPlot from 'uplot';
import { short } from '../report/text.js';
import { colour, make, onScheme } from './dom.js';
import { Reader } from './readable.js';

/** The sheet of uPlot, which comes with it. */
await new Promise((done) => {
  document.head.append(make('link', { rel: 'stylesheet', href: 'plots.css', onload: done, onerror: done }));
});

/** A line of a plot: what it is called, and its colour in the style sheet. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dash?: number[];
}

const FONT = '12px system-ui, sans-serif';

/** Lines over steps. */
export class Plot {
  private readonly host: HTMLElement;
  private readonly lines: readonly Line[];
  private readonly reader: Reader;
  private plot: uPlot | null = null;
  private data: uPlot.AlignedData = [[]];

  constructor(host: HTMLElement, name: string, lines: readonly Line[]) {
    this.host = host;
    this.lines = lines;
    this.reader = new Reader(host, name, (at) => this.mark(at));
    const key = make('ul', { className: 'key' });
    for (const line of lines) {
      const sample = make('i');
      sample.style.color = `var(--${line.colour})`;
      if (line.dash) sample.style.borderTopStyle = line.dash[0] < line.dash[1] ? 'dotted' : 'dashed';
      key.append(make('li', {}, sample, line.name));
    }
    const room = host.previousElementSibling;
    if (room?.classList.contains('key')) room.replaceWith(key);
    else host.before(key);
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(host);
    onScheme(() => this.build());
    this.build();
  }

  /** Steps, and a run of numbers a line. */
  draw(data: readonly Float64Array[], atRest: boolean): void {
    const empty = this.host.querySelector<HTMLElement>('.empty');
    if (empty) empty.hidden = data[0].length > 0;
    this.data = data.map((column) =>
      Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
    ) as unknown as uPlot.AlignedData;
    this.plot?.setData(this.data);
    const columns = ['step', ...this.lines.map(({ name }) => name)];
    const row = (k: number) => data.map((column, c) => (c === 0 ? column[k].toLocaleString('en-US') : short(column[k])));
    this.reader.update({ columns, count: data[0].length, row }, atRest);
  }

  private size = () => ({ width: this.host.clientWidth, height: this.host.clientHeight });

  /** The first few steps may be far above all others: they are left to rise out of the picture. */
  private top(): number {
    const [steps, ...lines] = this.data;
    const from = steps.length > 40 ? Math.max(3, Math.ceil(0.03 * steps.length)) : 0;
    const seen = lines.flatMap((line) => Array.from(line.slice(from), (value) => value ?? 0));
    return 1.08 * seen.reduce((a, b) => Math.max(a, b), 0) || 1;
  }

  private mark(at: number): void {
    const { plot } = this;
    if (!plot) return;
    const left = at < 0 ? -10 : plot.valToPos(this.data[0][at], 'x');
    plot.setCursor({ left, top: at < 0 ? -10 : 0 });
  }

  private build(): void {
    this.plot?.destroy();
    const axis = { stroke: colour('muted'), font: FONT, grid: { stroke: colour('line'), width: 1 }, ticks: { show: false } };
    this.plot = new uPlot(
      {
        ...this.size(),
        scales: { x: { time: false }, y: { range: () => [0, this.top()] } },
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 6 } },
        axes: [
          { ...axis, space: 64, size: 24 },
          { ...axis, size: 44, space: 28, values: (_u, splits) => splits.map(short) },
        ],
        series: [
          {},
          ...this.lines.map((line) => ({ stroke: colour(line.colour), width: 2, dash: line.dash, points: { show: false } })),
        ],
        padding: [8, 20, 0, 0],
      },
      this.data,
      this.host,
    );
    this.host.append(this.reader.surface);
    this.reader.surface.addEventListener('pointermove', (event) => {
      const box = this.plot?.over.getBoundingClientRect();
      if (box && this.data[0].length > 0) this.reader.go(this.plot?.posToIdx(event.clientX - box.left) ?? -1);
    });
    this.reader.surface.addEventListener('pointerleave', () => this.reader.go(-1));
  }
}
