import { percent } from '../report/text.js';
import { weightBrush } from './brushes.js';
import { byId, make } from './dom.js';
import type { Frame } from './messages.js';
import { Sheet } from './paint.js';

/** The least side of a tile in pixels: what a finger can hit. */
const SMALLEST = 26;
/** The width of one that has words. */
const NAMED = 128;

/** Every unit as a tile: one canvas, and a button over each tile. */
export class Tiles {
  private readonly host: HTMLElement;
  private readonly open: (unit: number) => void;
  private sheet: Sheet | null = null;
  private made = '';
  private last: Frame | null = null;
  private buttons: HTMLButtonElement[] = [];
  private chosen = -1;
  private named = false;

  constructor(host: HTMLElement, open: (unit: number) => void) {
    this.host = host;
    this.open = open;
    new ResizeObserver(() => this.last && this.draw(this.last)).observe(host);
  }

  draw(frame: Frame): void {
    const { shape, tiles, probe } = frame;
    const columns = Math.min(Math.ceil(Math.sqrt(shape.hidden)), Math.max(4, Math.floor(this.host.clientWidth / SMALLEST)));
    // By what units are called, where their samples have names: in as many columns as there is room for.
    this.named = frame.source === 'words';
    byId('tiles-say', 'figcaption').hidden = this.named;
    byId('words-say', 'figcaption').hidden = !this.named;
    const made = JSON.stringify([columns, shape, this.named]);
    if (made !== this.made) this.build(frame, columns);
    this.made = made;
    this.last = frame;
    if (!this.named) this.sheet?.paint(tiles);
    if (!probe) return;
    this.buttons.forEach((button, j) => {
      if (probe.names) {
        const text = probe.names[j] || '–';
        if (button.textContent !== text) {
          button.textContent = text;
          button.ariaLabel = `unit ${j}: ${text}`;
        }
        return;
      }
      const dead = probe.density[j] === 0;
      button.classList.toggle('dead', dead);
      const name = `unit ${j}, ${dead ? 'dead, ' : ''}active on ${dead ? 'none' : percent(probe.density[j])} of the first ${probe.samples.toLocaleString('en-US')} samples`;
      if (button.ariaLabel !== name) button.ariaLabel = name;
    });
  }

  /** Marks the unit that is open; −1 for none. */
  choose(unit: number): void {
    this.buttons[this.chosen]?.setAttribute('aria-pressed', 'false');
    this.chosen = unit;
    this.buttons[unit]?.setAttribute('aria-pressed', 'true');
  }

  tile(unit: number): HTMLElement | undefined {
    return this.buttons[unit];
  }

  private build({ shape }: Frame, columns: number): void {
    const brush = weightBrush(shape);
    this.sheet = new Sheet(brush, shape.hidden, columns);
    const units = make('div', { className: 'units', role: 'group', ariaLabel: 'Units' });
    units.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    units.style.gridTemplateRows = `repeat(${Math.ceil(shape.hidden / columns)}, 1fr)`;
    if (!shape.image) this.sheet.canvas.style.aspectRatio = String((columns * 1.6) / Math.ceil(shape.hidden / columns));
    this.buttons = Array.from({ length: shape.hidden }, (_, j) => {
      const button = make('button', { type: 'button', tabIndex: j === 0 ? 0 : -1 });
      button.setAttribute('aria-pressed', String(j === this.chosen));
      button.setAttribute('aria-label', `unit ${j}`);
      button.addEventListener('click', () => this.open(j));
      return button;
    });
    units.append(...this.buttons);
    if (this.named) {
      const across = Math.max(2, Math.floor(this.host.clientWidth / NAMED));
      Object.assign(units.style, { gridTemplateColumns: `repeat(${across}, 1fr)`, gridTemplateRows: '' });
      units.addEventListener('keydown', (event) => this.walk(event, across));
      this.host.replaceChildren(make('div', { className: 'named' }, units));
      return;
    }
    units.addEventListener('keydown', (event) => this.walk(event, columns));
    this.host.replaceChildren(make('div', { className: 'sheet' }, this.sheet.canvas, units));
  }

  /** Arrow keys go from tile to tile; one of them at a time is in the order of the tabulator. */
  private walk(event: KeyboardEvent, columns: number): void {
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const at = this.buttons.indexOf(event.target as HTMLButtonElement);
    const next = way === undefined ? undefined : this.buttons[at + way];
    if (way === undefined || at < 0) return;
    event.preventDefault();
    if (!next) return;
    this.buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
