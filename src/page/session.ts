import { SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { processors } from '../kernels/threads.js';
import { nextTurn } from '../training/pause.js';
import { Alone } from './alone.js';
import { answerTo } from './answers.js';
import { copyOf, probe, shapeOf, tilesOf } from './look.js';
import type { Curve, Frame, FromWorker, Probe, Question, ToWorker } from './messages.js';
import { Run } from './run.js';
import { loadSamples, loadTrained, type Samples } from './samples.js';
import { defaults, type Setup } from './setup.js';

/** The least time between two frames, and between two of those that measure, in ms. */
const BETWEEN_FRAMES = 33;
const BETWEEN_PROBES = 250;

/** What the visitor says is heard at least so often, in ms. */
const BETWEEN_TURNS = 10;

/** One core is left to the page that watches. */
const threads = Math.max(1, processors() - 1);

const nameOf = ({ world, samples }: Setup): string => (world === 'digits' ? `digits ${samples}` : world);

/** The worker's side of the page: it learns, and tells what is to be seen. */
export class Session {
  private readonly post: (message: FromWorker, transfer: Transferable[]) => void;
  private samples: Samples | null = null;
  /** Which samples they are. */
  private source: Frame['source'] = 'digits';
  private loaded = '';
  private trained: SparseAutoencoder | null = null;
  private about = '';
  private run: Run | null = null;
  private playing = false;
  private perSecond = 0;
  /** A step to stop at, and whether nothing is to be seen before. */
  private until = Infinity;
  private unseen = false;
  /** Whether it is on its way to where a link leads. */
  private replaying = false;
  private note = '';
  private readonly alone = new Alone();
  private viewed: { index: number; sae: SparseAutoencoder } | null = null;
  private said: Promise<void> = Promise.resolve();
  /** Whether the page has seen the last frame. */
  private seen = true;
  private waiting = false;
  private lastFrame = 0;
  private lastTurn = 0;
  private lastProbe = 0;
  private pace = { step: 0, time: 0, rows: 0, value: 0 };

  constructor(post: (message: FromWorker, transfer: Transferable[]) => void) {
    this.post = post;
  }

  /** One thing after the other, in the order in which they were said. */
  hear(message: ToWorker): void {
    if (message.type === 'seen') this.onSeen();
    else this.said = this.said.then(() => this.act(message));
  }

  private async act(message: Exclude<ToWorker, { type: 'seen' }>): Promise<void> {
    try {
      this.alone.touch(this.run?.step ?? 0);
      if (message.type === 'ask') await this.answer(message.id, message.question);
      else if (message.type === 'start') await this.start(message.setup, message.play);
      else if (message.type === 'speed') this.setSpeed(message.perSecond);
      else if (message.type === 'change') this.change(message.setup);
      else if (message.type === 'view') this.view(message.snapshot);
      else if (message.type === 'play') this.play(message.until, message.until !== undefined);
      else if (message.type === 'pause') this.pause();
      else this.takeStep();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** The features that are there before anything is learned. */
  begin(): void {
    this.said = this.load();
  }

  private async load(): Promise<void> {
    try {
      const [bytes, samples] = await Promise.all([loadTrained(), loadSamples(defaults)]);
      this.trained = SparseAutoencoder.fromBytes(bytes, { threads: 1 });
      this.loaded = nameOf(defaults);
      this.samples = samples;
      this.show(true);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private async start(setup: Setup, play: boolean): Promise<void> {
    this.run?.end();
    this.run = null;
    if (this.source !== 'own' && this.loaded !== nameOf(setup)) {
      this.samples = await loadSamples(setup);
      this.source = setup.world;
      this.loaded = nameOf(setup);
    }
    this.trained = null;
    this.about = '';
    this.viewed = null;
    this.alone.touch(0);
    this.run = this.runOf(setup);
    if (play || setup.step > 0) {
      this.play(play ? Infinity : setup.step);
      this.replaying = !play;
    } else {
      this.playing = false;
      this.note = '';
      this.show(true);
    }
  }

  private runOf(setup: Setup, before?: Run): Run {
    const failed = (error: Error) => this.fail(error);
    return new Run(this.samples as Samples, setup, threads, (run) => this.afterStep(run), failed, before);
  }

  private play(until = Infinity, unseen = false): void {
    if (!this.run) return;
    this.unseen = unseen;
    this.replaying = false;
    this.viewed = null;
    if (this.run.broken) {
      this.pause('This run has come to its end: Reset begins another.');
      return;
    }
    this.until = until;
    this.note = '';
    this.playing = true;
    this.pace = { step: this.run.step, time: performance.now(), rows: 0, value: this.pace.value };
    this.run.go();
  }

  private pause(note = ''): void {
    this.playing = false;
    this.note = note;
    // One that is under way shows itself when it has come to the end of its step.
    if (this.run?.waits ?? true) this.show(true);
  }

  private takeStep(): void {
    if (!this.run) return;
    this.play(this.run.step + 1);
  }

  private setSpeed(perSecond: number): void {
    this.perSecond = perSecond;
    if (this.playing) this.run?.go();
  }

  private change(setup: Setup): void {
    const { run } = this;
    if (!run || run.change(setup)) return;
    this.run = this.runOf({ ...setup, hidden: run.setup.hidden, seed: run.setup.seed }, run);
    run.end();
    if (this.playing) this.run.go();
    else this.show(true);
  }

  private view(index: number | null): void {
    const snapshot = index === null ? undefined : this.run?.snapshots[index];
    if (!this.run || !snapshot || index === null) this.viewed = null;
    else {
      this.playing = false;
      this.viewed = { index, sae: copyOf(this.run.sae, snapshot.theta) };
    }
    this.show(true);
  }

  /** After every step of the run: what `fit` is to wait for, if for anything. */
  private afterStep(run: Run): Promise<void> | undefined {
    if (run !== this.run) return undefined;
    this.pace.rows += run.last?.rows ?? 0;
    if (run.step >= this.until) this.playing = false;
    const now = performance.now();
    if (this.playing) {
      this.note = this.alone.note(run.step);
      if (this.note) this.playing = false;
    }
    if (!this.playing) {
      this.show(true);
      return run.wait();
    }
    if (!this.unseen && (now - this.lastFrame >= BETWEEN_FRAMES || this.perSecond > 0))
      this.show(this.perSecond > 0 && this.perSecond <= 4);
    if (this.perSecond === 0) {
      if (now - this.lastTurn < BETWEEN_TURNS) return undefined;
      this.lastTurn = now;
      return nextTurn();
    }
    const wait = run.wait();
    setTimeout(() => this.run === run && this.playing && run.go(), 1000 / this.perSecond);
    return wait;
  }

  private onSeen(): void {
    this.seen = true;
    if (this.waiting) this.show(true);
  }

  /** Tells what is to be seen, unless the page has yet to see the last frame; with `whole`, at the next chance. */
  private show(whole: boolean): void {
    const now = performance.now();
    if (!this.seen) {
      this.waiting ||= whole;
      return;
    }
    const frame = this.frame(now, whole || this.waiting);
    if (!frame) return;
    this.waiting = false;
    this.seen = false;
    this.lastFrame = performance.now();
    this.post({ type: 'frame', frame }, [frame.tiles.buffer]);
  }

  private get shown(): SparseAutoencoder | null {
    return this.viewed?.sae ?? this.run?.sae ?? this.trained;
  }

  private frame(now: number, whole: boolean): Frame | null {
    const { run, samples, viewed, shown: sae } = this;
    if (!sae || !samples) return null;
    const snapshot = viewed && run ? run.snapshots[viewed.index] : null;
    const step = snapshot?.step ?? run?.step ?? 0;
    const shape = shapeOf(sae, samples);
    let [measured, curve]: [Probe | null, Curve | null] = [null, null];
    if (whole || now - this.lastProbe >= BETWEEN_PROBES) {
      measured = probe(sae, samples);
      curve = run?.curve.until(step) ?? null;
      this.measurePace(now);
      this.lastProbe = performance.now();
    }
    return {
      shape,
      of: snapshot ? 'snapshot' : run ? 'run' : 'trained',
      step,
      playing: this.playing,
      until: this.playing && this.replaying ? this.until : null,
      note: this.note,
      loss: snapshot ? null : (run?.last?.loss ?? null),
      pace: this.pace.value,
      tiles: tilesOf(sae, shape),
      curve,
      probe: measured,
      snapshots: run?.snapshots.map((each) => each.step) ?? [],
      source: this.source,
      about: this.about,
    };
  }

  private measurePace(now: number): void {
    const seconds = (now - this.pace.time) / 1000;
    if (seconds < 0.2 || this.pace.rows === 0) return;
    this.pace = { step: this.run?.step ?? 0, time: now, rows: 0, value: this.pace.rows / seconds };
  }

  private async answer(id: number, question: Question): Promise<void> {
    try {
      this.post({ type: 'answer', id, value: await this.find(question) }, []);
    } catch (error) {
      this.post({ type: 'refusal', id, message: (error as Error).message }, []);
    }
  }

  private async find(question: Question): Promise<unknown> {
    const { shown: sae, samples, run } = this;
    if (!sae || !samples) throw new Error('Nothing has been loaded yet.');
    if (question.what === 'load') return this.open(question.bytes);
    if (question.what === 'table') return this.take((await import('./files.js')).readSamples(question.bytes, question.name));
    return answerTo(question, sae, samples, run);
  }

  private open(bytes: Uint8Array): string {
    const sae = SparseAutoencoder.fromBytes(bytes, { threads: 1 });
    const { x } = this.samples as Samples;
    if (sae.inputDim !== x.cols || sae.outputDim !== x.cols) {
      throw new RangeError(`This model takes rows of ${sae.inputDim} numbers, and the samples here have ${x.cols}.`);
    }
    this.run?.end();
    this.run = null;
    this.viewed = null;
    this.playing = false;
    this.trained = sae;
    this.about = String(sae);
    this.show(true);
    return this.about;
  }

  /** The visitor's own samples, from the next start on. */
  private take(samples: Samples): string {
    this.run?.end();
    this.run = null;
    this.trained = null;
    this.samples = samples;
    this.source = 'own';
    const { rows, cols } = samples.x;
    return `${rows.toLocaleString('en-US')} rows of ${cols} numbers${samples.image ? `, shown as pictures of ${samples.image.width} × ${samples.image.height}` : ''}`;
  }

  private fail(error: Error): void {
    this.playing = false;
    this.post({ type: 'failure', message: error.message }, []);
    this.show(true);
  }
}
