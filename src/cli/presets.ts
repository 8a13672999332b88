import { type EmbeddingsPreset, type EmbeddingsShape, embeddings } from '../core/embeddings.js';
import type { SparseAutoencoderOptions } from '../core/options.js';

/** A published program. */
export interface Preset {
  readonly title: string;
  readonly model: Partial<SparseAutoencoderOptions>;
  /** Print the score of every so many steps. */
  readonly scoreEvery?: number;
}

export const presets: Readonly<Record<string, Preset>> = {
  'keras-l1': {
    title: 'the Keras program: 784-128-784, L1 activity penalty 1e-4',
    model: { hiddenDim: 128, penalty: 'l1' },
  },
  dl4j: {
    title: 'the Deeplearning4j program: 784-128-784, no penalty, seed 123, Adam 0.01, Xavier',
    model: { hiddenDim: 128, penalty: 'none', seed: '123', learningRate: 0.01, initializer: 'glorot-normal' },
    scoreEvery: 10,
  },
};

/** A preset that follows from the shape of the rows. */
export interface RowsPreset {
  readonly title: string;
  readonly of: (shape: EmbeddingsShape) => EmbeddingsPreset;
}

export const rowsPresets: Readonly<Record<string, RowsPreset>> = {
  embeddings: { title: 'for embeddings of 50 to 3,072 numbers: a TopK code, all else chosen by their shape', of: embeddings },
};
