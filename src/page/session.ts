import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { processors } from '../kernels/threads.js';
import { nextTurn } from '../training/pause.js';
import { Alone } from './alone.js';
import { answerTo } from './answers.js';
import { copyOf } from './look.js';
import type { Frame, FromWorker, Question, ToWorker } from './messages.js';
import { Run, type Snapshot } from './run.js';
import { loadSamples, loadTrained, type Samples } from './samples.js';
import { Screen, type View } from './screen.js';
import { defaults, type Setup } from './setup.js';

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
  private viewed: { snapshot: Snapshot; sae: SparseAutoencoder } | null = null;
  private said: Promise<void> = Promise.resolve();
  private readonly screen: Screen;
  private lastTurn = 0;

  constructor(post: (message: FromWorker, transfer: Transferable[]) => void) {
    this.post = post;
    this.screen = new Screen(post, () => this.look());
  }

  /** One thing after the other, in the order in which they were said. */
  hear(message: ToWorker): void {
    if (message.type === 'seen') this.screen.onSeen();
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
      this.screen.show(true);
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
    this.screen.begin(0);
    this.run = this.runOf(setup);
    if (play || setup.step > 0) {
      this.play(play ? Infinity : setup.step);
      this.replaying = !play;
    } else {
      this.playing = false;
      this.note = '';
      this.screen.show(true);
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
    this.screen.begin();
    this.run.go();
  }

  private pause(note = ''): void {
    this.playing = false;
    this.note = note;
    // One that is under way shows itself when it has come to the end of its step.
    if (this.run?.waits ?? true) this.screen.show(true);
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
    else this.screen.show(true);
  }

  private view(index: number | null): void {
    const snapshot = index === null ? undefined : this.run?.snapshots[index];
    if (!this.run || !snapshot) this.viewed = null;
    else {
      this.playing = false;
      this.viewed = { snapshot, sae: copyOf(this.run.sae, snapshot.theta) };
    }
    this.screen.show(true);
  }

  /** After every step of the run: what `fit` is to wait for, if for anything. */
  private afterStep(run: Run): Promise<void> | undefined {
    if (run !== this.run) return undefined;
    this.screen.count(run.last?.rows ?? 0);
    if (run.step >= this.until) this.playing = false;
    const now = performance.now();
    if (this.playing) {
      this.note = this.alone.note(run.step);
      if (this.note) this.playing = false;
    }
    if (!this.playing) {
      this.screen.show(true);
      return run.wait();
    }
    if (!this.unseen && (this.screen.isDue(now) || this.perSecond > 0))
      this.screen.show(this.perSecond > 0 && this.perSecond <= 4);
    if (this.perSecond === 0) {
      if (now - this.lastTurn < BETWEEN_TURNS) return undefined;
      this.lastTurn = now;
      return nextTurn();
    }
    const wait = run.wait();
    setTimeout(() => this.run === run && this.playing && run.go(), 1000 / this.perSecond);
    return wait;
  }

  private get shown(): SparseAutoencoder | null {
    return this.viewed?.sae ?? this.run?.sae ?? this.trained;
  }

  private look(): View | null {
    const { run, samples, viewed, playing, note, source, about, shown: sae } = this;
    if (!sae || !samples) return null;
    return {
      sae,
      samples,
      run,
      snapshot: viewed?.snapshot ?? null,
      playing,
      until: playing && this.replaying ? this.until : null,
      note,
      source,
      about,
    };
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
    if (sae.inputDim !== x.cols || !modelOf(sae).isAutoencoder) {
      throw new RangeError(`This model is no autoencoder of rows of ${x.cols} numbers, as the samples here are.`);
    }
    this.run?.end();
    this.run = null;
    this.viewed = null;
    this.playing = false;
    this.trained = sae;
    this.about = String(sae);
    this.screen.show(true);
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
    this.screen.show(true);
  }
}
