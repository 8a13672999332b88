/** Chromium, driven by playwright-core, on a built page that is served as a strict host would. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { test } from 'uvu';
import { serveFolder } from '../../src/page/serve.js';
import { projectRoot } from '../helpers.js';
import { lagBehind } from './lag.js';

const CHROMIUM = '/usr/bin/chromium';

/** What there is not, in words; null where all is there. */
export const missing: string | null = existsSync(CHROMIUM)
  ? null
  : `${CHROMIUM} is not installed (apt-get install chromium): what a browser shows has not been tried`;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Builds the page into a folder of its own. Its data are made once, in out/page-data. */
export async function buildPage(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/page/build.ts', folder], { cwd: projectRoot });
}

export interface Site {
  readonly address: string;
  /** A page of a browser that knows nothing yet, and what it complains of. */
  open(options?: BrowserContextOptions & { readonly hash?: string }): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

/** Runs in the page before anything else does: what is measured there. */
function watch(): void {
  const seen = { shifts: 0, long: 0, frames: [] as number[], violations: [] as string[] };
  Object.assign(globalThis, { seen });
  document.addEventListener('securitypolicyviolation', (event) =>
    seen.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
  );
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      if (!entry.hadRecentInput) seen.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    seen.long += list.getEntries().length;
  }).observe({ type: 'longtask', buffered: true });
}

/**
 * The tests of a page that is built into a folder of its own, since files run side by side; where there is no browser, the one test
 * that says so.
 */
export async function inChromium(folder: string, tests: (site: Site) => void): Promise<void> {
  test('what is missing is said', () => {
    if (missing) console.log(`Not tried: ${missing}`);
  });
  if (missing) return;
  await buildPage(folder);
  const site = await openSite(folder);
  test.after(() => site.close());
  tests(site);
}

export async function openSite(folder: string, { isolated = true } = {}): Promise<Site> {
  const { server, address } = await serveFolder(join(projectRoot, folder), { isolated });
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  return {
    address,
    async open({ hash = '', ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      // A machine may have other things to do; what takes too long is measured by the processor's time.
      context.setDefaultTimeout(100_000);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !/^(blob|data):/.test(request.url()))
          complaints.push(`request to ${request.url()}`);
      });
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      // What tsx names functions with; a page has none.
      await page.addInitScript('globalThis.__name = (f) => f');
      await page.addInitScript(watch);
      await lagBehind(page);
      await page.goto(address + hash);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export interface Seen {
  readonly shifts: number;
  readonly long: number;
  readonly violations: readonly string[];
}

/** What `watch` has seen so far. */
export const seenOn = (page: Page): Promise<Seen> => page.evaluate('seen') as Promise<Seen>;

/**
 * What is loaded before the data, gzipped: what the page has asked for, and what its worker imports, which nobody sees. Curves
 * come behind the first features.
 */
export async function beforeData(page: Page, address: string, folder: string): Promise<{ sum: number; parts: string[] }> {
  const seen = (await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")) as string[];
  const all = new Set(['index.html', 'learner.js', ...seen.map((name) => name.slice(address.length))]);
  const read = (name: string) => readFileSync(join(projectRoot, folder, name));
  const isCode = (name: string) => /\.(html|css|js)$/.test(name) && !name.startsWith('plots');
  for (const name of all) {
    if (!isCode(name)) all.delete(name);
    else if (name.endsWith('.js'))
      for (const [, next] of read(name)
        .toString()
        .matchAll(/(?:from|import)"\.\/([^"]+)"/g))
        all.add(next);
  }
  const sizes = Array.from(all, (name) => [name, gzipSync(read(name), { level: 9 }).length] as const);
  return { sum: sizes.reduce((sum, [, size]) => sum + size, 0), parts: sizes.map(([name, size]) => `${name} ${size}`) };
}

interface TraceEvent {
  readonly name: string;
  readonly tid: number;
  readonly pid: number;
  /** Of the processor, in μs: whatever else the machine does. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The longest that one task kept the page's main thread busy over so many ms, in ms of the processor's time. */
export async function busiest(page: Page, ms: number): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] },
  });
  await page.waitForTimeout(ms);
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  const frame = events.find(({ name }) => name === 'FireAnimationFrame');
  const tasks = events.filter(
    ({ name, tid, pid }) => name === 'ThreadControllerImpl::RunTask' && tid === frame?.tid && pid === frame?.pid,
  );
  if (tasks.length === 0) throw new Error('the trace has no task of the page');
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}

/** A figure of the page, whole. */
export const figureOf = async (page: Page, id: string): Promise<number> => Number(await page.getAttribute(`#${id}`, 'value'));

/** Waits until the run has come so far. */
export const untilStep = (page: Page, step: number): Promise<unknown> =>
  page.waitForFunction((step) => Number(document.querySelector('data')?.value) >= step, step, { polling: 20 });

/** The page once its features are there. */
export async function startedOn(site: Site, options: Parameters<Site['open']>[0] = {}): ReturnType<Site['open']> {
  const opened = await site.open(options);
  await opened.page.waitForSelector('.sheet');
  return opened;
}

/** Until the run stands still, and the page shows where. */
export const untilPaused = (page: Page) => page.waitForFunction(() => document.getElementById('play')?.textContent === 'Learn');

/** Until the address ends so: it follows what is seen. */
export const untilAddress = (page: Page, end: string): Promise<unknown> =>
  page.waitForFunction((end) => location.hash.endsWith(end), end);

/** How often anything in the page is changed over so many ms. */
export const changesOver = (page: Page, ms: number): Promise<number> =>
  page.evaluate(
    (ms) =>
      new Promise<number>((resolve) => {
        let count = 0;
        const look = { subtree: true, childList: true, attributes: true, characterData: true };
        new MutationObserver((list) => {
          count += list.length;
        }).observe(document.body, look);
        setTimeout(() => resolve(count), ms);
      }),
    ms,
  );

/** Sets a slider as a hand does. */
export const slide = (page: Page, id: string, value: number) =>
  page.evaluate(
    ([id, value]) => {
      const slider = document.getElementById(String(id)) as HTMLInputElement;
      slider.value = String(value);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    },
    [id, value],
  );

/** Goes on with the tabulator until that has the focus. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let k = 0; k < 150; k++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
  }
  throw new Error(`${selector} was not reached`);
}

/** What axe-core says against the page as it stands, A and AA. */
export async function axeOn(page: Page): Promise<string[]> {
  if (await page.evaluate("typeof axe === 'undefined'"))
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const tags = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  // From the top: what scrolls beneath the controls there is covered in part, whatever its size.
  return page.evaluate(`scrollTo({ top: 0, behavior: 'instant' });
    axe.run(document, { runOnly: ${tags} }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}
