import { prefersStillness } from './dom.js';
import type { Answers, Frame, FromWorker, Question, ToWorker } from './messages.js';

/** Between two frames for those who want little to move, in ms. */
const STILL = 1000;

type Failure = Extract<FromWorker, { type: 'failure' }>;

/** The worker as the page sees it: told what to do, asked for things, and painted from, at most once a frame of the screen. */
export class Learner {
  private readonly worker = new Worker(new URL('./learner.js', import.meta.url), { type: 'module' });
  private readonly open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private asked = 0;

  /** `failed` is told why, and with a run that goes wrong, what there is instead. */
  constructor(paint: (frame: Frame) => void, failed: (why: string, instead?: Failure) => void) {
    this.worker.onerror = ({ message }) => {
      if (message) failed(message);
      else {
        this.tell = () => failed('learner.js, which does the learning, could not be loaded. Reload the page to try again.');
        this.tell({ type: 'seen' });
      }
    };
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'frame') {
        requestAnimationFrame(() => {
          paint(data.frame);
          if (prefersStillness() && data.frame.playing) setTimeout(() => this.tell({ type: 'seen' }), STILL);
          else this.tell({ type: 'seen' });
        });
      } else if (data.type === 'failure') failed(data.message, data);
      else this.settle(data);
    };
  }

  tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /** @throws (rejects) what the worker says against it */
  ask<K extends keyof Answers>(what: K, more: Answers[K]['ask']): Promise<Answers[K]['answer']> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject });
      this.tell({ type: 'ask', id, question: { what, ...more } as Question });
    });
  }

  end(): void {
    this.worker.terminate();
  }

  private settle(message: Extract<FromWorker, { id: number }>): void {
    const waiting = this.open.get(message.id);
    this.open.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.value as never);
    else waiting?.reject(new Error(message.message));
  }
}
