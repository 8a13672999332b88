import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildPage, missing, openSite, type Site, startedOn } from './browsers.js';

/** Apart from the other tests' pages, which may be built at the same time. */
const FOLDER = 'out/page-parts';

function browserTests(site: Site): void {
  test('a part of the page that cannot be had is said, and had when it is asked for again', async () => {
    const { page, complaints } = await startedOn(site);
    const said = (text: string) =>
      page.waitForFunction((text) => document.getElementById('note')?.textContent?.startsWith(text), text);
    const parts = [
      [/unit-card-/, '.units button:nth-child(3)', 'What is known of a unit', '#unit .card'],
      [/slow-motion-/, '#slow-go', 'The step', '#slow .slow'],
      [/sharing-/, '#link', 'What reads and writes files', '#share-says:not(:empty)'],
      [/tour-/, '#tour-start', 'The tour', '#tour:not([hidden])'],
      [/pair-/, '#compare-go', 'The second run', '#compare-body figure'],
    ] as const;
    for (const [file, button, text, there] of parts) {
      await page.route(file, (route) => route.abort());
      await page.click(button);
      await said(`${text} could not be loaded. Try once more`);
      await page.unroute(file);
      await page.click(button);
      await page.waitForSelector(there);
    }
    assert.equal(
      complaints.filter((text) => text.startsWith('error')),
      [],
    );
    await page.context().close();
  });
}

test('what is missing is said', () => {
  if (missing) console.log(`Not tried: ${missing}`);
});

if (!missing) {
  await buildPage(FOLDER);
  const site = await openSite(FOLDER);
  test.after(() => site.close());
  browserTests(site);
}

test.run();
