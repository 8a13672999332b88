import { make } from './dom.js';

/** What a chart shows, for those who read it: points or bars side by side, and the table behind them. */
export interface Readings {
  readonly columns: readonly string[];
  readonly count: number;
  /** The cells of a row. */
  row(k: number): readonly string[];
}

/**
 * Gives a chart a surface that takes the focus, on which arrow keys go from point to point, a line that says what stands
 * there, and a table of all of it.
 */
export class Reader {
  readonly surface: HTMLElement;
  private readonly says = make('output', { className: 'reading' });
  private readonly body = make('tbody');
  private readonly details: HTMLDetailsElement;
  private readonly head = make('tr');
  private readonly mark: (at: number) => void;
  private readings: Readings | null = null;
  private at = -1;

  /** `mark` shows where the reader is; −1 for nowhere. */
  constructor(host: HTMLElement, name: string, mark: (at: number) => void) {
    this.mark = mark;
    this.surface = make('div', { className: 'surface', tabIndex: 0, role: 'slider', ariaLabel: name });
    this.surface.setAttribute('aria-valuemin', '0');
    this.surface.setAttribute('aria-valuenow', '0');
    this.surface.setAttribute('aria-valuemax', '0');
    this.surface.addEventListener('keydown', (event) => this.walk(event));
    this.surface.addEventListener('blur', () => this.go(-1));
    const table = make('table', {}, make('caption', { textContent: name }), make('thead', {}, this.head), this.body);
    const scroll = make('div', { className: 'scroll', tabIndex: 0, role: 'region', ariaLabel: `${name}: the numbers` }, table);
    this.details = make('details', { className: 'numbers' }, make('summary', { textContent: 'The numbers' }), scroll);
    this.details.addEventListener('toggle', () => this.fill());
    host.append(this.surface);
    // Where room is kept for them, nothing moves when they come.
    const below = host.nextElementSibling?.classList.contains('below') ? host.nextElementSibling : make('div');
    below.append(this.says, this.details);
    host.after(below);
  }

  /** New readings; the table follows at rest, or when it is opened. */
  update(readings: Readings, atRest: boolean): void {
    this.readings = readings;
    this.surface.setAttribute('aria-valuemax', String(Math.max(0, readings.count - 1)));
    if (this.at >= readings.count) this.at = readings.count - 1;
    if (this.at >= 0) this.go(this.at);
    if (atRest) this.fill();
  }

  private fill(): void {
    if (!this.details.open || !this.readings) return;
    const { columns, count, row } = this.readings;
    this.head.replaceChildren(...columns.map((textContent) => make('th', { scope: 'col', textContent })));
    this.body.replaceChildren(
      ...Array.from({ length: count }, (_, k) => make('tr', {}, ...row(k).map((textContent) => make('td', { textContent })))),
    );
  }

  private walk(event: KeyboardEvent): void {
    const count = this.readings?.count ?? 0;
    const step = Math.max(1, Math.round(count / 20));
    const ways: Record<string, number> = {
      ArrowLeft: this.at - 1,
      ArrowDown: this.at - 1,
      ArrowRight: this.at + 1,
      ArrowUp: this.at + 1,
      PageUp: this.at + step,
      PageDown: this.at - step,
      Home: 0,
      End: count - 1,
    };
    if (!(event.key in ways) || count === 0) return;
    event.preventDefault();
    this.go(Math.min(count - 1, Math.max(0, ways[event.key])));
  }

  /** To point k: said, and marked. */
  go(k: number): void {
    this.at = k;
    this.mark(k);
    const { readings } = this;
    if (k < 0 || !readings) {
      this.says.textContent = '';
      return;
    }
    const text = readings
      .row(k)
      .map((cell, c) => `${readings.columns[c]} ${cell}`)
      .join(', ');
    this.says.textContent = text;
    this.surface.setAttribute('aria-valuenow', String(k));
    this.surface.setAttribute('aria-valuetext', text);
  }
}
