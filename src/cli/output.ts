import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const count = (n: number): string => n.toLocaleString('en-US');

/** How the program is called here: `npm start --` in its repository, its name elsewhere. */
export const programCall = (): string =>
  ({ start: 'npm start --', npx: 'npx sparse-autoencoder' })[process.env.npm_lifecycle_event ?? ''] ?? 'sparse-autoencoder';

/** Before anything is computed: an --out that cannot be written must not cost a training run. */
export function prepareFolder(folder: string, files: readonly string[]): void {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    if (files.some((path) => existsSync(path) && !statSync(path).isFile())) throw Object.assign(new Error(), { code: 'EISDIR' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--out: ${folder} cannot be written (${code}), expected a folder to put files in`);
  }
}

/** The same for a file that is to be written. */
export function prepareFile(path: string): void {
  if (path === '-') return;
  if (existsSync(path) && statSync(path).isDirectory())
    throw new Error(`--out: ${path} is a folder, expected the path of a file`);
  if (!existsSync(dirname(path))) throw new Error(`--out: the folder ${dirname(path)} does not exist`);
}

/** One level at a time: mkdir's own `recursive` never returns on file systems that answer ENOENT to all. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
