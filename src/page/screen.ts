import type { SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { probe, shapeOf, tilesOf } from './look.js';
import type { Frame, FromWorker } from './messages.js';
import type { Run, Snapshot } from './run.js';
import type { Samples } from './samples.js';

/** The least time between two frames, and between two of those that measure, in ms. */
const BETWEEN_FRAMES = 33;
const BETWEEN_PROBES = 250;

/** What there is to be seen. */
export interface View extends Pick<Frame, 'start' | 'playing' | 'until' | 'note' | 'source' | 'about'> {
  readonly sae: SparseAutoencoder;
  readonly samples: Samples;
  readonly run: Run | null;
  readonly snapshot: Snapshot | null;
}

/** What the page is shown: a frame at a time, the next when the page has seen the last, and measured now and then. */
export class Screen {
  private readonly post: (message: FromWorker, transfer: Transferable[]) => void;
  private readonly look: () => View | null;
  /** Whether the page has seen the last frame, and whether the next one is to be whole. */
  private seen = true;
  private waiting = false;
  private lastFrame = 0;
  private lastProbe = 0;
  private pace = { time: 0, rows: 0, value: 0 };

  constructor(post: (message: FromWorker, transfer: Transferable[]) => void, look: () => View | null) {
    this.post = post;
    this.look = look;
  }

  /** Rows are counted from now on; until there are some, the pace is said to be this. */
  begin(value = this.pace.value): void {
    this.pace = { time: performance.now(), rows: 0, value };
  }

  /** Rows that have been learned from. */
  count(rows: number): void {
    this.pace.rows += rows;
  }

  isDue(now: number): boolean {
    return now - this.lastFrame >= BETWEEN_FRAMES;
  }

  onSeen(): void {
    this.seen = true;
    if (this.waiting) this.show(true);
  }

  /** Tells what is to be seen, unless the page has yet to see the last frame; with `whole`, at the next chance. */
  show(whole: boolean): void {
    if (!this.seen) {
      this.waiting ||= whole;
      return;
    }
    const view = this.look();
    if (!view) return;
    const frame = this.frame(view, performance.now(), whole || this.waiting);
    this.waiting = false;
    this.seen = false;
    this.lastFrame = performance.now();
    this.post({ type: 'frame', frame }, [frame.tiles.buffer]);
  }

  private frame({ sae, samples, run, snapshot, ...told }: View, now: number, whole: boolean): Frame {
    const step = snapshot?.step ?? run?.step ?? 0;
    const shape = shapeOf(sae, samples);
    const measured = whole || now - this.lastProbe >= BETWEEN_PROBES;
    // A run that is paused stands still at once: fewer samples are measured sooner.
    const found = measured ? probe(sae, samples, !run) : null;
    if (measured) {
      this.measurePace(now);
      this.lastProbe = performance.now();
    }
    return {
      ...told,
      shape,
      of: snapshot ? 'snapshot' : run ? 'run' : 'trained',
      step,
      loss: snapshot ? null : (run?.last?.loss ?? null),
      pace: this.pace.value,
      tiles: tilesOf(sae, shape),
      curve: measured && run ? run.curve.until(step) : null,
      probe: found,
      snapshots: run?.snapshots.map((each) => each.step) ?? [],
    };
  }

  private measurePace(now: number): void {
    const seconds = (now - this.pace.time) / 1000;
    if (seconds < 0.2 || this.pace.rows === 0) return;
    this.pace = { time: now, rows: 0, value: this.pace.rows / seconds };
  }
}
