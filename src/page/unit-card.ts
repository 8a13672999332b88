import { greatestMagnitude } from '../report/pictures.js';
import { percent, short } from '../report/text.js';
import { Bars } from './bars.js';
import { rowBrush, weightBrush } from './brushes.js';
import { byId, make } from './dom.js';
import type { Learner } from './learner-client.js';
import type { Frame, Shape, UnitAnswer } from './messages.js';
import { captioned, picture } from './paint.js';

interface Page {
  open(unit: number): void;
  /** The card of a unit has been closed; its tile. */
  closed(unit: number): HTMLElement | undefined;
}

/** All about one unit: its weights, how active it is, the samples that excite it, and units like it. */
export class UnitCard {
  private readonly learner: Learner;
  private readonly page: Page;
  private readonly host = byId('unit', 'section');
  private shape: Shape | null = null;
  private unit = -1;
  private source: Frame['source'] = 'digits';
  /** Says while it learns that the unit goes on, and its card does not. */
  private readonly late = make('span', { className: 'hint', textContent: 'Pause to update.' });
  /** Where the keyboard was, and is again when the card is closed. */
  private opener: Element | null = null;

  constructor(learner: Learner, page: Page) {
    this.learner = learner;
    this.page = page;
    this.host.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.close();
    });
  }

  open(unit: number): void {
    this.unit = unit;
    this.host.hidden = false;
    const { activeElement } = document;
    if (!this.host.contains(activeElement)) this.opener = activeElement;
    this.host.focus({ preventScroll: true });
    if (this.host.childElementCount === 0) this.host.append(make('h2', { id: 'unit-title', textContent: `Unit ${unit}` }));
    void this.ask();
  }

  follow({ shape, source, playing, probe }: Frame): void {
    // A unit of the same number that has learned something else is another unit.
    if (this.unit >= shape.hidden || (this.unit >= 0 && source !== this.source)) this.close();
    this.shape = shape;
    this.source = source;
    this.late.style.visibility = playing ? 'visible' : 'hidden';
    if (this.unit >= 0 && !playing && probe) void this.ask();
  }

  private close(): void {
    const { opener, unit } = this;
    const left = this.host.contains(document.activeElement);
    this.unit = -1;
    this.host.hidden = true;
    this.host.replaceChildren();
    const tile = this.page.closed(unit);
    if (left) ((opener?.isConnected ? opener : tile) as HTMLElement | undefined)?.focus();
  }

  private async ask(): Promise<void> {
    try {
      const answer = await this.learner.ask('unit', { unit: this.unit });
      if (answer.unit === this.unit && this.shape) this.build(answer, this.shape);
    } catch (error) {
      this.host.replaceChildren(
        make('h2', { id: 'unit-title', textContent: `Unit ${this.unit}` }),
        make('p', { textContent: (error as Error).message }),
      );
    }
  }

  private build(answer: UnitAnswer, shape: Shape): void {
    const { unit, density, mean, greatest, samples } = answer;
    const words = this.source === 'words';
    const weights = weightBrush(shape);
    const rows = rowBrush(shape);
    const title = make('h2', { id: 'unit-title', textContent: `Unit ${unit}` });
    const close = make('button', { type: 'button', textContent: 'Close' });
    close.addEventListener('click', () => this.close());
    const use =
      density === 0
        ? `Dead: active on none of the first ${samples.toLocaleString('en-US')} samples.`
        : `Active on ${percent(density)} of the first ${samples.toLocaleString('en-US')} samples; ${short(mean)} on average, ${short(greatest)} at most.`;
    const plot = make('div', { className: 'plot histogram' });
    const chart = make('figure', {}, make('h3', { textContent: 'How strongly, when it is active' }), plot);
    const strongest = make('ul', { className: 'pictures' });
    const contributions = answer.strongest.map(({ copy, without }) => copy.map((value, p) => value - without[p]));
    const scale = Math.max(...contributions.map(greatestMagnitude));
    answer.strongest.forEach((each, k) => {
      if (words) {
        strongest.append(make('li', {}, make('b', { textContent: short(each.activation) }), ` ${each.label}`));
        return;
      }
      const name = each.label === null ? `sample ${each.row}` : `a ${each.label}`;
      strongest.append(
        make(
          'li',
          {},
          picture(rows, each.x, name),
          picture(weights, contributions[k], `what unit ${unit} adds to it`, scale),
          make('span', { textContent: `${each.label ?? `#${each.row}`} · ${short(each.activation)}` }),
        ),
      );
    });
    if (words) strongest.className = 'words';
    const neighbours = make('ul', { className: words ? 'words wide' : 'pictures' });
    for (const each of answer.neighbours) {
      const open = make('button', { type: 'button', textContent: `unit ${each.unit}` });
      open.addEventListener('click', () => this.page.open(each.unit));
      const near = `cos ${short(each.cosine)}`;
      neighbours.append(
        words
          ? make('li', {}, open, make('b', { textContent: near }), each.names || 'no word')
          : make(
              'li',
              {},
              picture(weights, each.decoder, `unit ${each.unit}`),
              open,
              make('div', { className: 'hint', textContent: near }),
            ),
      );
    }
    const { activeElement } = document;
    const within = activeElement !== this.host && this.host.contains(activeElement);
    this.host.replaceChildren(
      make('p', { className: 'row' }, title, close, this.late),
      make('p', { textContent: use }),
      make(
        'div',
        { className: 'card' },
        make(
          'div',
          { className: 'side' },
          captioned(picture(weights, answer.decoder, `unit ${unit}: what it adds`), 'What it adds to a copy'),
          captioned(picture(weights, answer.encoder, `unit ${unit}: what it looks for`), 'What it looks for'),
        ),
        make(
          'div',
          {},
          chart,
          make('h3', {
            textContent: words ? 'The words that excite it most' : 'The samples that excite it most, and what it adds to each',
          }),
          strongest,
          make(
            'p',
            { className: 'hint' },
            words ? '' : 'Below each: what it is, and how active the unit is on it. ',
            make('b', { textContent: 'Good:' }),
            words ? ' the words have something in common.' : ' the samples share something, and what is added is that something.',
          ),
          make('h3', { textContent: words ? 'Units most like it, and their words' : 'Units that add what is most like it' }),
          neighbours,
        ),
      ),
    );
    const edge = (k: number) =>
      `${short((k * greatest) / answer.histogram.length)} to ${short(((k + 1) * greatest) / answer.histogram.length)}`;
    const bars = new Bars(plot, `Activations of unit ${unit}`, { bar: 'activation', value: 'samples' });
    bars.draw(answer.histogram, null, true, edge);
    // What had the keyboard is there no more.
    if (within) this.host.focus({ preventScroll: true });
  }
}
