import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTemporaryFolder } from '../helpers.js';
import { figureOf, inChromium, type Site, startedOn, untilAddress, untilPaused, untilStep } from './browsers.js';

/** Apart from the other tests' pages, which may be built at the same time. */
const FOLDER = 'out/page-parts';

const untilNoted = (page: Page, text: string) =>
  page.waitForFunction((text) => document.getElementById('note')?.textContent?.startsWith(text), text);

function browserTests(site: Site): void {
  test('a part of the page that cannot be had is said, and had when it is asked for again', async () => {
    const { page, complaints } = await startedOn(site);
    const parts = [
      ['.units button:nth-child(3)', 'What is known of a unit', '#unit .card'],
      ['#slow-go', 'The step', '#slow .slow'],
      ['#link', 'What reads and writes files', '#share-says:not(:empty)'],
      ['#tour-start', 'The tour', '#tour:not([hidden])'],
      ['#compare-go', 'The second run', '#compare-body figure'],
    ] as const;
    await page.route(/more-/, (route) => route.abort());
    for (const [button, text] of parts) {
      await page.click(button);
      await untilNoted(page, `${text} could not be loaded. Try once more`);
    }
    await page.unroute(/more-/);
    for (const [button, , there] of parts) {
      await page.click(button);
      await page.waitForSelector(there);
    }
    assert.equal(
      complaints.filter((text) => text.startsWith('error')),
      [],
    );
    await page.context().close();
  });

  test('while samples are loaded, that is said, and the button says what has been asked for', async () => {
    const { page, complaints } = await startedOn(site);
    let loaded = () => {};
    const held = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    await page.route(/digits-60000/, async (route) => {
      await held;
      await route.continue();
    });
    await page.selectOption('#samples', '60000');
    const [note, button] = ['#note', '#play'].map((at) => () => page.textContent(at));
    assert.is(await note(), '60,000 digits are being loaded.');
    assert.is(await button(), 'Learn');
    await page.click('#play');
    assert.is(await button(), 'Pause');
    await page.click('#play');
    assert.is(await button(), 'Learn');
    await page.click('#play');
    assert.is(await note(), '60,000 digits are being loaded.');
    loaded();
    await untilStep(page, 3);
    assert.is(await note(), '');
    assert.is(await button(), 'Pause');
    assert.match((await page.textContent('#shown')) ?? '', /^Learned from 60,000 digits/);
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('samples that cannot be loaded: which, and the run and its setup stay; asked for again, they are tried again', async () => {
    const { page } = await startedOn(site);
    await page.click('#play');
    await untilStep(page, 20);
    await page.click('#play');
    await untilPaused(page);
    const at = await figureOf(page, 'at');
    await page.route(/words\.safetensors/, (route) => route.fulfill({ status: 503 }));
    await page.selectOption('#world', 'words');
    await untilNoted(page, 'words.safetensors.gz could not be loaded (503). Ask for it again to try again.');
    assert.is(await page.inputValue('#world'), 'digits');
    assert.is(await page.inputValue('#kind'), 'kl');
    await page.click('#play');
    await untilStep(page, at + 5);
    assert.is(await page.textContent('#shown'), 'Learned from 2,000 digits, with KL.');
    await page.unroute(/words\.safetensors/);
    await page.selectOption('#world', 'words');
    await page.waitForSelector('#word-body .words li');
    await page.context().close();

    const other = await site.open();
    await other.page.route(/digits-2000/, (route) => route.abort());
    await other.page.reload();
    await untilNoted(other.page, 'digits-2000.idx.gz could not be loaded');
    await other.page.click('#play');
    await untilNoted(other.page, 'digits-2000.idx.gz could not be loaded');
    assert.is(await other.page.textContent('#play'), 'Learn');
    await other.page.unroute(/digits-2000/);
    await other.page.click('#play');
    await untilStep(other.page, 5);
    await other.page.context().close();
  });

  test('without its worker the page says so, however often it is asked', async () => {
    const { page } = await site.open();
    await page.route(/learner\.js/, (route) => route.fulfill({ status: 404 }));
    await page.reload();
    const says = 'learner.js, which does the learning, could not be loaded. Reload the page to try again.';
    await untilNoted(page, says);
    for (const id of ['play', 'step', 'reset', 'compare-go']) {
      await page.click(`#${id}`);
      await untilNoted(page, says);
      assert.is(await page.textContent('#play'), 'Learn');
    }
    await page.context().close();
  });

  test('a file that cannot be read leaves two runs as they are; a model that can ends the second', async () => {
    const { page, complaints } = await startedOn(site, { acceptDownloads: true });
    await inTemporaryFolder(async (folder) => {
      const [model, bad] = ['model.safetensors', 'bad.csv'].map((name) => join(folder, name));
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save-model')]);
      await file.saveAs(model);
      writeFileSync(bad, 'a,b\n1,2\n3,x\n');
      await page.click('#compare-go');
      await untilStep(page, 3);
      await page.setInputFiles('#file', bad);
      await page.waitForFunction(() => document.getElementById('share-says')?.textContent?.startsWith('bad.csv line 3'));
      await untilStep(page, (await figureOf(page, 'at')) + 3);
      assert.ok(await page.isVisible('#compare-body'));
      await page.setInputFiles('#file', model);
      await page.waitForFunction(() => document.getElementById('at')?.textContent === 'trained');
      assert.ok(await page.isHidden('#compare-body'));
      await untilPaused(page);
    });
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('a sample that comes after the pad was cleared is not wanted any more', async () => {
    const { page } = await startedOn(site);
    await page.waitForSelector('#digit .parts');
    await page.evaluate(() => {
      for (const id of ['another', 'clear']) document.getElementById(id)?.click();
    });
    // Answers come in the order of the questions: the sample, one unit, the sample's code if it were asked for, the other unit.
    for (const unit of [3, 4]) {
      await page.click(`.units button:nth-child(${unit + 1})`);
      await page.waitForFunction(
        (unit) => document.querySelector('#unit .card') && document.getElementById('unit-title')?.textContent === `Unit ${unit}`,
        unit,
      );
    }
    assert.match((await page.textContent('#digit')) ?? '', /^Nothing drawn yet/);
    await page.context().close();
  });

  test('an address is followed back, to the empty one too; it brings its world, whatever was learned from', async () => {
    const { page, complaints } = await startedOn(site);
    const go = (hash: string) =>
      page.evaluate((hash) => {
        location.hash = hash;
      }, hash);
    const shows = (text: string) =>
      page.waitForFunction((text) => document.getElementById('shown')?.textContent?.startsWith(text), text);
    await go('#world=words&step=20');
    await shows('Learned from words, with TopK.');
    await page.goBack();
    await shows('Noise');
    await untilAddress(page, '');
    assert.is(await page.inputValue('#world'), 'digits');
    await page.waitForSelector('.sheet');
    await inTemporaryFolder(async (folder) => {
      const rows = Array.from({ length: 50 }, (_, i) => [i % 7, (3 * i) % 5, i % 2, (i * i) % 11].join(','));
      writeFileSync(join(folder, 'own.csv'), rows.join('\n'));
      for (const [hash, text] of [
        ['#world=words&step=5', 'Learned from words'],
        ['#step=5', 'Learned from 2,000 digits, with KL.'],
      ]) {
        await page.setInputFiles('#file', join(folder, 'own.csv'));
        await page.waitForFunction(() => document.querySelector('[data-noun="many"]')?.textContent === 'rows');
        assert.ok(await page.isHidden('#world'));
        await go(hash);
        await shows(text);
        assert.ok(await page.isVisible('#world'));
      }
    });
    assert.equal(complaints, []);
    await page.context().close();
  });
}

await inChromium(FOLDER, browserTests);

test.run();
