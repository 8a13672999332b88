import { Alone } from './alone.js';
import type { Frame, ToWorker } from './messages.js';
import type { Setup } from './setup.js';

/** One of two runs, as it is told what to do. */
interface Told {
  tell(message: ToWorker): void;
}

/**
 * Two runs in step. Each is told to go as far as the next meeting, and waits there for the other, the faster for the slower.
 * They are seen where they have met, so that it is always the same step of both. Meetings lie as many steps apart as take
 * about so long as a round is asked to.
 */
export class Tandem implements Told {
  private readonly first: Told;
  private readonly second: Told;
  private readonly other: (setup: Setup) => Setup;
  private readonly show: (first: Frame, second: Frame) => void;
  /** In ms; and whether a meeting waits until it is over. */
  private readonly round: number;
  private readonly still: boolean;
  private readonly frames: [Frame | null, Frame | null] = [null, null];
  private readonly alone = new Alone();
  private playing = false;
  private perSecond = 0;
  /** The next meeting, how many steps before it the last one was, and when that was left. */
  private goal = 0;
  private stride = 1;
  private left = 0;
  private underWay = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What is to come after the same step of both waits for their meeting. */
  private later: ToWorker[] = [];

  /** `other` makes the second run's setup of the first's. */
  constructor(
    [first, second]: readonly [Told, Told],
    other: (setup: Setup) => Setup,
    show: (first: Frame, second: Frame) => void,
    still: boolean,
  ) {
    this.first = first;
    this.second = second;
    this.other = other;
    this.show = show;
    this.still = still;
    this.round = still ? 1000 : 100;
  }

  tell(message: ToWorker): void {
    this.alone.touch(this.goal);
    if (message.type === 'speed') {
      this.perSecond = message.perSecond;
      return;
    }
    if (message.type !== 'change') {
      clearTimeout(this.timer);
      this.playing = message.type === 'play' || (message.type === 'start' && message.play);
    }
    if (message.type === 'start') {
      this.goal = 0;
      this.stride = 1;
      this.left = performance.now();
      this.underWay = true;
      this.later = [];
      this.alone.touch(0);
      this.first.tell({ type: 'speed', perSecond: 0 });
      this.both({ ...message, play: false });
    } else if (message.type === 'change' || message.type === 'view') {
      this.later.push(message);
      if (!this.underWay) this.settle();
    } else if (this.underWay) {
      // Pressed again on the way: one more.
      if (message.type === 'step') this.go(1);
    } else if (message.type === 'pause') this.seen();
    else this.go(message.type === 'step' ? 1 : this.stride);
  }

  /** What one of them shows of itself; what the page has from elsewhere is none of it. */
  take(which: 0 | 1, frame: Frame): void {
    if (frame.of === 'trained') return;
    this.frames[which] = frame;
    const [a, b] = this.frames;
    if (!a || !b || a.step !== b.step || a.of !== b.of || a.playing || b.playing) return;
    const arrived = this.underWay && a.of === 'run' && a.step === this.goal;
    const note = arrived && this.playing ? this.alone.note(a.step) : '';
    if (arrived) this.underWay = false;
    if (note) this.playing = false;
    this.seen(note);
    if (!arrived) return;
    this.settle();
    if (this.playing) this.goOn();
  }

  /** The first goes its own way. */
  end(): void {
    clearTimeout(this.timer);
    this.first.tell({ type: 'speed', perSecond: this.perSecond });
    if (this.playing) this.first.tell({ type: 'play' });
  }

  private both(message: ToWorker): void {
    this.first.tell(message);
    this.second.tell('setup' in message ? { ...message, setup: this.other(message.setup) } : message);
  }

  /** While each waits for the other, samples a second say nothing of either. */
  private seen(note = ''): void {
    const [a, b] = this.frames;
    const { playing } = this;
    if (a && b) this.show({ ...a, playing, note, pace: 0 }, { ...b, playing });
  }

  private settle(): void {
    for (const message of this.later) this.both(message);
    this.later = [];
  }

  private goOn(): void {
    const took = performance.now() - this.left;
    const least = this.perSecond > 0 ? 1000 / this.perSecond : this.still ? this.round : 0;
    const longer = Math.min(2, Math.max(0.5, this.round / took));
    const stride = this.perSecond > 0 ? 1 : Math.max(1, Math.round(this.stride * longer));
    this.timer = setTimeout(() => this.go(stride), Math.max(0, least - took));
  }

  private go(stride: number): void {
    this.stride = stride;
    this.goal += stride;
    this.left = performance.now();
    this.underWay = true;
    this.both({ type: 'play', until: this.goal });
  }
}
