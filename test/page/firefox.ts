/** Firefox, which needs no driver for one question: a page beside the page looks into it and tells. */

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveFolder } from '../../src/page/serve.js';
import { inTemporaryFolder } from '../helpers.js';

const FIREFOX = '/usr/bin/firefox-esr';

/** What there is not, in words; null where all is there. */
export const missingFirefox: string | null = existsSync(FIREFOX)
  ? null
  : `${FIREFOX} is not installed (apt-get install firefox-esr): what Firefox shows has not been tried`;

const LONGEST_SECONDS = 180;

const settings = {
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
};

/** Beside the page, one that looks into it and asks the server for what it has seen. */
const teller = `
addEventListener('load', () => {
  const frame = document.querySelector('iframe');
  const look = () => {
    const [at, loss] = ['at', 'loss'].map((id) => frame.contentDocument?.getElementById(id)?.value ?? '');
    const failed = frame.contentDocument?.getElementById('note')?.textContent;
    if (at === '500') fetch('/told?' + new URLSearchParams({ at, loss, isolated: crossOriginIsolated, failed }));
    else setTimeout(look, 50);
  };
  look();
});`;

/** What the page says in Firefox, once it has come to step 500. */
export async function visitInFirefox(folder: string, hash: string): Promise<URLSearchParams> {
  writeFileSync(join(folder, 'teller.js'), teller);
  writeFileSync(
    join(folder, 'teller.html'),
    `<!doctype html><iframe src="./${hash.replaceAll('&', '&amp;')}" width="1280" height="900"></iframe><script src="teller.js"></script>`,
  );
  const { server, address } = await serveFolder(folder);
  const told = new Promise<URLSearchParams>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Firefox told nothing in ${LONGEST_SECONDS} s`)), LONGEST_SECONDS * 1000);
    server.on('request', ({ url = '' }) => {
      if (!url.startsWith('/told?')) return;
      clearTimeout(late);
      resolve(new URL(url, address).searchParams);
    });
  });
  return inTemporaryFolder(async (profile) => {
    const lines = Object.entries(settings).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`);
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    // A group of its own, since a browser is many processes.
    const child = spawn(FIREFOX, ['--headless', '--no-remote', '--profile', profile, `${address}teller.html`], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, HOME: profile },
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
      return await told;
    } finally {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
      await ended;
      server.closeAllConnections();
      server.close();
    }
  });
}
