import { bringIntoSight, byId } from './dom.js';
import { later } from './later.js';
import type { Learner } from './learner-client.js';
import type { Frame } from './messages.js';
import type { SlowMotion } from './slow-motion.js';
import type { Tiles } from './tiles.js';
import type { Tour, Page as Toured } from './tour.js';
import type { UnitCard } from './unit-card.js';
import type { Word } from './word.js';

/** What is seldom asked for, and loaded when it is: all about a unit, a step line by line, a word, the tour. */
export class Asked {
  private readonly learner: Learner;
  private readonly tiles: Tiles;
  private frame: Frame | null = null;
  private card: UnitCard | null = null;
  private slow: SlowMotion | null = null;
  private word: Word | null = null;
  private tour: Tour | null = null;

  constructor(learner: Learner, tiles: Tiles, toured: Omit<Toured, 'openUnit'>) {
    this.learner = learner;
    this.tiles = tiles;
    byId('slow-go', 'button').addEventListener('click', async () => {
      const part = await later('The step');
      this.slow ??= part && new part.SlowMotion(learner);
      if (this.frame) this.slow?.begin(this.frame);
    });
    byId('tour-start', 'button').addEventListener('click', async () => {
      const part = await later('The tour');
      this.tour ??= part && new part.Tour({ ...toured, openUnit: this.openUnit });
      void this.tour?.go(0);
    });
  }

  readonly openUnit = async (unit: number): Promise<void> => {
    this.tiles.choose(unit);
    const part = await later('What is known of a unit');
    if (!part) return;
    if (!this.card) {
      const closed = (unit: number) => {
        this.tiles.choose(-1);
        return this.tiles.tile(unit);
      };
      this.card = new part.UnitCard(this.learner, { open: this.openUnit, closed });
      if (this.frame) this.card.follow(this.frame);
    }
    this.card.open(unit);
    bringIntoSight(byId('unit', 'section'));
  };

  /** Whatever is seen. */
  follow(next: Frame): void {
    this.frame = next;
    this.card?.follow(next);
  }

  /** What stands still. */
  rest(next: Frame): void {
    void this.followWord(next);
    this.slow?.follow(next);
  }

  endTour(): void {
    this.tour?.end();
  }

  private async followWord(next: Frame): Promise<void> {
    const words = next.source === 'words';
    byId('type', 'section').hidden = !words;
    byId('draw', 'section').hidden = words;
    if (!words && !this.word) return;
    const part = await later('What takes words apart');
    this.word ??= part && new part.Word(this.learner, this.openUnit);
    this.word?.follow(next);
  }
}
