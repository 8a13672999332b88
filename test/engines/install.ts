/** The packed library in a folder of its own, and the engines in a cache. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../helpers.js';
import { output } from './commands.js';

const cache = join(projectRoot, 'node_modules/.cache/engines');
const wanted = join(projectRoot, 'test/engines/package.json');
const quiet = ['--no-audit', '--no-fund', '--no-package-lock'];

export interface Engine {
  readonly name: string;
  readonly program: string;
  /** What stands before the file to run. */
  readonly args: readonly string[];
}

/** Where a package of theirs lies, or a file of it. */
export const installed = (path: string): string => join(cache, 'node_modules', path);

export const nodes: readonly Engine[] = [20, 22, 24, 26].map((version) => {
  return { name: `Node ${version}`, program: installed(`node-${version}/bin/node`), args: [] };
});

export const others: readonly Engine[] = [
  { name: 'Bun', program: installed('@oven/bun-linux-x64/bin/bun'), args: [] },
  { name: 'Deno', program: installed('@deno/linux-x64-glibc/deno'), args: ['run', '--allow-all'] },
];

/** Installs the engines, unless the very same are there. */
export async function installEngines(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const there = join(cache, 'installed.json');
  const text = readFileSync(wanted, 'utf8');
  if (existsSync(there) && readFileSync(there, 'utf8') === text) return;
  copyFileSync(wanted, join(cache, 'package.json'));
  // Packages of one program, under several names: each has to be kept whole.
  await output('npm', ['install', ...quiet, '--no-bin-links'], cache);
  writeFileSync(there, text);
}

/** Builds, packs and installs the library in `folder`, as a user would have it. */
export async function installLibrary(folder: string): Promise<void> {
  const name = await output('npm', ['pack', '--silent', '--pack-destination', folder], projectRoot);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await output('npm', ['install', ...quiet, `./${name.split('\n').at(-1)}`], folder);
}

/** The library with ndarray, and the core. */
export type Entry = 'sparse-autoencoder' | 'sparse-autoencoder/core';

/** Writes program.ts as a module that runs where the library is installed: node FILE threads [without-wasm | wide] */
export async function writeProgram(folder: string, name: string, entry: Entry): Promise<string> {
  const text = `
    import { run } from './program.js';
    const [threads, how] = process.argv.slice(2);
    if (how === 'without-wasm') delete globalThis.WebAssembly;
    if (how === 'wide') {
      const { wide, reason } = (await import('sparse-autoencoder/node')).useWideKernels();
      if (!wide) throw new Error('not wide: ' + reason);
    }
    const library = await import('${entry}');
    const { createSimdKernels } = await import('./node_modules/sparse-autoencoder/dist/kernels/simd/simd.js');
    console.log(JSON.stringify(await run({ ...library, createSimdKernels }, Number(threads))));`;
  await bundle(folder, name, text, false);
  return join(folder, name);
}

/**
 * Bundles `text`, which imports the installed library: for a browser into one file, with the file of its workers
 * next to it; for other engines without the library.
 */
export async function bundle(folder: string, name: string, text: string, browser: boolean): Promise<void> {
  await build({
    stdin: { contents: text, resolveDir: join(projectRoot, 'test/engines'), loader: 'ts' },
    outfile: join(folder, name),
    bundle: true,
    format: 'esm',
    platform: browser ? 'browser' : 'node',
    logLevel: 'error',
    plugins: [
      {
        name: 'installed',
        setup({ onResolve, resolve }) {
          onResolve({ filter: /^sparse-autoencoder|^\.\/node_modules\// }, ({ path, kind, pluginData }) => {
            if (!browser) return { path, external: true };
            return pluginData ? undefined : resolve(path, { resolveDir: folder, kind, pluginData: 'resolving' });
          });
        },
      },
    ],
  });
  const worker = join(folder, 'node_modules/sparse-autoencoder/dist/kernels/simd/worker.js');
  if (browser) copyFileSync(worker, join(folder, name, '../worker.js'));
}
