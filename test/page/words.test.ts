import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inTemporaryFolder } from '../helpers.js';
import { axeOn, inChromium, type Site, seenOn, slide, startedOn, tabTo, untilPaused, untilStep } from './browsers.js';

/** Apart from the other tests' pages, which may be built at the same time. */
const FOLDER = 'out/page-words';

/** What is said of the word that was asked about. */
const untilSaid = (page: Page, text: string) =>
  page.waitForFunction((text) => document.getElementById('word-body')?.textContent?.includes(text), text);

/** A page of words, the first of them read. */
async function words(site: Site, options: Parameters<Site['open']>[0] = {}): ReturnType<Site['open']> {
  const opened = await site.open({ ...options, hash: '#world=words' });
  await opened.page.waitForSelector('#word-body .words li');
  return opened;
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest('[id]')?.id);

function browserTests(site: Site): void {
  test('words instead of digits: nothing moves, nothing is complained of, and no unit of the digits stays open', async () => {
    for (const width of [1280, 360]) {
      const { page, complaints } = await startedOn(site, { viewport: { width, height: 800 } });
      await page.click('.units button:nth-child(3)');
      await page.waitForSelector('#unit .card');
      // From the top, in the same turn: a card that opens scrolls smoothly, for as long as it takes, and #top sticks.
      const edges = () =>
        page.evaluate(() => {
          scrollTo({ top: 0, behavior: 'instant' });
          return ['top', 'features', 'tiles', 'scrub'].map((id) => {
            const { top, left } = (document.getElementById(id) as HTMLElement).getBoundingClientRect();
            return [id, left, top];
          });
        });
      const before = await edges();
      await page.selectOption('#world', 'words');
      await page.waitForSelector('#word-body .words li');
      assert.ok(await page.isHidden('#unit'));
      assert.ok(await page.isHidden('#draw'));
      assert.equal(await edges(), before, `${width} px`);
      assert.match((await page.textContent('.lead')) ?? '', /copies words, .* a meaning that many words share/s);
      const { shifts } = await seenOn(page);
      await page.click('#play');
      await untilStep(page, 50);
      assert.is(await page.textContent('#shown'), 'Learned from words, with TopK.');
      await page.click('#play');
      await untilPaused(page);
      const { violations, ...later } = await seenOn(page);
      assert.ok(later.shifts - shifts <= 0.01, `shift ${later.shifts - shifts} at ${width} px`);
      await page.click('#reset');
      await page.waitForFunction(() => document.getElementById('at')?.textContent === '0');
      assert.is(await page.textContent('#pace'), '–');
      await page.waitForSelector('#loss-chart .empty');
      await page.selectOption('#world', 'digits');
      await page.waitForSelector('.sheet');
      assert.ok(await page.isHidden('#type'));
      assert.equal([...complaints, ...violations], []);
      await page.context().close();
    }
  });

  test('by keyboard alone: choose words, learn, type a word, open a unit of it, and back', async () => {
    const { page, complaints } = await startedOn(site);
    await tabTo(page, '#world');
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('#word-body .words li');
    await tabTo(page, '.named button');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#unit .card .words');
    assert.is(
      await page.getAttribute('.named [aria-pressed="true"]', 'aria-label').then((name) => name?.split(':')[0]),
      (await page.textContent('#unit-title'))?.toLowerCase(),
    );
    assert.is(await focused(page), 'unit');
    await page.keyboard.press('Escape');
    assert.ok(await page.isHidden('#unit'));
    assert.ok(await page.evaluate(() => document.activeElement?.matches('.named button')));
    await tabTo(page, '#word');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('bank');
    await page.keyboard.press('Enter');
    await untilSaid(page, '“bank” is made of 10 units');
    await tabTo(page, '#word-body button');
    const name = await page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#unit .card');
    assert.is((await page.textContent('#unit-title'))?.toLowerCase(), name);
    await page.keyboard.press('Escape');
    assert.is(await focused(page), 'word-body');
    await tabTo(page, '#play');
    await page.keyboard.press('Enter');
    await untilStep(page, 20);
    await page.keyboard.press('Enter');
    await untilPaused(page);
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('a word is read without regard to case, by how it begins; one that is not there is refused in a sentence', async () => {
    const { page } = await words(site);
    for (const [asked, said] of [
      ['xyzzy', '“xyzzy” is not among the 10,000 words.'],
      ['Apple', '“apple” is made of 10 units'],
      ['pia', '“piano” is made of'],
    ]) {
      await page.fill('#word', asked);
      await page.press('#word', 'Enter');
      await untilSaid(page, said);
    }
    await page.context().close();
  });

  test('axe-core has nothing to say of words, A and AA: light and dark, a word read, a unit open, running, 360 and 1,280 px', async () => {
    const { page, complaints } = await words(site);
    const look = async (state: string) => {
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          assert.equal(await axeOn(page), [], `${state}, ${width} px, ${colorScheme}`);
        }
        assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= width, 'no scrolling sideways');
      }
    };
    await page.click('#play');
    await untilStep(page, 20);
    // Not at full speed, which would leave axe little of the processor.
    await slide(page, 'speed', 2);
    await look('running');
    await page.click('#play');
    await untilPaused(page);
    await page.fill('#word', 'apple');
    await page.press('#word', 'Enter');
    await untilSaid(page, '“apple”');
    await page.click('.named button:nth-child(3)');
    await page.waitForSelector('#unit .card');
    await look('a word and a unit');
    const unnamed = await page.evaluate(() =>
      Array.from(document.querySelectorAll<HTMLElement>('.named button'))
        .filter(({ ariaLabel, textContent }, j) => ariaLabel !== `unit ${j}: ${textContent}`)
        .map(({ ariaLabel }) => ariaLabel),
    );
    assert.equal(unnamed, []);
    assert.equal([...complaints, ...(await seenOn(page)).violations], []);
    await page.context().close();
  });

  test('two runs, one setting apart: what both call their units, in step; another world ends them', async () => {
    const { page, complaints } = await words(site);
    await page.selectOption('#compare-what', 'rate');
    await page.click('#compare-go');
    await page.waitForSelector('.both figure + figure .names li');
    await page.waitForFunction(() =>
      Array.from(document.querySelectorAll('.both figcaption')).every(({ textContent }) =>
        /^step [1-9]\d+/.test(textContent ?? ''),
      ),
    );
    await page.click('#play');
    await untilPaused(page);
    const sides = await page.evaluate(() =>
      Array.from(document.querySelectorAll('.both figure')).map((side) => ({
        step: side.querySelector('figcaption')?.textContent?.split(',')[0],
        names: Array.from(side.querySelectorAll('.names li'), ({ textContent }) => textContent),
      })),
    );
    assert.is(sides[0].step, sides[1].step);
    const hidden = Number(await page.inputValue('#hidden'));
    for (const { names } of sides) assert.is(names.length, hidden);
    assert.not.equal(sides[0].names, sides[1].names);
    assert.equal(await axeOn(page), []);
    await page.selectOption('#world', 'digits');
    await page.waitForSelector('.sheet');
    assert.ok(await page.isHidden('#compare-body'));
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('the tour is of digits: with words it ends, and changes nothing of theirs', async () => {
    const { page, complaints } = await startedOn(site);
    await page.click('#tour-start');
    for (const stop of ['copies', 'features', 'loss-figure', 'activity-figure']) {
      await page.waitForSelector(`#${stop}.shown-now`);
      await page.click('#tour-next');
    }
    await page.waitForSelector('#strength-field.shown-now');
    await page.selectOption('#world', 'words');
    await page.waitForSelector('#word-body .words li');
    assert.ok(await page.isHidden('#tour'));
    assert.is(await page.locator('.shown-now').count(), 0);
    assert.is(await page.inputValue('#kind'), 'topk');
    assert.is(await page.textContent('#strength-says'), '10');
    assert.equal(complaints, []);
    await page.context().close();
  });

  test('a file of one’s own after words: nothing is called a word any more', async () => {
    const { page, complaints } = await words(site);
    await inTemporaryFolder(async (folder) => {
      const rows = Array.from({ length: 50 }, (_, i) => [i % 7, (3 * i) % 5, i % 2, (i * i) % 11].join(','));
      writeFileSync(join(folder, 'own.csv'), rows.join('\n'));
      await page.setInputFiles('#file', join(folder, 'own.csv'));
      await page.waitForFunction(() => document.getElementById('share-says')?.textContent?.includes('50 rows of 4 numbers'));
      await page.waitForSelector('.sheet');
      await page.click('.units button:nth-child(3)');
      for (const opened of ['#unit .card', '#digit .parts']) await page.waitForSelector(opened);
      const text = await page.evaluate(() => document.body.innerText);
      assert.equal(text.match(/.*(?<!to have the |to the last )\b(word|digit|meaning)s?\b.*/gi), null);
    });
    assert.equal(complaints, []);
    await page.context().close();
  });
}

await inChromium(FOLDER, browserTests);

test.run();
