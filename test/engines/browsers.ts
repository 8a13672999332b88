/** Chromium and Firefox: pages under several policies, a dedicated worker, an extension's service worker. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, type Entry } from './install.js';
import type { Place } from './places.js';
import type { Told } from './program.js';
import { type Site, serve } from './server.js';

/** Where nothing but files of one's own may run, and WebAssembly. */
const STRICT = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

interface Case {
  readonly name: string;
  readonly threads: number;
  readonly policy?: string;
  readonly isolated?: boolean;
  /** In a dedicated worker, not on the page itself. */
  readonly inWorker?: boolean;
  /** The file of the library's workers is not there. */
  readonly leftBehind?: boolean;
  readonly helped?: boolean;
  readonly plain?: boolean;
}

const cases: readonly Case[] = [
  { name: 'page', threads: 4 },
  { name: 'page, isolated', threads: 1, isolated: true },
  { name: 'page, isolated', threads: 4, isolated: true, helped: true },
  { name: 'page, isolated, worker.js left behind', threads: 4, isolated: true, leftBehind: true, helped: true },
  { name: 'page, strict', threads: 4, policy: STRICT },
  { name: 'page, strict, isolated', threads: 1, policy: STRICT, isolated: true },
  { name: 'page, strict, isolated', threads: 4, policy: STRICT, isolated: true, helped: true },
  { name: 'worker, strict', threads: 4, policy: STRICT, inWorker: true },
  { name: 'worker, strict, isolated', threads: 4, policy: STRICT, isolated: true, inWorker: true, helped: true },
  {
    name: 'page, strict, isolated, worker-src none',
    threads: 4,
    policy: "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'",
    isolated: true,
  },
  { name: 'page, strict, without WebAssembly', threads: 4, policy: "script-src 'self'; worker-src 'self'", plain: true },
];

interface Browser {
  readonly name: string;
  readonly program: string;
  /** The arguments that open an address, with a profile of its own. */
  open(profile: string, address: string): string[];
}

const chromium: Browser = {
  name: 'Chromium',
  program: '/usr/bin/chromium',
  open: (profile, address) => [
    ...[
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--enable-logging=stderr',
    ],
    `--user-data-dir=${profile}`,
    address,
  ],
};

const firefox: Browser = {
  name: 'Firefox',
  program: '/usr/bin/firefox-esr',
  open: (profile, address) => {
    const settings = {
      'browser.aboutwelcome.enabled': false,
      'browser.shell.checkDefaultBrowser': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'devtools.console.stdout.content': true,
    };
    const lines = Object.entries(settings).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`);
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    return ['--headless', '--no-remote', '--profile', profile, address];
  },
};

/** Opens the address, and waits for what is told there. */
async function visit(browser: Browser, site: Site, folder: string, address: string, more: string[] = []): Promise<Told> {
  const profile = mkdtempSync(join(folder, 'profile-'));
  // A group of its own, since a browser is many processes.
  const args = [...more, ...browser.open(profile, address)];
  const env = { ...process.env, HOME: profile };
  const child: ChildProcess = spawn(browser.program, args, {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  try {
    return await site.told;
  } catch (error) {
    const lines = said.split('\n').filter((line) => /CONSOLE|JavaScript error|console\./.test(line));
    throw new Error(`${error instanceof Error ? error.message : error}\n${lines.slice(-8).join('\n')}`);
  } finally {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
}

const main = (entry: Entry): string => `
  import * as library from '${entry}';
  import { createSimdKernels } from './node_modules/sparse-autoencoder/dist/kernels/simd/simd.js';
  import { run } from './program.js';
  const { threads, address } = globalThis.asked;
  const tell = (told) => fetch(address, { method: 'POST', body: JSON.stringify(told) });
  run({ ...library, createSimdKernels }, threads).then(tell, (error) => tell({ error: String(error?.stack ?? error) }));`;

function writeExtension(folder: string, site: Site, script: string): string {
  const place = join(folder, 'extension');
  mkdirSync(place);
  const manifest = {
    manifest_version: 3,
    name: 'sparse-autoencoder',
    version: '1',
    background: { service_worker: 'main.js', type: 'module' },
    host_permissions: ['http://127.0.0.1/*'],
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
  };
  writeFileSync(join(place, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(place, 'main.js'), site.asking(script));
  return place;
}

export interface Browsers {
  readonly places: readonly Place[];
  /** What could not be tried, and why. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

export async function browserPlaces(folder: string): Promise<Browsers> {
  await bundle(folder, 'browser/whole.js', main('sparse-autoencoder'), true);
  await bundle(folder, 'browser/core.js', main('sparse-autoencoder/core'), true);
  const read = (file: string): string => readFileSync(join(folder, 'browser', file), 'utf8');
  const [whole, core, worker] = ['whole.js', 'core.js', 'worker.js'].map(read);
  const server = await serve();
  const there = [chromium, firefox].filter(({ program }) => existsSync(program));

  const pages = there.flatMap((browser) =>
    cases.map((it): Place => {
      const { threads, policy, isolated, inWorker, leftBehind, plain = false, helped = false } = it;
      const name = `${browser.name}: ${policy ? 'core, ' : ''}${it.name}`;
      const run = (): Promise<Told> => {
        const files = {
          'main.js': policy ? core : whole,
          'start.js': "new Worker('main.js', { type: 'module' });",
          ...(leftBehind ? {} : { 'worker.js': worker }),
        };
        const site = server.site({ threads, files, page: inWorker ? 'start.js' : 'main.js', policy, isolated });
        return visit(browser, site, folder, site.address);
      };
      return { name, threads, plain, helped, run };
    }),
  );
  const extension: Place = {
    name: 'Chromium: core, service worker of an extension',
    threads: 4,
    plain: false,
    helped: false,
    run: () => {
      const site = server.site({ threads: 4, files: {}, page: 'none.js' });
      const place = writeExtension(folder, site, core);
      const load = ['--disable-features=DisableLoadExtensionCommandLineSwitch', `--load-extension=${place}`];
      return visit(chromium, site, folder, 'about:blank', load);
    },
  };
  return {
    places: there.includes(chromium) ? [...pages, extension] : pages,
    missing: [chromium, firefox]
      .filter((browser) => !there.includes(browser))
      .map(({ program }) => `${program} is not installed`),
    close: () => server.close(),
  };
}
