/** What the page and its worker say to each other. */

import type { Setup, World } from './setup.js';

export type ToWorker =
  /**
   * A new run from noise; at `play` it goes on by itself, up to `setup.step` otherwise. From the visitor's own samples, if those
   * are meant, or what the setup says. It has a number, from 1 on.
   */
  | { readonly type: 'start'; readonly setup: Setup; readonly play: boolean; readonly own: boolean; readonly start: number }
  | { readonly type: 'pause' | 'step' | 'seen' }
  /** On; as far as a step, if one is named, and to be seen there only. */
  | { readonly type: 'play'; readonly until?: number }
  /** Steps a second; 0 for all there is. */
  | { readonly type: 'speed'; readonly perSecond: number }
  /** Another kind, strength, ρ, rate or batch from the next step on. */
  | { readonly type: 'change'; readonly setup: Setup }
  /** What is shown: the run as it stands (null), or its snapshot of that step, or the last before. It learns no more. */
  | { readonly type: 'view'; readonly step: number | null }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question };

export type FromWorker =
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly message: string }
  /** Something went wrong with the run, or a start: it stands where it stood, with this setup. */
  | { readonly type: 'failure'; readonly message: string; readonly start: number; readonly setup: Setup };

/** What can be asked, and the type of the answer beside it. */
export interface Answers {
  /** The code of a row. */
  code: { ask: { x: Float32Array }; answer: CodeAnswer };
  unit: { ask: { unit: number }; answer: UnitAnswer };
  /** One step, tried on a copy: by the unit that is loudest on the first sample, the weight that matters most, if none is named. */
  slow: { ask: { unit: number | null; entry: number | null }; answer: SlowAnswer };
  /** The model as a file, an ES module, or a report. */
  model: { ask: object; answer: Uint8Array<ArrayBuffer> };
  module: { ask: object; answer: string };
  report: { ask: object; answer: string };
  /** A model file, to look at. */
  load: { ask: { bytes: Uint8Array }; answer: string };
  /** A table of the visitor's own, to learn from. */
  table: { ask: { bytes: Uint8Array; name: string }; answer: string };
  /** What a sample of that name, or the one most like it, is made of. */
  word: { ask: { text: string }; answer: WordAnswer };
  /** Sample i of those there are. */
  sample: { ask: { index: number }; answer: { x: Float32Array; label: string | null } };
}

export type Question = { [K in keyof Answers]: { readonly what: K } & Readonly<Answers[K]['ask']> }[keyof Answers];

/** Where the pictures' numbers lie, and how a row is one. */
export interface Shape {
  readonly inputDim: number;
  readonly hidden: number;
  /** Pixels of a row; null where rows are no pictures, but bars. */
  readonly image: { readonly width: number; readonly height: number } | null;
  /** Least and greatest number of the samples. */
  readonly range: readonly [number, number];
}

export interface Frame {
  /** The number of the last start; 0 before the first. */
  readonly start: number;
  readonly shape: Shape;
  /** What is seen: features that were there already, the run, or a snapshot of it. */
  readonly of: 'trained' | 'run' | 'snapshot';
  readonly step: number;
  readonly playing: boolean;
  /** The step that a link leads to, while the run is on its way there. */
  readonly until: number | null;
  /** Why it stands still, if it stopped by itself. */
  readonly note: string;
  /** Of the step before, all of it. */
  readonly loss: number | null;
  /** Samples a second while it ran last. */
  readonly pace: number;
  /** W_dec, h × d′, as shades of the signed palette, each unit on its own scale. */
  readonly tiles: Uint8Array;
  readonly curve: Curve | null;
  readonly probe: Probe | null;
  /** Steps of the snapshots there are. */
  readonly snapshots: readonly number[];
  /** What it learns from; 'own' is a file of the visitor's. */
  readonly source: World | 'own';
  /** What is shown came from options that the page did not choose. */
  readonly about: string;
}

/** What was measured on the way, a mean over so many steps a point. */
export interface Curve {
  readonly step: Float64Array;
  readonly loss: Float64Array;
  readonly reconstruction: Float64Array;
  /** β·S */
  readonly penalty: Float64Array;
  readonly l0: Float64Array;
  readonly beta: Float64Array;
}

/** What the model makes of samples that are always the same. */
export interface Probe {
  readonly samples: number;
  /** ρ̂ and the share of samples that a unit is active on, h each. */
  readonly activity: Float32Array;
  readonly density: Float32Array;
  readonly rho: number | null;
  readonly l0: number;
  readonly dead: number;
  readonly explained: number;
  /** The first few samples and what comes back, in shades of grey. */
  readonly originals: Uint8Array;
  readonly copies: Uint8Array;
  readonly shown: number;
  /** Of each unit, the names of the samples that it is loudest on; null where samples have none. */
  readonly names: readonly string[] | null;
}

export interface WordAnswer {
  readonly word: string;
  /** The units that are active on it, the loudest first. */
  readonly parts: readonly { readonly unit: number; readonly activation: number; readonly names: string }[];
  /** The words whose vectors lie nearest to what the code gives back, by cosine; the word itself is best. */
  readonly nearest: readonly { readonly word: string; readonly cosine: number }[];
}

/** A code, and what it takes to put the row together from it. */
export interface CodeAnswer {
  /** The row as the model sees it: prepared. */
  readonly x: Float32Array;
  readonly code: Float32Array;
  readonly model: ModelParts;
}

export interface ModelParts {
  readonly inputDim: number;
  readonly hiddenDim: number;
  readonly outputDim: number;
  readonly decoderWeight: Float32Array;
  readonly decoderBias: Float32Array;
  readonly outputActivation: 'relu' | 'sigmoid' | 'tanh' | 'identity';
}

export interface UnitAnswer {
  readonly unit: number;
  readonly decoder: Float32Array;
  readonly encoder: Float32Array;
  readonly bias: number;
  readonly density: number;
  readonly mean: number;
  readonly greatest: number;
  /** How many of the samples lie in each of so many equal steps from 0 to the greatest activation; silent ones are left out. */
  readonly histogram: Float64Array;
  readonly samples: number;
  /** The strongest first: the sample, how active the unit is, its class, and the picture with and without the unit. */
  readonly strongest: readonly {
    readonly row: number;
    readonly activation: number;
    readonly label: string | null;
    readonly x: Float32Array;
    readonly copy: Float32Array;
    readonly without: Float32Array;
  }[];
  /** Units whose decoder rows point the same way, the nearest first: cosines, and the words that they are loudest on. */
  readonly neighbours: readonly {
    readonly unit: number;
    readonly cosine: number;
    readonly decoder: Float32Array;
    readonly names: string;
  }[];
}

/** One step of Adam on a few samples, tried on a copy; and all that leads to it, for one weight from a unit to an entry. */
export interface SlowAnswer {
  readonly rows: number;
  readonly unit: number;
  readonly entry: number;
  /** Of the first sample: it, its copy, and along the chosen weight z, f, y, x̂ and what it should be. */
  readonly x: Float32Array;
  readonly xHat: Float32Array;
  /** The names of σ_h and σ_o. */
  readonly hidden: string;
  readonly output: string;
  readonly active: number;
  readonly z: number;
  readonly f: number;
  readonly y: number;
  readonly out: number;
  readonly target: number;
  /** ∂J/∂y of that entry. */
  readonly dy: number;
  readonly loss: number;
  readonly reconstruction: number;
  readonly sparsity: number;
  readonly beta: number;
  readonly lossAfter: number;
  /** ∂J/∂W_dec's row of the unit. */
  readonly decoderGradient: Float32Array;
  readonly adam: AdamLines;
  /** The library's checker on this weight alone. */
  readonly check: { readonly analytic: number; readonly numeric: number; readonly relativeError: number };
  /** J along this weight: J(w + by[k]). */
  readonly slice: { readonly by: Float64Array; readonly loss: Float64Array };
}

/** Adam's step of one weight, line by line. */
export interface AdamLines {
  readonly step: number;
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly gradient: number;
  readonly m: number;
  readonly v: number;
  readonly mHat: number;
  readonly vHat: number;
  readonly before: number;
  readonly after: number;
}
