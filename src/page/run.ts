import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import type { FloatArray } from '../kernels/kernels.js';
import type { LiveSettings } from '../training/fit-options.js';
import type { BatchReport } from '../training/history.js';
import { CurveKeeper } from './curve.js';
import { kindNamed } from './kinds.js';
import { type Samples, shapeOptions } from './samples.js';
import { MOST_BATCH, optionsOf, type Setup } from './setup.js';

/** The parameters at a step. */
export interface Snapshot {
  readonly step: number;
  readonly theta: FloatArray;
}

const MOST_SNAPSHOTS = 48;
/** More than any run takes. */
const EPOCHS = 2 ** 31 - 1;

/** The settings of a setup that `fit` reads before every step. */
function liveSettings(setup: Setup): Required<Pick<LiveSettings, 'learningRate' | 'batchSize'>> & LiveSettings {
  const { strength } = kindNamed(setup.kind);
  const beta = strength && !strength.whole ? { beta: setup.strength } : {};
  return { learningRate: setup.rate, batchSize: setup.batch, ...beta };
}

/**
 * A model that learns, step by step or at full speed. `fit` waits at the end of each step for as long as it is told to;
 * meanwhile the model may be looked at.
 */
export class Run {
  readonly sae: SparseAutoencoder;
  readonly samples: Samples;
  setup: Setup;
  /** Steps taken since there was noise. */
  step: number;
  last: BatchReport | null = null;
  /** Whether something went wrong, and it takes no more steps. */
  broken = false;
  readonly curve: CurveKeeper;
  readonly snapshots: Snapshot[];
  private readonly settings: LiveSettings;
  private readonly stop = new AbortController();
  private begun = false;
  private resume: (() => void) | null = null;
  private readonly afterStep: (run: Run) => Promise<void> | undefined;
  private readonly failed: (error: Error) => void;

  constructor(
    samples: Samples,
    setup: Setup,
    threads: number,
    afterStep: (run: Run) => Promise<void> | undefined,
    failed: (error: Error) => void,
    before?: Run,
  ) {
    this.samples = samples;
    this.setup = setup;
    this.sae = new SparseAutoencoder({ ...optionsOf(setup, shapeOptions(samples)), threads });
    this.settings = liveSettings(setup);
    this.step = before?.step ?? 0;
    this.last = before?.last ?? null;
    this.curve = before?.curve ?? new CurveKeeper();
    this.snapshots = before?.snapshots ?? [];
    this.afterStep = afterStep;
    this.failed = failed;
    modelOf(this.sae).preparation?.learn(samples.x);
    if (before) this.takeOver(before);
    else this.keep();
  }

  /** Weights go over to another kind, and Adam's moments too where the parameters are the same ones. */
  private takeOver(before: Run): void {
    const { encoderWeight, encoderBias, decoderWeight, decoderBias } = before.sae.parameters;
    this.sae.setParameters({ encoderWeight, encoderBias: encoderBias.data, decoderWeight, decoderBias: decoderBias.data });
    if (before.setup.kind !== this.setup.kind) {
      this.snapshots.length = 0;
      this.keep();
      return;
    }
    const { live } = modelOf(before.sae);
    const { state } = modelOf(this.sae);
    state.m.set(live.m);
    state.v.set(live.v);
    state.step = live.step;
    state.theta.set(live.theta);
  }

  /** Another rate, batch or β from the next step on; anything else needs another model. */
  change(setup: Setup): boolean {
    const { kind, strength, rho } = this.setup;
    const counted = kindNamed(kind).strength?.whole && strength !== setup.strength;
    if (kind !== setup.kind || rho !== setup.rho || counted) return false;
    this.setup = { ...this.setup, rate: setup.rate, batch: setup.batch, strength: setup.strength };
    Object.assign(this.settings, liveSettings(this.setup));
    return true;
  }

  /** Lets it take steps: until `afterStep` has it wait. */
  go(): void {
    const { resume } = this;
    this.resume = null;
    if (this.begun) {
      resume?.();
      return;
    }
    this.begun = true;
    const { settings, stop } = this;
    this.sae
      .fit(this.samples.x, {
        epochs: EPOCHS,
        batchSize: MOST_BATCH,
        settings,
        signal: stop.signal,
        onBatchEnd: (report) => {
          this.step++;
          this.last = report;
          this.curve.add(this.step, report);
          if (this.due()) this.keep();
          return this.afterStep(this);
        },
      })
      .catch((error: Error) => {
        this.broken = true;
        if (!stop.signal.aborted) this.failed(error);
      });
  }

  /** Whether it takes no step before `go` is called. */
  get waits(): boolean {
    return !this.begun || this.resume !== null;
  }

  /** Resolves when `go` is called. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
    });
  }

  /** For good. */
  end(): void {
    this.stop.abort();
    this.go();
  }

  /** Early steps change most: one in eight of those there have been. */
  private due(): boolean {
    const last = this.snapshots.at(-1)?.step ?? 0;
    return this.step >= Math.max(last + 1, Math.ceil(last * 1.125));
  }

  private keep(): void {
    this.snapshots.push({ step: this.step, theta: modelOf(this.sae).live.theta.slice() });
    if (this.snapshots.length > MOST_SNAPSHOTS)
      this.snapshots.splice(1, this.snapshots.length - 2, ...this.snapshots.filter(everySecond));
  }
}

/** Of those between the first and the last. */
const everySecond = (_: unknown, k: number, all: readonly unknown[]) => k > 0 && k < all.length - 1 && k % 2 === 0;
