import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointOptions } from '../training/fit-options.js';
import { writeWhole } from './files.js';

const NAME = /^epoch-(\d+)\.safetensors$/;

export interface CheckpointFolderOptions extends Omit<CheckpointOptions, 'save'> {
  /** How many of the latest are kept. Default 3. */
  keep?: number;
}

/**
 * `fit`'s checkpoints as files in a folder, `epoch-12.safetensors` and so on, which is made if need be:
 *   await sae.fit(X, { checkpoint: checkpoints('run', { minutes: 5 }) })
 */
export function checkpoints(folder: string, { keep = 3, ...when }: CheckpointFolderOptions = {}): CheckpointOptions {
  if (!Number.isSafeInteger(keep) || keep < 1)
    throw new RangeError(`checkpoints: keep is ${keep}, expected a whole number of at least 1`);
  return {
    ...when,
    save(bytes, epochsDone) {
      mkdirSync(folder, { recursive: true });
      writeWhole(join(folder, `epoch-${epochsDone}.safetensors`), bytes);
      // Those of later epochs are of an earlier run, and would be taken for the latest of this one.
      const own = listed(folder).filter(({ epoch }) => epoch <= epochsDone);
      const kept = own.slice(-keep).map(({ path }) => path);
      for (const { path } of listed(folder)) if (!kept.includes(path)) rmSync(path, { force: true });
    },
  };
}

/** The path of the latest checkpoint in a folder, or null if there is none. */
export function latestCheckpoint(folder: string): string | null {
  return listed(folder).at(-1)?.path ?? null;
}

/** Removes the checkpoints in a folder, and the folder if it is empty then: what to do when a fit has come to its end. */
export function clearCheckpoints(folder: string): void {
  if (!existsSync(folder)) return;
  for (const { path } of listed(folder)) rmSync(path, { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/** In the order of their epochs. */
function listed(folder: string): { path: string; epoch: number }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const epoch = NAME.exec(name)?.[1];
      return epoch === undefined ? [] : [{ path: join(folder, name), epoch: Number(epoch) }];
    })
    .sort((a, b) => a.epoch - b.epoch);
}
