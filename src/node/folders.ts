import { accessSync, constants, existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder to write to, and those above it. Returns those that were not there, the innermost first.
 * @throws Error `where: folder cannot be written (EACCES), expected a folder to put files in`
 */
export function makeFolder(where: string, folder: string): string[] {
  try {
    const made = make(resolve(folder));
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    return made;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${where}: ${folder} cannot be written (${code}), expected a folder to put files in`, { cause: error });
  }
}

/** Throws what making it would, and leaves all as it was. */
export function tryFolder(where: string, folder: string): void {
  for (const made of makeFolder(where, folder)) rmdirSync(made);
}

/** One level at a time: mkdir's own `recursive` never returns on file systems that answer ENOENT to all. */
function make(path: string): string[] {
  if (existsSync(path)) return [];
  const above = make(dirname(path));
  mkdirSync(path);
  return [path, ...above];
}
