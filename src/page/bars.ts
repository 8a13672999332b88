import { short } from '../report/text.js';
import { colour, onScheme } from './dom.js';
import { fitted } from './paint.js';
import { Reader } from './readable.js';

/** Bars side by side, and a level across them. */
export class Bars {
  private readonly host: HTMLElement;
  private readonly canvas = document.createElement('canvas');
  private readonly reader: Reader;
  private readonly names: { readonly bar: string; readonly value: string };
  private values: ArrayLike<number> = [];
  private level: number | null = null;
  private at = -1;

  constructor(host: HTMLElement, name: string, names: { readonly bar: string; readonly value: string }) {
    this.host = host;
    this.names = names;
    host.prepend(this.canvas);
    this.reader = new Reader(host, name, (at) => {
      this.at = at;
      this.paint();
    });
    this.reader.surface.addEventListener('pointermove', (event) => {
      const { left, width } = host.getBoundingClientRect();
      const n = this.values.length;
      if (n > 0) this.reader.go(Math.min(n - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * n))));
    });
    this.reader.surface.addEventListener('pointerleave', () => this.reader.go(-1));
    new ResizeObserver(() => this.paint()).observe(host);
    onScheme(() => this.paint());
  }

  draw(values: ArrayLike<number>, level: number | null, atRest: boolean, nameOf: (k: number) => string = String): void {
    this.values = values;
    this.level = level;
    this.paint();
    const columns = [this.names.bar, this.names.value];
    this.reader.update({ columns, count: values.length, row: (k) => [nameOf(k), short(values[k])] }, atRest);
  }

  private paint(): void {
    const { values, level } = this;
    const { c, width, height } = fitted(this.host, this.canvas);
    if (!c || values.length === 0) return;
    const top = Math.max(...Array.from(values), 1.2 * (level ?? 0)) || 1;
    const y = (value: number) => (height - 1) * (1 - value / top);
    const [bar, mark, warn] = [colour('bar'), colour('mark'), colour('warn')];
    const band = width / values.length;
    const gap = band > 4 ? 1 : 0;
    for (let k = 0; k < values.length; k++) {
      c.fillStyle = k === this.at ? mark : values[k] === 0 && level !== null ? warn : bar;
      const tall = Math.max(values[k] === 0 && level === null ? 0 : 2, height - 1 - y(values[k]));
      c.fillRect(k * band, height - tall, band - gap, tall);
    }
    if (level === null) return;
    c.strokeStyle = mark;
    c.setLineDash([6, 4]);
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(0, y(level));
    c.lineTo(width, y(level));
    c.stroke();
  }
}
