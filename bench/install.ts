import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs what a program here needs and the library does not: the packages of `folder`, which has a package.json of its own.
 * The first time alone: where all of `files` (in its node_modules) are there, they have been.
 */
export function installOnce(folder: string, files: readonly string[], what: string, say: (line: string) => void): void {
  if (files.every((file) => existsSync(join(folder, 'node_modules', file)))) return;
  say(`installing ${what} …`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
}
