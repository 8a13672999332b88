import { decimals } from '../numbers/decimals.js';
import { explained, tenths } from '../report/text.js';
import { weightBrush } from './brushes.js';
import { make, prefersStillness } from './dom.js';
import { Learner } from './learner-client.js';
import type { Answers, Curve, Frame } from './messages.js';
import { Sheet } from './paint.js';
import type { Plot } from './plots.js';
import type { Setup } from './setup.js';
import { Tandem } from './tandem.js';

/** One run as it is seen here: its tiles, or what its units are called, and a line of figures. */
class Side {
  readonly root = make('figure');
  private readonly title = make('h3');
  private readonly says = make('figcaption');
  private readonly named = make('ul', { className: 'names', tabIndex: 0 });
  private sheet: Sheet | null = null;
  private made = '';
  curve: Curve | null = null;

  constructor(name: string) {
    this.title.textContent = name;
    this.root.append(this.title, this.says);
  }

  draw(frame: Frame): void {
    const { curve, probe, step, loss } = frame;
    if (frame.source === 'words') this.drawNames(probe?.names ?? null);
    else this.drawTiles(frame);
    if (curve) this.curve = curve;
    if (!probe) return;
    this.says.textContent = `step ${step.toLocaleString('en-US')}, loss ${loss === null ? '–' : decimals(loss, 4)}, ${explained(probe.explained)} explained, ${tenths(probe.l0)} units active, ${probe.dead} dead`;
  }

  private drawNames(names: readonly string[] | null): void {
    if (!this.named.isConnected) {
      this.named.ariaLabel = `${this.title.textContent}: what its units are called`;
      this.title.after(this.named);
    }
    if (names) this.named.replaceChildren(...names.map((name) => make('li', { textContent: name || '–' })));
  }

  private drawTiles({ shape, tiles }: Frame): void {
    const made = JSON.stringify(shape);
    if (made !== this.made || !this.sheet) {
      this.sheet?.canvas.remove();
      const columns = Math.ceil(Math.sqrt(shape.hidden));
      this.sheet = new Sheet(weightBrush(shape), shape.hidden, columns);
      if (!shape.image) this.sheet.canvas.style.aspectRatio = String((columns * 1.6) / Math.ceil(shape.hidden / columns));
      this.sheet.canvas.className = 'picture';
      this.sheet.canvas.setAttribute('role', 'img');
      this.sheet.canvas.setAttribute('aria-label', `${this.title.textContent}: what its ${shape.hidden} units have learned`);
      this.title.after(this.sheet.canvas);
      this.made = made;
    }
    this.sheet.paint(tiles);
  }
}

interface Compared {
  /** The page's own run. */
  readonly first: Learner;
  /** A file that both learn from; null for the digits. */
  readonly own: Answers['table']['ask'] | null;
  /** What is different in the second, in words, and the setup that this makes of the first's. */
  readonly what: string;
  other(setup: Setup): Setup;
  /** Shows the page its own run. */
  show(frame: Frame): void;
  /** There is nothing to compare any more: why, if that was not asked for. */
  ended(why: string): void;
}

/** The page's own run and a second one, in a worker of its own, side by side. */
export class Pair {
  /** Both, in step. */
  readonly runs: Tandem;
  private readonly learner: Learner;
  private readonly sides: readonly [Side, Side];
  private readonly plot: Plot;

  constructor(host: HTMLElement, Curves: typeof Plot, { first, own, what, other, show, ended }: Compared) {
    this.sides = [new Side('This run'), new Side(`The second run: ${what}`)];
    const chart = make('div', { className: 'plot' });
    const end = make('button', { type: 'button', textContent: 'End the second run' });
    end.addEventListener('click', () => ended(''));
    host.replaceChildren(
      make('div', { className: 'both' }, ...this.sides.map(({ root }) => root)),
      make('figure', {}, make('h3', { textContent: 'Loss of both' }), chart),
      make('p', { className: 'row' }, end),
    );
    this.plot = new Curves(chart, 'Loss of both runs by step', [
      { name: 'this run', colour: 'loss' },
      { name: 'the second run', colour: 'mark', dash: [9, 4] },
    ]);
    this.learner = new Learner(
      (frame) => this.runs.take(1, frame),
      (why) => ended(why),
    );
    if (own) void this.learner.ask('table', own);
    this.runs = new Tandem(
      [first, this.learner],
      other,
      (a, b) => {
        show(a);
        this.sides[0].draw(a);
        this.sides[1].draw(b);
        this.drawCurves(!a.playing);
      },
      prefersStillness(),
    );
  }

  end(): void {
    this.learner.end();
    this.runs.end();
  }

  /** After as many steps, both curves have their points at the same ones. */
  private drawCurves(atRest: boolean): void {
    const [a, b] = this.sides.map(({ curve }) => curve);
    if (a && b) this.plot.draw([a.step, a.loss, b.loss], atRest);
  }
}
