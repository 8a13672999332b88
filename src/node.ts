/** What needs a disk, models as files, and what is a matter of the whole process. */

import type { FromBytesOptions, ToBytesOptions } from './core/model-file.js';
import { readWhole, writeWhole } from './node/files.js';
import { SparseAutoencoder } from './sparse-autoencoder.js';

export { checkpoints, clearCheckpoints, latestCheckpoint } from './node/checkpoints.js';
export { useWideKernels, type WideKernels } from './node/wide.js';

/**
 * Writes the model's file: beside its place first, to the disk, then renamed, so that a crash leaves the old file or the
 * new one, whole. Takes either class.
 * @throws Error saying what is in the way, with the old file as it was
 */
export function save(sae: { toBytes(options?: ToBytesOptions): Uint8Array }, path: string, options: ToBytesOptions = {}): void {
  writeWhole(path, sae.toBytes(options));
}

/**
 * The model in a file.
 * @throws Error if there is no such file, RangeError or TypeError naming the byte, tensor or option that is not as it should be
 */
export function load(path: string, options: FromBytesOptions = {}): SparseAutoencoder {
  const bytes = readWhole(path);
  try {
    return SparseAutoencoder.fromBytes(bytes, options);
  } catch (error) {
    (error as Error).message = `${path}: ${(error as Error).message}`;
    throw error;
  }
}
