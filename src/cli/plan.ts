import type { FitOptions, SparseAutoencoder, SparseAutoencoderOptions } from '../index.js';
import type { ImageSize } from '../report/report-data.js';

/** Rows with what is known of them. */
export interface Samples {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly cols: number;
  /** Class numbers, and what the classes are called. */
  readonly classes: { readonly of: ArrayLike<number>; readonly names: readonly string[] } | null;
  /** The texts that the rows are of, or what they are called. */
  readonly texts?: readonly string[] | null;
}

/** A training run from data to files. */
export interface TrainingPlan {
  readonly title: string;
  /** What there is to learn from: "60,000 training and 10,000 test images of 28 × 28". */
  readonly about: string;
  readonly train: Samples;
  /** What it is judged by, and what that is called. */
  readonly judge: Samples;
  readonly judgedBy: string;
  readonly image: ImageSize | null;
  readonly inputNames: readonly string[] | null;
  readonly model: Omit<SparseAutoencoderOptions, 'inputDim'>;
  readonly fit: FitOptions & { epochs: number };
  readonly scoreEvery?: number;
  readonly files: { readonly model: string; readonly report: string | null; readonly checkpoints: string };
  readonly checkpointMinutes: number;
  /** A checkpoint's model, to go on from. */
  readonly resume: SparseAutoencoder | null;
  readonly json: boolean;
  /** The command's arguments, to be shown with what it made. */
  readonly command: readonly string[];
  /** Those of a command to go on with when the model is written; null where there is none. */
  readonly next: readonly string[] | null;
}

export const matrixOf = ({ data, rows, cols }: Samples) => ({ data, shape: [rows, cols] });

/** As a shell takes it. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
