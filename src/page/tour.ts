import { bringIntoSight, byId } from './dom.js';
import { defaults, type Setup } from './setup.js';

/** What the tour may do to the page. */
export interface Page {
  play(): void;
  openUnit(unit: number): Promise<void>;
  draw(): Promise<void>;
  set(part: Partial<Setup>): void;
}

interface Stop {
  /** The picture that it is about. */
  readonly at: string;
  readonly says: string;
  readonly act?: (page: Page) => void | Promise<void>;
  readonly leave?: (page: Page) => void;
}

/** The sparsity that it speaks of. */
const usual = { kind: defaults.kind, strength: defaults.strength };

const stops: readonly Stop[] = [
  {
    at: 'copies',
    says: 'These are handwritten digits; below each is the machine’s copy. It never stores the digit: it writes down a short code, and draws the copy from the code.',
  },
  {
    at: 'features',
    says: 'The code says how much of each of these parts to use; each belongs to one unit. Orange is ink, blue is no ink. Nobody drew them: they were learned.',
  },
  {
    at: 'loss-figure',
    says: 'Now it learns. It began with noise, and the curve is how wrong the copies are: it falls as the parts take shape.',
    act: (page) => page.play(),
  },
  {
    at: 'activity-figure',
    says: 'Sparse means that few units are active at a time. Every bar is how active one is on average; the line is what each is asked to be.',
    act: (page) => page.set(usual),
  },
  {
    at: 'strength-field',
    says: 'This is how strongly that is asked. It has just been turned up: fewer active units, rougher copies. Turn it back, and see.',
    act: (page) => page.set({ strength: 0.5 }),
    leave: (page) => page.set(usual),
  },
  {
    at: 'draw',
    says: 'Here is a digit taken apart: move the slider to add its parts one by one. Clear it, and draw your own.',
    act: (page) => void page.draw(),
  },
  {
    at: 'unit',
    says: 'And here is one unit: the digits that excite it most, and what it adds to each of them. That is what it means.',
    act: (page) => page.openUnit(9),
  },
];

/** A first minute: each picture in a sentence or three, the controls set on the way. */
export class Tour {
  private readonly page: Page;
  private readonly panel = byId('tour', 'aside');
  private at = -1;
  private marked: Element | null = null;

  constructor(page: Page) {
    this.page = page;
    byId('tour-next', 'button').addEventListener('click', () => this.go(this.at + 1));
    byId('tour-back', 'button').addEventListener('click', () => this.go(this.at - 1));
    byId('tour-end', 'button').addEventListener('click', () => this.go(-1));
    this.panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.go(-1);
    });
  }

  /** What it speaks of is there no more: it ends, and leaves everything as it is. */
  end(): void {
    if (this.panel.contains(document.activeElement)) byId('play', 'button').focus({ preventScroll: true });
    this.marked?.classList.remove('shown-now');
    this.at = -1;
    this.panel.hidden = true;
  }

  /** To a stop; where there is none, it ends. */
  async go(to: number): Promise<void> {
    stops[this.at]?.leave?.(this.page);
    const stop = stops[to];
    if (!stop) {
      this.end();
      byId('tour-start', 'button').focus();
      return;
    }
    this.marked?.classList.remove('shown-now');
    this.at = to;
    this.panel.hidden = false;
    byId('tour-text', 'p').textContent = `${to + 1} of ${stops.length}. ${stop.says}`;
    byId('tour-back', 'button').disabled = to === 0;
    byId('tour-next', 'button').textContent = to === stops.length - 1 ? 'Done' : 'Next';
    await stop.act?.(this.page);
    if (this.at !== to) return;
    this.marked = document.getElementById(stop.at);
    if (this.marked) {
      this.marked.classList.add('shown-now');
      bringIntoSight(this.marked);
    }
    byId('tour-next', 'button').focus({ preventScroll: true });
  }
}
