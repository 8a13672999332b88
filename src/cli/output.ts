import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../node/files.js';
import { makeFolder } from '../node/folders.js';

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const count = (n: number): string => n.toLocaleString('en-US');

export const short = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(6));

/** Cells under each other. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, c) => Math.max(cell.length, most[c] ?? 0)), []);
  for (const row of rows)
    print(
      row
        .map((cell, c) => cell.padEnd(widths[c]))
        .join('  ')
        .trimEnd(),
    );
}

/** How the program is called here: `npm start --` in its repository, its name elsewhere. */
export const programCall = (): string =>
  process.env.npm_lifecycle_event === 'start' ? 'npm start --' : 'npx sparse-autoencoder';

/** What was typed after the program's name. */
export const givenArguments = (command: Command): string[] => {
  const root = command.parent ?? command;
  return (root as Command & { rawArgs: string[] }).rawArgs.slice(2);
};

/** Before anything is computed: an --out that cannot be written must not cost a training run. */
export function prepareFolder(folder: string, files: readonly string[], flag = 'out'): void {
  makeFolder(`--${flag}`, folder);
  const taken = files.find((path) => existsSync(path) && !statSync(path).isFile());
  if (taken !== undefined) throw new Error(`--${flag}: ${taken} is no file, expected a folder to put files in`);
}

/**
 * The same for files that are to be written, by the flags that name them: none may be one that is read, or one of the others.
 * @throws Error naming the flag
 */
export function prepareFiles(outputs: Readonly<Record<string, string | undefined>>, inputs: readonly string[]): void {
  const taken = new Map(inputs.filter((path) => path !== '-').map((path) => [placeOf(path), 'is read by this command']));
  for (const [flag, path] of Object.entries(outputs)) {
    if (path === undefined || path === '-') continue;
    const fail = (why: string): never => {
      throw new Error(`--${flag}: ${path} ${why}, expected the path of a file of its own`);
    };
    if (existsSync(path) && statSync(path).isDirectory()) fail('is a folder');
    if (!existsSync(dirname(path))) throw new Error(`--${flag}: the folder ${dirname(path)} does not exist`);
    // What is no file (a pipe, /dev/stdout) is written to as it is, a file by way of one beside it.
    const place = placeOf(path);
    requireWritable(flag, existsSync(place) && !statSync(place).isFile() ? place : dirname(place));
    const why = taken.get(place);
    if (why) fail(why);
    taken.set(place, `is what --${flag} writes`);
  }
}

/** A path through all links; of what is not there, that of its folder and its name. */
const placeOf = (path: string): string => {
  const full = resolve(path);
  return existsSync(full) ? realpathSync(full) : join(placeOf(dirname(full)), basename(full));
};

function requireWritable(flag: string, path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new Error(`--${flag}: ${path} must not be written to (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

/** To a file, or to stdout. */
export function write(out: string | undefined, bytes: Uint8Array): void {
  if (out === undefined || out === '-') process.stdout.write(bytes);
  else writeWhole(out, bytes);
}
