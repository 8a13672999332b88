import { Presets, SingleBar } from 'cli-progress';
import type { BatchReport, EpochReport } from '../index.js';
import type { Summed } from '../report/equation.js';
import { weightOf } from '../training/history.js';

/** What to tell whoever watches a training run. */
export interface Progress {
  batch(report: BatchReport): void;
  epoch(report: EpochReport): void;
  stop(): void;
}

export interface ProgressOptions {
  epochs: number;
  /** Of these, how many there have been in an earlier process. */
  epochsBefore?: number;
  /** Rows an epoch. */
  rows: number;
  hidden: number;
  /** How the loss is made up: see equation.ts. */
  equation: (sum: Summed) => string;
  /** Print the loss of every so many steps instead. */
  scoreEvery?: number;
  /** One JSON object an epoch instead. */
  json?: boolean;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const rate = (perSecond: number) => Math.round(perSecond).toLocaleString('en-US');

function duration(seconds: number): string {
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

export function createProgress(options: ProgressOptions): Progress {
  if (options.json) return { batch() {}, epoch: (report) => print(JSON.stringify(report)), stop() {} };
  if (options.scoreEvery) return scores(options.scoreEvery);
  return process.stdout.isTTY ? bar(options) : lines(options);
}

/** A step's own β is that of its loss; an epoch's is what its penalty came to. */
const summed = (report: BatchReport | EpochReport): Summed =>
  'penalty' in report ? { ...report, beta: weightOf(report) } : report;

/** Rows done, their rate, and the time that the rest will take. */
function clock({ epochs, epochsBefore = 0, rows }: ProgressOptions) {
  const started = performance.now();
  let done = 0;
  return {
    add: (n: number) => {
      done += n;
    },
    speed: () => `${rate((done / (performance.now() - started)) * 1000)} samples/s`,
    left: () => `${duration(((performance.now() - started) / 1000 / done) * ((epochs - epochsBefore) * rows - done))} left`,
  };
}

function bar(options: ProgressOptions): Progress {
  const time = clock(options);
  const view = new SingleBar(
    {
      format: 'epoch {epoch}/{epochs} {bar} loss {loss} | {l0} of {hidden} active | {speed} | {left}',
      barsize: 20,
      hideCursor: true,
      fps: 8,
    },
    Presets.shades_classic,
  );
  const { epochs, epochsBefore = 0, hidden, rows } = options;
  view.start(epochs * rows, epochsBefore * rows, { epoch: 1, epochs, hidden, loss: '…', l0: '…', speed: '…', left: '…' });
  const show = (report: BatchReport | EpochReport) => ({
    loss: options.equation(summed(report)),
    l0: report.l0.toFixed(1),
  });
  return {
    batch(report) {
      time.add(report.rows);
      // A batch's own loss jumps about: past the first epoch the bar keeps to the means of the last one.
      const news = report.epoch === 0 ? show(report) : {};
      view.increment(report.rows, { epoch: report.epoch + 1, speed: time.speed(), left: time.left(), ...news });
    },
    epoch: (report) => view.update(show(report)),
    stop: () => view.stop(),
  };
}

function lines(options: ProgressOptions): Progress {
  const time = clock(options);
  const width = String(options.epochs).length;
  return {
    batch: (report) => time.add(report.rows),
    epoch(report) {
      const count = `${String(report.epoch + 1).padStart(width)}/${report.epochs}`;
      const loss = options.equation(summed(report));
      print(`epoch ${count}  loss ${loss}  ${report.l0.toFixed(1)} of ${options.hidden} active  ${time.speed()}  ${time.left()}`);
    },
    stop() {},
  };
}

/** As Deeplearning4j's ScoreIterationListener. */
function scores(every: number): Progress {
  return {
    batch({ epoch, batch, batches, loss }) {
      const iteration = epoch * batches + batch;
      if (iteration % every === 0) print(`score at iteration ${iteration} is ${loss.toFixed(6)}`);
    },
    epoch() {},
    stop() {},
  };
}
