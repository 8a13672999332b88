import type { Elementwise } from '../kernels/kernels.js';
import type { Reconstruction } from './reconstruction.js';

/** The sizes of a model: d, h and d′. */
export interface Dimensions {
  readonly inputDim: number;
  readonly hiddenDim: number;
  readonly outputDim: number;
}

/** How the parameters hang together. */
export interface Wiring extends Dimensions {
  /** Whether the encoder sees X less b_dec. */
  readonly preBias?: boolean;
  /** Whether W_enc is W_decᵀ: from the start (true), or at the start ('start'). */
  readonly tied?: boolean | 'start';
}

/** What J is made of, apart from θ and the data. A kind finds its own options here too: see sparsity/kind.ts. */
export interface ObjectiveSpec extends Wiring {
  /** Names of a kind of code and a kind of penalty: see sparsity/kinds.ts. */
  readonly hiddenActivation: string;
  readonly penalty: string;
  readonly outputActivation: Elementwise;
  readonly reconstruction: Reconstruction;
  /** β */
  readonly beta: number;
}
