import { readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { requireValue, when } from '../numbers/checks.js';
import type { CheckpointOptions } from '../training/fit-options.js';
import { writeWhole } from './files.js';
import { makeFolder, tryFolder } from './folders.js';

const NAME = /^epoch-(\d+)\.safetensors$/;

const isPath = when((v) => typeof v === 'string' && v !== '', 'the path of a folder');

export interface CheckpointFolderOptions extends Omit<CheckpointOptions, 'save'> {
  /** How many of the latest are kept. Default 3. */
  keep?: number;
}

/**
 * `fit`'s checkpoints as files in a folder, `epoch-12.safetensors` and so on, which is made if need be:
 *   await sae.fit(X, { checkpoint: checkpoints('run', { minutes: 5 }) })
 * @throws Error for a folder that cannot be made or written to, now rather than at the first checkpoint
 */
export function checkpoints(folder: string, { keep = 3, ...often }: CheckpointFolderOptions = {}): CheckpointOptions {
  if (!Number.isSafeInteger(keep) || keep < 1)
    throw new RangeError(`checkpoints: keep is ${keep}, expected a whole number of at least 1`);
  requireValue('checkpoints: folder', folder, isPath);
  tryFolder('checkpoints', folder);
  return {
    ...often,
    save(bytes, epochsDone) {
      makeFolder('checkpoints', folder);
      writeWhole(join(folder, `epoch-${epochsDone}.safetensors`), bytes);
      // Those of later epochs are of an earlier run, and would be taken for the latest of this one.
      const own = listed(folder).filter(({ epoch }) => epoch <= epochsDone);
      const kept = own.slice(-keep).map(({ path }) => path);
      for (const { path } of listed(folder)) if (!kept.includes(path)) remove(path);
    },
  };
}

/** The path of the latest checkpoint in a folder, or null if there is none. */
export function latestCheckpoint(folder: string): string | null {
  return listed(folder).at(-1)?.path ?? null;
}

/** Removes the checkpoints in a folder, and the folder if it is empty then: what to do when a fit has come to its end. */
export function clearCheckpoints(folder: string): void {
  if (!isFolder(folder)) return;
  for (const { path } of listed(folder)) remove(path);
  if (readdirSync(folder).length === 0) remove(folder, rmdirSync);
}

function remove(path: string, how: (path: string) => void = (file) => rmSync(file, { force: true })): void {
  try {
    how(path);
  } catch (error) {
    throw new Error(`checkpoints: ${path} cannot be removed (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** In the order of their epochs. */
function listed(folder: string): { path: string; epoch: number }[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const { name } = entry;
      const epoch = NAME.exec(name)?.[1];
      return epoch === undefined || entry.isDirectory() ? [] : [{ path: join(folder, name), epoch: Number(epoch) }];
    })
    .sort((a, b) => a.epoch - b.epoch);
}
